"""The demo's numbers, from its own file through the service that computes every result, to the digits in print.

Published: Chen et al. 2022 (PMC9259515), which needs 17 deaths of 20 in Dilogo's control arm. Living: the counts that
the trials report themselves, in the order of their publication. Both with RevMan 5's rules (Review Manager 5.3).
"""

import pytest

from meta.analysis import figures, services
from meta.analysis.rules import Model, Settings
from meta.demo import facts
from reviews.extraction.rules import ArmResult, ArmRole, combined, read_count

EXPERIMENTAL, CONTROL = ArmRole.EXPERIMENTAL, ArmRole.CONTROL

DEMO = facts.read("studies")
CHEN = ("dilogo", "lanzoni", "shi", "zhu", "shu", "dinasty")
LATER = ("adas", "monsel", "rebelatto", "fathi", "bowdish", "zarrabi")
ZAMANIAN = ("Zamanian 2024", (4, 21), (13, 24))
"""Deaths in hospital: abstract of the trial of vesicles from placental cells. The demo leaves it for the visitor."""


def trial(key, *, arms=None):
    """A trial as the demo enters it: all arms of a role taken together, or only the arms that are named."""
    fact = DEMO["studies"][key]
    (deaths,) = [row for row in fact["results"] if (row["outcome"], row["timepoint"]) == ("death", "latest")]
    counts = [
        ArmResult(ArmRole(arm["role"]), read_count(cell))
        for arm, cell in zip(fact["arms"], deaths["cells"], strict=True)
        if arms is None or arm["label"] in arms
    ]
    experimental, control = combined(counts, EXPERIMENTAL), combined(counts, CONTROL)
    return entry(fact["label"], (experimental.events, experimental.total), (control.events, control.total))


def entry(label, experimental, control):
    return {
        "label": label,
        "experimental": dict(zip(("events", "total"), experimental, strict=True)),
        "control": dict(zip(("events", "total"), control, strict=True)),
    }


def as_published(*keys):
    return {"studies": [trial(key) for key in keys]}


def as_reported(*keys):
    """The same with the correction that the demo makes in its second version."""
    correction = DEMO["correction"]
    found = as_published(*keys)
    for study in found["studies"]:
        if study["label"] == correction["study"]:
            count = read_count(correction["count"])
            study["control"] = {"events": count.events, "total": count.total}
    return found


def printed(inputs, model):
    result = services.pool(inputs, Settings(model=model))
    return figures.pooled_text("OR", result[model]["pooled"]).replace(" to ", "-")


def i2(inputs, model=Model.RANDOM):
    return figures.numbers.whole_percent(services.pool(inputs, Settings(model=model))[model]["heterogeneity"]["i2"])


def deaths(inputs):
    found = figures.sides(inputs)
    return f"{found.events_experimental}/{found.total_experimental} v {found.events_control}/{found.total_control}"


PUBLISHED = {
    "28-day mortality, fixed": (CHEN, Model.COMMON, "0.18 (0.06-0.52)"),
    "28-day mortality, random": (CHEN, Model.RANDOM, "0.18 (0.06-0.50)"),
    "critical subgroup": (("dilogo", "lanzoni"), Model.COMMON, "0.16 (0.05-0.53)"),
    "severe subgroup, with Zhu in it": (("shu", "zhu", "shi", "dinasty"), Model.COMMON, "0.24 (0.03-2.09)"),
}


@pytest.mark.parametrize(("keys", "model", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_the_review_of_2022_printed_is_reproduced(keys, model, expected):
    found = as_published(*keys)
    assert printed(found, model) == expected
    assert i2(found) == "0%"


def test_the_review_of_2022_counted_these_deaths():
    assert deaths(as_published(*CHEN)) == "12/158 v 29/135"


LIVING = {
    "six trials, as reported": (0, "12/158 v 28/135", "0.21 (0.08-0.58)", "0.21 (0.08-0.58)", "0%"),
    "+ Adas 2021": (1, "15/168 v 34/145", "0.23 (0.09-0.55)", "0.23 (0.09-0.55)", "0%"),
    "+ Monsel 2022": (2, "20/189 v 38/169", "0.38 (0.18-0.77)", "0.37 (0.17-0.82)", "4%"),
    "+ Rebelatto 2022": (3, "25/200 v 39/175", "0.48 (0.25-0.93)", "0.46 (0.19-1.14)", "30%"),
    "+ Fathi-Kazerooni 2022": (4, "31/214 v 50/190", "0.44 (0.24-0.81)", "0.42 (0.20-0.91)", "22%"),
    "+ Bowdish 2023": (5, "73/326 v 97/300", "0.61 (0.41-0.92)", "0.52 (0.28-0.97)", "28%"),
    "+ Zarrabi 2023": (6, "76/345 v 105/324", "0.59 (0.40-0.87)", "0.52 (0.30-0.89)", "22%"),
}


@pytest.mark.parametrize(("later", "sums", "fixed", "random", "inconsistency"), LIVING.values(), ids=LIVING)
def test_each_later_trial_moves_the_result_as_it_should(later, sums, fixed, random, inconsistency):
    found = as_reported(*CHEN, *LATER[:later])
    assert deaths(found) == sums
    assert printed(found, Model.COMMON) == fixed
    assert printed(found, Model.RANDOM) == random
    assert i2(found) == inconsistency


def test_the_trial_that_the_tour_adds_gives_what_the_tour_says():
    found = as_reported(*CHEN, *LATER)
    found["studies"].append(entry(*ZAMANIAN))
    assert deaths(found) == "80/366 v 118/348"
    assert printed(found, Model.COMMON) == "0.54 (0.38-0.79)"
    assert printed(found, Model.RANDOM) == "0.46 (0.27-0.78)"
    assert i2(found) == "28%"


def test_cells_only():
    """Without the vesicles of Dinasty, the secretome of Fathi-Kazerooni and Zarrabi's arm with vesicles."""
    found = as_reported(*(key for key in (*CHEN, *LATER) if key not in {"dinasty", "fathi", "zarrabi"}))
    found["studies"].append(trial("zarrabi", arms={"MSC", "Control"}))
    assert deaths(found) == "70/303 v 94/299"
    assert printed(found, Model.COMMON) == "0.66 (0.44-0.98)"
    assert printed(found, Model.RANDOM) == "0.60 (0.34-1.06)"
    assert i2(found) == "20%"


def test_blinded_trials_of_cells_into_a_vein_only():
    found = as_reported("dilogo", "lanzoni", "shi", "monsel", "rebelatto", "bowdish")
    assert deaths(found) == "64/241 v 75/207"
    assert printed(found, Model.COMMON) == "0.72 (0.47-1.12)"
    assert printed(found, Model.RANDOM) == "0.66 (0.28-1.59)"
    assert i2(found) == "51%"


def test_the_demo_names_a_source_and_a_place_for_every_number():
    rows = [row for study in DEMO["studies"].values() for row in study["results"]]
    for fact in (*rows, DEMO["correction"]):
        assert fact["source"], fact
        assert fact["place"], fact
        assert fact["method"], fact
