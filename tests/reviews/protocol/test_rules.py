from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.protocol.rules import (
    DEFAULT_SCHEDULES,
    MEASURES_OF,
    Change,
    Content,
    CriterionKind,
    Importance,
    Measure,
    OutcomeType,
    Problem,
    Schedule,
    UpdateModel,
    WantedCriterion,
    as_plain,
    differences,
    name_key,
    obstacles,
    problems,
    tidy,
)
from tests.reviews.protocol.contents import CONTENT, COVID, CRP, DEATH, IN_VITRO, RANDOMISED


def test_every_type_of_outcome_has_its_measures():
    assert set(MEASURES_OF) == set(OutcomeType)
    assert {measure for measures in MEASURES_OF.values() for measure in measures} == set(Measure)


def test_living_mode_begins_with_the_defaults():
    assert [(each.every_days, each.late_after_days) for each in Content(question="?").schedules] == [
        (30, 40),
        (30, 40),
        (14, 21),
        (7, 14),
    ]


@pytest.mark.parametrize(("one", "other"), [("Death", " death "), ("28  days", "28 Days")])
def test_names_are_compared_without_capitals_and_stray_spaces(one, other):
    assert name_key(one) == name_key(other)


def test_a_protocol_as_a_team_would_write_it_holds_together():
    assert list(problems(CONTENT)) == []
    assert list(obstacles(CONTENT)) == []


@pytest.mark.parametrize(
    ("change", "part", "words"),
    [
        ({"question": "  "}, Problem.NO_QUESTION, "Write the question"),
        (
            {"criteria": (RANDOMISED, WantedCriterion(CriterionKind.INCLUDE, " randomised"))},
            Problem.REPEATED_CRITERION,
            "include “randomised” stands there twice",
        ),
        ({"outcomes": (replace(DEATH, name=" "),)}, Problem.OUTCOME, "needs a name"),
        ({"outcomes": (replace(DEATH, timepoint=""),)}, Problem.OUTCOME, "and a timepoint"),
        ({"outcomes": (replace(DEATH, measure=Measure.MEAN_DIFFERENCE),)}, Problem.OUTCOME, "OR or RR or RD, not MD"),
        ({"outcomes": (replace(CRP, measure=Measure.ODDS_RATIO),)}, Problem.OUTCOME, "MD or SMD, not OR"),
        ({"outcomes": (replace(DEATH, from_day=36),)}, Problem.OUTCOME, "begins after its end"),
        ({"outcomes": (replace(DEATH, important_difference=Decimal(0)),)}, Problem.OUTCOME, "above zero"),
        ({"outcomes": (DEATH, replace(DEATH, name="DEATH"), DEATH)}, Problem.OUTCOME, "stands there twice"),
        ({"schedules": (Schedule("PubMed", 30, 29),)}, Problem.SCHEDULE, "late no sooner than it is due"),
        ({"schedules": (Schedule("PubMed", 0, 29),)}, Problem.SCHEDULE, "due after one day or more"),
    ],
)
def test_what_does_not_hold_together_is_said_once(change, part, words):
    [(where, told)] = problems(replace(CONTENT, **change))
    assert where is part
    assert words in told


@pytest.mark.parametrize(
    "outcome",
    [
        replace(DEATH, to_day=None),
        replace(DEATH, from_day=None),
        replace(DEATH, from_day=28, to_day=28),
        replace(DEATH, important_difference=None),
    ],
)
def test_an_open_window_and_a_missing_difference_are_fine(outcome):
    assert list(problems(replace(CONTENT, outcomes=(outcome,)))) == []


def test_one_outcome_may_be_read_at_two_timepoints():
    assert list(problems(replace(CONTENT, outcomes=(DEATH, replace(DEATH, timepoint="90 days"))))) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [({"criteria": (IN_VITRO,)}, "criterion to include"), ({"outcomes": ()}, "at least one outcome")],
)
def test_what_a_draft_lacks_before_its_release(change, words):
    [told] = obstacles(replace(CONTENT, **change))
    assert words in told


def test_stray_spaces_go_and_inclusion_comes_first():
    written = replace(
        CONTENT,
        question=" Why? ",
        criteria=(IN_VITRO, WantedCriterion(CriterionKind.INCLUDE, " Randomised ")),
        outcomes=(replace(DEATH, name=" Death  ", unit=" "),),
        schedules=(Schedule(" PubMed ", 1, 2),),
    )
    assert tidy(written) == replace(
        CONTENT,
        question="Why?",
        criteria=(RANDOMISED, IN_VITRO),
        outcomes=(DEATH,),
        schedules=(Schedule("PubMed", 1, 2),),
    )


def test_versions_that_agree_have_no_differences():
    assert differences(CONTENT, CONTENT) == ()


@pytest.mark.parametrize(
    ("change", "part", "kind", "old", "new"),
    [
        ({"comparator": "Placebo"}, "comparator", Change.CHANGED, "Placebo or usual care", "Placebo"),
        ({"registration": ""}, "registration", Change.REMOVED, "PROSPERO CRD42021288552", ""),
        ({"update_model": UpdateModel.INTERVAL}, "update_model", Change.CHANGED, "impact", "interval"),
        ({"criteria": (RANDOMISED, COVID)}, "criteria", Change.REMOVED, "In vitro", ""),
        (
            {"criteria": (RANDOMISED, COVID, IN_VITRO, WantedCriterion(CriterionKind.EXCLUDE, "Case series"))},
            "criteria",
            Change.ADDED,
            "",
            "Case series",
        ),
        (
            {"criteria": (RANDOMISED, WantedCriterion(CriterionKind.INCLUDE, "PEOPLE with COVID-19"), IN_VITRO)},
            "criteria",
            Change.CHANGED,
            "People with COVID-19",
            "PEOPLE with COVID-19",
        ),
        (
            {"criteria": (COVID, RANDOMISED, IN_VITRO)},
            "criteria",
            Change.MOVED,
            "1. Randomised\n2. People with COVID-19",
            "1. People with COVID-19\n2. Randomised",
        ),
        (
            {"outcomes": (DEATH,)},
            "outcomes",
            Change.REMOVED,
            "C-reactive protein, 7 days; MD; lower is better; critical; in mg/L",
            "",
        ),
        (
            {"outcomes": (replace(DEATH, to_day=None, importance=Importance.IMPORTANT), CRP)},
            "outcomes",
            Change.CHANGED,
            "Death, 28 days (day 21 to 35); OR; lower is better; critical; important from 20",
            "Death, 28 days (day 21 to …); OR; lower is better; important; important from 20",
        ),
        (
            {"schedules": (*DEFAULT_SCHEDULES[:2], Schedule("Preprints", 7, 21), DEFAULT_SCHEDULES[3])},
            "schedules",
            Change.CHANGED,
            "Preprints: every 14 days, late after 21",
            "Preprints: every 7 days, late after 21",
        ),
    ],
)
def test_one_change_is_one_difference(change, part, kind, old, new):
    [found] = differences(CONTENT, replace(CONTENT, **change))
    assert (found.part, found.change, found.old, found.new) == (part, kind, old, new)


def test_the_order_of_outcomes_is_no_difference():
    assert differences(CONTENT, replace(CONTENT, outcomes=(CRP, DEATH))) == ()


def test_a_text_that_was_empty_is_added():
    [found] = differences(replace(CONTENT, designs=""), CONTENT)
    assert (found.change, found.new) == (Change.ADDED, "Randomised trials")


texts = st.text(alphabet="ab c", max_size=6)
criteria = st.lists(st.builds(WantedCriterion, st.sampled_from(CriterionKind), texts), max_size=5).map(tuple)
contents = st.builds(replace, st.just(CONTENT), question=texts, population=texts, criteria=criteria)


@given(contents, contents)
def test_what_one_direction_adds_the_other_removes(one, other):
    there, back = differences(one, other), differences(other, one)
    turned = {Change.ADDED: Change.REMOVED, Change.REMOVED: Change.ADDED}
    assert sorted((each.part, each.what, each.change, each.old, each.new) for each in there) == sorted(
        (each.part, each.what, turned.get(each.change, each.change), each.new, each.old) for each in back
    )


@given(contents)
def test_tidying_twice_changes_nothing_more(content):
    assert tidy(tidy(content)) == tidy(content)


def test_a_content_as_plain_values_is_what_json_can_hold():
    plain = as_plain(CONTENT)
    assert plain["criteria"][0] == {"kind": "include", "text": "Randomised"}
    assert plain["schedules"][2] == {"source": "Preprints", "every_days": 14, "late_after_days": 21}
    assert plain["outcomes"][0]["important_difference"] == "20"
    assert plain["outcomes"][1]["unit"] == "mg/L"
    assert plain["update_model"] == "impact"
