"""Standard deviations and errors from intervals, t and p; log ratios."""

import math

import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, UnknownOption
from meta.stats import conversions as c
from tests.meta.stats.test_laws import LAW, same

positive = st.floats(0.01, 100)
size = st.integers(2, 400)


def test_the_handbooks_examples():
    found = c.sd_from_ci(30.0, 34.2, 25)
    assert found["divisor"] == pytest.approx(4.128, abs=1e-3)
    assert found.value == pytest.approx(5.09, abs=0.01)
    found = c.se_from_difference_p(3.8, 0.008, 25, 22)
    assert (found["t"], found["se"], found["sd"]) == pytest.approx((2.78, 1.37, 4.68), abs=0.02)


@LAW
@given(st.floats(-50, 50), positive, size, st.sampled_from(["t", "z"]), st.sampled_from([0.9, 0.95, 0.99]))
def test_an_interval_gives_back_the_spread_it_was_made_from(mean, sd, n, distribution, level):
    q = scipy.stats.t.ppf(0.5 + level / 2, n - 1) if distribution == "t" else scipy.stats.norm.ppf(0.5 + level / 2)
    half = q * sd / math.sqrt(n)
    assert same(c.sd_from_ci(mean - half, mean + half, n, level=level, distribution=distribution).value, sd, 1e-6)
    assert same(c.sd_from_se(sd / math.sqrt(n), n).value, sd, 1e-12)


def test_a_difference_gives_the_same_error_by_every_road():
    rng = np.random.default_rng(3)
    one, other = rng.normal(5, 2, 20), rng.normal(3, 2, 25)
    test = scipy.stats.ttest_ind(one, other)
    difference = one.mean() - other.mean()
    limits = test.confidence_interval()
    by_t = c.se_from_difference_t(difference, test.statistic, 20, 25)
    by_p = c.se_from_difference_p(difference, test.pvalue, 20, 25)
    by_ci = c.se_from_difference_ci(limits.low, limits.high, 20, 25)
    pooled = math.sqrt((19 * one.var(ddof=1) + 24 * other.var(ddof=1)) / 43)
    for found in (by_t, by_p, by_ci):
        assert found["sd"] == pytest.approx(pooled, rel=1e-9)
        assert found["se"] == pytest.approx(pooled * math.sqrt(1 / 20 + 1 / 25), rel=1e-9)


def test_a_bound_of_p_is_told():
    assert "bound" in c.se_from_difference_p(2, 0.05, 20, 20, p_is_bound=True).notes[0]
    assert "bound" in c.log_ratio_from_p(2, 0.05, p_is_bound=True).notes[0]
    assert c.log_ratio_from_p(2, 0.05).notes == ()


@LAW
@given(st.floats(-3, 3).filter(lambda y: abs(y) > 0.01), st.floats(0.05, 2))
def test_ratios_come_back_from_their_intervals_and_p(y, se):
    z = scipy.stats.norm.ppf(0.975)
    found = c.log_ratio_from_ci(math.exp(y - z * se), math.exp(y + z * se))
    assert same(found["estimate"], y, 1e-9)
    assert same(found["se"], se, 1e-9)
    p = 2 * scipy.stats.norm.sf(abs(y) / se)
    if 1e-10 < p < 0.99:
        assert same(c.log_ratio_from_p(math.exp(y), p)["se"], se, 1e-6)


def test_an_estimate_off_the_middle_is_noted():
    assert c.log_ratio_from_ci(0.5, 2, estimate=1.0).notes == ()
    assert "middle" in c.log_ratio_from_ci(0.5, 2, estimate=1.5).notes[0]


def test_a_quartile_range_alone_is_a_fallback():
    assert c.sd_from_iqr(10, 23.5).value == pytest.approx(10)
    assert "fallback" in c.sd_from_iqr(10, 23.5).notes[0]


@pytest.mark.parametrize(
    "call",
    [
        lambda: c.sd_from_se(-1, 5),
        lambda: c.sd_from_ci(3, 3, 5),
        lambda: c.sd_from_ci(3, 4, 1),
        lambda: c.sd_from_ci(3, 4, 9, level=1.2),
        lambda: c.se_from_difference_ci(1, 2, 1, 1),
        lambda: c.se_from_difference_t(0, 1, 5, 5),
        lambda: c.se_from_difference_t(1, 0, 5, 5),
        lambda: c.se_from_difference_p(1, 0, 5, 5),
        lambda: c.log_ratio_from_ci(-1, 2),
        lambda: c.log_ratio_from_p(1, 0.5),
    ],
)
def test_what_says_nothing_about_the_spread_is_refused(call):
    with pytest.raises(InvalidInput):
        call()


def test_other_distributions_are_refused():
    with pytest.raises(UnknownOption, match="t, z"):
        c.sd_from_ci(1, 2, 9, distribution="F")
