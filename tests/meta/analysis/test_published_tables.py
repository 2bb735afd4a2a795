"""Every result that Chen et al. 2022 printed, recomputed from the arms and judged at the printed digits."""

import pytest

from meta.analysis import figures
from meta.analysis.pooling import pool
from meta.analysis.published import rules
from meta.analysis.published.queries import recomputed
from tests.meta.analysis.chen import ADVERSE_EVENTS, CHEN, PRINTED, RECOMPUTED, counts


@pytest.mark.parametrize(("inputs", "settings", "claim", "which", "verdict"), PRINTED.values(), ids=PRINTED)
def test_each_printed_result_gets_its_verdict_from_the_numbers(inputs, settings, claim, which, verdict):
    found = recomputed(inputs, pool(inputs, settings), **which)
    assert rules.compare(claim, found).verdict == verdict


@pytest.mark.parametrize("name", RECOMPUTED)
def test_what_is_recomputed_is_printed_as_the_table_says(name):
    inputs, settings, *_ = PRINTED[name]
    result = pool(inputs, settings)
    assert figures.pooled_text(settings.measure, result[result["primary"]]["pooled"]) == RECOMPUTED[name]


def test_the_rule_of_the_review_takes_the_model_that_it_printed():
    models = {name: pool(inputs, settings)["primary"] for name, (inputs, settings, *_) in PRINTED.items()}
    assert [name for name, model in models.items() if model == "random"] == ["serious adverse events", "adverse events"]


def test_the_inconsistency_of_adverse_events_is_not_the_printed_one_either():
    inputs, settings, claim, *_ = PRINTED["adverse events"]
    comparison = rules.compare(claim, recomputed(inputs, pool(inputs, settings)))
    assert {(one.name, one.printed, one.recomputed) for one in comparison.differences} == {
        ("estimate", "0.33", "0.34"),
        ("upper", "1.18", "1.34"),
        ("i2", "59", "64"),
    }
    assert rules.sentence(comparison).startswith("Not reproduced from the stored numbers (the estimate: printed 0.33")


@pytest.mark.parametrize("shi", [(37, 65, 22, 35), (35, 65, 21, 35)])
def test_two_other_sets_of_counts_would_give_the_printed_adverse_events(shi):
    found = counts(ADVERSE_EVENTS | {"Shi 2021": shi})
    claim = PRINTED["adverse events"][2]
    assert rules.compare(claim, recomputed(found, pool(found, CHEN))).verdict == "exact"
