"""One effect measure from another, changes, crossover trials, scales, clusters and rates."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput
from meta.stats import conversions as c
from tests.meta.stats.test_laws import LAW, same

risk = st.floats(0.01, 0.95)


def test_smd_and_odds_ratio():
    found = c.log_odds_ratio_from_smd(0.5, 0.2)
    assert (found["log_or"], found["se"]) == pytest.approx((0.9069, 0.3628), abs=1e-4)
    assert math.exp(found["log_or"]) == pytest.approx(2.4766, abs=1e-3)
    assert c.smd_from_log_odds_ratio(0.3).values.keys() == {"smd"}


@LAW
@given(st.floats(-3, 3), st.floats(0.01, 2), st.integers(2, 99), st.integers(2, 99))
def test_roads_there_and_back(d, se, n1, n2):
    there = c.log_odds_ratio_from_smd(d, se)
    back = c.smd_from_log_odds_ratio(there["log_or"], there["se"])
    assert same((back["smd"], back["se"]), (d, se), 1e-12)
    r = c.correlation_from_smd(d, 50, 50).value
    assert same(c.smd_from_correlation(r).value, d, 1e-9)
    t = d / math.sqrt(1 / n1 + 1 / n2)
    assert same(c.smd_from_t(t, n1, n2)["d"], d, 1e-12)


@LAW
@given(st.floats(0.05, 20), risk)
def test_risks_give_back_their_ratio(ratio, p0):
    found = c.risks_from_odds_ratio(ratio, p0)
    assert same(found["rd"], found["risk"] - p0)
    if 0 < found["rr"] * p0 < 1 - 1e-9:
        assert same(c.odds_ratio_from_risk_ratio(found["rr"], p0).value, ratio, 1e-6)
    assert ("nnt" in found.values) == (found["risk"] != p0)
    assert c.risks_from_odds_ratio(1.0, 0.3)["rd"] == pytest.approx(0, abs=1e-15)


def test_a_hazard_ratio_at_a_baseline():
    # GRADE's example: HR 0.70 at 300 per 1000 is 79 fewer
    assert 1000 * c.risks_from_hazard_ratio(0.70, 0.3)["rd"] == pytest.approx(-79, abs=0.5)


@LAW
@given(st.integers(1, 60), st.integers(1, 60), st.integers(1, 60), st.integers(1, 60))
def test_cells_come_back_from_association_and_margins(a, b, d, e):
    n, row, column = a + b + d + e, a + b, a + d
    margins = (n, row, column)
    assert list(c.cells_from_odds_ratio(a * e / (b * d), *margins).values.values()) == [a, b, d, e]
    phi = (a * e - b * d) / math.sqrt(row * (n - row) * column * (n - column))
    if abs(phi) < 1:
        assert list(c.cells_from_phi(phi, *margins).values.values()) == [a, b, d, e]


def test_the_handbooks_change_and_crossover():
    assert c.change_sd(6.4, 7.1, 0.8).value == pytest.approx(4.320, abs=1e-3)
    assert c.change_sd(6.4, 7.1, 0.5).value == pytest.approx(6.777, abs=1e-3)
    found = c.crossover_difference(7.0, 2.38, 6.5, 2.21, 20, 0.68)
    assert (found["difference"], found["sd"], found["se"]) == pytest.approx((0.5, 1.8426, 0.412), abs=1e-3)
    assert c.crossover_correlation(2.38, 2.21, found["se"], 20).value == pytest.approx(0.68)
    p = c.paired_se_from_p(0.5, 0.2397, 20)
    assert p["se"] == pytest.approx(found["se"], abs=1e-3)


@LAW
@given(st.floats(0.1, 20), st.floats(0.1, 20), st.floats(-1, 1))
def test_correlation_and_change_are_two_sides_of_one_thing(b, f, r):
    assert same(c.correlation_from_sds(b, f, c.change_sd(b, f, r).value).value, r, 1e-7)


def test_odds_ratio_of_people_who_had_both_treatments():
    # R: escalc(measure = "MPORM", ai = 30, bi = 12, ci = 7, di = 51)
    found = c.marginal_odds_ratio(30, 12, 7, 51)
    assert found["log_or"] == pytest.approx(math.log(42 / 58) - math.log(37 / 63))
    alone = math.sqrt(1 / 42 + 1 / 58 + 1 / 37 + 1 / 63)
    assert found["se"] < alone
    independent = c.marginal_odds_ratio(16, 24, 24, 36)
    assert independent["se"] == pytest.approx(math.sqrt(2 * (1 / 40 + 1 / 60)), rel=1e-12)


@LAW
@given(st.floats(0.1, 100), st.floats(0, 50))
def test_log_scale_and_back(mean, sd):
    logs = c.log_from_raw(mean, sd)
    back = c.raw_from_log(logs["mean"], logs["sd"])
    assert same((back["mean"], back["sd"]), (mean, sd), 1e-7)


def test_the_printed_log_example_and_a_geometric_mean():
    found = c.log_from_raw(24, 18)
    assert (found["mean"], found["sd"]) == pytest.approx((2.9549, 0.668), abs=1e-3)
    half = 0.668 * 2.0638986 / 5
    geometric = c.log_from_geometric_mean(math.exp(2.9549), math.exp(2.9549 - half), math.exp(2.9549 + half), 25)
    assert (geometric["mean"], geometric["sd"]) == pytest.approx((2.9549, 0.668), abs=1e-6)


def test_the_handbooks_cluster_trial():
    effect = c.design_effect(29.8, 0.02)
    assert effect.value == pytest.approx(1.576)
    arm = c.effective_size(295, effect.value, events=63)
    assert (arm["events"], arm["n"]) == pytest.approx((40.0, 187.2), abs=0.05)
    assert c.effective_size(330, effect.value)["n"] == pytest.approx(209.4, abs=0.05)
    assert c.inflated_se(2, 4).value == 4
    assert c.design_effect(10, 0).value == 1
    assert c.design_effect(10, 1, cv=0.5).value == pytest.approx(12.5)


def test_rates():
    found = c.rate_ratio(12, 100, 20, 95)
    assert (found["log_ratio"], found["se"], found["ratio"]) == pytest.approx((-0.5621, 0.3651, 0.570), abs=1e-3)
    assert "0.5" in c.rate_ratio(0, 100, 20, 95).notes[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: c.smd_from_correlation(1),
        lambda: c.smd_from_t(1, 1, 2),
        lambda: c.risks_from_odds_ratio(0, 0.2),
        lambda: c.odds_ratio_from_risk_ratio(5, 0.5),
        lambda: c.cells_from_odds_ratio(2, 100, 100, 40),
        lambda: c.cells_from_phi(0.99, 100, 10, 90),
        lambda: c.correlation_from_sds(1, 1, 5),
        lambda: c.change_sd(1, 1, 2),
        lambda: c.paired_se_from_p(0, 0.2, 9),
        lambda: c.marginal_odds_ratio(0, 0, 5, 5),
        lambda: c.design_effect(10, 1.5),
        lambda: c.effective_size(10, 0.5),
        lambda: c.rate_ratio(1, 0, 1, 1),
    ],
)
def test_impossible_numbers_are_refused(call):
    with pytest.raises(InvalidInput):
        call()
