"""Continuity corrections for empty cells: only when asked for, each by its name."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from .errors import UnknownOption

Array = npt.NDArray[np.float64]
Cells = tuple[Array, Array, Array, Array]
To = Literal["none", "only0", "if0all", "all", "tacc"]
Drop = Literal["never", "ratios", "no-events", "always"]


@dataclass(frozen=True, slots=True)
class Correction:
    """How much is added to which studies' cells.

    ``to``: "only0" the studies with an empty cell, "all" every study, "if0all" every study if any has an empty cell,
    "tacc" the studies with an empty cell in proportion to the arms (treatment-arm correction), "none" no study.
    ``drop_double_zero``: whether studies without events, or with nothing but events, in both arms are left out, and
    of which measures ("ratios": odds and risk ratios and the like; "no-events": the same, but risk ratios of studies
    with nothing but events are kept, as R's meta does).
    ``keep_difference``: a risk difference is estimated from the cells as they are; only its variance is corrected.
    ``events_only``: a risk ratio's correction is added to events and totals, not to those without events (R's meta).
    """

    add: float = 0.5
    to: To = "only0"
    drop_double_zero: Drop = "never"
    keep_difference: bool = False
    events_only: bool = False


@dataclass(frozen=True, slots=True)
class Continuity:
    """A named rule: one correction for the studies' own effects, one for the cells that Mantel-Haenszel sums."""

    name: str
    sentence: str
    studies: Correction
    pooled: Correction


_NONE = Correction(0.0, "none")

CONTINUITY: dict[str, Continuity] = {
    rule.name: rule
    for rule in (
        Continuity(
            "revman5",
            "As Review Manager 5: 0.5 is added to the four cells of a study with an empty cell; a study without "
            "events, or with only events, in both arms has no ratio.",
            Correction(0.5, "only0", drop_double_zero="ratios", keep_difference=True),
            Correction(0.5, "only0", drop_double_zero="ratios", keep_difference=True),
        ),
        Continuity(
            "none",
            "No correction: a study with an empty cell has no ratio of its own, and Mantel-Haenszel sums the counts.",
            _NONE,
            _NONE,
        ),
        Continuity(
            "exact",
            "Mantel-Haenszel sums the counts as they are; 0.5 is added only to show and compare studies that have "
            "an empty cell.",
            Correction(0.5, "only0", drop_double_zero="ratios"),
            _NONE,
        ),
        Continuity(
            "only0",
            "0.5 is added to the four cells of every study with an empty cell, double-zero studies included.",
            Correction(0.5, "only0"),
            Correction(0.5, "only0"),
        ),
        Continuity(
            "only0-drop00",
            "0.5 is added to the four cells of a study with an empty cell; double-zero studies are left out.",
            Correction(0.5, "only0", drop_double_zero="ratios"),
            Correction(0.5, "only0", drop_double_zero="ratios"),
        ),
        Continuity(
            "all",
            "0.5 is added to the four cells of every study.",
            Correction(0.5, "all"),
            Correction(0.5, "all"),
        ),
        Continuity(
            "if0all",
            "0.5 is added to the four cells of every study as soon as one study has an empty cell.",
            Correction(0.5, "if0all"),
            Correction(0.5, "if0all"),
        ),
        Continuity(
            "tacc",
            "Treatment-arm correction: what is added to a study with an empty cell is in proportion to the size of "
            "the other arm, and sums to 1.",
            Correction(1.0, "tacc", drop_double_zero="ratios", keep_difference=True),
            Correction(1.0, "tacc", drop_double_zero="ratios", keep_difference=True),
        ),
    )
}


def continuity(rule: str | Continuity) -> Continuity:
    """The rule of a name.

    Raises:
        UnknownOption: there is no rule of this name.
    """
    if isinstance(rule, Continuity):
        return rule
    if rule not in CONTINUITY:
        raise UnknownOption(f"There is no continuity rule {rule!r}; known are {', '.join(CONTINUITY)}.")
    return CONTINUITY[rule]


def double_zero(cells: Cells) -> npt.NDArray[np.bool_]:
    """Studies without events in both arms, or with nothing but events in both."""
    a, b, c, d = cells
    zero: npt.NDArray[np.bool_] = ((a == 0) & (c == 0)) | ((b == 0) & (d == 0))
    return zero


RATIOS = frozenset({"OR", "RR", "OR2DL", "OR2DN", "PETO", "YUQ", "PBIT", "PHI"})
"""Measures about which a double-zero study says nothing."""


def left_out(cells: Cells, correction: Correction, measure: str) -> npt.NDArray[np.bool_]:
    """Studies that a correction's ``drop_double_zero`` leaves out for a measure."""
    drop = correction.drop_double_zero
    if drop == "never" or (drop != "always" and measure not in RATIOS):
        return np.zeros(len(cells[0]), dtype=bool)
    if drop == "no-events" and measure == "RR":
        none: npt.NDArray[np.bool_] = (cells[0] == 0) & (cells[2] == 0)
        return none
    return double_zero(cells)


def chosen_rows(cells: Cells, rows: npt.NDArray[np.bool_]) -> Cells:
    """The same tables, only the studies chosen."""
    a, b, c, d = cells
    return a[rows], b[rows], c[rows], d[rows]


def corrected(cells: Cells, correction: Correction, measure: str = "", *, lowest: float = 0.0) -> Cells:
    """The cells with the correction added; the same arrays if nothing has to be added.

    ``lowest``: the smallest cell, where the caller knows that none is empty.
    """
    if correction.to == "none" or correction.add == 0 or (lowest > 0 and correction.to != "all"):
        return cells
    a, b, c, d = cells
    if correction.to == "all":
        add: float | Array = correction.add
    else:
        least = np.minimum(np.minimum(a, b), np.minimum(c, d))
        if not (least == 0).any():
            return cells
        if correction.to == "if0all":
            add = correction.add
        else:
            add = np.where(least == 0, correction.add, 0.0)
            if correction.to == "tacc":
                n1, n2 = a + b, c + d
                treated, control = add * n1 / (n1 + n2), add * n2 / (n1 + n2)
                return a + treated, b + treated, c + control, d + control
    if correction.events_only and measure == "RR":
        return a + add, b, c + add, d
    return a + add, b + add, c + add, d + add
