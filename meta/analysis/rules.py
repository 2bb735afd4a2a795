"""What a plan says, what a result means in absolute numbers, and when two inputs are the same."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

SIGNIFICANT_DIGITS = 12
"""Digits kept of a number that is hashed: enough to tell any two inputs apart, few enough to survive a database."""

LARGEST_INTEGER = 10**15
"""Beyond it a fraction comes back from PostgreSQL as a whole number, so both are hashed as fractions."""

PER = 1000
"""Absolute effects are said per 1,000 people (Cochrane Handbook, chapter 14)."""


class Model(StrEnum):
    COMMON = "common"
    RANDOM = "random"


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis is computed; the names are those of ``meta.stats.pairwise``."""

    measure: str = "OR"
    method: str = "MH"
    model: str = Model.COMMON
    tau2: str = "DL"
    zero_cells: str = "revman5"
    level: float = 0.95

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


REVMAN_5 = Settings()
"""RevMan 5: Mantel-Haenszel, 0.5 in every cell of a study with a zero, DerSimonian-Laird, Wald intervals."""


@dataclass(frozen=True, slots=True)
class Absolute:
    """People per 1,000 with the event: without the intervention, and with it (estimate and interval)."""

    without: int
    with_it: int
    lower: int
    upper: int


def absolute(measure: str, *, baseline: float, estimate: float, lower: float, upper: float) -> Absolute | None:
    """A relative effect at a baseline risk, per 1,000 people; None for measures that have no such form.

    The interval is that of the relative effect only; the baseline is taken as known (GRADE's convention).

    Args:
        baseline: risk without the intervention, 0 to 1.
        estimate, lower, upper: the effect on its display scale (a ratio, or a difference of risks).

    Source: Cochrane Handbook 14.1.5.
    """
    match measure:
        case "OR":
            risks = [ratio * baseline / (1 - baseline + ratio * baseline) for ratio in (estimate, lower, upper)]
        case "RR":
            risks = [ratio * baseline for ratio in (estimate, lower, upper)]
        case "RD":
            risks = [baseline + difference for difference in (estimate, lower, upper)]
        case _:
            return None
    with_it, least, most = (round(PER * min(max(risk, 0.0), 1.0)) for risk in risks)
    return Absolute(round(PER * baseline), with_it, least, most)


class Direction(StrEnum):
    """What an estimate with its interval says about the people treated."""

    BENEFIT = "benefit"
    HARM = "harm"
    UNSURE = "unsure"


def direction(measure: str, *, benefit_is: str, lower: float, upper: float) -> Direction:
    """Benefit or harm where the whole interval lies on one side of no difference, else unsure.

    Args:
        lower, upper: the interval on the display scale.
    """
    null = 1.0 if measure in {"OR", "RR"} else 0.0
    if lower <= null <= upper:
        return Direction.UNSURE
    is_lower = upper < null
    return Direction.BENEFIT if is_lower == (benefit_is == "lower") else Direction.HARM


def rounded(value: Any) -> Any:
    """The value with its fractions cut to twelve significant digits, so that equal inputs hash alike everywhere."""
    match value:
        case bool() | str() | None:
            return value
        case int() if abs(value) < LARGEST_INTEGER:
            return value
        case int() | float():
            return float(f"{float(value):.{SIGNIFICANT_DIGITS}g}") + 0.0  # PostgreSQL knows no negative zero
        case Mapping():
            return {str(key): rounded(item) for key, item in value.items()}
        case _:
            return [rounded(item) for item in value]


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of a value, in hexadecimal.

    Raises:
        ValueError: it holds NaN or an infinity, which no result may.
    """
    text = json.dumps(rounded(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
