"""Laws that must hold for any data."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta import stats

LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])

effect = st.floats(-5, 5)
variance = st.floats(0.001, 10)
studies = st.lists(st.tuples(effect, variance), min_size=2, max_size=10)
estimator = st.sampled_from([*stats.ESTIMATORS])


@st.composite
def trial(draw):
    n1, n2 = draw(st.integers(1, 200)), draw(st.integers(1, 200))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


trials = st.lists(trial(), min_size=1, max_size=8)


def generic(rows):
    y, v = (list(column) for column in zip(*rows, strict=True))
    return stats.GenericEffects.from_variances([], y, v)


def binary(rows):
    return stats.BinaryArms([], *zip(*rows, strict=True))


def pooled(rows, **options):
    return stats.pairwise(generic(rows), **{"model": "random", **options})


def same(one, other, tolerance=1e-7):
    return one == pytest.approx(other, rel=tolerance, abs=tolerance)


@LAW
@given(studies, estimator, effect)
def test_shifting_every_study_shifts_the_mean(rows, tau2, shift):
    before, after = pooled(rows, tau2=tau2), pooled([(y + shift, v) for y, v in rows], tau2=tau2)
    assert same(after.pooled.estimate, before.pooled.estimate + shift, 1e-6)
    assert same(after.heterogeneity.q, before.heterogeneity.q, 1e-6)


@LAW
@given(studies, estimator, st.floats(0.1, 10))
def test_scaling_every_study_scales_the_result(rows, tau2, factor):
    before, after = pooled(rows, tau2=tau2), pooled([(y * factor, v * factor**2) for y, v in rows], tau2=tau2)
    assert same(after.pooled.standard_error, before.pooled.standard_error * factor, 1e-5)
    assert same(after.heterogeneity.tau2, before.heterogeneity.tau2 * factor**2, 1e-5)


@LAW
@given(studies, estimator, st.randoms(use_true_random=False))
def test_order_of_studies_does_not_matter(rows, tau2, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert same(pooled(shuffled, tau2=tau2).pooled.estimate, pooled(rows, tau2=tau2).pooled.estimate, 1e-6)


@LAW
@given(studies)
def test_without_spread_random_effects_equal_the_common_effect(rows):
    result = pooled(rows, tau2=0.0)
    assert same(result.pooled.estimate, result.common.estimate, 1e-12)
    assert same(result.pooled.standard_error, result.common.standard_error, 1e-12)


@LAW
@given(studies)
def test_doubling_every_study_halves_the_variance(rows):
    once, twice = pooled(rows, model="common"), pooled(rows + rows, model="common")
    assert same(twice.pooled.estimate, once.pooled.estimate, 1e-9)
    assert same(twice.pooled.standard_error, once.pooled.standard_error / np.sqrt(2), 1e-9)


@LAW
@given(trials)
def test_swapping_the_arms_turns_the_ratio_round(rows):
    for measure, method in (("OR", "MH"), ("RR", "MH"), ("OR", "PETO"), ("RD", "MH")):
        one = stats.pairwise(binary(rows), measure=measure, method=method)
        other = stats.pairwise(binary([(c, n2, a, n1) for a, n1, c, n2 in rows]), measure=measure, method=method)
        assert bool(one.pooled) == bool(other.pooled)
        if isinstance(one.pooled, stats.Pooled):
            assert same(other.pooled.estimate, -one.pooled.estimate, 1e-9)
            assert same(other.pooled.standard_error, one.pooled.standard_error, 1e-9)


@LAW
@given(trials)
def test_swapping_events_turns_the_odds_ratio_round(rows):
    one = stats.pairwise(binary(rows), measure="OR")
    other = stats.pairwise(binary([(n1 - a, n1, n2 - c, n2) for a, n1, c, n2 in rows]), measure="OR")
    if isinstance(one.pooled, stats.Pooled):
        assert same(other.pooled.estimate, -one.pooled.estimate, 1e-9)


@LAW
@given(trials, st.integers(1, 50), st.integers(1, 50))
def test_a_double_zero_study_says_nothing_about_a_ratio(rows, n1, n2):
    for measure in ("OR", "RR"):
        one = stats.pairwise(binary(rows), measure=measure)
        other = stats.pairwise(binary([*rows, (0, n1, 0, n2)]), measure=measure)
        assert bool(one.pooled) == bool(other.pooled)
        if isinstance(one.pooled, stats.Pooled):
            assert same(other.pooled.estimate, one.pooled.estimate, 1e-12)
        assert other.studies[-1].not_estimable


@LAW
@given(effect, variance)
def test_one_study_is_its_own_result(y, v):
    result = stats.pairwise(generic([(y, v)]), model="random", tau2="REML")
    assert (result.pooled.estimate, result.pooled.standard_error) == pytest.approx((y, np.sqrt(v)))
    assert result.heterogeneity.tau2 is None
    assert isinstance(result.prediction, stats.NotEstimable)


@LAW
@given(trials, st.sampled_from(["MH", "IV", "PETO"]), st.sampled_from(["common", "random"]))
def test_leaving_one_out_equals_refitting(rows, method, model):
    arms = binary(rows)
    found = stats.leave_one_out(arms, measure="OR", method=method, model=model)
    for i, row in enumerate(found.rows):
        refit = stats.pairwise(
            arms.take([j for j in range(len(rows)) if j != i]), measure="OR", method=method, model=model
        )
        assert bool(row.pooled) == bool(refit.pooled)
        if isinstance(refit.pooled, stats.Pooled):
            assert same(row.pooled.estimate, refit.pooled.estimate, 1e-8)
            assert same(row.pooled.p_value, refit.pooled.p_value, 1e-8)
            assert same(row.q, refit.heterogeneity.q, 1e-8)


@LAW
@given(studies, estimator)
def test_the_last_cumulative_result_is_that_of_all(rows, tau2):
    last = stats.cumulative(generic(rows), model="random", tau2=tau2).rows[-1]
    assert same(last.pooled.estimate, pooled(rows, tau2=tau2).pooled.estimate, 1e-7)


@LAW
@given(st.lists(studies, min_size=1, max_size=4), estimator, st.sampled_from(["wald", "t", "hk", "hk-se"]))
def test_many_at_once_equal_one_by_one(tables, tau2, interval):
    k = max(map(len, tables))
    y, v = np.full((len(tables), k), np.nan), np.full((len(tables), k), np.nan)
    for i, rows in enumerate(tables):
        y[i, : len(rows)], v[i, : len(rows)] = zip(*rows, strict=True)
    found = stats.many(y, v, tau2=tau2, interval=interval)
    for i, rows in enumerate(tables):
        one = pooled(rows, tau2=tau2, interval=interval)
        if isinstance(one.pooled, stats.Pooled):
            assert same(found.estimate[i], one.pooled.estimate, 1e-7)
            assert same(found.lower[i], one.pooled.lower, 1e-5)
            assert same(found.tau2[i], one.heterogeneity.tau2, 1e-6)


@LAW
@given(studies, st.booleans())
def test_the_likelihood_is_highest_at_the_estimate(rows, restricted):
    from meta.stats.tau2.likelihood import log_likelihood

    y, v = (np.array(column) for column in zip(*rows, strict=True))
    best = stats.estimate_tau2(y, v, "REML" if restricted else "ML").value
    peak = log_likelihood(y, v, best, restricted=restricted)
    for other in np.geomspace(1e-6, 200, 60):
        assert log_likelihood(y, v, float(other), restricted=restricted) <= peak + 1e-9 * max(1.0, abs(peak))


@LAW
@given(
    trials,
    st.sampled_from(["OR", "RR", "RD", "AS"]),
    st.sampled_from(["common", "random"]),
    st.sampled_from([*stats.CONTINUITY]),
)
def test_nothing_but_finite_numbers_leaves(rows, measure, model, continuity):
    result = stats.pairwise(binary(rows), measure=measure, model=model, continuity=continuity, tau2="REML")
    json.dumps(result.to_dict(), allow_nan=False)
    assert result.summary()
    assert result._repr_html_().startswith("<table>")
