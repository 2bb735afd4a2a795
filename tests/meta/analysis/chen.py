"""What Chen et al. 2022 (J Infect Public Health, PMC9259515) printed, and the counts behind it.

Counts are those that the trials report, or the whole numbers that alone give the printed results: Dilogo 2021
(10.1002/sctm.21-0046, abstract), Lanzoni 2021 and Shi 2021 (tables of PMC10140776 and 10.1164/rccm.202311-2046CP), Zhu
2021 (10.1038/s41422-021-00573-y, tables 3 and 4), Shu 2020 (10.1186/s13287-020-01875-5, table 3), NCT04491240.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from meta.analysis.published.rules import Claim
from meta.analysis.rules import Grouped, Settings
from meta.stats.conversions.medians import mean_sd_from_median

CHEN = Settings(model="switch")
CHEN_MEANS = Settings(measure="MD", method="IV", model="switch")

DEATHS = {
    "Shu 2020": (0, 12, 3, 29),
    "Dinasty 2020": (0, 20, 0, 10),
    "Dilogo 2021": (10, 20, 17, 20),
    "Lanzoni 2021": (2, 12, 7, 12),
    "Shi 2021": (0, 65, 0, 35),
    "Zhu 2021": (0, 29, 2, 29),
}
SEVERITY = {"Dilogo 2021": "Critical", "Lanzoni 2021": "Critical"}
"""The severe subgroup as printed needs Zhu 2021 in it, which the paper lists in neither."""

DEATHS_14 = {
    "Shu 2020": (0, 12, 3, 29),
    "Dinasty 2020": (0, 20, 0, 10),
    "Dilogo 2021": (10, 20, 16, 20),
    "Lanzoni 2021": (1, 12, 4, 12),
    "Shi 2021": (0, 65, 0, 35),
}
IMPROVED = {
    "Shu 2020": (12, 12, 25, 29),
    "Dinasty 2020": (20, 20, 10, 10),
    "Dilogo 2021": (10, 20, 4, 20),
    "Lanzoni 2021": (9, 12, 4, 12),
    "Zhu 2021": (29, 29, 22, 29),
}
VENTILATED = {"Shu 2020": (0, 12, 4, 29), "Shi 2021": (0, 65, 0, 35), "Zhu 2021": (0, 29, 2, 29)}
SERIOUS_EVENTS = {"Lanzoni 2021": (2, 12, 8, 12), "Shi 2021": (1, 65, 0, 35)}
ADVERSE_EVENTS = {"Lanzoni 2021": (8, 12, 11, 12), "Shi 2021": (37, 65, 21, 35), "Zhu 2021": (3, 29, 13, 29)}

STAY = {"Shu 2020": ((20, 16, 24, 12), (24, 20, 26.5, 29)), "Zhu 2021": ((11, 8, 14, 29), (15, 11, 19, 29))}
"""Median, quartiles and people: days in hospital."""
IMPROVEMENT = {"Shu 2020": ((9, 6, 13, 12), (14, 9.5, 21, 29)), "Zhu 2021": ((7, 7, 12, 29), (13, 8, 16, 29))}


def counts(trials: Mapping[str, tuple[int, int, int, int]], **said: Any) -> dict[str, Any]:
    """The inputs of an analysis of events."""
    return {
        "studies": [
            {
                "study_id": number,
                "label": label,
                "experimental": {"events": a, "total": n1},
                "control": {"events": c, "total": n2},
            }
            for number, (label, (a, n1, c, n2)) in enumerate(trials.items(), start=1)
        ]
    } | said


def grouped(inputs: dict[str, Any], groups: Mapping[str, str], *, otherwise: str) -> dict[str, Any]:
    for study in inputs["studies"]:
        study["group"] = groups.get(study["label"], otherwise)
    return inputs


def medians(trials: Mapping[str, Sequence[tuple[float, float, float, int]]]) -> dict[str, Any]:
    """The inputs of an analysis of means, by Wan's conversion with the tabulated eta, as the paper must have used it."""

    def side(median: float, q1: float, q3: float, n: int) -> dict[str, float]:
        found = mean_sd_from_median(median=median, q1=q1, q3=q3, n=n, mean="wan", sd="wan", eta="table")
        return {"mean": found["mean"], "sd": found["sd"], "total": n}

    return {
        "data": "continuous",
        "studies": [
            {
                "study_id": number,
                "label": label,
                "experimental": side(*experimental),
                "control": side(*control),
                "estimated": True,
            }
            for number, (label, (experimental, control)) in enumerate(trials.items(), start=1)
        ],
    }


BY_SEVERITY = Settings(model="switch", groups=(Grouped(3, "Critical"), Grouped(1, "Severe")))

PRINTED = {
    "28-day mortality, fixed": (
        counts(DEATHS), CHEN, Claim("0.18", "0.06", "0.52", "0", "12/158", "29/135"), {"model": "common"}, "exact"
    ),
    "28-day mortality, random": (
        counts(DEATHS), CHEN, Claim("0.18", "0.06", "0.50"), {"model": "random"}, "exact"
    ),
    "28-day mortality, critical": (
        grouped(counts(DEATHS), SEVERITY, otherwise="Severe"), BY_SEVERITY, Claim("0.16", "0.05", "0.53"),
        {"subgroup": "Critical"}, "exact"
    ),
    "28-day mortality, severe": (
        grouped(counts(DEATHS), SEVERITY, otherwise="Severe"), BY_SEVERITY, Claim("0.24", "0.03", "2.09"),
        {"subgroup": "Severe"}, "exact"
    ),
    "14-day mortality": (counts(DEATHS_14), CHEN, Claim("0.24", "0.08", "0.74", "0", "11/129", "23/106"), {}, "exact"),
    "clinical improvement": (
        counts(IMPROVED), CHEN, Claim("6.05", "2.31", "15.83", "0", "80/93", "65/100"), {}, "exact"
    ),
    "mechanical ventilation": (
        counts(VENTILATED), CHEN, Claim("0.21", "0.12", "1.79", "0", "0/106", "6/93"), {}, "misprint"
    ),
    "serious adverse events": (counts(SERIOUS_EVENTS), CHEN, Claim("0.30", "0.02", "4.41", "53"), {}, "exact"),
    "adverse events": (counts(ADVERSE_EVENTS), CHEN, Claim("0.33", "0.09", "1.18", "59"), {}, "not_reproduced"),
    "length of stay": (medians(STAY), CHEN_MEANS, Claim("-3.84", "-6.19", "-1.50", "0"), {}, "exact"),
    "time to improvement": (
        medians(IMPROVEMENT), CHEN_MEANS, Claim("-4.02", "-6.42", "-1.63", "0"), {}, "not_reproduced"
    ),
}  # fmt: skip
"""Inputs, settings, what is printed, which result of the snapshot it is, and the verdict that must come out."""

RECOMPUTED = {
    "mechanical ventilation": "0.21 (0.02 to 1.79)",
    "serious adverse events": "0.30 (0.02 to 4.41)",
    "adverse events": "0.34 (0.09 to 1.34)",
    "length of stay": "\u22123.84 (\u22126.19 to \u22121.50)",
    "time to improvement": "\u22124.13 (\u22126.44 to \u22121.81)",
}
