"""What a layout draws on. The layouts decide where everything stands; a sheet turns that into SVG or into a figure."""

from dataclasses import dataclass
from typing import Literal, Protocol

from meta.plots import numbers
from meta.plots.forest import lettering
from meta.plots.forest.axis import Axis, axis_for
from meta.plots.forest.model import ForestPlot, Mark
from meta.plots.forest.slots import Slot

Anchor = Literal["start", "middle", "end"]
Layout = Literal["wide", "narrow"]

CENTRE = 5.0
"""The middle of the letters lies this far above their baseline; marks are centred there."""

BESIDE_NULL = 12.0
TICK = 4.0
MARK_SIZE = 12.0
MARK_INDENT = 13.0
NOTE_PITCH = 17.0
DIRECTION_PITCH = 16.0
BELOW_AXIS = 18.0
TO_DIRECTIONS = 37.0


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text on a line: at `x`, which is where it ends, begins or has its middle."""

    x: float
    text: str
    anchor: Anchor = "end"


@dataclass(frozen=True, slots=True)
class Geometry:
    """The width of the whole figure, the part of it with the axis, and the two sizes of its letters. Pixels."""

    layout: Layout
    width: float
    left: float
    span: float
    size: float
    small: float

    def x(self, axis: Axis, value: float) -> float:
        """Where a value stands, held inside the axis."""
        return self.left + self.span * min(max(axis.position(value), 0.0), 1.0)


class Sheet(Protocol):
    """Takes text and marks at pixels from the top left corner; `y` is a baseline, or the middle of a mark."""

    def row(self, y: float, cells: list[Cell], *, bold: bool = False, small: bool = False, soft: bool = False) -> None:
        """Text on one line."""

    def leaf(self, x: float, y: float, mark: Mark) -> None:
        """A small leaf and a word, for what is new or corrected since the last release."""

    def mark(self, slot: Slot, y: float) -> None:
        """Square, diamond or bar of one line."""

    def null_line(self, top: float, bottom: float) -> None:
        """A stretch of the line of no difference."""

    def rule(self, y: float) -> None:
        """The rule under the headings, over the whole width."""

    def axis(self, y: float) -> None:
        """The axis with its ticks and their labels."""

    def direction(self, y: float, words: str, anchor: Anchor) -> None:
        """One line of the words beside the line of no difference: which side favours whom."""


def draw_axis(sheet: Sheet, plot: ForestPlot, geometry: Geometry, *, top: float, y: float) -> float:
    """Axis, null line from `top`, directions; the lowest baseline used."""
    null = geometry.x(axis_for(plot), plot.null)
    sheet.null_line(top, y)
    sheet.axis(y)
    lowest = y + BELOW_AXIS
    sides: tuple[tuple[str, Anchor, float], ...] = (
        (plot.favours_left, "end", min(null - BESIDE_NULL, geometry.span / 2)),
        (plot.favours_right, "start", geometry.width - null - BESIDE_NULL),
    )
    for words, anchor, room in sides:
        for number, piece in enumerate(lettering.wrap(words, room, geometry.small)):
            at = y + TO_DIRECTIONS + number * DIRECTION_PITCH
            sheet.direction(at, piece, anchor)
            lowest = max(lowest, at)
    return lowest


def draw_footnotes(sheet: Sheet, plot: ForestPlot, geometry: Geometry, y: float) -> float:
    """Footnotes over the whole width; the baseline after the last."""
    for note in plot.footnotes:
        for piece in lettering.wrap(note, geometry.width, geometry.small):
            sheet.row(y, [Cell(0, piece, "start")], small=True, soft=True)
            y += NOTE_PITCH
    return y


def tick_label(tick: float) -> str:
    """A tick as short as it can be: ``0.01``, ``−50``."""
    return f"{tick:g}".replace("-", numbers.MINUS)
