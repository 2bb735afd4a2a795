"""Plots that look harder, from results: they show the engine's numbers as they are, and say what is not there."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.plots import doubt
from meta.plots.doubt import Studies
from meta.plots.doubt.funnel import CONTOURS
from meta.plots.doubt.sequential import TALLEST
from meta.plots.doubt.studies import LARGEST, SMALLEST, foremost, radii
from meta.stats import BinaryArms, diagnostics, measure, sequential, shown_when, small_study
from meta.stats.diagnostics import Baujat, Point
from meta.stats.regression import regress
from meta.stats.results import NotEstimable

EFFECTS = [-0.9, -0.5, -0.2, 0.1, -0.4, -0.7, 0.3, -0.1, -0.6, -1.2]
VARIANCES = [0.5, 0.2, 0.04, 0.06, 0.1, 0.3, 0.4, 0.02, 0.25, 0.8]
LABELS = [f"Trial {at}" for at in range(10)]
NONE = NotEstimable("It cannot be computed.")


def studies(effects=EFFECTS, variances=VARIANCES, code="OR"):
    labels = tuple(f"Trial {at}" for at in range(len(effects)))
    return Studies(labels, tuple(effects), tuple(variances), measure(code), "Odds Ratio" if code == "OR" else code)


def funnel(test=NONE, filled=NONE, of=None):
    return doubt.funnel_plot(of or studies(), pooled=-0.2, level=0.95, test=test, filled=filled)


# --- Studies ---------------------------------------------------------------------------------------------------------


def test_an_effect_is_said_as_people_read_it():
    assert studies().said(0.0) == "1.00"
    assert studies(code="MD").said(0.0) == "0.00"
    assert studies().said_between(0.0, -math.log(2), math.log(2)) == "1.00 (0.50 to 2.00)"


@given(st.lists(st.floats(0, 1e6), min_size=1))
def test_bubbles_grow_with_their_size_and_never_vanish(sizes):
    found = radii(sizes)
    assert all(SMALLEST <= radius <= LARGEST for radius in found)
    for (one, small), (other, large) in zip(
        sorted(zip(sizes, found, strict=True))[:-1], sorted(zip(sizes, found, strict=True))[1:], strict=True
    ):
        assert one <= other
        assert small <= large


def test_the_area_of_a_bubble_is_as_its_size():
    half, whole = radii([50.0, 100.0])
    assert whole**2 / half**2 == pytest.approx(2)


def test_the_foremost_are_those_with_the_highest_scores():
    assert foremost([1.0, 5.0, 3.0, 4.0]) == {1, 2, 3}


# --- Funnel ----------------------------------------------------------------------------------------------------------


def test_the_contours_of_a_funnel_are_the_places_of_their_p_values():
    found = funnel()
    deepest = found.y.high
    for region, (_, _, _), z in zip(found.regions[1:], CONTOURS, (2.5758, 1.96, 1.6449), strict=True):
        (tip, top), (right, bottom), (left, _) = region.corners
        assert (tip, top, bottom) == (0.0, 0.0, deepest)
        assert (right, left) == (pytest.approx(z * deepest, rel=1e-4), pytest.approx(-z * deepest, rel=1e-4))


def test_a_trial_is_within_the_cone_if_it_is_within_its_interval_of_the_pooled_effect():
    found = funnel()
    for effect, variance, row in zip(EFFECTS, VARIANCES, found.rows, strict=True):
        assert (row[-1] == "yes") == (abs(effect + 0.2) <= 1.96 * math.sqrt(variance))


def test_a_funnel_without_test_or_trim_and_fill_says_why():
    found = funnel()
    assert found.sentence == "It cannot be computed. It cannot be computed."
    assert {point.shape for point in found.points} == {"dot"}


def test_a_funnel_that_lacks_no_trial_says_so():
    filled = small_study.trim_and_fill(EFFECTS, VARIANCES, tau2=None, side="left")
    assert filled.missing == 0
    assert "finds no trial missing" in funnel(filled=filled).sentence


def test_one_missing_trial_is_one_trial():
    for more in range(3, 10):
        filled = small_study.trim_and_fill(EFFECTS[:more], VARIANCES[:more], tau2=None)
        said = funnel(filled=filled, of=studies(EFFECTS[:more], VARIANCES[:more])).sentence
        assert ("would add 1 trial on" in said) == (filled.missing == 1)
        assert (f"would add {filled.missing} trials on" in said) == (filled.missing > 1)


# --- Baujat and radial -----------------------------------------------------------------------------------------------


def test_a_trial_that_cannot_be_left_out_has_a_line_in_the_table_and_no_point():
    shown = shown_when.ALWAYS
    found = doubt.baujat_plot(Baujat((Point("A", 1.0, 2.0), Point("B", 3.0, None)), shown, ()))
    assert [one.label for one in found.points] == ["A"]
    assert found.rows[1][2] == "cannot be pooled without it"
    assert found.sentence == "A adds most to the differences between trials and moves the result most."
    nothing = doubt.baujat_plot(Baujat((Point("B", 3.0, None),), shown, ()))
    assert nothing.points == ()
    assert "none can be compared" in nothing.sentence


def test_what_differs_most_and_what_moves_most_may_be_two_trials():
    points = (Point("A", 5.0, 1.0), Point("B", 1.0, 5.0), Point("C", 0.0, 0.0))
    found = doubt.baujat_plot(Baujat(points, shown_when.ALWAYS, ()))
    assert found.sentence == "A adds most to the differences between trials; B moves the result most."


@pytest.mark.parametrize(
    ("shifted", "said"),
    [
        ({}, "All 10 trials lie within"),
        ({2: 3.0}, "1 of 10 trials lies outside the band of 95%: Trial 2."),
        ({2: 3.0, 3: -3.0}, "2 of 10 trials lie outside the band of 95%: Trial 2, Trial 3."),
    ],
)
def test_the_radial_plot_names_the_trials_outside_the_band(shifted, said):
    effects = [shifted.get(at, 0.0) for at in range(10)]
    found = diagnostics.radial(effects, [0.3] * 10, labels=LABELS)
    assert doubt.radial_plot(found, studies(effects, [0.3] * 10)).sentence.startswith(said)


# --- L'Abbé ----------------------------------------------------------------------------------------------------------


def labbe(code, pooled):
    arms = BinaryArms(["A", "B", "C"], [2, 5, None], [20, 50, 30], [4, 5, 3], [20, 50, 30])
    return doubt.labbe_plot(arms, studies(code=code), pooled=pooled, experimental="MSC", control="control")


@pytest.mark.parametrize(
    ("code", "effect", "of_a_fifth"),
    [("OR", math.log(2), 1 / 3), ("PETO", math.log(2), 1 / 3), ("RR", math.log(0.5), 0.1), ("RD", -0.1, 0.1)],
)
def test_the_curve_is_the_pooled_effect_at_every_risk(code, effect, of_a_fifth):
    curve = labbe(code, effect).lines[1].places
    near = min(curve, key=lambda place: abs(place[0] - 0.2))
    assert near[1] == pytest.approx(of_a_fifth, abs=0.01)
    assert all(0 <= risk <= 1 for place in curve for risk in place)


def test_a_trial_without_its_numbers_has_no_place_among_the_risks():
    found = labbe("OR", None)
    assert [one.label for one in found.points] == ["A", "B"]
    assert len(found.lines) == 1
    assert found.sentence == "The risk with MSC is lower than with control in 1 of 2 trials, the same in 1."


def test_a_measure_without_a_curve_has_none():
    assert len(labbe("AS", 0.1).lines) == 1


# --- Bubble ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tau2", "code"), [("REML", "OR"), (None, "MD")])
def test_the_line_of_the_bubble_plot_is_that_of_the_regression(tau2, code):
    ages = [40.0 + 2 * at for at in range(10)]
    found = regress(EFFECTS, VARIANCES, {"Mean age": ages}, tau2=tau2)
    shown = doubt.bubble_plot(found, studies(code=code), name="Mean age", values=ages)
    constant, slope = (one.estimate for one in found.coefficients)
    for x, y in shown.lines[0].places:
        assert y == pytest.approx(constant + slope * x)
    assert ("multiplies the ratio by" in shown.sentence) == (code == "OR")


def test_what_explains_nothing_measurable_says_nothing_of_it():
    found = regress(EFFECTS, VARIANCES, {"Mean age": range(10)}, tau2=0.1)
    assert "explains" not in doubt.bubble_plot(found, studies(), name="Mean age", values=range(10)).sentence


# --- GOSH ------------------------------------------------------------------------------------------------------------


def test_the_cloud_lies_where_the_subsets_lie():
    found = diagnostics.gosh(EFFECTS[:5], VARIANCES[:5])
    shown = doubt.gosh_plot(found, studies(EFFECTS[:5], VARIANCES[:5]))
    specks = [one for one in shown.points if one.shape == "speck"]
    assert 0 < len(specks) <= 2**5 - 1 - 5
    several = found.estimate[found.size > 1]
    step = (shown.x.high - shown.x.low) / 140
    for x in several.tolist():
        assert min(abs(one.x - x) for one in specks) <= step


def test_the_trial_that_makes_the_heaps_is_named():
    effects = [0.0, 0.1, -0.1, 0.05, 4.0]
    found = diagnostics.gosh(effects, [0.1] * 5, labels=LABELS[:5])
    assert doubt.gosh_plot(found, studies(effects, [0.1] * 5)).sentence.endswith("Trial 4 moves it most.")


# --- Sequential ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("beta", [None, 0.2])
def test_boundaries_have_their_mirror_and_futility_where_it_was_asked_for(beta):
    found = sequential.monitor([-0.5, -0.4, -0.3], [0.4, 0.2, 0.1], [100, 300, 700], 1000.0, beta=beta)
    shown = doubt.sequential_plot(found, ahead=[(0.9, 2.2), (1.0, 2.0)], labels=("A", "B", "C"), assumed="Assumed.")
    assert len(shown.lines) == (4 if beta is None else 6)
    upper, lower = shown.lines[1], shown.lines[2]
    assert [(x, -y) for x, y in upper.places] == list(lower.places)
    assert [one.y for one in shown.points] == [look.z for look in found.looks]
    assert upper.places[-2:] == ((900.0, 2.2), (1000.0, 2.0))
    assert shown.sentence.endswith("Assumed.")


def test_a_look_without_boundary_says_so_and_high_boundaries_are_cut_off():
    found = sequential.monitor([-0.5, -0.4], [0.4, 0.2], [10, 60], 1000.0)
    shown = doubt.sequential_plot(found, ahead=[(1.0, 2.0)], labels=("A", "B"), assumed="")
    assert shown.rows[0][-1] == "–"
    assert shown.y.high <= TALLEST * 1.2
