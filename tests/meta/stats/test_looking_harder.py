"""Influence of single studies, and of any choice of them: laws and corners."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta import stats
from meta.stats.regression.design import Design

LAW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
effect = st.floats(-3, 3)
variance = st.floats(0.01, 5)
studies = st.lists(st.tuples(effect, variance), min_size=3, max_size=9, unique_by=lambda row: round(row[0], 3))
spread = st.sampled_from([None, "DL", "REML", "ML", "PM", "HE", 0.3])
interval = st.sampled_from(["wald", "t", "hk", "hk-se"])


def columns(rows):
    return (np.array(column) for column in zip(*rows, strict=True))


def refit(y, v, tau2, how="wald"):
    model = "common" if tau2 is None else "random"
    given_effects = stats.GenericEffects.from_variances([], y, v)
    return stats.pairwise(given_effects, model=model, tau2=tau2 or 0.0 if tau2 is None else tau2, interval=how)


@LAW
@given(studies, spread, interval)
def test_influence_by_formula_equals_refitting(rows, tau2, how):
    y, v = columns(rows)
    found = stats.influence(y, v, tau2=tau2, interval=how)
    full = refit(y, v, tau2, how)
    if not isinstance(full.pooled, stats.Pooled):
        return
    for i, study in enumerate(found.studies):
        left = np.arange(len(y)) != i
        one = refit(y[left], v[left], tau2, how)
        if study.not_estimable or not isinstance(one.pooled, stats.Pooled):
            continue
        assert study.tau2_deleted == pytest.approx(one.heterogeneity.tau2 or 0.0, rel=1e-6, abs=1e-8)
        assert study.q_deleted == pytest.approx(one.heterogeneity.q, rel=1e-7, abs=1e-9)
        assert study.deleted_residual == pytest.approx(y[i] - one.pooled.estimate, rel=1e-6, abs=1e-7)
        moved = full.pooled.estimate - one.pooled.estimate
        cook = (moved / full.pooled.standard_error) ** 2
        assert study.cook_distance == pytest.approx(cook, rel=1e-5, abs=1e-9)
        ratio = (one.pooled.standard_error / full.pooled.standard_error) ** 2
        assert study.covariance_ratio == pytest.approx(ratio, rel=1e-5)


@LAW
@given(studies, spread)
def test_influence_of_a_mean_is_that_of_a_regression_on_an_intercept(rows, tau2):
    """The same numbers by two ways: side by side from sums, and one by one from QR decompositions."""
    y, v = columns(rows)
    design = Design(("one",), np.ones((len(y), 1)), intercept=False)
    one, other = stats.influence(y, v, tau2=tau2), stats.influence(y, v, tau2=tau2, moderators=design)
    for a, b in zip(one.studies, other.studies, strict=True):
        for name in ("rstudent", "dffits", "cook_distance", "covariance_ratio", "tau2_deleted", "q_deleted", "hat"):
            assert getattr(a, name) == pytest.approx(getattr(b, name), rel=1e-5, abs=1e-7), name
        assert a.dfbetas == pytest.approx(b.dfbetas, rel=1e-5, abs=1e-7)
        assert a.flagged is b.flagged or abs(a.dffits) > 0.1


@LAW
@given(studies, spread)
def test_leverages_add_up_to_the_number_of_coefficients(rows, tau2):
    y, v = columns(rows)
    x = np.linspace(-1, 1, len(y))
    assert sum(study.hat for study in stats.influence(y, v, tau2=tau2).studies) == pytest.approx(1)
    if len(y) > 3:
        found = stats.influence(y, v, tau2=tau2, moderators={"x": x})
        assert sum(study.hat for study in found.studies) == pytest.approx(2)


@LAW
@given(studies, spread)
def test_squared_distances_of_the_baujat_plot_add_up_to_q(rows, tau2):
    y, v = columns(rows)
    points = stats.baujat(y, v, tau2=None).points
    assert sum(point.x for point in points) == pytest.approx(refit(y, v, None).heterogeneity.q, rel=1e-9, abs=1e-12)


@LAW
@given(studies, spread)
def test_the_line_of_the_radial_plot_has_the_pooled_effect_as_slope(rows, tau2):
    y, v = columns(rows)
    found = stats.radial(y, v, tau2=tau2)
    x, z = (np.array([getattr(point, axis) for point in found.points]) for axis in "xy")
    assert (x @ z) / (x @ x) == pytest.approx(refit(y, v, tau2).pooled.estimate, rel=1e-7, abs=1e-9)
    assert found.slope == pytest.approx((x @ z) / (x @ x), rel=1e-9, abs=1e-12)


@LAW
@given(studies, st.sampled_from([None, "DL", "REML", "ML", "PM"]))
def test_every_subset_of_gosh_equals_its_own_analysis(rows, tau2):
    y, v = columns(rows[:5])
    found = stats.gosh(y, v, tau2=tau2)
    assert found.complete
    assert len(found) == 2 ** len(y) - 1
    full = refit(y, v, tau2)
    assert found.estimate[-1] == pytest.approx(full.pooled.estimate, rel=1e-7, abs=1e-9)
    assert found.tau2[-1] == pytest.approx(full.heterogeneity.tau2 or 0.0, rel=1e-6, abs=1e-9)
    for row in range(0, len(found), 3):
        keep = np.array([bool(found.subset[row] >> i & 1) for i in range(len(y))])
        one = refit(y[keep], v[keep], tau2)
        assert found.size[row] == keep.sum()
        assert found.estimate[row] == pytest.approx(one.pooled.estimate, rel=1e-6, abs=1e-8)
        assert found.q[row] == pytest.approx(one.heterogeneity.q, rel=1e-7, abs=1e-9)


@LAW
@given(studies, spread)
def test_shrunken_effects_lie_between_the_study_and_the_mean(rows, tau2):
    y, v = columns(rows)
    middle = refit(y, v, tau2).pooled.estimate
    for row, own in zip(stats.residuals(y, v, tau2=tau2), y, strict=True):
        low, high = sorted((own, middle))
        assert low - 1e-7 <= row.shrunken <= high + 1e-7


def test_an_outlier_is_flagged_and_said():
    y, v = [0.1, 0.12, 0.09, 0.11, 0.1, 3.0], [0.01] * 6
    found = stats.influence(y, v, labels=[f"Trial {i}" for i in "ABCDEF"])
    assert found.flagged == ("Trial F",)
    assert found.summary() == "Unusual influence on the result: Trial F."
    assert "not a reason to leave it out" in found.notes[0]
    json.dumps(found.to_dict(), allow_nan=False)
    quiet = stats.influence([0.1, 0.2, 0.3, 0.2], [0.1] * 4)
    assert quiet.summary() == "None of the 4 studies alone has an unusual influence on the result."


def test_a_study_without_which_nothing_can_be_fitted_has_no_numbers():
    moderators = {"x": [0.0, 0.0, 0.0, 1.0]}
    found = stats.influence([0.1, 0.5, 0.2, 0.9], [0.1, 0.2, 0.1, 0.3], moderators=moderators)
    last = found.studies[-1]
    assert last.rstudent is None
    assert last.dfbetas is None
    assert not last.flagged
    assert last.not_estimable
    assert "Without Study 4 the model cannot be fitted." in found.notes
    assert stats.baujat([0.1, 0.5, 0.2, 0.9], [0.1] * 4, moderators=moderators).points[-1].y is None
    one_left = stats.influence([0.1, 0.5, 0.9], [0.1, 0.2, 0.1], moderators={"x": [0.0, 1.0, 2.0]}, interval="hk")
    assert len(one_left.studies) == 3


def test_two_studies_are_computed_but_not_shown():
    for tau2 in ("REML", None):
        found = stats.influence([0.1, 0.9], [0.1, 0.2], tau2=tau2)
        assert not found.shown
        assert found.shown.unmet[0] in found.notes
        assert found.studies[0].tau2_deleted == 0
    hartung = stats.influence([0.1, 0.9], [0.1, 0.2], interval="hk")
    assert all(study.not_estimable for study in hartung.studies)
    assert stats.radial([0.1, 0.9], [0.1, 0.2]).notes
    assert stats.baujat([0.1, 0.9], [0.1, 0.2]).to_dict()["shown"]["met"] is False


def test_one_dominating_study_has_a_residual_of_nothing():
    rows = stats.residuals([0.1, 0.5, 0.2], [1e-18, 1.0, 1.0], tau2=None)
    assert rows[0].standardised is None


def test_above_fifteen_studies_subsets_are_drawn_and_said():
    rng = np.random.default_rng(1)
    y, v = rng.normal(0, 1, 20), rng.uniform(0.1, 1, 20)
    found = stats.gosh(y, v, tau2="REML", subsets=500, seed=4)
    assert not found.complete
    assert found.size[-1] == 20
    assert len(found) == len(np.unique(found.subset))
    assert "drawn by chance (seed 4)" in found.notes[1]
    again = stats.gosh(y, v, tau2="REML", subsets=500, seed=4)
    assert (again.estimate == found.estimate).all()
    assert 150 < found.holds(3).sum() < 350
    assert set(found.to_dict()) >= {"subset", "estimate", "i2", "notes"}
    json.dumps(found.to_dict(), allow_nan=False)
    assert len(stats.gosh(y, v)) > 10_000
    assert stats.gosh(y[:4], v[:4], subsets=10**6).complete
    assert len(stats.gosh(y[:4], v[:4]).notes) == 1
    json.dumps(stats.radial(y[:4], v[:4]).to_dict(), allow_nan=False)
    assert stats.gosh(y[:4], v[:4], subsets=1).size.tolist() == [4]


def test_a_block_of_single_studies_needs_no_spread():
    assert stats.gosh([0.0, 1.0], [1.0, 1.0], tau2="REML", subsets=1).tau2.tolist() == [0.0]
    from meta.stats.sensitivity.subsets import tau2_of_selections

    assert tau2_of_selections(np.array([0.0, 1.0]), np.ones(2), np.eye(2), restricted=True).tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (lambda: stats.influence([0.1, 0.2], [0.1, 0.2], interval="kr"), stats.UnknownOption),
        (lambda: stats.influence([0.1, 0.2], [0.1, 0.2], tau2="XX"), stats.UnknownOption),
        (lambda: stats.residuals([0.1, 0.2], [0.1, 0.2], level=1.0), stats.UnknownOption),
        (lambda: stats.influence([0.1], [0.1]), stats.TooFewStudies),
        (lambda: stats.influence([], []), stats.TooFewStudies),
        (lambda: stats.influence([0.1, 0.2], [0.1]), stats.InvalidInput),
        (lambda: stats.influence([0.1, 0.2], [0.1, 0.0]), stats.InvalidInput),
        (lambda: stats.influence([0.1, float("nan")], [0.1, 0.1]), stats.InvalidInput),
        (lambda: stats.influence([[0.1, 0.2]], [0.1, 0.1]), stats.InvalidInput),
        (lambda: stats.influence(["a", "b"], [0.1, 0.1]), stats.InvalidInput),
        (lambda: stats.influence([0.1, 0.2], [0.1, 0.1], labels=["one"]), stats.InvalidInput),
        (lambda: stats.influence([0.1, 0.2, 0.3], [0.1] * 3, moderators={"x": [1, 1, 1]}), stats.SingularDesign),
        (lambda: stats.gosh(np.zeros(63), np.ones(63)), stats.InvalidInput),
        (lambda: stats.gosh([0.1, 0.2], [0.1, 0.1], tau2="XX"), stats.UnknownOption),
        (lambda: stats.gosh([0.1, 0.2], [0.1, 0.1], subsets=0), stats.InvalidInput),
    ],
)  # fmt: skip
def test_what_cannot_be_looked_at_is_refused(call, refusal):
    with pytest.raises(refusal):
        call()


def test_names_that_load_at_first_use():
    from meta.stats import LOADED_AT_FIRST_USE

    assert all(getattr(stats, name) is not None for name in LOADED_AT_FIRST_USE)
    assert set(LOADED_AT_FIRST_USE) <= set(stats.__all__)
    with pytest.raises(AttributeError, match="no attribute 'unheard_of'"):
        stats.unheard_of  # noqa: B018
