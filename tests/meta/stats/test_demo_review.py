"""The demo review's published and living results, to the digits printed.

Counts and results: Chen et al. 2022 (PMC9259515) and the trial reports it and later reviews cite; the recomputed
column follows Review Manager 5. Each trial is written as events/total v events/total.
"""

import pytest

from meta import stats

CHEN_2022 = {
    "Dilogo 2021": (10, 20, 17, 20),
    "Lanzoni 2021": (2, 12, 7, 12),
    "Shi 2021": (0, 65, 0, 35),
    "Zhu 2021": (0, 29, 2, 29),
    "Shu 2020": (0, 12, 3, 29),
    "Dinasty 2020": (0, 20, 0, 10),
}
AS_REPORTED = {**CHEN_2022, "Dilogo 2021": (10, 20, 16, 20)}
LATER = {
    "Adas 2021": (3, 10, 6, 10),
    "Monsel 2022": (5, 21, 4, 24),
    "Rebelatto 2022": (5, 11, 1, 6),
    "Fathi-Kazerooni 2022": (6, 14, 11, 15),
    "Bowdish 2023": (42, 112, 47, 110),
    "Zarrabi 2023": (3, 19, 8, 24),
    "Zamanian 2024": (4, 21, 13, 24),
}


def arms(trials):
    return stats.BinaryArms(list(trials), *zip(*trials.values(), strict=True))


def printed(result, digits=2):
    pooled = result.pooled
    return "{:.{d}f} ({:.{d}f}-{:.{d}f})".format(
        *(result.display(x) for x in (pooled.estimate, pooled.lower, pooled.upper)), d=digits
    )


def only(trials, *names):
    return {name: trials[name] for name in names}


PUBLISHED = [
    ("28-day mortality", CHEN_2022, "common", "0.1810 (0.0632-0.5183)", 0),
    ("28-day mortality, random", CHEN_2022, "random", "0.1776 (0.0629-0.5011)", 0),
    ("critical", only(CHEN_2022, "Dilogo 2021", "Lanzoni 2021"), "common", "0.1628 (0.0499-0.5308)", 0),
    (
        "severe",
        only(CHEN_2022, "Shu 2020", "Zhu 2021", "Shi 2021", "Dinasty 2020"),
        "common",
        "0.2392 (0.0274-2.0896)",
        0,
    ),
    (
        "14-day mortality",
        {
            "D": (10, 20, 16, 20),
            "L": (1, 12, 4, 12),
            "Shi": (0, 65, 0, 35),
            "Shu": (0, 12, 3, 29),
            "Di": (0, 20, 0, 10),
        },
        "common",
        "0.2396 (0.0774-0.7418)",
        0,
    ),
    (
        "clinical improvement",
        {
            "D": (10, 20, 4, 20),
            "L": (9, 12, 4, 12),
            "Z": (29, 29, 22, 29),
            "Shu": (12, 12, 25, 29),
            "Di": (20, 20, 10, 10),
        },
        "common",
        "6.0462 (2.3095-15.8283)",
        0,
    ),
    (
        "mechanical ventilation",
        {"Shi": (0, 65, 0, 35), "Z": (0, 29, 2, 29), "Shu": (0, 12, 4, 29)},
        "common",
        "0.2072 (0.0240-1.7897)",
        0,
    ),
    (
        "serious adverse events",
        {"L": (2, 12, 8, 12), "Shi": (1, 65, 0, 35)},
        "random",
        "0.2989 (0.0203-4.4117)",
        53.4968,
    ),
    (
        "adverse events",
        {"L": (8, 12, 11, 12), "Shi": (37, 65, 21, 35), "Z": (3, 29, 13, 29)},
        "random",
        "0.3385 (0.0853-1.3434)",
        64.2351,
    ),
]


@pytest.mark.parametrize(("title", "trials", "model", "expected", "i2"), PUBLISHED, ids=[row[0] for row in PUBLISHED])
def test_published_result_is_reproduced(title, trials, model, expected, i2):
    result = stats.pairwise(arms(trials), measure="OR", method="MH", model=model)
    assert printed(result, 4) == expected
    assert result.heterogeneity.i2 == pytest.approx(i2, abs=5e-5)


def test_length_of_stay_is_reproduced():
    # Wan's table of eta: 1.206 for 12, 1.284 and for 29 participants; mean (q1 + median + q3) / 3
    trials = {
        "Zhu 2021": ((8 + 11 + 14) / 3, 6 / 1.284, 29, (11 + 15 + 19) / 3, 8 / 1.284, 29),
        "Shu 2020": ((16 + 20 + 24) / 3, 8 / 1.206, 12, (20 + 24 + 26.5) / 3, 6.5 / 1.284, 29),
    }
    continuous = stats.ContinuousArms(list(trials), *zip(*trials.values(), strict=True))
    result = stats.pairwise(continuous, measure="MD")
    assert printed(result) == "-3.84 (-6.19--1.50)"
    assert result.heterogeneity.i2 == 0


def cumulative():
    trials = dict(AS_REPORTED)
    yield "six trials, as reported", dict(trials)
    for name, counts in LATER.items():
        trials[name] = counts
        yield name, dict(trials)
    cells = {**AS_REPORTED, **LATER, "Zarrabi 2023": (3, 11, 8, 24)}
    yield (
        "cells only",
        {name: cells[name] for name in cells if name not in ("Dinasty 2020", "Fathi-Kazerooni 2022", "Zamanian 2024")},
    )
    blinded = ("Dilogo 2021", "Lanzoni 2021", "Shi 2021", "Monsel 2022", "Rebelatto 2022", "Bowdish 2023")
    yield "blinded", {name: cells[name] for name in blinded}


LIVING = [
    ("12/158 v 28/135", "0.21 (0.08-0.58)", "0.21 (0.08-0.58)", 0.0),
    ("15/168 v 34/145", "0.23 (0.09-0.55)", "0.23 (0.09-0.55)", 0.0),
    ("20/189 v 38/169", "0.38 (0.18-0.77)", "0.37 (0.17-0.82)", 4.4),
    ("25/200 v 39/175", "0.48 (0.25-0.93)", "0.46 (0.19-1.14)", 30.2),
    ("31/214 v 50/190", "0.44 (0.24-0.81)", "0.42 (0.20-0.91)", 22.0),
    ("73/326 v 97/300", "0.61 (0.41-0.92)", "0.52 (0.28-0.97)", 28.4),
    ("76/345 v 105/324", "0.59 (0.40-0.87)", "0.52 (0.30-0.89)", 22.2),
    ("80/366 v 118/348", "0.54 (0.38-0.79)", "0.46 (0.27-0.78)", 28.1),
    ("70/303 v 94/299", "0.66 (0.44-0.98)", "0.60 (0.34-1.06)", 20.3),
    ("64/241 v 75/207", "0.72 (0.47-1.12)", "0.66 (0.28-1.59)", 50.9),
]


@pytest.mark.parametrize(
    ("step", "expected"), list(zip(cumulative(), LIVING, strict=True)), ids=[name for name, _ in cumulative()]
)
def test_living_update_is_reproduced(step, expected):
    _, trials = step
    deaths, mantel_haenszel, dersimonian_laird, i2 = expected
    sums = [sum(column) for column in zip(*trials.values(), strict=True)]
    assert "{}/{} v {}/{}".format(*sums) == deaths
    common = stats.pairwise(arms(trials), measure="OR", method="MH", model="common")
    random = stats.pairwise(arms(trials), measure="OR", method="MH", model="random", tau2="DL")
    assert printed(common) == mantel_haenszel
    assert printed(random) == dersimonian_laird
    assert random.heterogeneity.i2 == pytest.approx(i2, abs=0.05)
