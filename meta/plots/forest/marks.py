"""The marks of a forest plot as SVG: squares, lines, diamonds, leaves.

Colours are attributes, so that a file stands alone; `static/css/forest.css` repaints them in a page by class.
"""

from html import escape

from meta.plots.forest.axis import Axis
from meta.plots.forest.model import Data, Interval, Mark, Range

FONT = "Helvetica, Arial, Liberation Sans, Arimo, sans-serif"
"""One set of metrics under four names: columns are measured on the server, so a wider face would make them collide."""

INK = "#1c2321"
SOFT = "#55605c"
PAPER = "#ffffff"
LEAF = "#1f6f54"

SQUARE: dict[Data, str] = {"dichotomous": "#0000cc", "continuous": "#008000", "generic": "#cc0000"}
"""RevMan's colours, the green darkened: its #00cc00 does not stand out from white paper."""

DIAMOND_HALF = 9.0
ARROW = 7.0

LEAF_SHAPE = "q-1-9 10-10q0 10-10 10z"
MARK_WORDS: dict[Mark, str] = {"new": "new", "corrected": "corrected"}


def px(value: float) -> str:
    """A coordinate, to a tenth of a pixel."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def text(x: float, content: str, *, y: float | None = None, extra: str = "") -> str:
    """A piece of text, escaped."""
    height = "" if y is None else f' y="{px(y)}"'
    return f'<text x="{px(x)}"{height}{extra}>{escape(content)}</text>'


def side(weight: float | None) -> float:
    """RevMan's square: 2 + 0.16 px for each per cent of weight."""
    return 2 + 0.16 * (weight or 0.0)


class Field:
    """The part of a drawing with the axis: turns numbers into marks. Pixels run from `left` over `span`."""

    def __init__(self, axis: Axis, left: float, span: float) -> None:
        self.axis, self.left, self.span = axis, left, span

    def x(self, value: float) -> float:
        """Where a value stands, held inside the axis."""
        return self.left + self.span * min(max(self.axis.position(value), 0.0), 1.0)

    def square(self, effect: Interval, weight: float | None, y: float) -> str:
        """The estimate, its area by weight; nothing where it lies off the axis."""
        if not self.axis.shows(effect.estimate):
            return ""
        size = side(weight)
        corner = f'x="{px(self.x(effect.estimate) - size / 2)}" y="{px(y - size / 2)}"'
        return f'<rect {corner} width="{px(size)}" height="{px(size)}"/>'

    def line(self, effect: Interval, y: float) -> str:
        """The interval as part of a path, without its arrow heads."""
        start, end = self.x(effect.lower), self.x(effect.upper)
        return f"M{px(start)} {px(y)}H{px(end)}"

    def arrows(self, effect: Interval, y: float) -> str:
        """Arrow heads, as part of a path, where the interval is cut off."""
        heads = ""
        if effect.lower < self.axis.low:
            heads += f"M{px(self.left)} {px(y)}l{px(ARROW)}-3.5v7z"
        if effect.upper > self.axis.high:
            heads += f"M{px(self.left + self.span)} {px(y)}l{px(-ARROW)}-3.5v7z"
        return heads

    def diamond(self, effect: Interval, y: float) -> str:
        """The pooled estimate as part of a path; its corners are the interval."""
        left, middle, right = self.x(effect.lower), self.x(effect.estimate), self.x(effect.upper)
        top, bottom = px(y - DIAMOND_HALF), px(y + DIAMOND_HALF)
        return f"M{px(left)} {px(y)}L{px(middle)} {top} {px(right)} {px(y)} {px(middle)} {bottom}z"

    def bar(self, prediction: Range, y: float) -> str:
        """A prediction interval as part of a path: a thin bar."""
        left, right = self.x(prediction.lower), self.x(prediction.upper)
        return f"M{px(left)} {px(y - 1.5)}H{px(right)}v3H{px(left)}z"
