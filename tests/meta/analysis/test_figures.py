"""A result as people read it: in words, in people of a thousand, as a forest plot."""

import pytest

from meta.analysis import figures, services
from meta.analysis.figures import Subject
from meta.analysis.rules import Direction, Model, Settings

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
