"""What every conversion gives back: the numbers, and everything needed to make them again."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from meta.stats.errors import InvalidInput
from meta.stats.results import plain

Kind = Literal["calculated", "converted", "estimated", "imputed"]
"""How far a number is from what was printed: ``calculated`` is exact arithmetic (sums, units, pooling of groups),
``converted`` follows from other statistics by their definition, ``estimated`` needs a model of the data (medians,
curves, figures), ``imputed`` needs a number from elsewhere (a correlation, an ICC)."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """Numbers, where they came from and how: everything a lineage keeps.

    ``formula`` is the name of the function, ``expression`` what it computed, in signs that a page can show.
    ``values`` may hold several numbers (a mean and its standard deviation); ``value`` is the first of them.
    """

    formula: str
    values: Mapping[str, float]
    inputs: Mapping[str, Any]
    expression: str
    source: str
    kind: Kind
    notes: tuple[str, ...] = ()

    @property
    def value(self) -> float:
        """The first number; the only one of most conversions."""
        return next(iter(self.values.values()))

    def __getitem__(self, name: str) -> float:
        return self.values[name]

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return dict(plain(self))


def number(name: str, value: float) -> float:
    """A finite number, or a refusal that names it."""
    try:
        found = float(value)
    except (TypeError, ValueError):
        found = math.nan
    if not math.isfinite(found):
        raise InvalidInput(f"{name} must be a finite number.")
    return found


def positive(name: str, value: float) -> float:
    """A finite number above 0, or a refusal that names it."""
    found = number(name, value)
    if found <= 0:
        raise InvalidInput(f"{name} must be above 0.")
    return found


def not_negative(name: str, value: float) -> float:
    """A finite number of 0 or more, or a refusal that names it."""
    found = number(name, value)
    if found < 0:
        raise InvalidInput(f"{name} must not be negative.")
    return found


def between(name: str, value: float, low: float, high: float) -> float:
    """A number strictly between two others, or a refusal that names it."""
    found = number(name, value)
    if not low < found < high:
        raise InvalidInput(f"{name} must lie between {low:g} and {high:g}, both excluded.")
    return found


def group_size(name: str, value: float, least: float = 2) -> float:
    """A number of participants, at least ``least``; it may be fractional (shared or effective sizes)."""
    found = number(name, value)
    if found < least:
        raise InvalidInput(f"{name} must be at least {least:g}.")
    return found


def correlation(name: str, value: float) -> float:
    """A correlation from -1 to 1."""
    found = number(name, value)
    if abs(found) > 1:
        raise InvalidInput(f"{name} must lie between -1 and 1.")
    return found


def limits(lower: float, upper: float) -> tuple[float, float]:
    """Two limits in order, not equal."""
    low, high = number("The lower limit", lower), number("The upper limit", upper)
    if low >= high:
        raise InvalidInput("The lower limit must be below the upper limit.")
    return low, high
