"""Boundaries: published values, the law that they spend exactly what they should, refusals."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import multivariate_normal, norm

from meta.stats import InvalidInput, UnknownOption
from meta.stats import sequential as sq
from tests.meta.stats.test_laws import LAW, same

EQUAL = [0.2, 0.4, 0.6, 0.8, 1.0]
looks = st.lists(st.integers(1, 40), min_size=1, max_size=8).map(lambda steps: (np.cumsum(steps) / sum(steps)).tolist())
spending = st.sampled_from(["obf", "pocock", "hsd"])


@pytest.mark.parametrize(
    ("times", "function", "published"),
    [
        ([0.5, 1], "obf", [2.9626, 1.9686]),
        ([1 / 3, 2 / 3, 1], "obf", [3.7103, 2.5114, 1.9930]),
        ([0.25, 0.5, 0.75, 1], "obf", [4.3326, 2.9631, 2.3590, 2.0141]),
        (EQUAL, "obf", [4.8769, 3.3570, 2.6803, 2.2898, 2.0310]),
        ([0.13, 0.31, 0.52], "obf", [6.107, 3.860, 2.901]),
        (EQUAL, "pocock", [2.4380, 2.4268, 2.4102, 2.3966, 2.3860]),
    ],
)
def test_published_bounds(times, function, published):
    found = sq.boundaries(times, spending=function)
    assert found.upper == pytest.approx(published, abs=1e-3)
    assert found.lower == pytest.approx([-bound for bound in published], abs=1e-3)
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_two_ways_to_spend_are_told_apart():
    found = sq.boundaries(EQUAL, convention="overall")
    assert found.upper == pytest.approx([4.3826, 3.0997, 2.5534, 2.2538, 2.0635], abs=5e-4)
    per_side = sq.boundaries(EQUAL)
    assert per_side.alpha == pytest.approx([1.1e-6, 0.0007883, 0.0076161, 0.0244236, 0.05], abs=1e-6)
    assert per_side.nominal_p[-1] == pytest.approx(0.0422517, abs=1e-6)


@LAW
@given(looks, spending, st.sampled_from([1, 2]), st.floats(0.001, 0.2), st.sampled_from(["per_side", "overall"]))
def test_exactly_alpha_is_spent(times, function, sides, alpha, convention):
    gamma = -3.0 if function == "hsd" else None
    found = sq.boundaries(times, alpha=alpha, sides=sides, spending=function, gamma=gamma, convention=convention)
    up, down = sq.exits(found.times, found.regions)
    crossed = np.cumsum(np.array(up) + np.array(down))
    assert crossed.tolist() == pytest.approx(list(found.alpha), rel=1e-8, abs=1e-14)
    assert found.alpha[-1] == pytest.approx(alpha, rel=1e-9)


def test_exits_are_those_of_the_multivariate_normal():
    times, bounds = [0.3, 0.6, 1.0], [2.5, 2.2, 2.0]
    covariance = np.sqrt(np.minimum.outer(times, times) / np.maximum.outer(times, times))
    for drift in (0.0, 1.7):
        mean = drift * np.sqrt(times)
        up, down = sq.exits(times, [[(-b, b)] for b in bounds], drift)
        stays = multivariate_normal(mean, covariance, seed=1).cdf(bounds, lower_limit=[-b for b in bounds])
        assert 1 - sum(up) - sum(down) == pytest.approx(stays, abs=2e-5)


def test_finer_panels_change_nothing():
    times = [0.05, 0.051, 0.4, 0.41, 0.9, 1.0]
    found = sq.boundaries(times)
    fine = sq.Walk(panel=0.5)
    for i, (time, bound) in enumerate(zip(times, found.upper, strict=True)):
        spent = sq.spent(time, 0.025) - (sq.spent(times[i - 1], 0.025) if i else 0)
        assert fine.above(time, bound) == pytest.approx(spent, rel=1e-7)
        if i + 1 < len(times):
            fine.advance(time, [(-bound, bound)], times[i + 1])


def test_too_early_for_a_boundary():
    found = sq.boundaries([0.001, 0.5, 1])
    assert found.upper[0] is None
    assert found.nominal_p[0] is None
    assert found.lower[0] is None
    assert found.upper[1:] == pytest.approx([2.9626, 1.9686], abs=1e-3)
    assert sq.boundaries([0.5, 1, 1.2]).upper[-1] is None
    assert sq.boundaries([0.5, 1], sides=1, alpha=0.025).lower == (None, None)


def test_a_first_bound_has_a_closed_form():
    for t in (0.02, 0.05, 0.3):
        share = 2 * norm.sf(norm.isf(0.0125) / math.sqrt(t))
        assert sq.boundaries([t, 1]).upper[0] == pytest.approx(norm.isf(share), rel=1e-9)


def test_nearly_everything_may_be_spent():
    # an error this large has its bound below 0
    assert sq.boundaries([0.5, 1], alpha=0.9, sides=1, spending="pocock").upper[0] < 0


def test_unadjusted_looks_inflate_the_error():
    # Armitage, McPherson & Rowe 1969
    for k, error in ((1, 0.050), (2, 0.083), (3, 0.107), (4, 0.126), (5, 0.142), (10, 0.193), (20, 0.248)):
        assert sq.unadjusted_error(k) == pytest.approx(error, abs=6e-4)
    assert sq.unadjusted_error([0.5, 1.0]) == sq.unadjusted_error(2)


def test_power_and_inflation():
    found = sq.boundaries(EQUAL)
    assert sq.inflation(found, 0.9) == pytest.approx(1.0231, abs=1e-4)
    assert sq.inflation(found, 0.8) == pytest.approx(1.0247, abs=1e-4)
    assert sq.power(found, 0.0) == pytest.approx(0.025, rel=1e-9)
    assert sq.power(found, sq.drift_for_power(found, 0.83)) == pytest.approx(0.83, rel=1e-8)
    with pytest.raises(InvalidInput, match="power"):
        sq.drift_for_power(found, 0.01)


@LAW
@given(st.floats(0, 1), st.floats(0, 1), spending, st.floats(-6, 6))
def test_spending_rises_from_nothing_to_everything(a, b, function, gamma):
    more = {"gamma": gamma} if function == "hsd" else {}
    low, high = sorted((a, b))
    assert sq.spent(low, 0.05, function, **more) <= sq.spent(high, 0.05, function, **more) + 1e-15
    assert sq.spent(0, 0.05, function, **more) == 0
    assert same(sq.spent(1.7, 0.05, function, **more), 0.05, 1e-9)


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: sq.boundaries([]), InvalidInput),
        (lambda: sq.boundaries([0, 1]), InvalidInput),
        (lambda: sq.boundaries([0.5, 0.5]), InvalidInput),
        (lambda: sq.boundaries([0.5, math.inf]), InvalidInput),
        (lambda: sq.boundaries([1], alpha=0), InvalidInput),
        (lambda: sq.boundaries([1], sides=3), UnknownOption),
        (lambda: sq.boundaries([1], convention="x"), UnknownOption),
        (lambda: sq.boundaries([1], spending="x"), UnknownOption),
        (lambda: sq.boundaries([1], spending="hsd"), UnknownOption),
        (lambda: sq.boundaries([1], gamma=2), UnknownOption),
        (lambda: sq.spent(-1, 0.05), InvalidInput),
        (lambda: sq.unadjusted_error(0), InvalidInput),
    ],
)
def test_what_makes_no_plan_is_refused(call, error):
    with pytest.raises(error):
        call()


def test_without_a_bend_spending_is_even():
    assert sq.spent(0.3, 0.05, "hsd", gamma=0.0) == pytest.approx(0.015)
