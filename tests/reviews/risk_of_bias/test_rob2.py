"""RoB 2: cases worked by hand from the published guidance, every possible sheet of answers, and what must hold."""

from itertools import product

import pytest

from reviews.risk_of_bias.tools import Answer, Domain, Judgement
from reviews.risk_of_bias.tools.rob2 import ADHERING, ASSIGNMENT, FAILURES, NON_ADHERENCE, NON_PROTOCOL, ROB_2_ORDER

AIMS = frozenset({NON_PROTOCOL, FAILURES, NON_ADHERENCE})
DOMAINS = [*ASSIGNMENT.domains, ADHERING.domain("deviations")]
LOW, SOME, HIGH = ROB_2_ORDER


def sheet(domain: Domain, text: str) -> dict[str, Answer]:
    """Answers in the order of the questions, "-" where one is closed."""
    pairs = zip(domain.questions, text.split(), strict=True)
    return {question.key: Answer(word) for question, word in pairs if word != "-"}


CASES = [
    ("randomisation", "Y Y N", LOW),
    ("randomisation", "NI Y N", LOW),
    ("randomisation", "N PY N", SOME),
    ("randomisation", "PY Y PY", SOME),
    ("randomisation", "Y Y NI", LOW),
    ("randomisation", "Y NI NI", SOME),
    ("randomisation", "N NI PY", HIGH),
    ("randomisation", "Y PN N", HIGH),
    ("deviations", "PN N - - - Y -", LOW),
    ("deviations", "N NI PN - - Y -", LOW),
    ("deviations", "NI N NI - - Y -", SOME),
    ("deviations", "Y Y PY N - Y -", SOME),
    ("deviations", "Y Y Y PY Y PY -", SOME),
    ("deviations", "Y Y Y Y PN Y -", HIGH),
    ("deviations", "Y Y Y NI NI Y -", HIGH),
    ("deviations", "N N - - - N PN", SOME),
    ("deviations", "N N - - - NI PY", HIGH),
    ("deviations", "Y Y NI - - N N", SOME),
    ("deviations", "Y Y Y PN - N NI", HIGH),
    ("missing", "PY - - -", LOW),
    ("missing", "N PY - -", LOW),
    ("missing", "NI N N -", LOW),
    ("missing", "NI N NI PN", SOME),
    ("missing", "N PN Y NI", HIGH),
    ("measurement", "PY N - - -", HIGH),
    ("measurement", "N Y - - -", HIGH),
    ("measurement", "PN N N - -", LOW),
    ("measurement", "N N Y N -", LOW),
    ("measurement", "NI NI PN - -", SOME),
    ("measurement", "N N Y NI PN", SOME),
    ("measurement", "N NI Y Y PY", HIGH),
    ("selection", "Y N PN", LOW),
    ("selection", "NI N N", SOME),
    ("selection", "Y NI N", SOME),
    ("selection", "Y NI PY", HIGH),
]


@pytest.mark.parametrize(("key", "answers", "judgement"), CASES)
def test_worked_cases_of_the_effect_of_assignment(key, answers, judgement):
    domain = ASSIGNMENT.domain(key)
    assert domain.judge(sheet(domain, answers)) is judgement


@pytest.mark.parametrize(
    ("aims", "answers", "judgement"),
    [
        (AIMS, "N N - N N -", LOW),
        (AIMS, "Y N Y PN N -", LOW),
        (AIMS, "Y N NI N N PY", SOME),
        (AIMS, "N N - Y N N", HIGH),
        (AIMS, "N N - N NI NI", HIGH),
        ({FAILURES}, "Y Y - N - -", LOW),
        ({NON_PROTOCOL}, "Y Y PN - - Y", SOME),
    ],
)
def test_worked_cases_of_the_effect_of_adhering(aims, answers, judgement):
    domain = ADHERING.domain("deviations")
    assert domain.judge(sheet(domain, answers), aims=frozenset(aims)) is judgement


def test_a_closed_question_is_neither_asked_nor_counted():
    domain = ASSIGNMENT.domain("missing")
    answers = sheet(domain, "Y N Y Y")
    assert [question.key for question in domain.open_questions(answers)] == ["3.1"]
    assert domain.standing(answers) == {"3.1": Answer.YES}
    assert domain.judge(answers) is LOW


def test_the_judgement_appears_as_soon_as_nothing_can_change_it():
    randomisation = ASSIGNMENT.domain("randomisation")
    assert randomisation.judge({"1.2": Answer.NO}) is HIGH
    assert randomisation.judge({"1.2": Answer.YES}) is None
    deviations = ASSIGNMENT.domain("deviations")
    assert deviations.judge({"2.1": Answer.NO, "2.6": Answer.YES}) is None
    assert deviations.judge({"2.6": Answer.NO, "2.7": Answer.YES}) is HIGH


def test_nothing_is_judged_before_a_question_is_answered():
    assert [domain.judge({}, aims=AIMS) for domain in DOMAINS] == [None] * len(DOMAINS)


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda domain: domain.name)
def test_every_sheet_of_answers_has_one_judgement(domain):
    """All combinations, those with answers to closed questions too, which must not count."""
    for answers in every_sheet(domain):
        judgement = domain.judge(answers, aims=AIMS)
        assert judgement in ROB_2_ORDER
        assert judgement is domain.judge(domain.standing(answers, aims=AIMS), aims=AIMS)


WORSE_WHEN_NO = {"1.1", "1.2", "2.5", "2.6", "3.1", "3.2", "5.1"}
"""Questions whose good answer is yes, in the tool for assignment; the others' good answer is no."""


@pytest.mark.parametrize("domain", ASSIGNMENT.domains, ids=lambda domain: domain.name)
def test_a_worse_answer_never_gives_a_better_judgement(domain):
    better = {}
    for answers in every_sheet(domain):
        better[tuple(sorted(answers.items()))] = ROB_2_ORDER.index(domain.judge(answers))
    for answers in every_sheet(domain):
        rank = better[tuple(sorted(answers.items()))]
        for question in domain.questions:
            for worse in worse_answers(question, answers[question.key]):
                changed = {**answers, question.key: worse}
                assert better[tuple(sorted(changed.items()))] >= rank, (answers, question.key, worse)


def every_sheet(domain):
    keys = [question.key for question in domain.questions]
    for words in product(*(question.answers for question in domain.questions)):
        yield dict(zip(keys, words, strict=True))


def worse_answers(question, answer):
    order = [Answer.YES, Answer.PROBABLY_YES, Answer.NO_INFORMATION, Answer.PROBABLY_NO, Answer.NO]
    if question.key not in WORSE_WHEN_NO:
        order.reverse()
    return [worse for worse in order[order.index(answer) + 1 :] if worse in question.answers]


def test_overall_is_the_worst_domain_and_people_may_say_that_concerns_add_up():
    judged = dict.fromkeys((domain.key for domain in ASSIGNMENT.domains), LOW)
    assert ASSIGNMENT.overall(judged) is LOW
    assert ASSIGNMENT.overall({**judged, "missing": SOME}) is SOME
    assert ASSIGNMENT.overall({**judged, "missing": SOME}, several_concerns=True) is SOME
    assert ASSIGNMENT.overall({**judged, "missing": SOME, "selection": SOME}) is SOME
    assert ASSIGNMENT.overall({**judged, "missing": SOME, "selection": SOME}, several_concerns=True) is HIGH
    assert ASSIGNMENT.overall({**judged, "missing": HIGH}) is HIGH
    judged.pop("missing")
    assert ASSIGNMENT.overall(judged) is None
    with pytest.raises(KeyError, match="no domain"):
        ASSIGNMENT.domain("luck")


def test_a_domain_without_questions_is_for_people_to_judge():
    assert Domain("other", "Other bias").judge({}) is None
    assert Judgement("low") is LOW
