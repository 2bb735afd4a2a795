"""What a plot of points shows: numbers on the scale of analysis, and words. It is drawn as it stands."""

from dataclasses import dataclass
from math import isfinite
from typing import Literal

Shape = Literal["dot", "hollow", "speck"]
"""A study; something that is no study (one that may be missing); one of thousands."""

Stroke = Literal["solid", "dashed", "dotted", "mixed"]
Shade = Literal[0, 1, 2, 3]
"""From the ground itself to the darkest grey; the difference is seen on grey paper too."""

Place = tuple[float, float]

USUAL_RADIUS = 4.5


class PlotError(ValueError):
    """A plot that cannot be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis, with the number as people read it (a ratio, where the axis is its logarithm)."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis. ``turned`` has its lowest number at the top or at the right."""

    title: str
    low: float
    high: float
    ticks: tuple[Tick, ...]
    turned: bool = False

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise PlotError(f"An axis cannot reach from {self.low} to {self.high}.")

    def position(self, value: float) -> float:
        """0 at the left or the bottom, 1 at the other end; less or more for what lies outside."""
        share = (value - self.low) / (self.high - self.low)
        return 1 - share if self.turned else share


@dataclass(frozen=True, slots=True)
class Point:
    """A point; ``is_named`` asks for its label in the drawing, where there is room. Radius in pixels."""

    label: str
    x: float
    y: float
    radius: float = USUAL_RADIUS
    shape: Shape = "dot"
    is_named: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A line through places; its label stands in the legend (none where it is empty)."""

    label: str
    places: tuple[Place, ...]
    stroke: Stroke = "solid"


@dataclass(frozen=True, slots=True)
class Region:
    """A shaded area between its corners, under everything else; later ones cover earlier ones."""

    label: str
    corners: tuple[Place, ...]
    shade: Shade


@dataclass(frozen=True, slots=True)
class ScatterPlot:
    """A plot with its table and the sentence that says what is seen.

    ``marks`` names what points are in the legend, by shape; ``rows`` have one cell for each of ``head``.
    """

    key: str
    title: str
    x: Axis
    y: Axis
    sentence: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    points: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    regions: tuple[Region, ...] = ()
    marks: tuple[tuple[Shape, str], ...] = ()
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if any(len(row) != len(self.head) for row in self.rows):
            raise PlotError(f"Every row of {self.title} needs {len(self.head)} cells.")
        places = [(point.x, point.y) for point in self.points]
        places += [place for shape in self.lines for place in shape.places]
        places += [place for region in self.regions for place in region.corners]
        if not all(isfinite(number) for place in places for number in place):
            raise PlotError(f"{self.title} holds a place that is not a number.")
