"""The front door: what it gives, what it refuses and how it says so."""

import json

import numpy as np
import pytest

from meta import stats

ROWS = [(10, 20, 16, 20), (2, 12, 7, 12), (0, 29, 2, 29), (5, 40, 9, 41)]


def binary(rows=ROWS):
    return stats.BinaryArms([f"Trial {i}" for i in range(len(rows))], *zip(*rows, strict=True))


def effects(*rows):
    y, v = zip(*rows, strict=True)
    return stats.GenericEffects.from_variances([], list(y), list(v))


SPREAD = effects((0.1, 0.04), (0.8, 0.09), (-0.4, 0.05), (1.2, 0.1), (0.3, 0.02))


def test_version_names_the_engine():
    assert stats.__version__ == "0.1.0"


def test_result_says_units_scale_and_settings():
    result = stats.pairwise(binary(), measure="RR", method="MH", model="random", tau2="REML", interval="hk")
    said = result.to_dict()
    json.dumps(said, allow_nan=False)
    assert said["settings"]["tau2"] == "REML"
    assert said["measure"]["scale"] == "log"
    assert said["pooled"]["display"]["estimate"] == pytest.approx(np.exp(said["pooled"]["estimate"]))
    assert result.studies[0].standard_error == pytest.approx(np.sqrt(result.studies[0].variance))
    assert sum(study.weight_percent for study in result.studies) == pytest.approx(100)
    assert result.heterogeneity.tau == pytest.approx(np.sqrt(result.heterogeneity.tau2))


@pytest.mark.parametrize("interval", stats.INTERVALS)
@pytest.mark.parametrize("model", stats.MODELS)
def test_every_interval_can_be_had(interval, model):
    result = stats.pairwise(SPREAD, model=model, tau2="REML", interval=interval)
    assert result.pooled.lower < result.pooled.estimate < result.pooled.upper


@pytest.mark.parametrize("method", stats.PREDICTIONS)
def test_every_prediction_interval_can_be_had(method):
    result = stats.pairwise(SPREAD, model="random", tau2="REML", prediction=method)
    assert result.prediction.lower < result.pooled.lower
    assert "new, similar study" in result.summary()


def test_wider_of_two_intervals_is_taken():
    alike = effects((0.5, 0.04), (0.5001, 0.09), (0.4999, 0.05))
    wald = stats.pairwise(alike, model="random")
    assert stats.pairwise(alike, model="random", interval="hk").pooled.upper < wald.pooled.upper
    for interval in ("hk-ci", "hk-iqwig"):
        assert stats.pairwise(alike, model="random", interval=interval).pooled.upper == wald.pooled.upper


@pytest.mark.parametrize("code", stats.MEASURES)
def test_every_measure_gives_effects(code):
    columns = {
        "binary": stats.BinaryArms(["A", "B"], [3, 5], [20, 30], [6, 4], [21, 33]),
        "continuous": stats.ContinuousArms(["A", "B"], [5, 6], [1, 2], [20, 30], [4, 5], [1.5, 2], [21, 33]),
        "rates": stats.PersonTimeArms(["A", "B"], [3, 5], [200, 300], [6, 4], [210, 330]),
        "proportion": stats.Proportions(["A", "B"], [3, 5], [20, 30]),
        "rate": stats.Rates(["A", "B"], [3, 5], [200, 300]),
        "correlation": stats.Correlations(["A", "B"], [0.3, 0.5], [20, 60]),
        "mean": stats.Means(["A", "B"], [3, 5], [1, 2], [20, 30]),
        "paired": stats.PairedMeans(["A", "B"], [5, 6], [1, 2], [4, 5], [1.5, 2], [20, 30], [0.5, 0.6]),
        "generic": stats.GenericEffects(["A", "B"], [0.3, 0.5], [0.1, 0.2]),
    }
    arms = columns[stats.measure(code).kind]
    result = stats.pairwise(arms, measure=code, model="random")
    assert result.k == 2
    assert arms.total.shape == (2,)
    assert np.isfinite(result.display(result.pooled.estimate))
    json.dumps([result.to_dict(), arms.to_dict(), result.effects.to_dict()], allow_nan=False)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"measure": "XX"}, "no effect measure"),
        ({"measure": "MD"}, "needs continuous data"),
        ({"method": "XX"}, "no pooling method"),
        ({"model": "XX"}, "no model"),
        ({"tau2": "XX"}, "no tau2 estimator"),
        ({"tau2": -1.0}, "not negative"),
        ({"continuity": "XX"}, "no continuity rule"),
        ({"interval": "XX"}, "no interval"),
        ({"prediction": "XX"}, "no prediction interval"),
        ({"q_centre": "XX"}, "no centre of Q"),
        ({"difference_variance": "XX"}, "no variance of a risk difference"),
        ({"level": 1.5}, "between 0 and 1"),
        ({"method": "PETO", "measure": "RR"}, "odds ratios only"),
        ({"method": "MH", "measure": "AS"}, "does not pool"),
        ({"method": "COCHRAN"}, "incidence rate ratios only"),
    ],
)
def test_unknown_options_are_refused_in_words(options, words):
    with pytest.raises(stats.UnknownOption, match=words):
        stats.pairwise(binary(), **options)


def test_options_that_need_other_data_are_refused():
    with pytest.raises(stats.UnknownOption, match="events in two arms"):
        stats.pairwise(SPREAD, method="SSW")
    with pytest.raises(stats.UnknownOption, match="no variant"):
        stats.pairwise(stats.ContinuousArms([], [1], [1], [5], [1], [1], [5]), measure="SMD", variant="XX")


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([(0, 20, 0, 22), (0, 9, 0, 9)], {}, "no ratio can be estimated"),
        ([(0, 20, 0, 22)], {"model": "random"}, "no ratio can be estimated"),
        ([(0, 20, 0, 22)], {"method": "SSW"}, "no ratio can be estimated"),
        ([(0, 20, 3, 22), (0, 9, 1, 9)], {"continuity": "exact"}, "one arm has no events"),
        ([(0, 20, 3, 22), (0, 9, 1, 9)], {"continuity": "exact", "measure": "RR"}, "one arm has no events"),
        ([(0, 20, 0, 22)], {"measure": "RD", "continuity": "none"}, "No study gives"),
        ([(1, 20, 0, 22)], {"model": "random", "interval": "hk"}, "no spread between studies"),
    ],
)
def test_what_the_data_cannot_give_is_a_value_with_a_reason(rows, options, words):
    result = stats.pairwise(binary(rows), **options)
    assert isinstance(result.pooled, stats.NotEstimable)
    assert words in result.pooled.reason
    assert result.pooled.reason in result.summary()
    assert "not estimable" in result._repr_html_()
    json.dumps(result.to_dict(), allow_nan=False)


def test_numbers_too_extreme_are_refused():
    result = stats.pairwise(effects((0.1, 1e-320), (1, 1)), model="random")
    assert "too large or too small" in result.pooled.reason


def test_missing_numbers_keep_the_study_in_the_table():
    arms = stats.BinaryArms(["A", "B", "C"], [1, None, 4], [10, 10, 20], [3, 2, 6], [10, 10, 22])
    result = stats.pairwise(arms)
    assert result.studies[1].not_estimable == "a number is missing"
    assert result.k == 2
    assert result.effects.reason(1) == "a number is missing"
    assert arms.to_dict()["events_experimental"] == [1.0, None, 4.0]
    rates = stats.PersonTimeArms([], [1, None], [10, 10], [3, 2], [10, 10])
    assert stats.pairwise(rates).k == 1


def test_rates_pool_by_every_method():
    arms = stats.PersonTimeArms([], [3, 5, 0], [200, 300, 100], [6, 4, 2], [210, 330, 90])
    assert stats.pairwise(arms, measure="IRR").pooled.k == 3
    assert stats.pairwise(arms, measure="IRD").pooled
    assert "events in both arms" in stats.pairwise(arms, method="COCHRAN").pooled.reason
    assert stats.pairwise(arms.take([0, 1]), method="COCHRAN").pooled
    none = stats.PersonTimeArms([], [0], [200], [6], [210])
    assert "No study gives" in stats.pairwise(none, continuity="none").pooled.reason
    assert stats.leave_one_out(arms, method="MH").rows[0].pooled


def test_sample_size_weights_do_not_depend_on_events():
    common = stats.pairwise(binary(), method="SSW")
    random = stats.pairwise(binary(), method="SSW", model="random")
    assert common.pooled.estimate == pytest.approx(random.pooled.estimate)
    assert len(stats.leave_one_out(binary(), method="SSW").rows) == 4


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (lambda: stats.pairwise(binary()), "Empty cells were corrected in 1 of 4"),
        (lambda: stats.pairwise(binary(), continuity="exact"), "shown effects only"),
        (lambda: stats.pairwise(binary([*ROWS, (0, 5, 0, 5)])), "no effect of their own"),
        (lambda: stats.pairwise(binary(ROWS[:1])), "one study only"),
        (lambda: stats.pairwise(binary(), model="random"), "very uncertain"),
        (lambda: stats.pairwise(SPREAD), "common effect is doubtful"),
        (lambda: stats.pairwise(binary(ROWS[:2]), method="PETO"), "Peto's method is biased"),
        (lambda: stats.pairwise(binary(ROWS[:2]), model="random", interval="hk"), "With two studies"),
        (lambda: stats.pairwise(binary(), model="random", interval="hk"), "tau² is 0"),
        (lambda: stats.pairwise(effects((0, 1), (0.1, 1), (0, 1)), model="random"), "hardly informative"),
    ],
)
def test_caveats_come_with_the_result(result, words):
    assert any(words in note for note in result().notes)


def test_small_and_large_numbers_are_written_with_care():
    from meta.stats.text import number, p_text

    assert [number(x) for x in (0.001234, 1.5, 12345678901)] == ["0.0012", "1.50", "1.23e+10"]
    assert [p_text(p) for p in (0.0001, 0.0123, 0.5)] == ["P < 0.001", "P = 0.012", "P = 0.50"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: stats.BinaryArms(["A"], [-1], [10], [1], [10]), "cannot be negative"),
        (lambda: stats.BinaryArms(["A"], [1], [0], [1], [10]), "at least one participant"),
        (lambda: stats.BinaryArms(["A"], [11], [10], [1], [10]), "more events than participants"),
        (lambda: stats.BinaryArms(["A", "B"], [1], [10], [1], [10]), "one label per study"),
        (lambda: stats.BinaryArms(["A"], ["x"], [10], [1], [10]), "list of numbers"),
        (lambda: stats.BinaryArms(["A"], [[1]], [10], [1], [10]), "one number per study"),
        (lambda: stats.BinaryArms(["A"], [float("inf")], [10], [1], [10]), "infinite"),
        (lambda: stats.ContinuousArms(["A"], [1], [-1], [10], [1], [1], [10]), "standard deviation"),
        (lambda: stats.PersonTimeArms(["A"], [1], [0], [1], [10]), "person-time"),
        (lambda: stats.Proportions(["A"], [11], [10]), "more events"),
        (lambda: stats.Rates(["A"], [1], [0]), "person-time"),
        (lambda: stats.Correlations(["A"], [1.1], [10]), "between -1 and 1"),
        (lambda: stats.Means(["A"], [1], [-1], [10]), "standard deviation"),
        (lambda: stats.PairedMeans(["A"], [1], [1], [1], [1], [10], [2]), "between -1 and 1"),
        (lambda: stats.GenericEffects(["A"], [1], [-1]), "standard error"),
        (lambda: stats.GenericEffects.from_variances(["A"], [1], [-1]), "variance"),
        (lambda: stats.GenericEffects.from_interval(["A"], [1], [2], [1]), "below its lower"),
        (lambda: stats.GenericEffects.from_observed_minus_expected(["A"], [1], [0]), "must be positive"),
    ],
)
def test_impossible_numbers_are_refused(make, words):
    with pytest.raises(stats.InvalidInput, match=words):
        make()


def test_effects_can_be_given_with_their_interval():
    arms = stats.GenericEffects.from_interval(["A"], [0.5], [0.5 - 1.959964], [0.5 + 1.959964])
    assert arms.columns[1][0] == pytest.approx(1, rel=1e-6)


def test_freeman_tukey_goes_back_to_a_proportion():
    given = stats.Proportions([], [0, 10, 4], [12, 10, 9])
    result = stats.pairwise(given, measure="PFT", model="random")
    assert 0 <= result.display(result.pooled.lower) <= result.display(result.pooled.estimate) <= 1
    assert result.display(-1) == 0
    assert result.display(2) == 1


@pytest.mark.parametrize("rule", stats.CONTINUITY)
def test_every_rule_for_empty_cells_reaches_single_groups(rule):
    given = stats.Proportions([], [0, 10, 4], [12, 10, 9])
    for measure in ("PR", "PLN", "PLO"):
        assert stats.pairwise(given, measure=measure, continuity=rule).k >= 1
    rates = stats.Rates([], [0, 3], [10, 20])
    assert stats.pairwise(rates, measure="IRLN", continuity=rule).k >= 1
    full = stats.Proportions([], [3, 4], [12, 10])
    assert stats.pairwise(full, measure="PLO", continuity=rule).k == 2


def test_import_is_light():
    import subprocess
    import sys

    code = "import sys, meta.stats; print([m for m in ('scipy', 'pandas', 'django') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
