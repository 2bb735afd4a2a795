"""Corners that ordinary data do not reach: refusals, searches that run out of steps, odd reference cases."""

import math
import sys

import numpy as np
import pytest

from meta import stats
from meta.stats import quadratic_form, roots
from meta.stats.batch import likelihood as batch_likelihood
from meta.stats.effects import continuous, effects_of
from meta.stats.pooling import intervals, robust
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.reference import answer, answers, comparison, differences
from meta.stats.reference.explain import explanation
from meta.stats.regression import permutation
from meta.stats.regression import tau2 as regression_tau2
from meta.stats.results import plain
from meta.stats.tau2 import intervals as tau2_intervals
from meta.stats.tau2 import likelihood, moments

Y, V = np.array([0.1, 0.8, -0.4, 1.2]), np.array([0.04, 0.09, 0.05, 0.1])
ONES = np.ones((4, 1))


def case(method, options, results=None, **columns):
    return (
        {"id": "x", "dataset": "d", "method": method, "options": options, "results": results or {}},
        {"d": {"columns": columns}},
    )


def asked(method, options, results=None, **columns):
    return answer(*case(method, options, results, **columns))


def compared(method, options, results, **columns):
    one, datasets = case(method, options, results, **columns)
    return next(comparison({"datasets": datasets, "cases": [one]}))


def test_data_of_another_kind_have_no_effects():
    arms = stats.BinaryArms([], [1], [10], [3], [10])
    with pytest.raises(stats.UnknownOption, match="needs continuous data"):
        effects_of(arms, stats.measure("MD"), stats.CONTINUITY["none"])
    assert stats.measure(stats.measure("OR")).code == "OR"


def test_large_arms_need_no_gamma_function():
    j = continuous.bias_factor(np.array([200.0, 2e6]))
    assert j == pytest.approx(1 - 3 / (4 * np.array([200.0, 2e6]) - 1), rel=1e-6)


def test_names_are_checked_wherever_they_arrive():
    fit = weighted_mean(Y, V)
    with pytest.raises(stats.UnknownOption):
        intervals.confidence(Y, V, fit, 0.0, interval="XX", level=0.95)
    with pytest.raises(stats.UnknownOption):
        intervals.prediction(Y, V, fit, 0.0, method="XX", level=0.95)
    few = intervals.prediction(Y[:3], V[:3], weighted_mean(Y[:3], V[:3], 1.0), 1.0, method="kr-pr", level=0.95)
    assert isinstance(few, stats.Interval | stats.NotEstimable)
    huge = intervals.pooled(0.0, 1e308, df=1.0, level=0.99, k=2, method="t")
    assert "too large" in huge.reason
    assert isinstance(robust.unweighted(Y[:0], V[:0], 0.0), stats.NotEstimable)


def test_results_refuse_what_is_not_finite():
    assert plain({"a": np.array([1.0, 2.0]), 2: (True, None)}) == {"a": [1.0, 2.0], "2": [True, None]}
    with pytest.raises(stats.StatsError, match="not a finite number"):
        plain(math.nan)


def test_searches_end_when_their_steps_run_out(monkeypatch):
    for module in (moments, likelihood, regression_tau2, batch_likelihood, sys.modules["meta.stats.batch.many"], roots):
        monkeypatch.setattr(module, "MAX_STEPS", 1)
    assert moments.solve_q(Y, V, 1.0) > 0
    assert likelihood.maximum_likelihood(Y, V, restricted=True).value > 0
    assert regression_tau2.solve_q(Y, V, ONES, 1.0) > 0
    assert regression_tau2.maximum_likelihood(Y, V, ONES, restricted=True).value > 0
    assert stats.many(Y, V, tau2="REML").tau2[0] > 0
    assert stats.many(Y, V, tau2="PM").tau2[0] > 0
    assert 0 < roots.bracketed_root(lambda x: x**3 - 2, 0, 2) < 2


def test_quadratic_forms_end_when_their_terms_run_out(monkeypatch):
    monkeypatch.setattr(quadratic_form, "MAX_TERMS", 3)
    monkeypatch.setattr(quadratic_form, "MAX_POINTS", 512)
    for weights in (np.array([1.0, 50.0]), np.linspace(1, 40, 12)):
        assert 0 <= quadratic_form.upper_tail(30.0, weights) <= 1


def test_limits_without_end_are_refused(monkeypatch):
    monkeypatch.setattr(tau2_intervals, "expand_up", lambda *_: None)
    for method in ("PL-REML", "Jackson"):
        assert "too large" in stats.tau2_interval(Y * 30, V, method=method).reason
    monkeypatch.setattr(robust, "expand_up", lambda *_: None)
    assert "No quantile" in stats.henmi_copas(Y, V).reason


def test_exact_zero_of_the_slope_is_taken():
    y, v = np.array([0.0, 2.0]), np.ones(2)
    assert likelihood.refine(y - 1, v, 0.5, 1.5, restricted=True) == 1.0
    assert regression_tau2._refine(y - 1, v, np.ones((2, 1)), 0.5, 1.5, restricted=True) == pytest.approx(1.0)


def test_several_peaks_are_told_in_a_regression():
    y = np.array([0.0, 0.05, -0.05, 3.0, -3.2, 2.9, 0.02])
    v = np.array([0.01, 0.01, 0.01, 0.4, 0.4, 0.4, 0.01])
    found = set()
    for scale in np.geomspace(0.5, 60, 40):
        fit = stats.regress(y, v * np.where(v > 0.1, scale, 1), {}, tau2="REML", test="z")
        single = stats.pairwise(
            stats.GenericEffects.from_variances([], y, v * np.where(v > 0.1, scale, 1)), model="random", tau2="REML"
        )
        assert fit.tau2.value == pytest.approx(single.heterogeneity.tau2, rel=1e-6, abs=1e-9)
        found.add(("several peaks" in fit.tau2.search, any("several peaks" in note for note in fit.notes)))
    assert found <= {(True, True), (False, False)}
    assert (True, True) in found


def test_enough_studies_need_no_warning():
    rng = np.random.default_rng(1)
    fit = stats.regress(rng.normal(0, 1, 12), rng.uniform(0.1, 1, 12), {"x": np.arange(12.0)}, tau2="DL")
    assert len(fit.notes) == 1


def test_permutations_that_cannot_be_fitted_are_left_out(monkeypatch):
    fitted = stats.regress(Y, V, {"x": [1, 2, 3, 5.0]}, tau2="DL", test="z")
    given = iter([stats.NotEstimable("no"), *[fitted] * 23])
    monkeypatch.setattr(permutation, "regress", lambda *_, **__: next(given))
    assert stats.permutation_test(fitted).permutations == 23


def test_selections_work_by_ml_and_by_other_estimators():
    arms = stats.GenericEffects.from_variances([], Y, V)
    for row in stats.leave_one_out(arms, model="random", tau2="ML").rows:
        assert row.tau2 >= 0
    binary = stats.BinaryArms([], [3, 5, 8], [20, 30, 40], [6, 4, 9], [21, 33, 44])
    for centre in ("pooled", "inverse-variance"):
        for tau2 in ("PM", "DL"):
            options = {"model": "random", "tau2": tau2, "q_centre": centre}
            last = stats.cumulative(binary, **options).rows[-1]
            whole = stats.pairwise(binary, **options)
            assert last.q == pytest.approx(whole.heterogeneity.q)
            assert last.tau2 == pytest.approx(whole.heterogeneity.tau2)
    none = stats.BinaryArms([], [0, 0], [20, 30], [0, 0], [21, 33])
    assert not stats.leave_one_out(none, model="random", tau2="DL").rows[0].pooled


def test_text_table_is_aligned():
    from meta.stats.text import text_table

    arms = stats.BinaryArms(["A", "Longer"], [3, 0], [20, 30], [6, 0], [21, 33])
    lines = text_table(stats.pairwise(arms)).splitlines()
    assert lines[0].startswith("Study   odds ratio (95 % CI)")
    assert "not estimable" in lines[2]


def test_differences_name_what_is_missing():
    one = {
        "id": "x",
        "method": "rma.uni",
        "options": {},
        "results": {"a": 1.0, "b": [1, 2], "c": {"d": "z"}, "e": None},
    }
    found = differences(one, {"b": [1], "c": {"d": "t"}, "e": None})
    assert [line["key"] for line in found] == ["a", "b", "c.d"]


@pytest.mark.parametrize(
    ("results", "answered", "agrees"),
    [
        ({"tau2_ci_qprofile": [0.0, 100.0]}, {"tau2_ci_qprofile": [0.00005, 250.0]}, True),
        ({"tau2_ci_qprofile": [0.5, 2.0]}, {"tau2_ci_qprofile": [0.5, 2.1]}, False),
        ({"tau2": 0.2, "tau2_ci_qprofile": [0.0, 2.0]}, {"tau2": 0.2, "tau2_ci_qprofile": [0.0, 3.0]}, True),
        ({"tau_ci_qprofile": [0.1, 10.0]}, {"tau_ci_qprofile": [0.1001, 12.0]}, True),
        (
            {"tau2_ci_qprofile": [0.1, 100.0], "I2_ci_qprofile": [50.0, 99.0], "H2_ci_qprofile": [2.0, 50.0]},
            {"tau2_ci_qprofile": [0.1, 200.0], "I2_ci_qprofile": [50.01, 99.5], "H2_ci_qprofile": [2.0001, 90.0]},
            True,
        ),
        (
            {"tau2_ci_qprofile": [0.1, 1.0], "I2_ci_qprofile": [50.0, 90.0]},
            {"tau2_ci_qprofile": [0.1, 1.0], "I2_ci_qprofile": [51.0, 90.0]},
            False,
        ),
        ({"ci_hi": 36.7}, {"ci_hi": "Infinity"}, True),
    ],
)
def test_limits_of_a_search_are_compared_with_care(results, answered, agrees):
    one = {"id": "x", "method": "rma.uni", "options": {}, "results": results}
    assert (not differences(one, answered)) is agrees


YV = {"yi": [0.1, 0.8, -0.4], "vi": [0.04, 0.09, 0.05]}


def test_a_difference_that_cannot_be_explained_stays_one():
    for method in ("DL", "REML"):
        options = {"measure": "GEN", "tau2_method": method, "test": "z"}
        truth = asked("rma.uni", options, **YV)
        wrong = compared("rma.uni", options, {"tau2": truth["tau2"], "estimate": 9.0}, **YV)
        assert wrong["agrees"] is False
        assert wrong["explained"] is None
        assert compared("rma.uni", options, {"estimate": 9.0}, **YV)["explained"] is None
    single = compared(
        "rma.uni", {"measure": "GEN", "tau2_method": "PM", "test": "z"}, {"tau2": 0.5}, yi=[0.1], vi=[0.04]
    )
    assert single["explained"] is None
    better = {"tau2": asked("rma.uni", {"measure": "GEN", "tau2_method": "PM"}, **YV)["tau2"]}
    one, _ = case("rma.uni", {"measure": "GEN", "tau2_method": "PM"}, better)
    assert explanation(one, {"tau2": better["tau2"] + 0.1}, YV, []) is None
    large = {"m1i": [1.0], "sd1i": [1.0], "n1i": [1e6], "m2i": [0.0], "sd2i": [1.0], "n2i": [1e6]}
    assert compared("escalc", {"measure": "SMD"}, {"yi": [5.0]}, **large)["explained"] is None


GROUPED = {"yi": [0.1, 0.8, -0.4, 0.5], "vi": [0.04, 0.09, 0.05, 0.1], "g": ["a", "a", "a", "b"]}


def test_odd_cases_of_meta_are_answered():
    one = {"yi": [0.1], "vi": [0.04]}
    assert asked("meta::metagen", {"tau2_method": "DL"}, **one)["tau2_ci"] == [None, None]
    assert asked("meta::metagen", {"tau2_method": "DL", "tau2_ci": "J"}, **one).reason
    assert asked("meta::metagen", {"tau2_method": "DL", "common_ci": "IVhet"}, **one).reason
    assert asked("meta::metagen", {"tau2_method": "DL", "predict": "V"}, yi=[None], vi=[0.1]).reason
    assert asked("meta::metaprop", {"ci": "XX"}, xi=[1], ni=[10]).reason
    alone = asked("meta::metagen", {"tau2_method": "DL", "subgroup": "g"}, **{**YV, "g": ["a"] * 3})
    assert alone["subgroups"]["df_between"] == 0
    two = {"tau2_method": "REML", "subgroup": "g", "tau_common": False}
    assert compared("meta::metagen", two, {"subgroups": {"tau2": [0.3, None]}}, **GROUPED)["agrees"] is False


def test_odd_cases_of_metafor_are_answered():
    one = {"yi": [0.1], "vi": [0.04]}
    assert asked("hc", {"measure": "GEN"}, **one).reason
    assert asked("confint type PL", {}, **one).reason
    assert asked("transf.ipft.hm", {"measure": "PFT", "tau2_method": "DL"}, xi=[None], ni=[10]).reason
    assert asked("transf.ipft.hm", {"measure": "GEN", "tau2_method": "DL"}, **YV).reason == "Not a proportion."
    assert asked("formula", {"measure": "PETO"}, **YV).reason
    assert asked("formula", {"measure": "PETO"}, ai=[0], n1i=[5], ci=[0], n2i=[5]).reason
    assert asked("rma.uni", {"measure": "XX"}, **YV).reason.startswith("There is no effect measure")
    flat = {"yi": [0.0] * 4, "vi": [0.1] * 4, "x": [1, 2, 3, 5], "g": ["a", "a", "b", "b"]}
    for method, options in (
        ("rma.uni", {"formula": "~x", "test": "knha"}),
        ("predict.rma", {"formula": "~x", "test": "knha"}),
        ("rma.uni", {"subgroup": "g", "tau2": "common", "test": "knha", "tau2_method": "DL"}),
        ("anova.rma", {"full": "~x", "reduced": "~g"}),
    ):
        data = flat if method != "anova.rma" else {**flat, "vi": [0.0] * 4}
        assert asked(method, options, **data).reason
    product = {"formula": "~x * z", "tau2_method": "EE"}
    assert asked("rma.uni", product, **YV | {"x": [1, 2, 4], "z": [0, 1, 1]}).reason
    assert "must be moderators" in asked("rma.uni", {"formula": "~x:z"}, **YV, x=[1, 2, 4]).reason


def test_failures_may_carry_their_options():
    failure = {"id": "f", "dataset": "d", "method": "rma.uni", "options": {"measure": "GEN"}, "error": "no"}
    document = {"datasets": {"d": {"columns": {"yi": [None], "vi": [None]}}}, "reference_failures": [failure]}
    assert "could be pooled" in next(answers(document))["not_estimable"]
    assert next(comparison(document))["agrees"] is True


@pytest.mark.parametrize("tau2", ["DL", "HE", "SJ", "HS", "HSk", "REML", "PM"])
def test_many_analyses_give_the_variance_that_one_alone_gives(tau2):
    labels = [f"Study {number}" for number in range(len(Y))]
    alone = stats.pairwise(
        stats.GenericEffects.from_variances(labels, Y, V), measure="GEN", method="IV", model="random", tau2=tau2
    )
    assert stats.many([Y, Y], [V, V], tau2=tau2).tau2 == pytest.approx([alone.heterogeneity.tau2] * 2, rel=1e-6)


@pytest.mark.parametrize("tau2", ["REML", "PM"])
def test_analyses_of_one_study_each_have_no_variance_between_studies(tau2):
    assert list(stats.many([[0.5], [-0.2]], [[0.1], [0.3]], tau2=tau2).tau2) == [0.0, 0.0]


def document(results, **case):
    columns = {"yi": [0.5], "vi": [0.1]}
    return {
        "datasets": {"one": {"columns": columns}},
        "cases": [{"id": "a", "dataset": "one", "results": results, **case}],
    }


def test_a_comparison_says_when_the_engine_cannot_answer_and_the_reference_could():
    unknown = document({"estimate": 0.5}, method="something else", options={})
    [line] = comparison(unknown)
    assert not line["agrees"]
    assert line["not_estimable"]


def test_leaving_out_works_for_effects_that_come_as_they_are():
    columns = {"yi": [0.5, 0.1, -0.2, 0.4], "vi": [0.1, 0.2, 0.1, 0.3]}
    options = {"measure": "OR", "tau2_method": "DL", "test": "z"}
    case = {"id": "a", "dataset": "d", "method": "leave1out", "options": options, "results": {}}
    [line] = answers({"datasets": {"d": {"columns": columns}}, "cases": [case]})
    assert len(line["results"]["estimate"]) == 4


def test_leaving_out_works_for_arms_too():
    columns = {"ai": [1, 2, 3], "n1i": [10, 20, 30], "ci": [3, 4, 6], "n2i": [10, 20, 30]}
    options = {"measure": "OR", "tau2_method": "DL", "test": "z"}
    case = {"id": "a", "dataset": "d", "method": "leave1out", "options": options, "results": {}}
    [line] = answers({"datasets": {"d": {"columns": columns}}, "cases": [case]})
    assert len(line["results"]["estimate"]) == 3
