"""A sheet of SVG: words, squares, lines and solid marks, each kind kept together, so that the file stays small.

Colours are attributes, so that a file stands alone; `static/css/forest.css` repaints them in a page by class.
"""

import re
from html import escape

from meta.plots.forest.axis import axis_for
from meta.plots.forest.looks import (
    ARROW,
    BAR_HALF,
    DIAMOND_HALF,
    FONT,
    INK,
    LEAF,
    MARK_WORDS,
    PAPER,
    SOFT,
    SQUARE,
    side,
)
from meta.plots.forest.model import ForestPlot, Interval, Mark, Range
from meta.plots.forest.sheet import BELOW_AXIS, BESIDE_NULL, MARK_INDENT, MARK_SIZE, TICK, Anchor, Cell, Geometry
from meta.plots.forest.sheet import tick_label as tick_text
from meta.plots.forest.slots import Slot

PAPER_MARGIN = 20.0
TITLE_SIZE = 16.0

NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that an XML document must not hold, escaped or not."""

LEAF_SHAPE = "q-1-9 10-10q0 10-10 10z"


def px(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def safe(words: str) -> str:
    """Words as they may stand in XML."""
    return escape(NOT_XML.sub("\ufffd", words))


class SvgSheet:
    """Collects what a layout draws; `document` binds it."""

    def __init__(self, plot: ForestPlot, geometry: Geometry) -> None:
        self.plot, self.geometry, self.scale = plot, geometry, axis_for(plot)
        self.words: list[str] = []
        self.squares: list[str] = []
        self.lines: list[str] = []
        self.solids: list[str] = []

    def row(self, y: float, cells: list[Cell], *, bold: bool = False, small: bool = False, soft: bool = False) -> None:
        looks = ' font-weight="bold"' if bold else ""
        looks += f' font-size="{px(self.geometry.small)}"' if small else ""
        looks += f' class="forest__soft" fill="{SOFT}"' if soft else ""
        if len(cells) == 1:
            self.words.append(_text(cells[0], y=y, looks=looks))
        else:
            texts = "".join(
                _text(
                    Cell(cell.x, cell.text, "start"), looks="" if cell.anchor == "end" else _anchor(cell.anchor, True)
                )
                for cell in cells
            )
            self.words.append(f'<g transform="translate(0 {px(y)})" text-anchor="end"{looks}>{texts}</g>')

    def leaf(self, x: float, y: float, mark: Mark) -> None:
        word = _text(Cell(x + MARK_INDENT, MARK_WORDS[mark], "start"), y=y, looks=f' font-size="{px(MARK_SIZE)}"')
        self.words.append(f'<g class="forest__mark" fill="{LEAF}"><path d="M{px(x)} {px(y)}{LEAF_SHAPE}"/>{word}</g>')

    def mark(self, slot: Slot, y: float) -> None:
        if slot.range is not None:
            self.solids.append(self._bar(slot.range, y))
        if slot.effect is None:
            return
        if slot.row is None:
            self.solids.append(self._diamond(slot.effect, y))
        else:
            self.squares.append(self._square(slot.effect, slot.row.weight, y))
            self.lines.append(f"M{px(self._x(slot.effect.lower))} {px(y)}H{px(self._x(slot.effect.upper))}")
        self.solids.append(self._arrows(slot.effect, y))

    def null_line(self, top: float, bottom: float) -> None:
        self.lines.append(f"M{px(self._x(self.plot.null))} {px(top)}V{px(bottom)}")

    def rule(self, y: float) -> None:
        self.lines.append(f"M0 {px(y)}H{px(self.geometry.width)}")

    def axis(self, y: float) -> None:
        ticks = "".join(f"M{px(self._x(tick))} {px(y - TICK)}v{px(2 * TICK)}" for tick in self.scale.ticks)
        self.lines.append(f"M{px(self.geometry.left)} {px(y)}h{px(self.geometry.span)}{ticks}")
        labels = "".join(_text(Cell(self._x(tick), tick_text(tick), "start")) for tick in self.scale.ticks)
        self.words.append(
            f'<g transform="translate(0 {px(y + BELOW_AXIS)})" text-anchor="middle" '
            f'font-size="{px(self.geometry.small)}">{labels}</g>'
        )

    def direction(self, y: float, words: str, anchor: Anchor) -> None:
        beside = self._x(self.plot.null) + (BESIDE_NULL if anchor == "start" else -BESIDE_NULL)
        self.row(y, [Cell(beside, words, anchor)], small=True)

    def document(self, *, height: float, paper: bool = False) -> str:
        """The whole of it. On paper it has a ground, a margin and its title, and can be read outside a page."""
        plot, width = self.plot, self.geometry.width
        body = (
            f"{''.join(self.words)}"
            f'<g class="forest__square" data-kind="{plot.data}" fill="{SQUARE[plot.data]}">{"".join(self.squares)}</g>'
            f'<path fill="none" stroke="currentColor" d="{"".join(self.lines)}"/>'
            f'<path class="forest__solid" d="{"".join(self.solids)}"/>'
        )
        if paper:
            looks = f' font-size="{px(TITLE_SIZE)}" font-weight="bold"'
            title = _text(Cell(0, plot.title, "start"), y=14, looks=looks)
            body = (
                f'<rect fill="{PAPER}" width="100%" height="100%"/><g transform="translate({px(PAPER_MARGIN)} '
                f'{px(PAPER_MARGIN)})">{title}<g transform="translate(0 {px(PAPER_MARGIN)})">{body}</g></g>'
            )
            width, height = width + 2 * PAPER_MARGIN, height + 2.5 * PAPER_MARGIN
        description = f"<desc>{safe(plot.summary)}</desc>" if plot.summary else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="forest" data-layout="{self.geometry.layout}" role="img" '
            f'viewBox="0 0 {px(width)} {px(height)}" width="{px(width)}" height="{px(height)}" font-family="{FONT}" '
            f'font-size="{px(self.geometry.size)}" color="{INK}" fill="currentColor">'
            f"<title>{safe(plot.title)}</title>{description}{body}</svg>"
        )

    def _x(self, value: float) -> float:
        return self.geometry.x(self.scale, value)

    def _square(self, effect: Interval, weight: float | None, y: float) -> str:
        """The estimate, its size by weight; nothing where it lies off the axis."""
        if not self.scale.shows(effect.estimate):
            return ""
        size = side(weight)
        corner = f'x="{px(self._x(effect.estimate) - size / 2)}" y="{px(y - size / 2)}"'
        return f'<rect {corner} width="{px(size)}" height="{px(size)}"/>'

    def _arrows(self, effect: Interval, y: float) -> str:
        """Arrow heads where the interval is cut off."""
        heads = ""
        if effect.lower < self.scale.low:
            heads += f"M{px(self.geometry.left)} {px(y)}l{px(ARROW)}-3.5v7z"
        if effect.upper > self.scale.high:
            heads += f"M{px(self.geometry.left + self.geometry.span)} {px(y)}l{px(-ARROW)}-3.5v7z"
        return heads

    def _diamond(self, effect: Interval, y: float) -> str:
        """The pooled estimate; its corners are the interval."""
        left, middle, right = self._x(effect.lower), self._x(effect.estimate), self._x(effect.upper)
        top, bottom = px(y - DIAMOND_HALF), px(y + DIAMOND_HALF)
        return f"M{px(left)} {px(y)}L{px(middle)} {top} {px(right)} {px(y)} {px(middle)} {bottom}z"

    def _bar(self, prediction: Range, y: float) -> str:
        """A prediction interval: a thin bar."""
        left, right = self._x(prediction.lower), self._x(prediction.upper)
        return f"M{px(left)} {px(y - BAR_HALF)}H{px(right)}v{px(2 * BAR_HALF)}H{px(left)}z"


def _anchor(anchor: Anchor, explicit: bool = False) -> str:
    return f' text-anchor="{anchor}"' if explicit or anchor != "start" else ""


def _text(cell: Cell, *, y: float | None = None, looks: str = "") -> str:
    """A piece of text, escaped."""
    height = "" if y is None else f' y="{px(y)}"'
    return f'<text x="{px(cell.x)}"{height}{_anchor(cell.anchor)}{looks}>{safe(cell.text)}</text>'
