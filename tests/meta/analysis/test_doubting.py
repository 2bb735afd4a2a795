"""Plots that look harder: what may be shown is shown with the engine's numbers, and the rest says why not."""

import json
from dataclasses import replace

import pytest

from meta.analysis.doubting import TITLES, doubt_of
from meta.analysis.figures import Subject
from meta.analysis.pooling import arms_of
from meta.analysis.rules import Settings
from meta.plots import numbers, scatter
from meta.stats import diagnostics, pairwise, sequential, small_study

DEATH = Subject("Death within 28 days", "lower", "died", "MSC", "control")
STAY = Subject("Days in hospital", "lower", "stayed", "MSC", "control", unit="days", is_measured=True)

COUNTS = [
    *((2, 20, 7, 21), (5, 40, 9, 38), (1, 15, 4, 15), (30, 200, 41, 198), (8, 60, 8, 61), (3, 25, 8, 24)),
    *((60, 410, 66, 405), (4, 30, 9, 31), (2, 18, 6, 17), (15, 120, 21, 119), (0, 12, 3, 12), (6, 50, 11, 52)),
]
"""Events and people of twelve trials, made up: small ones favour the treatment more."""

MEANS = [(10 + at % 3, 4 + at % 2, 20 + 15 * at, 12 + at % 4, 4.5, 21 + 14 * at) for at in range(11)]


def counts(rows=COUNTS, **said):
    studies = [
        {
            "study_id": at,
            "label": f"Trial {at + 1}",
            "year": 2008 + at,
            "experimental": {"events": a, "total": n1},
            "control": {"events": c, "total": n2},
            **said,
        }
        for at, (a, n1, c, n2) in enumerate(rows)
    ]
    return {"studies": studies}


def means(rows=MEANS):
    studies = [
        {
            "study_id": at,
            "label": f"Trial {at + 1}",
            "year": 2010 + at,
            "experimental": {"mean": m1, "sd": s1, "total": n1},
            "control": {"mean": m2, "sd": s2, "total": n2},
        }
        for at, (m1, s1, n1, m2, s2, n2) in enumerate(rows)
    ]
    return {"studies": studies, "data": "continuous"}


def of(inputs=None, *, subject=DEATH, primary="common", matters=None, **settings):
    return doubt_of(
        subject=subject,
        inputs=counts() if inputs is None else inputs,
        settings=Settings(**settings),
        primary=primary,
        matters=matters,
    )


def of_means(inputs=None, **said):
    return of(means() if inputs is None else inputs, subject=STAY, **({"measure": "MD", "method": "IV"} | said))


def plot(found, key):
    return next(one for one in found.plots if one.key == key)


def reason(found, key):
    return next(one.reason for one in found.held_back if one.key == key)


def keys(found):
    return [one.key for one in found.plots]


# --- All of them ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("primary", ["common", "random"])
@pytest.mark.parametrize("measure", ["OR", "RR", "RD"])
def test_every_plot_of_enough_trials_is_shown_as_drawing_figure_and_table(measure, primary):
    found = of(measure=measure, primary=primary, model=primary)
    assert keys(found) == list(TITLES)
    assert found.held_back == ()
    for one in found.plots:
        assert scatter.svg(one).startswith("<svg")
        json.dumps(scatter.figure(one), allow_nan=False)
        assert one.sentence.endswith(".")
        assert one.rows


def test_means_have_every_plot_but_the_one_of_risks():
    found = of_means(matters=2.0)
    assert keys(found) == [key for key in TITLES if key != "labbe"]
    assert "compares risks" in reason(found, "labbe")


@pytest.mark.parametrize(
    ("measure", "test"), [("SMD", "Pustejovsky"), ("MD", "Egger"), ("OR", "Harbord"), ("RR", "cker")]
)
def test_each_measure_has_the_test_of_asymmetry_that_suits_it(measure, test):
    found = of(measure=measure) if measure in ("OR", "RR") else of_means(measure=measure)
    assert test in plot(found, "funnel").sentence


def test_where_no_test_suits_the_funnel_says_why():
    assert "depend on their own standard errors" in plot(of_means(measure="ROM"), "funnel").sentence


def test_few_trials_have_few_plots_and_each_of_the_others_its_reason():
    found = of(counts(COUNTS[:4]))
    assert keys(found) == ["baujat", "radial", "labbe", "gosh", "sequential"]
    assert "at least 10 are needed" in reason(found, "funnel")
    assert "at least 10 are needed" in reason(found, "bubble")


def test_one_trial_has_no_plot_at_all():
    found = of(counts(COUNTS[:1]))
    assert keys(found) == []
    assert {one.key for one in found.held_back} == set(TITLES)
    assert all(one.reason.endswith(".") for one in found.held_back)


def test_nothing_pooled_is_no_error():
    found = of(counts([]))
    assert keys(found) == []


def test_trials_without_events_have_risks_and_nothing_else():
    found = of(counts([(0, 20, 0, 21), (0, 30, 0, 31)]))
    assert keys(found) == ["labbe"]
    assert len(plot(found, "labbe").lines) == 1


# --- Their numbers --------------------------------------------------------------------------------------------------


def test_the_funnel_stands_around_the_pooled_result_with_the_trials_that_may_be_missing():
    found = plot(of(), "funnel")
    whole = pairwise(arms_of(counts()), measure="OR", method="MH")
    filled = small_study.trim_and_fill(*whole.effects.usable, tau2=None)
    assert found.lines[0].places[0][0] == pytest.approx(whole.pooled.estimate)
    hollow = [(one.x, one.y**2) for one in found.points if one.shape == "hollow"]
    assert [x for x, _ in hollow] == pytest.approx(filled.filled_estimates)
    assert [v for _, v in hollow] == pytest.approx(filled.filled_variances)
    assert f"would add {filled.missing} trial" in found.sentence


def test_the_radial_and_the_baujat_plot_have_the_places_that_the_engine_gives_them():
    found = of()
    effects = pairwise(arms_of(counts()), measure="OR", method="MH").effects.usable
    for key, engine in (("baujat", diagnostics.baujat), ("radial", diagnostics.radial)):
        expected = [(point.x, point.y) for point in engine(*effects).points]
        assert [(one.x, one.y) for one in plot(found, key).points] == [pytest.approx(place) for place in expected]


def test_risks_stand_where_the_counts_put_them():
    first = plot(of(), "labbe").points[0]
    assert (first.x, first.y) == (pytest.approx(7 / 21), pytest.approx(2 / 20))


def test_all_subsets_of_four_trials_and_all_trials_together():
    found = plot(of(counts(COUNTS[:4])), "gosh")
    assert found.sentence.startswith("All 11 subsets")
    assert [one.label for one in found.points if one.shape == "hollow"] == ["All trials"]


def test_many_trials_have_a_sample_of_their_subsets():
    assert plot(of(counts(COUNTS + COUNTS)), "gosh").sentence.startswith("A sample of")


# --- The bubble plot ------------------------------------------------------------------------------------------------


def test_without_a_moderator_in_the_plan_it_is_the_year():
    assert plot(of(), "bubble").x.title == "Year of publication"


def grouped(texts):
    inputs = counts()
    for study, text in zip(inputs["studies"], texts, strict=True):
        study["group"] = text
    return inputs


def test_a_characteristic_of_the_plan_that_is_a_number_is_the_moderator():
    found = plot(of(grouped(str(40 + at) for at in range(12)), subgroups_by="Mean age"), "bubble")
    assert found.x.title == "Mean age"
    assert [one.x for one in found.points] == [40.0 + at for at in range(12)]


@pytest.mark.parametrize("text", ["oral", "nan", "inf", ""])
def test_a_characteristic_in_words_is_none(text):
    found = plot(of(grouped([text] * 12), subgroups_by="Route"), "bubble")
    assert found.x.title == "Year of publication"


def test_trials_that_do_not_state_the_characteristic_are_left_out_of_the_line():
    found = plot(of(grouped([*map(str, range(11)), "Not assigned"]), subgroups_by="Dose"), "bubble")
    assert [row[0] for row in found.rows] == [f"Trial {at}" for at in range(1, 12)]


def test_trials_of_one_year_show_no_change_with_it():
    assert "same in all trials" in reason(of(counts(year=2020)), "bubble")


def test_effects_on_a_line_leave_nothing_to_test():
    rows = [(10.0, 4.0, 50, 10.0, 4.0, 50) for _ in range(11)]
    assert "without any remainder" in reason(of_means(means(rows)), "bubble")


# --- The sequential plot --------------------------------------------------------------------------------------------


def test_it_is_labelled_as_secondary():
    found = plot(of(), "sequential")
    assert found.title.startswith("Secondary")
    assert sequential.SECONDARY in found.notes


def test_without_a_difference_that_matters_a_fifth_of_the_risk_is_looked_for():
    found = plot(of(counts(COUNTS[:4])), "sequential")
    risk = (7 + 9 + 4 + 41) / (21 + 38 + 15 + 198)
    assert f"from {numbers.weight(100 * risk)} to {numbers.weight(80 * risk)} (a fifth" in found.sentence


def test_the_difference_that_matters_is_the_protocols():
    found = plot(of(matters=50.0), "sequential")
    assert "what matters by the protocol" in found.sentence
    assert "a fifth" not in found.sentence


def test_where_more_is_better_more_is_looked_for():
    found = plot(of(subject=replace(DEATH, benefit_is="higher"), matters=100.0), "sequential")
    low, high = (float(part.split("%")[0]) for part in found.sentence.split("risk from ")[1].split(" to ")[:2])
    assert high == pytest.approx(low + 10, abs=0.11)


def test_the_parts_of_a_trial_come_at_one_look():
    inputs = counts(COUNTS[:4])
    for at, part in ((0, "low dose"), (1, "high dose")):
        inputs["studies"][at] |= {"study_id": 0, "part": part, "label": f"Trial 1: {part}"}
    assert [row[0] for row in plot(of(inputs), "sequential").rows] == ["Trial 1", "Trial 3", "Trial 4"]


def test_the_boundary_ahead_spends_what_is_left_and_leaves_past_looks_as_they_are():
    found = plot(of(), "sequential")
    times = [x / found.lines[-1].places[0][0] for x, _ in found.lines[1].places]
    engine = sequential.boundaries(times, alpha=0.05)
    assert [z for _, z in found.lines[1].places] == pytest.approx(engine.upper)
    assert engine.alpha[-1] == pytest.approx(0.05)


def test_people_grow_to_all_of_them():
    found = plot(of(), "sequential")
    assert found.points[-1].x == sum(n1 + n2 for _, n1, _, n2 in COUNTS)


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        (counts([(1, 20, 0, 20), (2, 30, 0, 30), (1, 30, 0, 40)]), "Without a risk"),
        (counts([(2, 20, 7, 20)]), "Too few studies for a sequence of looks"),
    ],
)
def test_where_the_information_needed_is_not_known_there_is_no_sequential_plot(inputs, said):
    assert said in reason(of(inputs), "sequential")


def test_a_difference_larger_than_the_risk_itself_is_refused_in_a_sentence():
    assert "must lie between 0 and 1" in reason(of(matters=999.0), "sequential")


def test_means_need_a_difference_that_matters_and_its_unit():
    assert "names no difference" in reason(of_means(), "sequential")
    assert "in the outcome's unit" in reason(of_means(measure="SMD", matters=2.0), "sequential")


def test_groups_of_one_person_say_nothing_of_how_much_people_differ():
    found = of_means(means([(1.0, 4.0, 1, 2.0, 4.0, 1), (2.0, 4.0, 1, 2.0, 4.0, 1)]), matters=1.0)
    assert "too small" in reason(found, "sequential")
