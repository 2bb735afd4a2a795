"""From a pairwise result to its plot, with the numbers that were printed in 2022."""

import pytest

from meta.plots import forest
from meta.plots.forest import Line, Range
from meta.stats import BinaryArms, ContinuousArms, GenericEffects, pairwise
from tests.meta.plots.samples import CHEN_2022, LATER


def binary(trials):
    labels, *columns = zip(*trials, strict=True)
    return BinaryArms(labels, *columns)


def built(arms, *, options=None, **words):
    result = pairwise(arms, **(options or {}))
    return forest.from_pairwise(result.to_dict(), arms.to_dict(), **{"title": "Death within 28 days", **words})


def test_the_published_odds_ratio_of_2022():
    plot = built(binary(CHEN_2022), experimental="MSC", control="usual care", marks={"Shu 2020": "new"})
    assert str(plot.totals[0].effect) == "0.18 [0.06, 0.52]"
    assert (plot.effect_name, plot.method, plot.scale) == ("Odds Ratio", "M-H, Fixed, 95% CI", "log")
    assert plot.totals[0].experimental == ("", "158")
    assert plot.lines == (
        Line("Total events:", ("12", ""), ("29", "")),
        Line("Heterogeneity: Chi² = 0.17, df = 3 (P = 0.98); I² = 0%"),
        Line("Test for overall effect: Z = 3.18 (P = 0.0014)"),
    )
    assert [row.not_estimable != "" for row in plot.rows] == [False, False, True, False, False, True]
    assert [row.mark for row in plot.rows] == [None, None, None, None, "new", None]
    assert plot.rows[0].experimental == ("10", "20")
    assert (plot.favours_left, plot.favours_right) == ("Favours MSC", "Favours usual care")
    assert plot.summary == (
        "Death within 28 days: 6 studies with 293 people, 4 of them with an estimate. Odds Ratio 0.18 (0.06 to 0.52), "
        "95% confidence interval. Heterogeneity: Chi² = 0.17, df = 3 (P = 0.98); I² = 0%."
    )


def test_random_effects_print_tau_squared_and_a_prediction_interval_where_asked_for():
    options = {"model": "random"}
    plot = built(binary(LATER), options=options, prediction=True)
    assert plot.method == "M-H, Random, 95% CI"
    assert str(plot.totals[0].effect) == "0.46 [0.27, 0.78]"
    assert isinstance(plot.totals[0].prediction, Range)
    assert plot.lines[1].text.startswith("Heterogeneity: Tau² = 0.2")
    assert built(binary(LATER), options=options).totals[0].prediction is None


def test_a_higher_number_may_be_the_better_one():
    plot = built(binary(CHEN_2022), experimental="MSC", control="usual care", benefit_is="higher")
    assert (plot.favours_left, plot.favours_right) == ("Favours usual care", "Favours MSC")


def test_nothing_to_pool_is_said_and_not_drawn():
    plot = built(binary([("Shi 2021", 0, 65, 0, 35)]))
    assert plot.totals[0].effect is None
    assert plot.totals[0].weight is None
    assert [line.text for line in plot.lines] == ["Total events:", "Heterogeneity: Not applicable"]
    assert (
        plot.summary == "Death within 28 days: 1 study with 100 people, 0 of them with an estimate, no pooled result."
    )


def test_means_keep_two_decimals_and_missing_cells_stay_empty():
    arms = ContinuousArms(
        ["Alpha 2020", "Beta 2021"], [11.9, 8.0], [4.2, 3.1], [20, 15], [15.0, 9.5], [6.1, None], [20, 14.5]
    )
    plot = built(arms, footnotes=["Days."])
    assert (plot.data, plot.scale, plot.effect_name) == ("continuous", "linear", "Mean Difference")
    assert plot.rows[0].experimental == ("11.90", "4.20", "20")
    assert plot.rows[1].control == ("9.50", "", "14.5")
    assert plot.rows[1].not_estimable
    assert plot.totals[0].control == ("", "", "34.5")
    assert plot.footnotes == ("Days.",)


def test_generic_effects_have_no_arms():
    arms = GenericEffects(["Alpha 2020", "Beta 2021"], [-0.5, -0.2], [0.2, 0.3])
    plot = built(arms, options={"measure": "HR"})
    assert plot.columns == ()
    assert plot.effect_name == "Hazard Ratio"
    assert plot.totals[0].experimental == ()
    assert plot.summary.startswith("Death within 28 days: 2 studies. Hazard Ratio")
    assert built(arms, options={"measure": "GEN"}).effect_name == "Effect as given"


def test_intervals_are_printed_on_the_scale_that_people_read():
    effect = built(binary(CHEN_2022)).rows[0].effect
    assert effect is not None
    assert effect.estimate == pytest.approx(10 * 3 / (10 * 17))
    assert (effect.lower, effect.upper) == pytest.approx((0.039053, 0.797420), abs=1e-6)
