"""Effects that depend on each other: laws, equalities with simpler models, refusals."""

import json
import math

import numpy as np
import pytest
from hypothesis import given

from meta import stats
from meta.stats import InvalidInput, SingularDesign, UnknownOption
from meta.stats import multilevel as mv
from meta.stats.multilevel.components import parts
from meta.stats.multilevel.likelihood import Problem, maximise, slope, solve
from meta.stats.regression.design import design
from tests.meta.stats.test_laws import LAW, same, studies

RNG = np.random.default_rng(20260922)
GROUP = np.repeat(np.arange(8), 3)
Y = RNG.normal(0.3, 0.2, 24) + np.repeat(RNG.normal(0, 0.4, 8), 3)
V = RNG.uniform(0.01, 0.06, 24)
ARM = np.tile([1, 2, 3], 8)


def levels():
    return mv.nested(("study", GROUP.tolist()), ("arm", ARM.tolist()))


@LAW
@given(studies)
def test_a_diagonal_v_is_weighted_least_squares(rows):
    y, v = (list(column) for column in zip(*rows, strict=True))
    simple = stats.pairwise(stats.GenericEffects.from_variances([], y, v))
    common = simple.pooled
    found = mv.multilevel(y, v)
    (one,) = found.coefficients
    assert same((one.estimate, one.standard_error), (common.estimate, common.standard_error), 1e-9)
    assert same(found.q, simple.heterogeneity.q, 1e-8)


@pytest.mark.parametrize("method", ["REML", "ML"])
def test_one_effect_per_group_is_the_random_effects_model(method):
    simple = stats.pairwise(stats.GenericEffects.from_variances([], Y, V), model="random", tau2=method)
    found = mv.multilevel(Y, V, [mv.Level("study", range(24))], method=method)
    assert found.variances[0].value == pytest.approx(simple.heterogeneity.tau2, rel=1e-5)
    assert found.coefficients[0].estimate == pytest.approx(simple.pooled.estimate, rel=1e-6)
    assert found.i2 == pytest.approx(simple.heterogeneity.i2_from_tau2, rel=1e-5)
    json.dumps(found.to_dict(), allow_nan=False)


def test_no_spread_is_exactly_zero():
    same_everywhere = mv.multilevel([0.5] * 6, [0.04] * 6, mv.nested(("study", [1, 1, 2, 2, 3, 3]), ("arm", range(6))))
    assert [one.value for one in same_everywhere.variances] == [0, 0]
    assert same_everywhere.i2 == 0
    assert same_everywhere.notes


@pytest.mark.parametrize("structure", mv.STRUCTURES)
@pytest.mark.parametrize("restricted", [True, False])
def test_slopes_are_those_of_small_steps(structure, restricted):
    outcome = np.tile(["a", "b", "c"], 8)
    terms = [mv.Correlated(outcome.tolist(), GROUP.tolist(), structure), mv.Level("row", range(24))]
    problem = Problem(Y, np.diag(V), np.column_stack((np.ones(24), ARM)), parts(terms, 24), restricted)
    free = RNG.uniform(0.2, 0.8, problem.size)
    exact = slope(problem, free, solve(problem, free))
    for i in range(problem.size):
        step = np.zeros(problem.size)
        step[i] = 1e-5
        up, down = (solve(problem, free + sign * step).log_likelihood for sign in (1, -1))
        assert exact[i] == pytest.approx((up - down) / 2e-5, rel=1e-5, abs=1e-6)


def test_richer_structures_are_at_least_as_likely():
    outcome = np.tile(["a", "b", "c"], 8).tolist()
    fits = {s: mv.multilevel(Y, V, [mv.Correlated(outcome, GROUP.tolist(), s)]) for s in mv.STRUCTURES}
    value = {name: fit.log_likelihood for name, fit in fits.items()}
    for less, more in (("ID", "DIAG"), ("ID", "CS"), ("CS", "HCS"), ("DIAG", "HCS"), ("HCS", "UN")):
        assert value[more] >= value[less] - 1e-6
    assert [len(fit.variances) for fit in fits.values()] == [1, 3, 1, 3, 3]
    assert [len(fit.correlations) for fit in fits.values()] == [0, 0, 1, 1, 3]
    assert fits["UN"].i2 is None
    assert all(abs(r) <= 1 + 1e-9 for r in fits["UN"].correlations)


def test_order_of_effects_does_not_matter():
    order = RNG.permutation(24)
    one = mv.multilevel(Y, V, levels())
    other = mv.multilevel(Y[order], V[order], mv.nested(("study", GROUP[order].tolist()), ("arm", ARM[order].tolist())))
    assert same([x.value for x in one.variances], [x.value for x in other.variances], 1e-5)
    assert same(one.coefficients[0].estimate, other.coefficients[0].estimate, 1e-6)


def test_moderators_and_t_tests():
    chosen = design({"arm": ARM.astype(float)}, 24)
    found = mv.multilevel(Y, V, levels(), design=chosen, test="t")
    assert found.omnibus == pytest.approx(found.coefficients[1].statistic ** 2)
    assert found.omnibus_p_value == pytest.approx(found.coefficients[1].p_value)
    assert found.prediction is None
    assert found.df_residual == 22
    assert found.aic == pytest.approx(-2 * found.log_likelihood + 8)


def test_profile_limits_lie_where_the_likelihood_says():
    found = mv.multilevel(Y, V, levels())
    for which in (0, 1):
        limits = mv.profile_interval(found, which)
        assert limits.lower < found.variances[which].value < limits.upper
        for limit in (limits.lower, limits.upper):
            if limit:
                at = maximise(found._problem, [found._free], {which: math.sqrt(limit)})[1].log_likelihood
                assert 2 * (found.log_likelihood - at) == pytest.approx(3.841459, rel=1e-4)
    narrow = mv.profile_interval(found, 0, level=0.8)
    assert mv.profile_interval(found, 0).lower <= narrow.lower
    joint = mv.multilevel(Y, V, [mv.Correlated(ARM.tolist(), GROUP.tolist(), "CS")])
    for fit, which, level in ((joint, 0, 0.95), (found, 2, 0.95), (found, 0, 1.5)):
        with pytest.raises(InvalidInput):
            mv.profile_interval(fit, which, level=level)


def test_a_flat_likelihood_has_no_upper_limit():
    two = mv.multilevel([0.1, 0.9], [0.04, 0.04], [mv.Level("study", [1, 2])])
    one_group = mv.multilevel([0.1, 0.9, 0.4], [0.04] * 3, [mv.Level("all", [1, 1, 1])])
    assert mv.profile_interval(two, 0).upper > 1
    with pytest.raises(InvalidInput, match="no upper limit"):
        mv.profile_interval(one_group, 0)


def test_likelihood_ratio_of_levels():
    full = mv.multilevel(Y, V, levels())
    test = mv.ratio_test(full, mv.multilevel(Y, V, levels()[1:]))
    assert test.statistic > 0
    assert test.df == 1
    with pytest.raises(InvalidInput, match="fewer variances"):
        mv.ratio_test(full, full)


def cr2(y, x, clusters):
    """Bell & McCaffrey's errors of ordinary least squares, written out for equal variances."""
    bread = np.linalg.inv(x.T @ x)
    residual = y - x @ bread @ x.T @ y
    meat = np.zeros_like(bread)
    for c in np.unique(clusters):
        rows = clusters == c
        values, vectors = np.linalg.eigh(np.eye(rows.sum()) - x[rows] @ bread @ x[rows].T)
        score = x[rows].T @ (vectors / np.sqrt(values)) @ vectors.T @ residual[rows]
        meat += np.outer(score, score)
    return bread @ meat @ bread


def test_robust_errors():
    x = np.column_stack((np.ones(24), RNG.normal(size=24)))
    chosen = design({"x": x[:, 1]}, 24)
    equal = mv.multilevel(Y, [0.04] * 24, design=chosen)
    found = mv.robust(equal, GROUP.tolist())
    expected = np.sqrt(np.diag(cr2(Y, x, GROUP)))
    assert [one.standard_error for one in found.coefficients] == pytest.approx(expected.tolist(), rel=1e-9)
    assert all(1 < df <= 7.0 + 1e-9 for df in found.df)
    # an intercept and clusters of one size: CR2 is CR1, with m - 1 degrees of freedom
    balanced = mv.multilevel(Y, [0.04] * 24, levels()[:1])
    two, one = (mv.robust(balanced, GROUP.tolist(), correction=c) for c in ("CR2", "CR1"))
    assert two.coefficients[0].standard_error == pytest.approx(one.coefficients[0].standard_error, rel=1e-9)
    assert two.df[0] == pytest.approx(7.0, rel=1e-9)
    zero = mv.robust(balanced, GROUP.tolist(), correction="CR0")
    assert zero.coefficients[0].standard_error == pytest.approx(
        one.coefficients[0].standard_error * math.sqrt(7 / 8), rel=1e-12
    )
    assert "CR2" in zero.notes[0]


def test_robust_errors_hold_by_simulation():
    rng = np.random.default_rng(4)
    groups = np.repeat(np.arange(12), [1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8])
    misses = 0
    for _ in range(150):
        y = rng.normal(0, 0.2, len(groups)) + rng.normal(0, 0.5, 12)[groups]
        one = mv.robust(mv.multilevel(y, [0.04] * len(groups)), groups.tolist()).coefficients[0]
        misses += one.lower > 0 or one.upper < 0
    assert misses / 150 == pytest.approx(0.05, abs=0.05)


def test_robust_refusals():
    fit = mv.multilevel(Y, V, levels())
    with pytest.raises(UnknownOption, match="CR0"):
        mv.robust(fit, GROUP.tolist(), correction="HC3")
    with pytest.raises(InvalidInput, match="clusters cannot"):
        mv.robust(fit, [1] * 24)
    with pytest.raises(InvalidInput, match="different clusters"):
        mv.robust(fit, range(24))
    with pytest.raises(InvalidInput, match="no spread"):
        mv.robust(mv.multilevel([0.0] * 4, [0.1] * 4), [1, 2, 3, 4])


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: mv.multilevel(Y, V, method="DL"), UnknownOption),
        (lambda: mv.multilevel(Y, V, test="knha"), UnknownOption),
        (lambda: mv.multilevel(Y, V, level=2), InvalidInput),
        (lambda: mv.multilevel(["x"], [1]), InvalidInput),
        (lambda: mv.multilevel([1, float("nan")], [1, 1]), InvalidInput),
        (lambda: mv.multilevel([1], [1]), SingularDesign),
        (lambda: mv.multilevel(Y, V, design=design({}, 3)), InvalidInput),
        (lambda: mv.multilevel(Y, V, [mv.Level("study", [1, 2])]), InvalidInput),
        (lambda: mv.multilevel(Y, V, [mv.Correlated(["a"] * 24, GROUP.tolist())]), InvalidInput),
        (lambda: mv.multilevel(Y, V, [mv.Correlated(ARM.tolist(), GROUP.tolist(), "AR")]), UnknownOption),
        (lambda: mv.multilevel([1, 2, 3], np.ones((3, 3))), InvalidInput),
    ],
)
def test_what_cannot_be_fitted_is_refused(call, error):
    with pytest.raises(error):
        call()


def test_the_search_passes_by_covariances_that_cannot_be():
    impossible = np.array([[0.1, 0.2, 0], [0.2, 0.1, 0], [0, 0, 0.1]])  # no V, but enough spread makes it one
    problem = Problem(
        np.array([0.0, 5.0, -5.0]), impossible, np.ones((3, 1)), parts([mv.Level("row", range(3))], 3), True
    )
    free, at = maximise(problem, [np.array([0.1]), np.array([4.0])])
    assert abs(free[0]) > 1
    assert math.isfinite(at.log_likelihood)
