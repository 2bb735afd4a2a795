"""Small-study effects: laws, printed examples and corners."""

import itertools
import json
import math

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from meta import stats
from meta.stats.shown_when import not_usual
from meta.stats.small_study import line
from meta.stats.small_study.ranks import Kendall, kendall
from meta.stats.small_study.weights import SHAPES, selection_of

LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
effect = st.floats(-3, 3).map(lambda x: round(x, 4))
variance = st.floats(0.01, 5).map(lambda x: round(x, 4))
studies = st.lists(
    st.tuples(effect, variance), min_size=4, max_size=10, unique_by=(lambda row: row[0], lambda row: row[1])
)  # fmt: skip
estimator = st.sampled_from(["L0", "R0", "Q0"])
spread = st.sampled_from([None, "DL", "REML"])

# Colditz et al. 1994, BCG vaccine: events and totals of 13 trials
BCG = stats.BinaryArms(
    [], [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27],
    [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913],
    [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29],
    [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854],
)  # fmt: skip


def columns(rows):
    return tuple(np.array(column) for column in zip(*rows, strict=True))


@LAW
@given(studies, estimator, spread, st.sampled_from(["left", "right"]))
def test_trim_and_fill_is_symmetric(rows, count, tau2, side):
    """Turning all effects round and looking on the other side changes nothing but the sign."""
    y, v = columns(rows)
    assume(len(set(np.round(np.abs(y), 3))) == len(y))
    other_side = "left" if side == "right" else "right"
    one = stats.trim_and_fill(y, v, tau2=tau2, estimator=count, side=side)
    other = stats.trim_and_fill(-y, v, tau2=tau2, estimator=count, side=other_side)
    assert bool(one) == bool(other)
    if isinstance(one, stats.NotEstimable):
        return
    assert one.missing == other.missing
    assert one.pooled.estimate == pytest.approx(-other.pooled.estimate, rel=1e-7, abs=1e-9)
    assert one.filled_estimates == pytest.approx([-x for x in other.filled_estimates], rel=1e-7, abs=1e-9)
    assert one.tau2 == pytest.approx(other.tau2, rel=1e-6, abs=1e-9)


@LAW
@given(studies)
def test_filled_studies_mirror_the_most_extreme_ones(rows):
    y, v = columns(rows)
    found = stats.trim_and_fill(y, v, side="left", estimator="R0", tau2=None)
    if isinstance(found, stats.NotEstimable) or not found.missing:
        return
    extreme = np.sort(y)[-found.missing :]
    centres = (np.array(found.filled_estimates) + extreme) / 2
    assert np.ptp(centres) < 1e-9
    assert found.p_value == 0.5 ** (found.missing + 1)


@LAW
@given(studies, effect, st.floats(0.2, 5))
def test_eggers_test_does_not_depend_on_shift_and_unit(rows, shift, factor):
    y, v = columns(rows)
    one, other = stats.egger(y, v), stats.egger((y + shift) * factor, v * factor**2)
    if isinstance(one, stats.AsymmetryTest) and isinstance(other, stats.AsymmetryTest):
        assert one.statistic == pytest.approx(other.statistic, rel=1e-5, abs=1e-6)
        assert other.bias == pytest.approx(one.bias, rel=1e-5, abs=1e-6)
        assert other.limit == pytest.approx((one.limit + shift) * factor, rel=1e-5, abs=1e-6)


@LAW
@given(studies)
def test_egger_in_the_radial_plot_is_the_same_line(rows):
    """Egger's own form: z on precision, unweighted; its intercept is the slope on the standard error."""
    y, v = columns(rows)
    found = stats.egger(y, v)
    assume(isinstance(found, stats.AsymmetryTest))
    precision = 1 / np.sqrt(v)
    slope, intercept = np.polyfit(precision, y * precision, 1)
    assert found.bias == pytest.approx(intercept, rel=1e-6, abs=1e-8)
    assert found.limit == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_a_line_is_found_in_data_that_lie_on_it():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    found = stats.regression_test(0.5 + 2 * x, x, predictor="vi")
    assert isinstance(found, stats.NotEstimable)
    wobble = np.array([0.01, -0.01, -0.01, 0.01])
    near = line.line(0.5 + 2 * x + wobble, np.ones(4), x)
    assert (near.intercept, near.slope) == pytest.approx((0.5, 2.0))


def test_egger_on_bcg_as_computed_elsewhere():
    """BCG, log risk ratio: bias -2.112 (1.507), t -1.401 with 11 degrees of freedom, P 0.189."""
    effects = stats.pairwise(BCG, measure="RR", method="IV").effects.usable
    x = 1 / np.sqrt(effects[1])
    fitted = line.line(effects[0] * x, np.ones(13), x)
    assert (fitted.intercept, fitted.intercept_se) == pytest.approx((-2.112, 1.5072), abs=1e-3)
    weighted = stats.egger(*effects)
    assert weighted.bias == pytest.approx(fitted.intercept)
    assert (weighted.statistic, weighted.df, weighted.p_value) == pytest.approx((-1.4013, 11, 0.1887), abs=1e-3)


@LAW
@given(st.permutations(range(6)))
def test_kendalls_exact_p_value_counts_permutations(order):
    k = len(order)
    base = np.arange(k, dtype=float)
    found = kendall(np.array(order, dtype=float), base)

    def score(p):
        return sum(np.sign(p[j] - p[i]) for i, j in itertools.combinations(range(k), 2))

    scores = [score(p) for p in itertools.permutations(range(k))]
    beyond = sum(s >= found.score if found.score > 0 else s <= found.score for s in scores)
    assert found.exact_p == pytest.approx(min(1.0, 2 * beyond / len(scores)))


@LAW
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=3, max_size=12))
def test_kendall_agrees_with_scipy(rows):
    from scipy.stats import kendalltau

    x, y = columns(rows)
    found = kendall(x.astype(float), y.astype(float))
    if len(set(x.tolist())) == 1 or len(set(y.tolist())) == 1:
        assert isinstance(found, stats.NotEstimable)
        return
    assert isinstance(found, Kendall)
    theirs = kendalltau(x, y, method="asymptotic")
    assert found.tau == pytest.approx(theirs.statistic)
    z = found.score / found.standard_error
    assert math.erfc(abs(z) / math.sqrt(2)) == pytest.approx(theirs.pvalue, rel=1e-6)


@LAW
@given(st.floats(1.0, 50))
def test_an_e_value_is_symmetric_and_at_least_the_ratio(ratio):
    one, other = stats.e_value(ratio), stats.e_value(1 / ratio)
    assert one.point == pytest.approx(other.point)
    assert one.point >= ratio
    # the bound it solves: a confounder with both associations equal to E explains the ratio exactly
    e = one.point
    assert e * e / (2 * e - 1) == pytest.approx(ratio)


def test_printed_e_values():
    """VanderWeele & Ding 2017: RR 3.9 (1.8 to 8.7) gives 7.26 and 3.00; SMD 0.42 with SE 0.14 is checked by its formula."""
    found = stats.e_value(3.9, 1.8, 8.7)
    assert (round(found.point, 2), round(found.limit, 2)) == (7.26, 3.0)
    assert stats.e_value(0.8, 0.71, 0.91).limit == pytest.approx(1.43, abs=0.01)
    smd = stats.e_value_of_difference(0.42, 0.14)
    assert smd.risk_ratio == pytest.approx(math.exp(0.91 * 0.42))
    assert stats.e_value(1.5, 0.9, 2.0).limit == 1.0
    assert stats.e_value(0.5, upper=0.8).limit == pytest.approx(stats.e_value(1 / 0.8).point)
    assert stats.e_value(2.0, upper=3.0).limit is None
    assert stats.e_value(2.0, 0.5).limit == 1.0
    assert stats.e_value(2.0, scale="OR-rare").point == stats.e_value(2.0).point
    assert stats.e_value(4.0, scale="OR").risk_ratio == 2.0
    json.dumps(found.to_dict(), allow_nan=False)


@LAW
@given(studies, st.floats(0.01, 0.2))
def test_rosenthals_number_is_what_makes_the_sum_of_z_insignificant(rows, alpha):
    from statistics import NormalDist

    y, v = columns(rows)
    found = stats.fail_safe(np.abs(y) + 0.5, v, alpha=alpha)
    assume(isinstance(found, stats.FailSafe))
    z, bar = float(((np.abs(y) + 0.5) / np.sqrt(v)).sum()), NormalDist().inv_cdf(1 - alpha)
    assert z / math.sqrt(len(y) + found.number) <= bar * (1 + 1e-6)
    if found.number:
        assert z / math.sqrt(len(y) + found.number - 1) > bar * (1 - 1e-6)


def test_the_general_number_is_the_smallest_that_overturns():
    y, v = [0.5, 0.6, 0.4, 0.7], [0.02, 0.03, 0.02, 0.04]
    found = stats.fail_safe(y, v, kind="General")
    aimed = stats.fail_safe(y, v, kind="General", target=0.2)
    assert found.number > 3
    assert aimed.number > 0
    assert aimed.target == 0.2
    assert stats.fail_safe(y, v, kind="General", target=5.0).number == 0
    assert stats.fail_safe([0.1, -0.1], v[:2], kind="General").number == 0
    assert stats.fail_safe([0.9], [0.01], kind="General").number >= 1
    assert isinstance(stats.fail_safe([9.0], [1e-9], kind="General", target=1e-9), stats.NotEstimable)
    orwin = stats.fail_safe(y, v, kind="Orwin", target=-0.1)
    assert orwin.target == 0.1
    assert stats.fail_safe(y, v, kind="Rosenberg").number > 0
    assert "Cochrane advises against it" in found.notes[0]
    json.dumps(found.to_dict(), allow_nan=False)


@LAW
@given(studies)
def test_excess_significance_adds_up(rows):
    y, v = columns(rows)
    more = stats.excess_significance(y, v)
    fewer = stats.excess_significance(y, v, excess="less")
    both = stats.excess_significance(y, v, excess="two.sided")
    assert more.expected == pytest.approx(sum(more.power))
    assert more.p_value + fewer.p_value >= 1 - 1e-9
    assert 0 <= both.p_value <= 1
    for direction in ("greater", "less"):
        one = stats.excess_significance(y, v, alternative=direction, test="chi-square", excess=direction)
        assert 0 <= one.p_value <= 1


def test_power_is_averaged_over_the_spread():
    """A power averaged over a normal effect is that of a wider test: P(N(theta, v + tau2) > bar)."""
    from statistics import NormalDist

    found = stats.excess_significance([0.5, 0.1], [0.04, 0.09], tau2=0.05, effect=0.3, alternative="greater")
    bar = NormalDist().inv_cdf(0.95)
    expected = [1 - NormalDist(0.3, math.sqrt(v + 0.05)).cdf(bar * math.sqrt(v)) for v in (0.04, 0.09)]
    assert found.power == pytest.approx(expected, rel=1e-8)
    assert stats.excess_significance([0.5, 0.1], [0.04, 0.09], test="chi-square", excess="two.sided").statistic > 0
    assert found.notes[-1].startswith("Excess significance")
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize("kind", [*SHAPES])
@pytest.mark.parametrize("alternative", ["greater", "less", "two.sided"])
def test_a_selection_model_is_a_density(kind, alternative):
    """For one study, the density over all effects that it could have shown adds up to 1."""
    ends = (0.025, 0.5, 1.0) if kind == "stepfun" else None
    delta = np.array([0.3, 0.2]) if kind == "stepfun" else np.array([0.7, 1.4][: 2 if kind == "beta" else 1])
    grid = np.linspace(-9, 9, 20_001)
    shape = selection_of(kind, grid, np.full(len(grid), 0.6), alternative, ends)
    density = np.exp(shape.log_density(0.2, 0.5, delta))
    assert float(density.sum() * (grid[1] - grid[0])) == pytest.approx(1, abs=2e-3)


@settings(LAW, max_examples=12)
@given(studies, st.sampled_from(["stepfun", "halfnorm", "negexp", "logistic", "power", "beta"]))
def test_a_selection_model_is_never_less_likely_than_none(rows, kind):
    y, v = columns(rows)
    for random in (True, False):
        found = stats.selection_model(y, v, kind=kind, steps=[0.5], random=random)
        if isinstance(found, stats.SelectionModel):
            assert found.lrt >= 0
            assert found.convergence.converged
            assert np.isfinite(found.pooled.standard_error)
            json.dumps(found.to_dict(), allow_nan=False)


@settings(LAW, max_examples=8)
@given(studies, st.sampled_from(["stepfun", "power"]))
def test_turning_effects_round_turns_the_selection_round(rows, kind):
    y, v = columns(rows)
    one = stats.selection_model(y, v, kind=kind, steps=[0.5], alternative="greater")
    other = stats.selection_model(-y, v, kind=kind, steps=[0.5], alternative="less")
    assert bool(one) == bool(other)
    if isinstance(one, stats.SelectionModel):
        assert one.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-5)


def test_a_mean_that_ran_away_from_every_study_is_refused():
    """The likelihood rises ever more slowly as mean and selection grow together: no program's stop on it is a result."""
    y, v = np.array([0.0, 1.0, 1.25, -0.25]), np.array([1.5, 3.0, 2.0, 0.5])
    for effects, alternative in ((y, "greater"), (-y, "less")):
        found = stats.selection_model(effects, v, kind="power", alternative=alternative)
        assert "runs off to its limit" in found.reason


def test_the_nearest_peak_need_not_be_the_highest():
    """One very large study without effect, many small ones with: two stories, and two peaks."""
    y = np.array([0.05, -0.9, -1.2, -0.8, -1.1, -0.7, -1.0, -0.6, -0.75, -1.3, -0.5, -0.9])
    v = np.array([0.001, *([0.15, 0.3, 0.12, 0.25, 0.1, 0.2] * 2)[:11]])
    high = stats.selection_model(y, v, alternative="less")
    near = stats.selection_model(y, v, alternative="less", peak="nearest")
    assert high.log_likelihood >= near.log_likelihood - 1e-9
    assert near.notes != ()


def test_pet_takes_over_where_it_finds_nothing():
    rng = np.random.default_rng(3)
    v = rng.uniform(0.01, 0.5, 15)
    strong = stats.pet_peese(2.0 + rng.normal(0, np.sqrt(v)), v)
    assert strong.chosen == "PEESE"
    assert strong.estimate == strong.peese.intercept
    weak = stats.pet_peese(1.2 * np.sqrt(v) + rng.normal(0, 0.1 * np.sqrt(v)), v, model="rma")
    assert weak.chosen == "PET"
    assert weak.estimate == weak.pet.intercept
    assert "unstable" in weak.notes[-1]
    json.dumps(weak.to_dict(), allow_nan=False)
    x = np.array([1.0, 2.0, 3.0, 4.0])
    assert isinstance(stats.pet_peese(1 + x**2, x**2), stats.NotEstimable)
    assert isinstance(stats.pet_peese(1 + x, x**2), stats.NotEstimable)


@LAW
@given(studies, st.sampled_from(["REML", "DL", 0.2]))
def test_limit_meta_analysis_splits_q(rows, tau2):
    y, v = columns(rows)
    found = stats.limit_meta_analysis(y, v, tau2=tau2)
    assume(isinstance(found, stats.LimitMetaAnalysis))
    q = stats.pairwise(stats.GenericEffects.from_variances([], y, v)).heterogeneity.q
    assert found.q_small + found.q_residual == pytest.approx(q, rel=1e-7, abs=1e-9)
    assert found.q_small >= -1e-9
    assert -1e-9 <= found.g2 <= 1 + 1e-9
    json.dumps(found.to_dict(), allow_nan=False)


def test_without_a_remainder_there_is_no_unexplained_share():
    v = np.array([0.1, 0.2, 0.4])
    found = stats.limit_meta_analysis([0.0, 0.0, 0.0], v, tau2=0.0)
    assert found.g2 == 0.0


@LAW
@given(studies)
def test_the_doi_plot_turns_round_with_the_effects(rows):
    y, v = columns(rows)
    found = stats.doi(y, v)
    assume(isinstance(found, stats.Doi))
    assert [point.effect for point in found.points] == sorted(y.tolist())
    assert found.verdict in ("no asymmetry", "minor asymmetry", "major asymmetry")
    json.dumps(found.to_dict(), allow_nan=False)


def test_lfk_index_in_print():
    """Furuya-Kanamori, Barendregt & Doi 2018: five pain trials are grossly asymmetric."""
    found = stats.doi([-4.27, -1.71, -0.58, -0.19, 0.0], [0.158, 0.076, 0.018, 0.022, 0.04], labels="ABCDE")
    assert found.verdict == "major asymmetry"
    assert found.points[0].label == "A"
    assert "Too few studies" in found.notes[0]
    small = stats.doi([0.0, 0.1, 0.2, 0.3], [0.1, 0.1, 0.1, 0.1])
    assert abs(small.index) <= 1
    assert stats.doi([0.0, 0.1, 0.2, 0.3, 3.0], [0.1] * 5).verdict == "minor asymmetry"
    assert isinstance(stats.doi([0.0, 1.0], [1e-30, 1.0]), stats.NotEstimable)


def test_tests_from_tables():
    for test in (stats.harbord, stats.peters, stats.deeks, stats.arcsine_egger, stats.schwarzer):
        found = test(BCG)
        assert found.k == 13
        assert 0 < found.p_value < 1
        assert found.shown
        json.dumps(found.to_dict(), allow_nan=False)
        empty = stats.BinaryArms([], [0, 0, 0], [9, 9, 8], [0, 0, 0], [9, 8, 9])
        if test is not stats.arcsine_egger:
            assert isinstance(test(empty), stats.NotEstimable)
    same = stats.BinaryArms([], [1, 1, 1], [9, 9, 9], [1, 1, 1], [9, 9, 9])
    with pytest.raises(stats.SingularDesign):
        stats.arcsine_egger(same)
    alike = stats.BinaryArms([], [2, 4, 8], [20, 40, 80], [2, 4, 8], [20, 40, 80])
    assert isinstance(stats.arcsine_egger(alike), stats.NotEstimable)
    fractional = stats.BinaryArms([], [1.5, 2, 3], [9, 9, 8], [1, 2, 1], [9, 8, 9])
    with pytest.raises(stats.InvalidInput, match="whole numbers"):
        stats.schwarzer(fractional)


def test_egger_on_ratios_is_not_for_showing():
    y, v = stats.pairwise(BCG, measure="OR", method="IV").effects.usable
    found = stats.egger_on_ratios(y, v)
    assert not found.shown
    assert "depend on their own standard errors" in found.summary()
    assert isinstance(stats.egger_on_ratios([0.1] * 3, [0.1, 0.2, 0.3]), stats.NotEstimable)
    assert not_usual(found.shown, "x").unmet[-1] == "x"


def test_sentences():
    y, v = stats.pairwise(BCG, measure="RR", method="IV").effects.usable
    assert stats.egger(y, v).summary() == (
        "No clear difference of small and large studies (Egger's test, 13 studies, P = 0.19)."
    )
    rng = np.random.default_rng(2)
    v = rng.uniform(0.01, 1, 20)
    clear = stats.egger(3 * np.sqrt(v) + rng.normal(0, 0.1, 20), v)
    assert clear.summary().startswith("Small and large studies differ")
    assert "Too few studies" in stats.egger(y[:5], v[:5]).summary()
    alike = stats.egger(rng.normal(0, 1, 12), np.linspace(0.1, 0.11, 12))
    assert "similar size" in alike.summary()
    assert stats.macaskill(y, stats.pairwise(BCG, measure="RR", method="IV").effects.usable[1], BCG.total).k == 13
    assert stats.thompson_sharp(y, v[:13]).df == 11


def test_one_dominating_study_says_nothing_about_ranks():
    assert isinstance(stats.begg([0.1, 0.2, 0.3], [1e-20, 1.0, 2.0]), stats.NotEstimable)


def test_trim_and_fill_on_its_own_chooses_the_side():
    v = np.array([0.01, 0.02, 0.1, 0.2, 0.4, 0.5, 0.6])
    up = stats.trim_and_fill(np.sqrt(v), v)
    assert up.side == "left"
    assert stats.trim_and_fill(-np.sqrt(v), v, tau2=None).side == "right"
    assert stats.trim_and_fill(-np.sqrt(v), v, tau2=0.1).side == "right"
    assert stats.trim_and_fill([0.1, 0.2], [0.1, 0.2]).side == "left"
    assert stats.trim_and_fill([0.1, 0.2, 0.5], [0.1, 0.1, 0.1]).side == "left"
    assert "sensitivity analysis only" in up.notes[-1]
    json.dumps(up.to_dict(), allow_nan=False)


def test_numbers_of_missing_studies_that_do_not_exist():
    equal = stats.trim_and_fill([0.5, 0.5, 0.5], [0.1, 0.2, 0.3], estimator="R0", side="left")
    assert isinstance(equal, stats.NotEstimable)
    y = [-6.0, 1.0, 1.1, 1.2, 1.3]
    outcomes = {
        str(stats.trim_and_fill(y, [0.001, 1, 1, 1, 1], tau2=None, estimator=count, side=side))[:12]
        for count in ("L0", "R0", "Q0")
        for side in ("left", "right")
    }
    assert len(outcomes) == 2  # some counts exist, some do not


def test_rounds_that_do_not_settle_are_told(monkeypatch):
    from meta.stats.small_study import trim_fill

    monkeypatch.setattr(trim_fill, "MAX_ROUNDS", 1)
    found = stats.trim_and_fill([0.1, 0.5, 0.9], [0.1, 0.2, 0.3])
    assert "did not settle" in found.reason


def test_two_studies_have_one_pair():
    assert kendall(np.array([0.0, 1.0]), np.array([2.0, 1.0])).tau == -1


def test_a_perfect_line_cannot_be_tested_by_knapp_and_hartung():
    x = np.array([1.0, 2.0, 3.0, 4.0])
    found = stats.regression_test(0.0 * x, x, predictor="vi", model="rma", test="hk")
    assert isinstance(found, stats.NotEstimable)


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda: stats.egger([0.1, 0.2], [0.1, 0.2]), stats.TooFewStudies),
        (lambda: stats.egger([0.1, 0.2, 0.4], [0.1, 0.1, 0.1]), stats.SingularDesign),
        (lambda: stats.regression_test([0.1] * 3, [0.1, 0.2, 0.3], predictor="x"), stats.UnknownOption),
        (lambda: stats.regression_test([0.1] * 3, [0.1, 0.2, 0.3], model="x"), stats.UnknownOption),
        (lambda: stats.regression_test([0.1] * 3, [0.1, 0.2, 0.3], model="rma", tau2="x"), stats.UnknownOption),
        (lambda: stats.regression_test([0.1] * 3, [0.1, 0.2, 0.3], predictor="ni"), stats.InvalidInput),
        (lambda: stats.regression_test([0.1] * 3, [0.1, 0.2, 0.3], predictor="ni", sizes=[1, 0, 2]), stats.InvalidInput),
        (lambda: stats.trim_and_fill([0.1, 0.2], [0.1, 0.2], side="up"), stats.UnknownOption),
        (lambda: stats.trim_and_fill([0.1, 0.2], [0.1, 0.2], tau2="x"), stats.UnknownOption),
        (lambda: stats.trim_and_fill([0.1, 0.2], [0.1, 0.2], interval="x"), stats.UnknownOption),
        (lambda: stats.limit_meta_analysis([0.1] * 3, [0.1, 0.2, 0.3], tau2="x"), stats.UnknownOption),
        (lambda: stats.fail_safe([0.1], [0.1], kind="x"), stats.UnknownOption),
        (lambda: stats.fail_safe([0.1], [0.1], tau2="x"), stats.UnknownOption),
        (lambda: stats.fail_safe([0.1], [0.1], alpha=0.7), stats.UnknownOption),
        (lambda: stats.fail_safe([0.0, 0.0], [0.1, 0.1], kind="Orwin"), stats.InvalidInput),
        (lambda: stats.excess_significance([0.1], [0.1], test="x"), stats.UnknownOption),
        (lambda: stats.excess_significance([0.1], [0.1], alpha=2), stats.UnknownOption),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, kind="x"), stats.UnknownOption),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, alternative="x"), stats.UnknownOption),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, peak="x"), stats.UnknownOption),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, level=2), stats.UnknownOption),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, steps=[]), stats.InvalidInput),
        (lambda: stats.selection_model([0.1] * 3, [0.1] * 3, steps=[0.0]), stats.InvalidInput),
        (lambda: stats.e_value(2.0, scale="x"), stats.UnknownOption),
        (lambda: stats.e_value(-2.0), stats.InvalidInput),
        (lambda: stats.e_value(2.0, 3.0, 4.0), stats.InvalidInput),
        (lambda: stats.e_value_of_difference(float("nan"), 1.0), stats.InvalidInput),
        (lambda: stats.e_value_of_difference(1e4, 1.0), stats.InvalidInput),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(call, refusal):
    with pytest.raises(refusal):
        call()
