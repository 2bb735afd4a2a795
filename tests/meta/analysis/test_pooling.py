"""What a plan computes: both models, subgroups, and how much hangs on one choice."""

import pytest

from meta import stats
from meta.analysis.pooling import UNGROUPED, pool
from meta.analysis.rules import Check, Grouped, Settings
from tests.meta.analysis.chen import (
    ADVERSE_EVENTS,
    CHEN,
    CHEN_MEANS,
    DEATHS,
    IMPROVED,
    SERIOUS_EVENTS,
    SEVERITY,
    STAY,
    counts,
    grouped,
    medians,
)


def test_the_rule_keeps_both_results_and_says_what_it_saw():
    result = pool(counts(SERIOUS_EVENTS), CHEN)
    assert result["primary"] == "random"
    assert result["chosen_by"]["heterogeneous"] is True
    assert result["chosen_by"]["i2"] == pytest.approx(53.4968, abs=1e-4)
    assert "estimate" in result["common"]["pooled"]
    result = pool(counts(DEATHS), CHEN)
    assert (result["primary"], result["chosen_by"]["heterogeneous"]) == ("common", False)
    assert "chosen_by" not in pool(counts(DEATHS), Settings())


def test_two_trials_that_agree_are_no_reason_to_switch_and_one_never_is():
    one = counts({"Dilogo 2021": (10, 20, 17, 20)})
    result = pool(one, CHEN)
    assert (result["primary"], result["chosen_by"]["i2"]) == ("common", None)


def test_the_example_of_a_switch_by_a_new_trial():
    # Worked out with metafor-like conventions of RevMan 5: MH 0.4330 (0.2267-0.8271), then random 0.6554 (0.2874-1.4947).
    before = {"A": (5, 50, 12, 50), "B": (8, 60, 14, 62), "C": (3, 40, 7, 41)}
    first, then = pool(counts(before), CHEN), pool(counts(before | {"D": (20, 55, 13, 54)}), CHEN)
    assert (first["primary"], then["primary"]) == ("common", "random")
    assert first["common"]["pooled"]["display"]["estimate"] == pytest.approx(0.4330, abs=5e-5)
    assert then["random"]["pooled"]["display"]["upper"] == pytest.approx(1.4947, abs=5e-5)
    assert then["common"]["pooled"]["display"]["estimate"] == pytest.approx(0.7380, abs=5e-5)


def test_the_interval_of_the_plan_is_that_of_its_own_model():
    result = pool(counts(IMPROVED), Settings(method="IV", model="random", tau2="REML", interval="hk"))
    assert result["random"]["pooled"]["method"] == "hk"
    assert result["common"]["pooled"]["method"] == "wald"


SEVERE = grouped(counts(DEATHS), SEVERITY, otherwise="Severe")
BY_SEVERITY = Settings(groups=(Grouped(4, "Critical"), Grouped(1, "Severe")))


def test_groups_are_pooled_by_the_same_plan_and_stand_in_its_order():
    result = pool(SEVERE, BY_SEVERITY)
    groups = result["subgroups"]["common"]["groups"]
    assert [group["name"] for group in groups] == ["Critical", "Severe"]
    alone = pool(counts({label: row for label, row in DEATHS.items() if label in SEVERITY}), Settings())
    assert groups[0]["pooled"] == alone["common"]["pooled"]
    assert result["common"] == pool(counts(DEATHS), Settings())["common"]


def test_the_test_of_differences_is_that_of_the_model_and_of_the_groups_estimates():
    result = pool(SEVERE, BY_SEVERITY)
    found = [group["pooled"] for group in result["subgroups"]["common"]["groups"]]
    weights = [one["standard_error"] ** -2 for one in found]
    mean = sum(w * one["estimate"] for w, one in zip(weights, found, strict=True)) / sum(weights)
    q = sum(w * (one["estimate"] - mean) ** 2 for w, one in zip(weights, found, strict=True))
    assert result["subgroups"]["common"]["difference"]["q"] == pytest.approx(q)
    assert result["subgroups"]["common"]["difference"]["df"] == 1


def test_trials_that_no_group_names_stand_last_and_are_not_lost():
    inputs = counts(DEATHS)
    inputs["studies"][2]["group"] = "Critical"
    result = pool(inputs, Settings(groups=(Grouped(3, "Critical"),)))
    groups = result["subgroups"]["random"]["groups"]
    assert [group["name"] for group in groups] == ["Critical", UNGROUPED]
    assert sum(len(group["studies"]) for group in groups) == len(DEATHS)


def test_each_trial_is_left_out_in_turn():
    result = pool(counts(DEATHS), Settings())
    rows = result["checks"][Check.LEAVE_ONE_OUT]
    assert [row["label"] for row in rows] == [f"without {label}" for label in DEATHS]
    without = pool(counts({label: row for label, row in DEATHS.items() if label != "Dilogo 2021"}), Settings())
    [row] = [row for row in rows if row["label"] == "without Dilogo 2021"]
    assert row["estimate"] == pytest.approx(without["common"]["pooled"]["display"]["estimate"])
    assert row["upper"] == pytest.approx(without["common"]["pooled"]["display"]["upper"])


def test_the_last_of_a_cumulative_analysis_is_the_whole():
    result = pool(counts(DEATHS), Settings())
    rows = result["checks"][Check.CUMULATIVE]
    assert rows[0]["label"] == "+ Shu 2020"
    assert rows[-1]["estimate"] == pytest.approx(result["common"]["pooled"]["display"]["estimate"])


def test_the_parts_of_a_split_trial_leave_and_come_together():
    inputs = counts(DEATHS | {"Zarrabi 2023: MSC": (1, 8, 4, 5), "Zarrabi 2023: MSC + EV": (2, 11, 4, 5)})
    for study in inputs["studies"][-2:]:
        study["study_id"], study["part"] = 99, study["label"].removeprefix("Zarrabi 2023: ")
    result = pool(inputs, Settings())
    [row] = [row for row in result["checks"][Check.LEAVE_ONE_OUT] if row["label"] == "without Zarrabi 2023"]
    assert row["estimate"] == pytest.approx(pool(counts(DEATHS), Settings())["common"]["pooled"]["display"]["estimate"])
    assert len(result["checks"][Check.CUMULATIVE]) == len(DEATHS) + 1


def test_one_trial_in_two_parts_has_nothing_to_leave_out():
    inputs = counts({"A: one": (1, 8, 4, 5), "A: two": (2, 11, 4, 5)})
    for study, part in zip(inputs["studies"], ("one", "two"), strict=True):
        study["study_id"], study["part"] = 1, part
    checks = pool(inputs, Settings())["checks"]
    assert Check.LEAVE_ONE_OUT not in checks
    assert Check.CUMULATIVE not in checks


def test_without_estimated_numbers_only_what_was_reported_is_pooled():
    inputs = medians(STAY)
    inputs["studies"][0]["estimated"] = False
    found = pool(inputs, CHEN_MEANS)["checks"][Check.WITHOUT_ESTIMATED]
    assert (found["without"], found["k"]) == (["Zhu 2021"], 1)
    assert Check.WITHOUT_ESTIMATED not in pool(counts(DEATHS), Settings())["checks"]


def test_trials_that_were_left_out_come_back_in_a_check():
    left_out = counts({"Adas 2021": (3, 10, 6, 10)})["studies"][0] | {"reason": "Another dose"}
    found = pool(counts(DEATHS, left_out=[left_out]), Settings())["checks"][Check.EVERY_STUDY]
    every = pool(counts(DEATHS | {"Adas 2021": (3, 10, 6, 10)}), Settings())
    assert found["added"] == ["Adas 2021"]
    assert found["estimate"] == pytest.approx(every["common"]["pooled"]["display"]["estimate"])


def test_other_measures_and_models_leave_out_the_plan_itself():
    rows = pool(counts(ADVERSE_EVENTS), Settings())["checks"][Check.ALTERNATIVES]
    assert len(rows) == len(stats.alternatives(stats.BinaryArms(["A"], [1], [2], [1], [2]))) - 1
    assert {row["measure"] for row in rows} >= {"OR", "RR", "RD"}


def test_only_the_checks_that_the_plan_names_are_computed():
    assert set(pool(counts(DEATHS), Settings(checks=(Check.CUMULATIVE,)))["checks"]) == {"cumulative"}
    assert pool(counts(DEATHS), Settings(checks=()))["checks"] == {}
    assert "checks" not in pool(counts(DEATHS), Settings(), checks=False)


@pytest.mark.parametrize("model", ["common", "random", "switch"])
def test_nothing_to_pool_is_said_and_breaks_nothing(model):
    nothing = counts({"Shi 2021": (0, 65, 0, 35)})
    for inputs in (nothing, {"studies": []}, {"studies": [], "data": "continuous"}):
        measure = {"measure": "MD", "method": "IV"} if "data" in inputs else {}
        result = pool(inputs, Settings(model=model, subgroups_by="Severity", **measure))
        assert "not_estimable" in result[result["primary"]]["pooled"]
