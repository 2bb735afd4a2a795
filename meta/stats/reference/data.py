"""From the column-oriented data sets of a reference file to this library's inputs."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from meta.stats.continuity import Continuity, Correction
from meta.stats.inputs import (
    BinaryArms,
    ContinuousArms,
    Correlations,
    GenericEffects,
    Means,
    PairedMeans,
    PersonTimeArms,
    Proportions,
    Rates,
    Table,
)

Columns = Mapping[str, Sequence[Any]]


def numbers(values: Sequence[Any]) -> list[float | None]:
    """Numbers with None for missing; infinities come as strings."""
    return [None if value is None else float(value) for value in values]


def arms_of(columns: Columns, measure: str) -> Table:
    """The input that a data set's columns stand for (README: "Input columns").

    Single-group measures of a two-arm data set read its first arm.
    """

    def pick(*names: str) -> list[list[float | None]]:
        return [numbers(columns[name]) for name in names]

    if measure in ("MN", "MNLN", "CVLN", "SDLN"):
        size = "ni" if "ni" in columns else "n1i"
        return Means([], *pick(*(("mi", "sdi") if "mi" in columns else ("m1i", "sd1i")), size))
    if measure in ("IR", "IRLN", "IRS", "IRFT"):
        names = ("xi", "ti") if "ti" in columns else ("x1i", "t1i")
        return Rates([], *pick(*names))
    if "o_minus_e" in columns:
        return GenericEffects.from_observed_minus_expected([], *pick("o_minus_e", "v"))
    if "ai" in columns:
        return BinaryArms([], *pick("ai", "n1i", "ci", "n2i"))
    if "m1i" in columns and "ri" in columns:
        # the reference's first standard deviation is the one that standardises (README: m1i, sd1i are post)
        first, second = ("sd2i", "sd1i") if measure in ("SMCR", "SMCRH") else ("sd1i", "sd2i")
        return PairedMeans([], *pick("m1i", first, "m2i", second, "ni", "ri"))
    if "m1i" in columns:
        return ContinuousArms([], *pick("m1i", "sd1i", "n1i", "m2i", "sd2i", "n2i"))
    if "x1i" in columns:
        return PersonTimeArms([], *pick("x1i", "t1i", "x2i", "t2i"))
    if "xi" in columns:
        return Proportions([], *pick("xi", "ni"))
    if "ri" in columns:
        return Correlations([], *pick("ri", "ni"))
    return GenericEffects.from_variances([], *pick("yi", "vi"))


def correction(add: float, to: str, drop00: bool) -> Correction:
    """A correction as metafor's ``add``, ``to`` and ``drop00`` describe it."""
    drop = "always" if drop00 else "never"
    if to not in ("only0", "all", "if0all") or add == 0:
        return Correction(0.0, "none", drop)  # type: ignore[arg-type]
    return Correction(float(add), to, drop)  # type: ignore[arg-type]


def escalc_rule(options: Mapping[str, Any]) -> Continuity:
    """What escalc does by default: 0.5 to the cells of studies with an empty cell, double-zero studies kept."""
    one = correction(options.get("add", 0.5), options.get("to", "only0"), bool(options.get("drop00", False)))
    return Continuity("reference", "As the reference case says.", one, one)


def variant_of(options: Mapping[str, Any]) -> str | None:
    """The variant of a continuous measure's formula, from metafor's ``vtype`` and ``correct``."""
    measure, vtype = options.get("measure"), options.get("vtype", "LS")
    correct = options.get("correct")
    if measure == "MD":
        return "pooled" if vtype == "HO" else "separate"
    if measure == "SMD":
        if options.get("style") == "RevMan5":
            return "revman5"
        if correct is False:
            return "cohen"
        return {"LS": "hedges", "LS2": "borenstein", "UB": "unbiased"}[vtype]
    if measure == "ROM":
        return {
            ("LS", True): "corrected",
            ("LS", False): "plain",
            ("HO", True): "pooled-corrected",
            ("HO", False): "pooled",
        }[vtype, bool(correct)]
    if measure == "CVR":
        return "plain" if correct is False else "corrected"
    return None


def listed(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]], known: Sequence[bool]) -> list[float | None]:
    """A JSON list with None where not estimable."""
    return [float(x) if ok else None for x, ok in zip(values, known, strict=True)]
