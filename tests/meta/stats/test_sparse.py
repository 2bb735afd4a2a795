"""Models of counts: laws, known special cases, honesty about convergence, corners."""

import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta import stats
from meta.stats.results import NotEstimable as Reason
from meta.stats.results import estimated
from meta.stats.sparse import MODELS
from meta.stats.sparse.beta_binomial import _rising
from meta.stats.sparse.families import binomial, poisson
from meta.stats.sparse.hypergeometric import tables_of
from meta.stats.sparse.maximise import Convergence, best_of, climb
from meta.stats.sparse.quadrature import over_line, over_plane

LAW = settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TWO_ARMS = [name for name in MODELS if name != "one-group"]


@st.composite
def trial(draw):
    n1, n2 = draw(st.integers(5, 60)), draw(st.integers(5, 60))
    return draw(st.integers(0, n1)), n1, draw(st.integers(0, n2)), n2


trials = st.lists(trial(), min_size=3, max_size=6)


def binary(rows):
    return stats.BinaryArms([], *zip(*rows, strict=True))


SPARSE = binary([(0, 50, 3, 52), (1, 40, 2, 38), (2, 90, 5, 88), (0, 30, 1, 31), (3, 70, 4, 72), (0, 20, 0, 22)])


@LAW
@given(trials, st.sampled_from(["UM.FS", "CM.EL", "UM.RS"]), st.booleans())
def test_swapping_the_arms_turns_the_ratio_round(rows, model, random):
    one = stats.glmm(binary(rows), model=model, random=random, nodes=9)
    other = stats.glmm(binary([(c, n2, a, n1) for a, n1, c, n2 in rows]), model=model, random=random, nodes=9)
    assert bool(one) == bool(other)
    if isinstance(one, stats.CountModel) and one.convergence.converged and other.convergence.converged:
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-5)
        if one.convergence.agreed == one.convergence.starts == other.convergence.agreed:
            assert one.pooled.estimate == pytest.approx(-other.pooled.estimate, abs=1e-3)


@LAW
@given(trials, st.integers(3, 60), st.integers(3, 60))
def test_a_double_zero_study_changes_no_conditional_model(rows, n1, n2):
    for model in ("CM.EL", "CM.AL"):
        one = stats.glmm(binary(rows), model=model, random=False)
        other = stats.glmm(binary([*rows, (0, n1, 0, n2)]), model=model, random=False)
        assert bool(one) == bool(other)
        if isinstance(one, stats.CountModel):
            assert one.pooled.estimate == pytest.approx(other.pooled.estimate, abs=1e-9)
            assert other.left_out[-1] == f"Study {len(rows) + 1}"


@LAW
@given(trials)
def test_the_common_model_with_study_effects_is_logistic_regression(rows):
    """Its estimate solves the likelihood equation: expected events in the experimental arms equal those observed."""
    arms = binary(rows)
    found = stats.glmm(arms, model="UM.FS", random=False)
    if not isinstance(found, stats.CountModel):
        return
    theta, expected = found.pooled.estimate, 0.0
    keep = [row for row in rows if 0 < row[0] + row[2] < row[1] + row[3]]
    for a, n1, c, n2 in keep:
        lower, upper = -40.0, 40.0
        for _ in range(200):  # the study's own level at this effect
            level = 0.5 * (lower + upper)
            p, q = (1 / (1 + math.exp(-x)) for x in (level + theta / 2, level - theta / 2))
            lower, upper = (level, upper) if n1 * p + n2 * q < a + c else (lower, level)
        expected += n1 * p
    assert expected == pytest.approx(sum(row[0] for row in keep), rel=1e-6, abs=1e-6)
    assert found.tau2 == 0


@LAW
@given(trials, st.floats(-2, 2))
def test_the_conditional_density_adds_up_to_one(rows, theta):
    for a, n1, c, n2 in rows:
        m = a + c
        values = range(max(0, m - n2), min(n1, m) + 1)
        arms = binary([(x, n1, m - x, n2) for x in values])
        tables = tables_of(arms, arms.complete)
        log_p, slope, curve = tables(np.full(len(arms), theta))
        assert math.fsum(np.exp(log_p)) == pytest.approx(1)
        mean, variance = tables.moments(np.full(len(arms), theta))
        assert slope == pytest.approx(tables.events - mean)
        assert -curve == pytest.approx(variance)


def test_quadrature_with_many_nodes_is_the_integral():
    """Against a fine sum over the random effect."""
    family = binomial(np.array([0.0, 3.0, 9.0]), np.array([12.0, 10.0, 9.0]))
    z = np.linspace(-9, 9, 40_001)
    weight = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * (z[1] - z[0])
    for sigma in (0.0, 0.3, 1.5, -1.5):
        by_sum = np.log((np.exp(family(0.4 + np.broadcast_to(sigma * z, (3, len(z))))[0]) * weight).sum(axis=1))
        assert over_line(family, np.full(3, 0.4), sigma, 41) == pytest.approx(by_sum, abs=1e-8)
        assert over_line(family, np.full(3, 0.4), sigma, 1) == pytest.approx(by_sum, abs=0.1)


def test_quadrature_over_two_effects_falls_back_to_one():
    from meta.stats.sparse.families import Pair

    pair = Pair(
        binomial(np.array([1.0, 4.0]), np.array([20.0, 30.0])), binomial(np.array([3.0, 0.0]), np.array([22.0, 28.0]))
    )
    one = over_line(pair.by_centre(np.full(2, -0.5)), np.full(2, -1.5), 0.8, 25)
    assert over_plane(pair, -1.5, -0.5, (0.8, 0.0), 25) == pytest.approx(one, abs=1e-9)
    other = over_line(pair.by_difference(np.full(2, -1.5)), np.full(2, -0.5), 0.6, 25)
    assert over_plane(pair, -1.5, -0.5, (0.0, 0.6), 25) == pytest.approx(other, abs=1e-9)
    far = over_plane(pair, 12.0, 9.0, (6.0, 5.0), 5)  # the first steps overshoot there and are shortened
    assert np.isfinite(far).all()
    steep = binomial(np.array([0.0]), np.array([4000.0]))
    assert np.isfinite(over_line(steep, np.array([14.0]), 9.0, 9)).all()


@pytest.mark.parametrize("model", TWO_ARMS)
def test_every_model_tells_its_result(model):
    for random in (True, False):
        found = stats.glmm(SPARSE, model=model, random=random)
        assert found.convergence.converged
        assert found.k == 5
        assert found.left_out == ("Study 6",)
        assert found.pooled.estimate < 0
        assert (found.study_variance is not None) == (model == "UM.RS")
        assert "say nothing on a ratio" in " ".join(found.notes)
        assert found.summary().startswith("Pooled odds ratio 0.")
        json.dumps(found.to_dict(), allow_nan=False)
        assert found.to_dict()["display"]["estimate"] == pytest.approx(math.exp(found.pooled.estimate))


def test_rates_and_single_groups():
    rates = stats.PersonTimeArms([], [1, 0, 5], [100, 90, 210], [4, 2, 9], [110, 95, 200])
    for model in ("UM.FS", "UM.RS", "CM.EL"):
        assert stats.glmm(rates, model=model).measure.code == "IRR"
    # given the totals, rates are binomial with one likelihood for all: the same estimate as with study effects
    fixed, conditional = (stats.glmm(rates, model=name, random=False) for name in ("UM.FS", "CM.EL"))
    assert fixed.pooled.estimate == pytest.approx(conditional.pooled.estimate, abs=1e-8)
    assert fixed.pooled.standard_error == pytest.approx(conditional.pooled.standard_error, rel=1e-6)
    one = stats.glmm(stats.Proportions([], [3, 9, 4], [30, 60, 50]), random=False)
    assert one.pooled.estimate == pytest.approx(math.log(16 / 124))
    assert one.model == "one-group"
    rate = stats.glmm(stats.Rates([], [3, 9], [300, 800]), random=False, interval="t")
    assert rate.pooled.estimate == pytest.approx(math.log(12 / 1100))
    assert rate.pooled.df == 1
    assert stats.glmm(SPARSE).model == "CM.EL"
    few = stats.glmm(binary([(1, 20, 4, 20), (9, 30, 3, 30)]))
    assert "very uncertain" in few.notes[-1]


def test_one_study_has_no_heterogeneity():
    found = stats.glmm(binary([(2, 20, 5, 21)]), model="CM.EL")
    assert isinstance(found.q_wald, stats.NotEstimable)
    assert isinstance(found.q_lrt, stats.NotEstimable)
    assert found.i2 == 0
    assert isinstance(stats.glmm(binary([(2, 20, 5, 21)]), interval="t"), stats.NotEstimable)


def test_studies_without_an_effect_of_their_own_add_nothing_to_the_wald_test():
    rows = [(0, 50, 3, 52), (0, 40, 2, 38), (4, 40, 0, 39)]
    for model in ("UM.FS", "CM.EL", "CM.AL"):
        assert stats.glmm(binary(rows), model=model, random=False).q_wald.statistic == 0
    assert stats.glmm(binary(rows), model="UM.RS", random=False).q_wald.statistic >= 0


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([(0, 9, 0, 9)], "No study has both"),
        ([(0, 9, 1, 9), (0, 9, 2, 9)], "zero or infinite"),
        ([(2, 9, 0, 9), (1, 9, 0, 9)], "zero or infinite"),
    ],
)
def test_what_the_events_cannot_give(rows, reason):
    for model in TWO_ARMS:
        assert reason in stats.glmm(binary(rows), model=model).reason


def test_other_counts_that_give_nothing():
    assert isinstance(stats.glmm(stats.PersonTimeArms([], [0, 0], [9, 9], [1, 2], [9, 9])), stats.NotEstimable)
    assert isinstance(stats.glmm(stats.Proportions([], [0, 0], [9, 9])), stats.NotEstimable)
    assert isinstance(stats.glmm(stats.Rates([], [0, 0], [9, 9])), stats.NotEstimable)


def test_refusals():
    generic = stats.GenericEffects.from_variances([], [0.1], [0.1])
    rates = stats.PersonTimeArms([], [1], [9], [2], [9])
    for call in (
        lambda: stats.glmm(generic),
        lambda: stats.glmm(SPARSE, model="one-group"),
        lambda: stats.glmm(SPARSE, model="x"),
        lambda: stats.glmm(stats.Proportions([], [1], [9]), model="CM.EL"),
        lambda: stats.glmm(rates, model="CM.AL"),
        lambda: stats.glmm(SPARSE, interval="hk"),
        lambda: stats.glmm(SPARSE, level=1.5),
        lambda: stats.beta_binomial(SPARSE, interval="hk"),
        lambda: stats.beta_binomial(SPARSE, level=0.0),
    ):
        with pytest.raises(stats.UnknownOption):
            call()
    with pytest.raises(stats.InvalidInput):
        stats.glmm(SPARSE, nodes=0)
    with pytest.raises(stats.InvalidInput):
        stats.beta_binomial(rates)
    with pytest.raises(stats.StatsError, match="why not"):
        estimated(Reason("why not"))


@LAW
@given(trials)
def test_beta_binomial_is_at_its_top(rows):
    found = stats.beta_binomial(binary(rows))
    if not isinstance(found, stats.BetaBinomial) or not found.convergence.converged:
        return
    from scipy.stats import betabinom, binom

    def log_likelihood(b0, b1, rho):
        total = 0.0
        for a, n1, c, n2 in rows:
            for y, n, logit in ((a, n1, b0 + b1), (c, n2, b0)):
                mu = 1 / (1 + math.exp(-logit))
                size = (1 - rho) / rho if rho > 0 else 0
                total += betabinom.logpmf(y, n, mu * size, (1 - mu) * size) if rho > 1e-7 else binom.logpmf(y, n, mu)
        return total

    top = log_likelihood(found.intercept, found.pooled.estimate, found.rho)
    assert top == pytest.approx(found.log_likelihood, abs=1e-6)
    for db0, db1, factor in ((0.05, 0, 1), (-0.05, 0, 1), (0, 0.05, 1), (0, -0.05, 1), (0, 0, 1.1), (0, 0, 0.9)):
        beside = log_likelihood(found.intercept + db0, found.pooled.estimate + db1, min(found.rho * factor, 0.99))
        assert beside <= top + 1e-7


def test_beta_binomial_tells_its_result():
    found = stats.beta_binomial(SPARSE, interval="t")
    assert found.pooled.df == 10
    assert found.arms == 12
    assert "breaks the randomisation" in found.notes[-1]
    json.dumps(found.to_dict(), allow_nan=False)
    alike = stats.beta_binomial(binary([(5, 50, 10, 50), (5, 50, 10, 50), (5, 50, 10, 50)]))
    assert alike.rho == 0
    assert alike.convergence.boundary
    assert alike.pooled.estimate == pytest.approx(math.log(45 / 5 / 4) * -1)
    assert isinstance(stats.beta_binomial(binary([(0, 9, 1, 9)])), stats.NotEstimable)
    assert isinstance(stats.beta_binomial(binary([(9, 9, 1, 9)])), stats.NotEstimable)
    assert isinstance(stats.beta_binomial(binary([(1, 9, 9, 9)])), stats.NotEstimable)


def test_a_likelihood_without_top_gives_no_number():
    assert isinstance(stats.beta_binomial(binary([(0, 9, 9, 9), (9, 9, 0, 9)])), stats.NotEstimable)
    assert isinstance(stats.beta_binomial(binary([(1, 9, 2, 9)]), interval="t"), stats.NotEstimable)
    assert isinstance(stats.glmm(stats.Proportions([], [0, 500], [500, 500])), stats.NotEstimable)


def test_iterations_that_are_cut_short_still_give_numbers(monkeypatch):
    from meta.stats.sparse import heterogeneity, quadrature

    family = binomial(np.array([1.0, 3.0]), np.array([12.0, 10.0]))
    whole = over_line(family, np.zeros(2), 0.7, 25)
    monkeypatch.setattr(quadrature, "MAX_STEPS", 0)
    monkeypatch.setattr(heterogeneity, "MAX_STEPS", 0)
    assert over_line(family, np.zeros(2), 0.7, 25) == pytest.approx(whole, abs=1e-4)
    found = stats.glmm(SPARSE, model="UM.RS", random=True, nodes=9)
    assert np.isfinite(found.pooled.estimate)
    assert stats.glmm(SPARSE, model="CM.EL", random=False).q_wald.statistic >= 0


def test_rising_products_keep_their_digits():
    for x in (0.01, 3.0, 14.9, 15.1, 1e3, 1e9):
        exact = math.fsum(math.log1p(j / x) for j in range(40))
        assert _rising(np.array([x]), np.array([40.0]))[0] == pytest.approx(exact, rel=1e-11)


def test_poisson_density():
    family = poisson(np.array([2.0]), np.array([10.0]))
    value, slope, curve = family(np.array([math.log(0.3)]))
    assert value[0] == pytest.approx(math.log(math.exp(-3) * 9 / 2))
    assert (slope[0], curve[0]) == pytest.approx((-1.0, -3.0))
    assert len(family) == 1


def hill(shared, _):
    x, y = shared
    return np.array([-((x - 1) ** 2) - 0.5 * (y + 2) ** 2])


NONE = np.zeros(0)


def test_the_climb_finds_a_top_and_its_curvature():
    found = climb(hill, np.array([5.0, 5.0]), NONE)
    assert found.shared == pytest.approx([1, -2], abs=1e-6)
    assert found.covariance == pytest.approx(np.diag([0.5, 1.0]), rel=1e-6)


def test_two_tops_are_told():
    def two(shared, _):
        x = float(shared[0])
        return np.array([math.log(math.exp(-((x - 3) ** 2)) + 0.2 * math.exp(-((x + 3) ** 2)))])

    best, told = best_of(two, ((np.array([-4.0]), NONE), (np.array([4.0]), NONE)))
    assert best.shared[0] == pytest.approx(3, abs=1e-3)
    assert (told.starts, told.agreed, told.converged) == (2, 1, True)
    assert "1 of 2 starts" in told.notes()[0]


def test_a_saddle_is_left():
    """At 0 the slope is 0 by symmetry, but the tops are at -1 and 1."""
    found = climb(lambda shared, _: np.array([-((float(shared[0]) ** 2 - 1) ** 2)]), np.array([0.0]), NONE)
    assert abs(found.shared[0]) == pytest.approx(1, abs=1e-4)


def test_a_likelihood_without_top_is_not_converged():
    best, told = best_of(lambda shared, _: np.array([float(shared[0])]), ((np.array([0.0]), NONE),))
    assert not told.converged
    assert best.covariance is None
    assert "do not use this result" in Convergence("x", 1, 1, 1, 1.0, False, True).notes()[0]
    flat, _ = best_of(lambda shared, _: np.array([-abs(float(shared[0]))]), ((np.array([0.3]), NONE),))
    assert flat.value <= 0


def test_a_start_that_cannot_be_computed_is_passed_over():
    def f(shared, _):
        x = float(shared[0])
        return np.array([-(x * x) if x > -5 else math.nan])

    best, told = best_of(f, ((np.array([-9.0]), NONE), (np.array([2.0]), NONE)))
    assert best.shared[0] == pytest.approx(0, abs=1e-6)
    assert told.agreed == 1
