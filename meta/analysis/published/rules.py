"""Whether a recomputed result is the one that was printed, decided at the digits of the print and nowhere else."""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import NamedTuple

DASHES = str.maketrans({"\u2212": "-", "\u2013": "-", "\u2010": "-", "\u2011": "-"})
PRINTED = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,10})?")
SUM = re.compile(r"(\d{1,9})(?:/(\d{1,9}))?")

TRACE = 1e-9
"""What arithmetic in binary leaves behind, as a share of the last printed digit."""

BOUNDS = ("estimate", "lower", "upper")


class Unprintable(ValueError):
    """What was typed is no printed number; the message says what is."""


class Verdict(StrEnum):
    EXACT = "exact"
    MISPRINT = "misprint"
    NOT_REPRODUCED = "not_reproduced"
    NOT_COMPARED = "not_compared"


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it stands in print: trailing zeros count, for they say how far it was rounded."""

    text: str

    def __post_init__(self) -> None:
        if not PRINTED.fullmatch(self.text.strip().translate(DASHES)):
            raise Unprintable(f"“{self.text}” is not a number. Copy it as printed, for example 0.50 or -3.84.")

    @property
    def value(self) -> float:
        return float(self.text.strip().translate(DASHES))

    @property
    def places(self) -> int:
        _, _, fraction = self.text.strip().partition(".")
        return len(fraction)

    @property
    def half(self) -> float:
        """Half a unit of the last digit: the print stands for everything this near to it."""
        return 0.5 * float(10**-self.places)

    def stands_for(self, number: float) -> bool:
        """Whether the number rounds to the print, whichever way halves are rounded."""
        return abs(number - self.value) <= self.half * (1 + TRACE)

    def printed_like(self, number: float) -> str:
        """Another number with as many digits."""
        return f"{number + 0.0:.{self.places}f}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What a publication printed of one result; empty where it printed nothing. Sums are ``12/158`` or ``158``."""

    estimate: str
    lower: str = ""
    upper: str = ""
    i2: str = ""
    experimental: str = ""
    control: str = ""


@dataclass(frozen=True, slots=True)
class Sums:
    """People with the event (None for a measured outcome) and people, over the studies of one side."""

    events: float | None
    total: float


@dataclass(frozen=True, slots=True)
class Recomputed:
    """The same from the engine, on the scale that people read, unrounded; ``is_ratio``: pooled as logarithms."""

    estimate: float
    lower: float
    upper: float
    i2: float | None
    is_ratio: bool
    experimental: Sums
    control: Sums


class Difference(NamedTuple):
    """One number that is not the printed one, at the printed digits."""

    name: str
    printed: str
    recomputed: str


@dataclass(frozen=True, slots=True)
class Comparison:
    verdict: Verdict
    differences: tuple[Difference, ...] = ()


NAMES: Mapping[str, str] = {
    "estimate": "the estimate",
    "lower": "the lower limit",
    "upper": "the upper limit",
    "i2": "I²",
    "experimental": "the experimental side",
    "control": "the control side",
}


def compare(claim: Claim, found: Recomputed | None) -> Comparison:
    """The verdict on a printed result.

    It is exact when every printed number stands for the recomputed one. It is a misprint when one bound alone differs,
    the three printed numbers contradict each other (an interval is symmetric around its estimate on the scale of
    analysis), and the recomputed number in the place of the odd one mends that. Anything else is not reproduced.

    Raises:
        Unprintable: the claim holds something that is no number.
    """
    if found is None:
        return Comparison(Verdict.NOT_COMPARED)
    differences = tuple(_differences(claim, found))
    if not differences:
        return Comparison(Verdict.EXACT)
    odd = differences[0]
    if len(differences) == 1 and odd.name in BOUNDS and claim.lower and claim.upper:
        printed = {name: Printed(getattr(claim, name)) for name in BOUNDS}
        mended = {**printed, odd.name: Printed(odd.recomputed)}
        if not _agree(printed, is_ratio=found.is_ratio) and _agree(mended, is_ratio=found.is_ratio):
            return Comparison(Verdict.MISPRINT, differences)
    return Comparison(Verdict.NOT_REPRODUCED, differences)


def sentence(comparison: Comparison) -> str:
    """The verdict in words that stand beside it."""
    told = "; ".join(f"{NAMES[name]}: printed {said}, recomputed {is_}" for name, said, is_ in comparison.differences)
    match comparison.verdict:
        case Verdict.EXACT:
            return "Recomputed exactly, to every printed digit."
        case Verdict.MISPRINT:
            return f"A misprint: the printed numbers contradict each other ({told}), and the recomputed one mends them."
        case Verdict.NOT_REPRODUCED:
            return f"Not reproduced from the stored numbers ({told})."
        case _:
            return "Not compared: there is no recomputed result beside it."


def printed_alike(claim: Claim, found: Recomputed) -> str:
    """A recomputed result with the digits of a printed one: ``0.18 (0.06 to 0.52), I² 0%, 12/158 v 29/135``."""
    shown = {
        name: Printed(getattr(claim, name)).printed_like(number)
        for name in (*BOUNDS, "i2")
        if getattr(claim, name) and (number := getattr(found, name)) is not None
    }
    said = [f"{shown['estimate']} ({shown['lower']} to {shown['upper']})" if claim.lower else shown["estimate"]]
    if claim.i2:
        said.append(f"I² {shown['i2']}%" if "i2" in shown else "I² not applicable")
    sides = [_sum_like(text, sums) for text, sums in _sides(claim, found) if text]
    return ", ".join([*said, *([" v ".join(sides)] if sides else [])])


def problems(claim: Claim) -> dict[str, str]:
    """What of a claim cannot be read, by field."""
    wrong = {}
    for name in (*BOUNDS, "i2"):
        text = getattr(claim, name)
        if text and not PRINTED.fullmatch(text.strip().translate(DASHES)):
            wrong[name] = f"“{text}” is not a number. Copy it as printed, for example 0.50 or -3.84."
    for name in ("experimental", "control"):
        text = getattr(claim, name)
        if text and not SUM.fullmatch(text.strip()):
            wrong[name] = f"“{text}” is not a sum. Write events and people as 12/158, or people alone as 158."
    if not claim.estimate:
        wrong["estimate"] = "Give the printed estimate."
    if bool(claim.lower) != bool(claim.upper):
        wrong["upper" if claim.lower else "lower"] = "Give both limits of the interval, or none."
    return wrong


def _differences(claim: Claim, found: Recomputed) -> list[Difference]:
    different = []
    for name in (*BOUNDS, "i2"):
        text, number = getattr(claim, name), getattr(found, name)
        if text and number is None:
            different.append(Difference(name, text, "not applicable"))
        elif text and not (printed := Printed(text)).stands_for(number):
            different.append(Difference(name, text, printed.printed_like(number)))
    for name, (text, sums) in zip(("experimental", "control"), _sides(claim, found), strict=True):
        if text and not _is_sum(text, sums):
            different.append(Difference(name, text, _sum_like(text, sums)))
    return different


def _sides(claim: Claim, found: Recomputed) -> tuple[tuple[str, Sums], tuple[str, Sums]]:
    return (claim.experimental, found.experimental), (claim.control, found.control)


def _is_sum(text: str, sums: Sums) -> bool:
    parts = _parts(text)
    return parts == ((sums.events, sums.total) if len(parts) == 2 else (sums.total,))


def _parts(text: str) -> tuple[float, ...]:
    read = SUM.fullmatch(text.strip())
    if read is None:
        raise Unprintable(f"“{text}” is not a sum. Write events and people as 12/158, or people alone as 158.")
    return tuple(float(part) for part in read.groups() if part is not None)


def _sum_like(text: str, sums: Sums) -> str:
    if len(_parts(text)) == 1 or sums.events is None:
        return f"{sums.total:g}"
    return f"{sums.events:g}/{sums.total:g}"


def _agree(printed: Mapping[str, Printed], *, is_ratio: bool) -> bool:
    """Whether some numbers that round to these three lie as an interval lies around its estimate."""
    scale: Callable[[float], float] = math.log if is_ratio else float
    reach = {name: [one.value + sign * one.half for sign in (-1, 1)] for name, one in printed.items()}
    if is_ratio and min(end for ends in reach.values() for end in ends) <= 0:
        reach = {name: [max(end, TRACE) for end in ends] for name, ends in reach.items()}
    middles = [(scale(lower) + scale(upper)) / 2 for lower, upper in product(reach["lower"], reach["upper"])]
    least, most = (scale(end) for end in reach["estimate"])
    return min(middles) <= most and least <= max(middles)
