"""A result as people read it: in words, in people of a thousand, as a forest plot."""

from dataclasses import replace

import pytest

from meta.analysis import figures, services
from meta.analysis.figures import Subject
from meta.analysis.rules import Direction, Grouped, Model, Settings
from meta.plots.forest import figure, svg, svg_narrow, table
from tests.meta.analysis.chen import DEATHS, SERIOUS_EVENTS, SEVERITY, STAY, counts, grouped, medians

DEATH = Subject(
    title="Death within 28 days", benefit_is="lower", happened="died", experimental="MSC", control="placebo"
)
RECOVERY = Subject(title="Recovery", benefit_is="higher", happened="", experimental="MSC", control="placebo")


def inputs(**trials):
    return {
        "studies": [
            {
                "study_id": number,
                "label": label.replace("_", " "),
                "experimental": {"events": a, "total": n1},
                "control": {"events": c, "total": n2},
            }
            for number, (label, (a, n1, c, n2)) in enumerate(trials.items())
        ]
    }


HELPS = inputs(Dilogo_2021=(10, 20, 16, 20), Lanzoni_2021=(2, 12, 7, 12), Shi_2021=(0, 65, 0, 35))
UNDECIDED = inputs(Monsel_2022=(5, 21, 4, 24))
HARMS = inputs(Trial=(30, 40, 10, 40))
NOTHING = inputs(Shi_2021=(0, 65, 0, 35))


def read(found, subject=DEATH, **settings):
    plan = Settings(**settings)
    return figures.reading(subject=subject, inputs=found, settings=plan.to_dict(), result=services.pool(found, plan))


def plot(found, subject=DEATH, marks=None, **settings):
    plan = Settings(**settings)
    return figures.forest(
        subject=subject, inputs=found, settings=plan.to_dict(), result=services.pool(found, plan), marks=marks
    )


@pytest.mark.parametrize(
    ("found", "subject", "direction", "sentence"),
    [
        (HELPS, DEATH, Direction.BENEFIT, "Fewer people died with MSC than without it, in the 3 trials so far."),
        (HARMS, DEATH, Direction.HARM, "More people died with MSC than without it, in the one trial so far."),
        (
            HARMS,
            RECOVERY,
            Direction.BENEFIT,
            "More people had the event with MSC than without it, in the one trial so far.",
        ),
        (
            UNDECIDED,
            DEATH,
            Direction.UNSURE,
            "The one trial so far does not settle whether MSC makes a difference: both benefit and harm remain possible.",
        ),
        (NOTHING, DEATH, Direction.UNSURE, "There is no pooled result yet."),
    ],
)
def test_a_headline_says_in_plain_words_what_the_interval_says(found, subject, direction, sentence):
    reads = read(found, subject)
    assert (reads.direction, reads.headline) == (direction, sentence)


def test_several_trials_leave_it_open_in_the_plural():
    assert read(inputs(A=(5, 21, 4, 24), B=(5, 11, 1, 6))).headline.startswith("The 2 trials so far do not settle")


def test_a_result_is_said_in_people_of_a_thousand():
    reads = read(HELPS)
    document = figures.absolute_document(DEATH, reads.absolute)
    # 23 of 67 died with placebo
    assert (document["per"], document["without"]) == (1000, 343)
    assert document["lower"] < document["with"] < document["upper"] < document["without"]
    assert document["sentence"] == (
        f"Of 1,000 people like those in the trials, 343 died without MSC and {document['with']} "
        f"({document['lower']} to {document['upper']}) with it."
    )
    assert "had the event without MSC" in figures.absolute_document(RECOVERY, reads.absolute)["sentence"]
    assert figures.absolute_document(DEATH, None) is None


def test_a_reading_holds_the_numbers_on_the_scale_that_people_read():
    reads = read(HELPS)
    assert reads.text == "{estimate:.2f} ({lower:.2f} to {upper:.2f})".format(**reads.pooled)
    assert reads.pooled["lower"] < reads.pooled["estimate"] < reads.pooled["upper"] < 1
    assert (reads.k, reads.participants) == (3, 164)
    assert reads.heterogeneity["text"].startswith("Heterogeneity: Chi² = ")


def test_the_model_that_was_not_chosen_stands_beside_the_one_that_was():
    [other] = read(HELPS).alternatives
    assert (other["model"], other["text"]) == ("random", read(HELPS, model=Model.RANDOM).text)
    [other] = read(HELPS, model=Model.RANDOM).alternatives
    assert (other["model"], other["text"]) == ("common", read(HELPS).text)


def test_random_effects_say_what_varies_between_trials():
    assert read(HELPS, model=Model.RANDOM).heterogeneity["text"].startswith("Heterogeneity: Tau² = 0.00; Chi² = ")


def test_one_trial_has_no_heterogeneity():
    assert read(UNDECIDED).heterogeneity["text"] == "Heterogeneity: Not applicable"
    assert figures.heterogeneity_text(None) == "Heterogeneity: Not applicable"


def test_a_difference_of_risks_is_read_on_its_own_scale():
    reads = read(HELPS, measure="RD")
    assert reads.pooled["estimate"] < 0
    assert reads.direction is Direction.BENEFIT
    assert reads.headline.startswith("Fewer people died")


def test_what_cannot_be_estimated_says_why():
    reads = read(NOTHING)
    assert (reads.text, reads.pooled, reads.absolute, reads.alternatives) == ("Not estimable", None, None, [])
    assert reads.caveats[0].endswith(".")


def test_a_page_says_how_a_result_was_computed():
    common = {one["name"]: one["text"] for one in figures.method_sentences(Settings().to_dict())}
    assert common == {
        "Effect measure": "odds ratio",
        "Method": "Mantel-Haenszel",
        "Model": "Common effect: every trial estimates the same effect",
        "Zero cells": figures.ZERO_CELLS["revman5"],
        "Confidence level": "95%",
    }
    settings = Settings(model=Model.RANDOM, method="IV", measure="RR", zero_cells="only_zero").to_dict()
    random = {one["name"]: one["text"] for one in figures.method_sentences(settings)}
    assert random["Between-trial variance"] == "DerSimonian-Laird"
    assert (random["Method"], random["Zero cells"]) == ("Inverse variance", "only_zero")


def test_a_forest_plot_holds_a_row_for_each_trial_and_their_total():
    drawn = plot(HELPS, marks={"Dilogo 2021": "corrected"})
    assert [(row.label, row.experimental, row.control) for row in drawn.rows] == [
        ("Dilogo 2021", ("10", "20"), ("16", "20")),
        ("Lanzoni 2021", ("2", "12"), ("7", "12")),
        ("Shi 2021", ("0", "65"), ("0", "35")),
    ]
    assert [row.mark for row in drawn.rows] == ["corrected", None, None]
    assert sum(row.weight for row in drawn.rows if row.weight) == pytest.approx(100)
    [total] = drawn.totals
    assert (total.experimental, total.control, total.weight) == (("", "97"), ("", "67"), 100.0)
    assert (drawn.lines[0].experimental, drawn.lines[0].control) == (("12", ""), ("23", ""))
    assert drawn.lines[2].text.startswith("Test for overall effect: Z = ")
    assert drawn.method == "M-H, Fixed, 95% CI"
    assert plot(HELPS, model=Model.RANDOM).method == "M-H, Random, 95% CI"


def test_a_trial_that_says_nothing_of_the_ratio_stands_there_without_a_square():
    shi = plot(HELPS).rows[2]
    assert (shi.effect, shi.weight) == (None, None)
    assert shi.not_estimable


@pytest.mark.parametrize(
    ("subject", "left", "right"),
    [(DEATH, "Favours MSC", "Favours placebo"), (RECOVERY, "Favours placebo", "Favours MSC")],
)
def test_the_axis_says_which_side_is_good_for_patients(subject, left, right):
    drawn = plot(HELPS, subject)
    assert (drawn.favours_left, drawn.favours_right) == (left, right)


def test_the_picture_is_said_in_words_too():
    assert plot(HELPS).summary == (
        f"Forest plot of 3 trials with 164 people: Death within 28 days. Odds Ratio {read(HELPS).text}. "
        f"{read(HELPS).heterogeneity['text']}."
    )
    assert plot(NOTHING).summary.endswith("There is no pooled result.")


def test_a_plot_without_a_result_has_its_rows_and_no_diamond():
    drawn = plot(NOTHING)
    assert [total.effect for total in drawn.totals] == [None]
    assert [line.text for line in drawn.lines] == ["Total events:", "Test for subgroup differences: Not applicable"]


# --- Subgroups, measured outcomes, checks ---------------------------------------------------------------------------

STAYING = Subject(
    title="Days in hospital",
    benefit_is="lower",
    happened="",
    experimental="MSC",
    control="control",
    outcome="Length of stay",
    unit="days",
    is_measured=True,
)
DAYS = medians(STAY)
BY_SEVERITY = Settings(groups=(Grouped(4, "Critical"), Grouped(1, "Severe")))


def by_severity():
    return grouped(counts(DEATHS), SEVERITY, otherwise="Severe")


def test_a_measured_outcome_is_said_in_its_unit():
    reads = read(DAYS, STAYING, measure="MD", method="IV")
    assert reads.headline == "Length of stay was lower with MSC than without it, on average over the 2 trials so far."
    assert reads.meaning == (
        "On average, length of stay was 3.84 days lower (1.50 to 6.19 lower) with MSC than without it."
    )
    assert (reads.absolute, reads.participants) == (None, 99)
    assert "were estimated; no report states them. Without them there is no result." in reads.caveats[-1]


def test_a_standardised_difference_is_said_in_the_unit_as_well():
    reads = read(DAYS, STAYING, measure="SMD", method="IV")
    spread = ((5.06308**2 + 6.23015**2) / 2) ** 0.5  # both control groups have 29 people
    assert f"{-reads.pooled['estimate']:.2f} standard deviations lower" in reads.meaning
    assert f"With a standard deviation of {spread:.2f} days, as in the control groups, that is" in reads.meaning
    assert f"{-reads.pooled['estimate'] * spread:.2f} days lower" in reads.meaning
    nameless = replace(STAYING, unit="")
    assert "With a standard deviation" not in read(DAYS, nameless, measure="SMD", method="IV").meaning


def test_a_ratio_of_means_is_said_in_per_cent_and_a_spread_in_no_sentence():
    assert "% lower (" in read(DAYS, STAYING, measure="ROM", method="IV").meaning
    reads = read(DAYS, STAYING, measure="VR", method="IV")
    assert reads.meaning == ""
    assert reads.headline.startswith("The 2 trials so far") or "spread of length of stay" in reads.headline


def test_an_interval_on_both_sides_says_both_sides():
    one = {"data": "continuous", "studies": DAYS["studies"][:1]}
    assert "lower to 0.68 higher) with MSC" in read(one, STAYING, measure="MD", method="IV").meaning


def test_a_measured_outcome_is_drawn_with_means_and_standard_deviations():
    drawn = plot(DAYS, STAYING, measure="MD", method="IV")
    assert (drawn.data, drawn.scale, drawn.columns) == ("continuous", "linear", ("Mean", "SD", "Total"))
    assert drawn.rows[1].experimental == ("11.00", "4.67", "29")
    assert drawn.totals[0].control == ("", "", "58")
    assert not any(line.text.startswith("Total events") for line in drawn.lines)
    assert "Mean" in svg(drawn)


def test_subgroups_are_drawn_under_their_names_with_their_test():
    drawn = figures.forest(
        subject=DEATH,
        inputs=by_severity(),
        settings=BY_SEVERITY.to_dict(),
        result=services.pool(by_severity(), BY_SEVERITY),
    )
    assert [group.name for group in drawn.subgroups] == ["Critical", "Severe"]
    assert drawn.rows == ()
    assert str(drawn.subgroups[0].subtotal.effect) == "0.16 [0.05, 0.53]"
    assert str(drawn.subgroups[1].subtotal.effect) == "0.24 [0.03, 2.09]"
    assert sum(group.subtotal.weight for group in drawn.subgroups) == pytest.approx(100)
    assert drawn.lines[-1].text.startswith("Test for subgroup differences: Chi² = ")
    for drawing in (svg(drawn), svg_narrow(drawn)):
        assert "Critical" in drawing
        assert "Test for subgroup differences" in drawing
    assert [row.label for row in table(drawn).rows if row.kind == "heading"] == ["Critical", "Severe"]
    assert {"data", "layout"} <= set(figure(drawn))
    assert "Subgroups: Critical 0.16 (0.05 to 0.53); Severe" in drawn.summary


def test_a_reading_holds_each_subgroup_in_a_line():
    reads = figures.reading(
        subject=DEATH,
        inputs=by_severity(),
        settings=BY_SEVERITY.to_dict(),
        result=services.pool(by_severity(), BY_SEVERITY),
    )
    assert [(one["name"], one["text"], one["k"]) for one in reads.subgroups["groups"]] == [
        ("Critical", "0.16 (0.05 to 0.53)", 2),
        ("Severe", "0.24 (0.03 to 2.09)", 4),
    ]


def test_one_group_has_no_test_of_differences():
    found = grouped(counts(DEATHS), {}, otherwise="Severe")
    settings = Settings(subgroups_by="Severity")
    reads = figures.reading(
        subject=DEATH, inputs=found, settings=settings.to_dict(), result=services.pool(found, settings)
    )
    assert reads.subgroups["test"] == "Test for subgroup differences: Not applicable"


def test_leaving_out_a_trial_says_whether_one_decides():
    [check] = [one for one in read(counts(DEATHS)).checks if one["key"] == "leave-one-out"]
    assert check["sentence"].startswith("Whichever trial is left out, the estimate lies between ")
    assert check["sentence"].endswith("No single trial decides on which side of no difference the interval lies.")
    two = counts({"A": (2, 40, 10, 40), "B": (9, 40, 10, 40)})
    [check] = [one for one in read(two).checks if one["key"] == "leave-one-out"]
    assert "What the interval says changes without" in check["sentence"] or "No single trial" in check["sentence"]


def test_the_rule_says_which_model_it_took_and_why():
    assert read(counts(SERIOUS_EVENTS), model="switch").chosen == (
        "The trials are heterogeneous by the plan's rule (Q's P = 0.14, I² = 53%), so random effects are taken."
    )
    assert "so the common effect is taken" in read(counts(DEATHS), model="switch").chosen
    assert "Fewer than two trials" in read(UNDECIDED, model="switch").chosen
    assert read(UNDECIDED).chosen == ""


def test_a_prediction_interval_is_drawn_and_said_where_the_plan_asks_for_it():
    wide = {"model": "random", "prediction": "t_km1"}
    assert read(counts(DEATHS), **wide).prediction.startswith("The true effect in a new, similar trial is expected")
    assert plot(counts(DEATHS), **wide).totals[0].prediction is not None
    assert plot(counts(DEATHS), model="random").totals[0].prediction is None


def test_trials_left_out_stand_below_the_figure_with_their_reason():
    left_out = counts({"Adas 2021": (3, 10, 6, 10)})["studies"][0] | {"reason": "Another dose"}
    found = counts(DEATHS, left_out=[left_out])
    assert plot(found).footnotes == ("Left out by the plan: Adas 2021 (Another dose).",)
    assert "Left out by the plan: Adas 2021 (Another dose)." in read(found).caveats
    [check] = [one for one in read(found).checks if one["key"] == "every-study"]
    assert check["rows"][0]["label"] == "+ Adas 2021"


def test_without_estimated_numbers_a_result_may_say_something_else():
    found = counts({"A": (2, 40, 10, 40), "B": (9, 40, 10, 40)})
    found["studies"][0]["estimated"] = True
    [said] = [one for one in read(found).caveats if "estimated" in one]
    assert "Numbers of A were estimated; no report states them. Without them the result is 0.87" in said
    assert [one["rows"][0]["label"] for one in read(found).checks if one["key"] == "without-estimated"] == ["without A"]
    assert "estimated; no report states them." in read(found, checks=()).caveats[-1]


def test_every_choice_of_a_plan_is_told():
    settings = Settings(
        measure="SMD", method="IV", model="switch", variant="revman5", interval="hk", prediction="z",
        subgroups_by="Country",
    )  # fmt: skip
    told = {one["name"]: one["text"] for one in figures.method_sentences(settings.to_dict())}
    assert (told["Formula"], told["Confidence interval"], told["Prediction interval"], told["Subgroups by"]) == (
        "revman5", "Hartung-Knapp", "Normal", "Country"
    )  # fmt: skip
    assert "Zero cells" not in told
    assert figures.method_sentences(BY_SEVERITY.to_dict())[-1] == {"name": "Subgroups", "text": "Critical, Severe"}


def test_the_parts_of_a_split_trial_are_one_trial():
    found = counts({"A: one": (1, 8, 2, 2.5), "A: two": (2, 11, 2, 2.5), "B": (1, 10, 5, 10)})
    found["studies"][1]["study_id"] = found["studies"][0]["study_id"]
    reads = read(found)
    assert (reads.k, reads.participants) == (2, 44)
    assert plot(found).rows[0].control == ("2", "2.5")
