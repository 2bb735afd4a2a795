"""Subgroups, regression, sensitivity, intervals of tau2, tables, distributions."""

import json
import math

import numpy as np
import pytest
import scipy.stats

from meta import stats
from meta.stats import distributions
from meta.stats.effects.proportion_intervals import proportion_interval
from meta.stats.pooling import tables
from meta.stats.quadratic_form import upper_tail
from meta.stats.regression import design
from meta.stats.roots import bracketed_root, expand_up

Y = np.array([0.1, 0.8, -0.4, 1.2, 0.3, 0.9, -0.2, 0.5])
V = np.array([0.04, 0.09, 0.05, 0.1, 0.02, 0.2, 0.15, 0.08])
GROUPS = ["a", "a", "b", "b", "a", "b", "c", "c"]


def arms(y=Y, v=V):
    return stats.GenericEffects.from_variances([], y, v)


def test_two_peaks_end_at_the_higher_one():
    y = np.array([0.0, 0.01, -0.01, 0.02, 9.0, -8.0, 10.0])
    v = np.array([1e-4, 1e-4, 1e-4, 1e-4, 30.0, 30.0, 30.0])
    found = stats.estimate_tau2(y, v, "REML")
    from meta.stats.tau2.likelihood import log_likelihood

    peak = log_likelihood(y, v, found.value, restricted=True)
    assert all(log_likelihood(y, v, t, restricted=True) <= peak + 1e-9 for t in np.geomspace(1e-9, 300, 400))
    many = stats.many(y, v, tau2="REML")
    assert many.tau2[0] == pytest.approx(found.value, rel=1e-8)


def test_several_peaks_are_told():
    # a tight cluster of precise studies and a loose one: a peak near 0 and one far from it
    y = np.array([0.0, 0.05, -0.05, 3.0, -3.2, 2.9])
    v = np.array([0.01, 0.01, 0.01, 0.4, 0.4, 0.4])
    for scale in np.geomspace(0.05, 40, 60):
        found = stats.pairwise(arms(y, v * np.array([1, 1, 1, scale, scale, scale])), model="random", tau2="REML")
        one = stats.many(y, v * np.array([1, 1, 1, scale, scale, scale]), tau2="REML")
        assert one.tau2[0] == pytest.approx(found.heterogeneity.tau2, rel=1e-6, abs=1e-9)
        if "several peaks" in found.heterogeneity.search:
            assert any("several peaks" in note for note in found.notes)


def test_equal_effects_have_no_spread():
    for method in stats.ESTIMATORS:
        assert stats.estimate_tau2(np.ones(4), np.array([0.1, 0.2, 0.3, 0.4]), method).value == 0
    assert isinstance(stats.estimate_tau2(np.ones(1), np.ones(1), "DL"), stats.NotEstimable)
    with pytest.raises(stats.UnknownOption):
        stats.estimate_tau2(Y, V, "XX")


@pytest.mark.parametrize("method", stats.TAU2_INTERVALS)
def test_every_interval_of_tau2_covers_its_estimate(method):
    found = stats.tau2_interval(Y, V, method=method)
    assert found.lower <= stats.estimate_tau2(Y, V, "REML").value <= found.upper
    assert isinstance(stats.tau2_interval(Y[:1], V[:1], method=method), stats.NotEstimable)
    alike = stats.tau2_interval(np.array([0.5, 0.5, 0.5]), np.array([0.1, 0.2, 0.3]), method=method)
    assert alike.lower == 0
    wide = stats.tau2_interval(Y * 30, V, method=method)
    assert wide.lower > 0


def test_unknown_names_are_refused():
    with pytest.raises(stats.UnknownOption, match="tau2 interval"):
        stats.tau2_interval(Y, V, method="XX")
    with pytest.raises(stats.UnknownOption, match="interval"):
        proportion_interval(1, 10, method="XX")
    for options in ({"test": "XX"}, {"tau2": "XX"}):
        with pytest.raises(stats.UnknownOption):
            stats.regress(Y, V, {"x": V}, **options)
    for options in ({"interval": "kr"}, {"tau2": "XX"}):
        with pytest.raises(stats.UnknownOption):
            stats.many(Y, V, **options)


def test_i2_has_an_interval_when_there_is_enough_to_go_by():
    assert stats.i2_interval(20.0, 5).lower > 0
    assert stats.i2_interval(2.0, 5).lower == 0
    assert isinstance(stats.i2_interval(0.0, 5), stats.NotEstimable)
    assert isinstance(stats.h_interval(1.0, 2), stats.NotEstimable)


def test_robust_intervals_keep_the_common_effect_estimate():
    common = stats.pairwise(arms()).pooled
    for found in (stats.henmi_copas(Y, V), stats.ivhet(Y, V)):
        assert found.estimate == pytest.approx(common.estimate)
        assert found.upper > common.upper
    assert isinstance(stats.henmi_copas(Y[:1], V[:1]), stats.NotEstimable)
    assert isinstance(stats.ivhet(Y[:1], V[:1]), stats.NotEstimable)


def test_subgroups_are_compared():
    for common in (False, True):
        found = stats.subgroups(arms(), GROUPS, common_tau2=common, model="random", tau2="REML")
        assert [level for level, _ in found.groups] == ["a", "b", "c"]
        assert found.difference is found.difference_random
        assert found.difference.df == 2
        json.dumps(found.to_dict(), allow_nan=False)
        assert "Test of subgroup differences" in found.summary()
    fixed = stats.subgroups(arms(), GROUPS)
    assert fixed.difference is fixed.difference_common
    alone = stats.subgroups(arms(), ["a"] * 8)
    assert isinstance(alone.difference, stats.NotEstimable)
    assert "a (8 studies)" in alone.summary()
    assert json.dumps(alone.to_dict())
    single = stats.subgroups(arms(), [str(i) for i in range(8)], model="random", common_tau2=True)
    assert single.notes
    with pytest.raises(stats.InvalidInput, match="one group per study"):
        stats.subgroups(arms(), ["a"])
    none = stats.BinaryArms([], [0, 1, 2], [5, 9, 8], [0, 2, 1], [5, 9, 8])
    assert "no ratio" in stats.subgroups(none, ["a", "b", "b"]).summary()


@pytest.mark.parametrize("tau2", [*stats.ESTIMATORS, None, 0.1])
@pytest.mark.parametrize("test", ["z", "t", "hk", "hk-se"])
def test_regression_fits_with_every_estimator(tau2, test):
    found = stats.regress(Y, V, {"x": [1, 2, 3, 4, 5, 6, 7, 9.0], "g": GROUPS}, tau2=tau2, test=test)
    assert len(found.coefficients) == 4
    json.dumps(found.to_dict(), allow_nan=False)
    assert "Meta-regression of 8 studies" in found.summary()
    assert found.notes
    ((mean, se, ci, pi),) = found.predict([[1.0, 0.0, 1.0]])
    assert pi.lower <= ci.lower < mean < ci.upper
    assert se > 0
    assert found.tau2_interval(0.9).lower <= found.tau2_interval().upper


def test_regression_on_nothing_is_the_pooled_mean():
    for tau2 in ("DL", "REML", "HE", "SJ", "HS", "HSk", "PM", "PMM", "ML"):
        fit = stats.regress(Y, V, {}, tau2=tau2, test="z")
        one = stats.pairwise(arms(), model="random", tau2=tau2)
        assert fit.coefficients[0].estimate == pytest.approx(one.pooled.estimate, rel=1e-9)
        assert fit.tau2.standard_error == pytest.approx(one.heterogeneity.tau2_standard_error, rel=1e-8)
        assert fit.r2 is None


def test_regression_refuses_what_cannot_be_told_apart():
    x = np.arange(8.0)
    with pytest.raises(stats.SingularDesign, match="told apart"):
        stats.regress(Y, V, {"x": x, "twice": 2 * x})
    with pytest.raises(stats.SingularDesign, match="told apart"):
        stats.regress(Y, V, {"zero": np.zeros(8)})
    with pytest.raises(stats.SingularDesign, match="cannot support"):
        stats.regress(Y[:2], V[:2], {"x": [1, 2]})
    with pytest.raises(stats.InvalidInput, match="one value per study"):
        stats.regress(Y, V, {"x": [1, 2]})
    with pytest.raises(stats.InvalidInput, match="missing value"):
        stats.regress(Y, V, {"x": [None, *range(7)]})
    assert isinstance(stats.regress(Y, V * 0, {"x": x}), stats.NotEstimable)
    assert isinstance(stats.regress(np.zeros(8), V, {"x": x}, test="hk"), stats.NotEstimable)


def test_interactions_and_cell_means():
    made = design({"x": np.arange(8.0), "g": GROUPS}, 8, interactions=[("x", "g")])
    assert made.names == ("(Intercept)", "x", "gb", "gc", "x:gb", "x:gc")
    means = design({"g": GROUPS}, 8, intercept=False)
    fit = stats.regress(Y, V, means, tau2="DL", test="z")
    assert [item.name for item in fit.coefficients] == ["ga", "gb", "gc"]
    assert fit.omnibus.df == 3


def test_likelihood_ratio_needs_ml_fits():
    x = {"x": np.arange(8.0)}
    full, reduced = (stats.regress(Y, V, m, tau2="ML", test="z") for m in (x, {}))
    assert stats.likelihood_ratio(full, reduced).df == 1
    with pytest.raises(stats.UnknownOption, match="ML"):
        stats.likelihood_ratio(stats.regress(Y, V, x, tau2="DL"), reduced)


def test_permutation_test_is_exact_where_it_can_be_and_repeatable_elsewhere():
    few = stats.regress(Y[:5], V[:5], {"x": [1, 2, 3, 4, 6.0]}, tau2="DL", test="z")
    exact = stats.permutation_test(few)
    assert exact.exact
    assert exact.permutations == 120
    assert 1 / 120 <= exact.p_omnibus <= 1
    more = stats.regress(Y, V, {"x": np.arange(8.0)}, tau2=None, test="z")
    assert stats.permutation_test(more, repeats=50) == stats.permutation_test(more, repeats=50)
    fixed = stats.regress(Y, V, {"x": np.arange(8.0)}, tau2=0.1, test="z")
    assert stats.permutation_test(fixed, repeats=20).permutations == 20


def test_sensitivity_tells_its_range_and_is_json():
    found = stats.leave_one_out(arms(), model="random", tau2="PM", interval="hk")
    low, high = found.range()
    assert low < high
    assert found.display(0.5) == 0.5
    json.dumps(found.to_dict(), allow_nan=False)
    one = stats.leave_one_out(arms(Y[:1], V[:1]), model="random", tau2="REML")
    assert isinstance(one.range(), stats.NotEstimable)
    with pytest.raises(stats.InvalidInput, match="exactly once"):
        stats.cumulative(arms(), order=[0, 0, 1])
    backwards = stats.cumulative(arms(), order=range(7, -1, -1), plan=stats.pairwise(arms()).plan)
    assert backwards.rows[0].label == "+ Study 8"


@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
@pytest.mark.parametrize("continuity", stats.CONTINUITY)
@pytest.mark.parametrize("model", stats.MODELS)
def test_leaving_one_out_equals_refitting_under_every_rule(measure, continuity, model):
    rows = [(0, 30, 2, 29), (5, 40, 9, 41), (0, 20, 0, 22), (20, 20, 18, 21), (3, 50, 1, 48)]
    binary = stats.BinaryArms([], *zip(*rows, strict=True))
    for variance in ("sato", "greenland-robins"):
        options = {"measure": measure, "continuity": continuity, "model": model, "difference_variance": variance}
        for i, row in enumerate(stats.leave_one_out(binary, **options).rows):
            refit = stats.pairwise(binary.take([j for j in range(5) if j != i]), **options)
            assert row.pooled.estimate == pytest.approx(refit.pooled.estimate, rel=1e-9)
            assert row.pooled.standard_error == pytest.approx(refit.pooled.standard_error, rel=1e-9)
            assert row.q == pytest.approx(refit.heterogeneity.q, rel=1e-8)


@pytest.mark.parametrize(
    "given",
    [
        stats.BinaryArms([], [3, 5], [20, 30], [6, 4], [21, 33]),
        stats.ContinuousArms([], [5, 6], [1, 2], [20, 30], [4, 5], [1.5, 2], [21, 33]),
        stats.PersonTimeArms([], [3, 5], [200, 300], [6, 4], [210, 330]),
        stats.GenericEffects([], [0.3, 0.5], [0.1, 0.2]),
    ],
)
def test_alternatives_are_named(given):
    found = stats.alternatives(given)
    assert len({one.label for one in found}) == len(found) >= 4
    assert all(one.result.k == 2 for one in found)


def test_tables_are_tested():
    cells = tuple(np.array(column, dtype=float) for column in ([3, 5], [17, 25], [6, 4], [15, 29]))
    chi = tables.cochran_mantel_haenszel(cells)
    assert chi.statistic < tables.cochran_mantel_haenszel(cells, corrected=False).statistic
    assert tables.cochran(cells).df == 1
    assert isinstance(tables.breslow_day(cells, 0.7), tuple)
    empty = tuple(np.array(column, dtype=float) for column in ([0], [17], [0], [15]))
    for answer in (tables.cochran_mantel_haenszel(empty), tables.cochran(empty), tables.breslow_day(empty, 1.0)):
        assert isinstance(answer, stats.NotEstimable)
    none = np.zeros(1)
    assert isinstance(tables.rate_test(none, none + 5, none, none + 5), stats.NotEstimable)


def test_distributions_agree_with_scipy():
    for df in (1, 2, 5, 6, 399, 401, 2.5):
        for x in (0.001, 1.0, df, 3 * df):
            assert distributions.chi2_upper(x, df) == pytest.approx(scipy.stats.chi2.sf(x, df), rel=1e-12)
    assert distributions.chi2_upper(-1, 3) == distributions.chi2_upper(3, 0) == 1.0
    assert distributions.two_sided(2.0) == pytest.approx(2 * scipy.stats.norm.sf(2))
    assert distributions.two_sided(2.0, 4) == pytest.approx(2 * scipy.stats.t.sf(2, 4))
    assert distributions.f_upper(3, 2, 9) == pytest.approx(scipy.stats.f.sf(3, 2, 9))


def test_quadratic_forms_agree_with_the_chi_square():
    assert upper_tail(-1, np.ones(3)) == 1
    assert upper_tail(7, 2 * np.ones(3)) == pytest.approx(scipy.stats.chi2.sf(3.5, 3), rel=1e-12)
    rng = np.random.default_rng(1)
    for weights in (np.array([1.0, 2.0]), np.linspace(1, 40, 12), np.linspace(1, 3, 12)):
        draws = (rng.chisquare(1, (200_000, len(weights))) * weights).sum(axis=1)
        x = float(weights.sum() * 1.3)
        assert upper_tail(x, weights) == pytest.approx((draws > x).mean(), abs=0.005)


def test_roots_stay_in_their_bracket():
    assert bracketed_root(lambda x: x * x - 2, 0, 2) == pytest.approx(math.sqrt(2), rel=1e-12)
    assert bracketed_root(lambda x: x, 0, 2) == 0
    assert bracketed_root(lambda x: x - 2, 0, 2) == 2
    assert expand_up(lambda x: 1.0, 1.0, limit=5) is None


@pytest.mark.parametrize("method", ["CP", "WS", "AC", "SA", "NAsm"])
def test_intervals_of_a_proportion_stay_within_it(method):
    for x in (0, 3, 10):
        found = proportion_interval(x, 10, method=method)
        assert 0 <= found.lower <= found.upper <= 1


def test_many_takes_gaps_and_says_what_it_cannot():
    y = np.array([[0.1, 0.5, np.nan], [np.nan, np.nan, np.nan], [0.3, np.nan, np.nan]])
    found = stats.many(y, np.ones((3, 3)), tau2="REML", interval="hk")
    assert found.estimable.tolist() == [True, False, False]
    assert len(found) == 3
    assert found.to_dict()["estimate"][1] is None
    assert stats.many(y[2], np.ones(3), tau2=0.5).tau2[0] == 0.5
    for wrong in (("x", [1]), ([[[1]]], [[[1]]]), ([1], [1, 2]), ([1], [-1])):
        with pytest.raises(stats.InvalidInput):
            stats.many(*wrong)


def test_frames_and_files_become_inputs(tmp_path):
    import pandas as pd

    frame = pd.DataFrame({"study": ["A", "B"], "ai": [1, 2], "n1i": [10, 12], "ci": [3, 4], "n2i": [11, 12]})
    assert stats.from_frame(frame).kind == "binary"
    renamed = frame.rename(columns={"ci": "placebo"})
    assert stats.from_frame(renamed, events_control="placebo").to_dict()["events_control"] == [3.0, 4.0]
    assert stats.from_frame({"yi": [0.1], "vi": [0.04]}).columns[1][0] == pytest.approx(0.2)
    with pytest.raises(stats.InvalidInput, match="make no input"):
        stats.from_frame({"x": [1]})
    with pytest.raises(stats.InvalidInput, match="not a number"):
        stats.from_frame({"yi": ["much"], "sei": [1]})
    file = tmp_path / "trials.csv"
    file.write_text("study,event.e,n.e,event.c,n.c\nA,1,10,3,11\nB,,12,4,12\n\n")
    with file.open() as lines:
        assert stats.from_csv(lines).to_dict()["events_experimental"] == [1.0, None]
    for text, words in (("a,b\n", "at least one study"), ("a,b\n1\n", "as many cells")):
        file.write_text(text)
        with file.open() as lines, pytest.raises(stats.InvalidInput, match=words):
            stats.from_csv(lines)


def test_tau2_may_be_typed_as_a_number():
    from meta.stats.frame import number_or_name

    assert number_or_name("0.5") == 0.5
    assert number_or_name("REML") == "REML"
