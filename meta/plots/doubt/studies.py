"""The studies that the plots are about, and how their numbers are said."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from meta.plots import numbers
from meta.plots.scatter.model import USUAL_RADIUS
from meta.stats.measures import Measure

SMALLEST, LARGEST = 3.0, 13.0
"""Radii of bubbles, in pixels."""

NAMED = 3
"""Names that a drawing shows; more would cover its points, and the table has them all."""


@dataclass(frozen=True, slots=True)
class Studies:
    """Effects on the scale of analysis with their variances, one entry a study, and what readers call the effect."""

    labels: tuple[str, ...]
    estimate: tuple[float, ...]
    variance: tuple[float, ...]
    measure: Measure
    effect_name: str

    @property
    def standard_error(self) -> tuple[float, ...]:
        return tuple(map(sqrt, self.variance))

    @property
    def null(self) -> float:
        """No difference, on the scale of analysis: 0 for logarithms of ratios and for differences."""
        return 0.0

    def at(self, places: Sequence[int]) -> "Studies":
        """Only the studies at these places."""
        return replace(
            self,
            labels=tuple(self.labels[place] for place in places),
            estimate=tuple(self.estimate[place] for place in places),
            variance=tuple(self.variance[place] for place in places),
        )

    def said(self, effect: float) -> str:
        """An effect as people read it."""
        return numbers.decimal(self.measure.display(effect))

    def said_between(self, effect: float, lower: float, upper: float) -> str:
        """An effect with its interval, inside a sentence."""
        return numbers.in_words(*(self.measure.display(number) for number in (effect, lower, upper)))


def radii(sizes: Sequence[float]) -> tuple[float, ...]:
    """Radii whose areas are as the sizes (people, weights), the largest as large as a drawing bears."""
    most = max(sizes, default=0.0)
    if most <= 0:
        return (USUAL_RADIUS,) * len(sizes)
    return tuple(max(SMALLEST, LARGEST * sqrt(max(size, 0.0) / most)) for size in sizes)


def foremost(scores: Sequence[float], count: int = NAMED) -> frozenset[int]:
    """Places of the highest scores."""
    return frozenset(sorted(range(len(scores)), key=lambda place: -scores[place])[:count])
