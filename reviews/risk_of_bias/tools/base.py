"""What a tool is made of. Everything is data, so that a team can make a tool of its own without code.

A *question* is open when its gate says so; a closed one is not applicable, which is derived and never typed.
A *part* of a domain is a decision table: the first row whose conditions all hold gives the judgement. A domain with
several parts takes the worst of them. While a row waits for an answer the judgement is not known (None).
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """An answer to a signalling question; "probably" leads where the plain answer leads."""

    YES = "Y"
    PROBABLY_YES = "PY"
    PROBABLY_NO = "PN"
    NO = "N"
    NO_INFORMATION = "NI"


class Judgement(StrEnum):
    """How much a result may be biased; each tool uses some of these words."""

    LOW = "low"
    SOME_CONCERNS = "some_concerns"
    UNCLEAR = "unclear"
    MODERATE = "moderate"
    NO_INFORMATION = "no_information"
    HIGH = "high"
    SERIOUS = "serious"
    CRITICAL = "critical"


class Level(StrEnum):
    """What one judgement of a domain is about."""

    STUDY = "study"
    OUTCOME_GROUP = "outcome_group"
    RESULT = "result"


Answers = Mapping[str, Answer]

YES = frozenset({Answer.YES, Answer.PROBABLY_YES})
NO = frozenset({Answer.NO, Answer.PROBABLY_NO})
UNKNOWN = frozenset({Answer.NO_INFORMATION})
NOT_NO = YES | UNKNOWN
NOT_YES = NO | UNKNOWN


@dataclass(frozen=True, slots=True)
class Check:
    """Whether the answer to a question is one of several. A closed question has none of them."""

    question: str
    among: frozenset[Answer]


Gate = Sequence[Sequence[Check]]
"""Alternatives, each a list of checks that must all hold: ``((a, b), (c,))`` means (a and b) or c."""


@dataclass(frozen=True, slots=True)
class Question:
    """A signalling question in our own words, with what to think of, and when it is asked.

    ``gate``: the answers that open it; empty means always. ``only_for``: the aims that it belongs to, where the
    assessor names aims (see ``Tool.aims``); empty means all. ``answers``: those that may be given.
    """

    key: str
    text: str
    guidance: str = ""
    gate: Gate = ()
    only_for: frozenset[str] = frozenset()
    answers: tuple[Answer, ...] = tuple(Answer)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a decision table: where all checks hold, this is the judgement."""

    when: tuple[Check, ...]
    judgement: Judgement


@dataclass(frozen=True, slots=True)
class Part:
    """A decision table, read from the top. The last row has no condition, so that there is always an answer."""

    rows: tuple[Row, ...]

    def __post_init__(self) -> None:
        if not self.rows or self.rows[-1].when:
            raise ValueError("The last row of a decision table must hold always.")


@dataclass(frozen=True, slots=True)
class Domain:
    """One way in which a result can be biased. Without questions, people judge it directly (as in RoB 1)."""

    key: str
    name: str
    questions: tuple[Question, ...] = ()
    parts: tuple[Part, ...] = ()
    level: Level = Level.RESULT
    guidance: str = ""

    def open_questions(self, answers: Answers, *, aims: frozenset[str] = frozenset()) -> tuple[Question, ...]:
        """The questions that apply, in order, given what has been answered."""
        return self._survey(answers, aims)[0]

    def _survey(self, answers: Answers, aims: frozenset[str]) -> tuple[tuple[Question, ...], frozenset[str]]:
        """The open questions, and the keys of all whose answer, or whose gate, still waits."""
        found: list[Question] = []
        standing: dict[str, Answer] = {}
        waiting: set[str] = set()
        for question in self.questions:
            if question.only_for and not question.only_for & aims:
                continue
            gates = [_all(checks, standing, waiting) for checks in question.gate] or [True]
            if True in gates:
                found.append(question)
                if question.key in answers:
                    standing[question.key] = answers[question.key]
                else:
                    waiting.add(question.key)
            elif None in gates:
                waiting.add(question.key)
        return tuple(found), frozenset(waiting)

    def standing(self, answers: Answers, *, aims: frozenset[str] = frozenset()) -> dict[str, Answer]:
        """The answers that count: those to open questions. What was answered before a gate closed does not."""
        opened = self.open_questions(answers, aims=aims)
        return {question.key: answers[question.key] for question in opened if question.key in answers}

    def judge(
        self, answers: Answers, *, order: Sequence[Judgement] = (), aims: frozenset[str] = frozenset()
    ) -> Judgement | None:
        """What the tool's table says; None while an answer that decides is missing, or where people judge directly.

        Args:
            answers: by question; answers to closed questions are passed over.
            order: the tool's judgements from best to worst; RoB 2's if left out.
            aims: what the assessor set out to judge, where the tool asks for it.
        """
        opened, waiting = self._survey(answers, aims)
        standing = {question.key: answers[question.key] for question in opened if question.key in answers}
        ranks = {judgement: rank for rank, judgement in enumerate(order or ROB_2_ORDER)}
        found = [_first(part, standing, waiting) for part in self.parts]
        known = [judgement for judgement in found if judgement is not None]
        worst = max(known, key=ranks.__getitem__, default=None)
        if len(known) < len(found) and worst is not max(ranks, key=ranks.__getitem__):
            return None
        return worst


@dataclass(frozen=True, slots=True)
class Tool:
    """A questionnaire in one version. Judgements run from best to worst.

    ``verified`` says, in a sentence for people, which of it was checked against what; ``aims`` are what the assessor
    ticks before judging (key to words), where the tool asks.
    """

    key: str
    name: str
    version: str
    source: str
    verified: str
    judgements: tuple[Judgement, ...]
    domains: tuple[Domain, ...]
    aims: tuple[tuple[str, str], ...] = ()

    def domain(self, key: str) -> Domain:
        """One domain.

        Raises:
            KeyError: the tool has no such domain.
        """
        for domain in self.domains:
            if domain.key == key:
                return domain
        raise KeyError(f"{self.name} has no domain {key!r}.")

    def overall(self, judged: Mapping[str, Judgement], *, several_concerns: bool = False) -> Judgement | None:
        """The judgement over all domains: the worst of them; None until every domain is judged.

        Args:
            judged: the standing judgement of each domain.
            several_concerns: people say that concerns in several domains together lower confidence substantially,
                which makes the worst of it; there is no count from which that follows.
        """
        if any(domain.key not in judged for domain in self.domains):
            return None
        found = [judged[domain.key] for domain in self.domains]
        worst = max(found, key=self.judgements.index)
        concerned = sum(judgement is not self.judgements[0] for judgement in found)
        return self.judgements[-1] if several_concerns and concerned > 1 else worst


ROB_2_ORDER = (Judgement.LOW, Judgement.SOME_CONCERNS, Judgement.HIGH)


def _all(checks: Sequence[Check], standing: Answers, waiting: Collection[str]) -> bool | None:
    """Whether all checks hold; None where that waits for an answer."""
    if not all(standing.get(check.question) in check.among for check in checks if check.question not in waiting):
        return False
    return None if any(check.question in waiting for check in checks) else True


def _first(part: Part, standing: Answers, waiting: Collection[str]) -> Judgement | None:
    """The first row that holds; None where an earlier one still waits for an answer."""
    return next(
        row.judgement if holds else None
        for row in part.rows
        if (holds := _all(row.when, standing, waiting)) is not False
    )
