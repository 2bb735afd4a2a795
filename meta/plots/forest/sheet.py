"""A sheet of SVG that fills from top to bottom: words, squares, lines and solid marks, each kept together."""

from html import escape

from meta.plots import numbers
from meta.plots.forest import lettering
from meta.plots.forest.axis import axis_for
from meta.plots.forest.marks import FONT, INK, LEAF, LEAF_SHAPE, MARK_WORDS, PAPER, SOFT, SQUARE, Field, px, text
from meta.plots.forest.model import ForestPlot, Mark
from meta.plots.forest.slots import Slot

CENTRE = 5.0
"""The middle of the letters lies this far above their baseline; marks are centred there."""

BESIDE_NULL = 12.0
TICK = 4.0
MARK_SIZE = 12.0
PAPER_MARGIN = 20.0


class Sheet:
    """What both layouts share: marks on the axis, the axis itself, footnotes, and the finished document."""

    def __init__(self, plot: ForestPlot, *, layout: str, width: float, left: float, span: float, small: float) -> None:
        self.plot, self.layout, self.width, self.small = plot, layout, width, small
        self.axis = axis_for(plot)
        self.field = Field(self.axis, left, span)
        self.words: list[str] = []
        self.squares: list[str] = []
        self.lines: list[str] = []
        self.solids: list[str] = []

    def say(
        self,
        x: float,
        words: str,
        y: float,
        *,
        anchor: str = "",
        size: float = 0,
        bold: bool = False,
        soft: bool = False,
    ) -> None:
        """One line of text."""
        extra = f' text-anchor="{anchor}"' if anchor else ""
        extra += f' font-size="{px(size)}"' if size else ""
        extra += ' font-weight="bold"' if bold else ""
        extra += f' class="forest__soft" fill="{SOFT}"' if soft else ""
        self.words.append(text(x, words, y=y, extra=extra))

    def leaf(self, x: float, y: float, mark: Mark) -> None:
        """A small leaf and a word, for what is new or corrected since the last release."""
        word = text(x + 13, MARK_WORDS[mark], y=y, extra=f' font-size="{px(MARK_SIZE)}"')
        self.words.append(f'<g class="forest__mark" fill="{LEAF}"><path d="M{px(x)} {px(y)}{LEAF_SHAPE}"/>{word}</g>')

    def mark(self, slot: Slot, y: float) -> None:
        """Square, diamond or bar of one line, centred on y."""
        if slot.range is not None:
            self.solids.append(self.field.bar(slot.range, y))
        if slot.effect is None:
            return
        if slot.row is None:
            self.solids.append(self.field.diamond(slot.effect, y))
        else:
            self.squares.append(self.field.square(slot.effect, slot.row.weight, y))
            self.lines.append(self.field.line(slot.effect, y))
        self.solids.append(self.field.arrows(slot.effect, y))

    def null_line(self, top: float, bottom: float) -> None:
        """A stretch of the line of no difference."""
        self.lines.append(f"M{px(self.field.x(self.plot.null))} {px(top)}V{px(bottom)}")

    def draw_axis(self, top: float, line: float) -> float:
        """Axis, ticks, null line up to `top`, and which side favours whom; the lowest baseline used."""
        field = self.field
        null = field.x(self.plot.null)
        ticks = "".join(f"M{px(field.x(tick))} {px(line - TICK)}v{px(2 * TICK)}" for tick in self.axis.ticks)
        self.lines.append(f"M{px(field.left)} {px(line)}h{px(field.span)}{ticks}")
        self.null_line(top, line)
        for tick in self.axis.ticks:
            self.say(field.x(tick), tick_label(tick), line + 18, anchor="middle", size=self.small)
        lowest = line + 18
        for words, edge, anchor, room in (
            (self.plot.favours_left, null - BESIDE_NULL, "end", min(null, field.span / 2 + BESIDE_NULL) - BESIDE_NULL),
            (self.plot.favours_right, null + BESIDE_NULL, "start", self.width - null - BESIDE_NULL),
        ):
            for number, piece in enumerate(lettering.wrap(words, room, self.small)):
                lowest = max(lowest, line + 37 + number * 16)
                self.say(edge, piece, line + 37 + number * 16, anchor=anchor, size=self.small)
        return lowest

    def footnotes(self, y: float) -> float:
        """Footnotes over the whole width; the baseline after the last."""
        for note in self.plot.footnotes:
            for piece in lettering.wrap(note, self.width, self.small):
                self.say(0, piece, y, size=self.small, soft=True)
                y += 17
        return y

    def finish(self, *, rule: float, height: float, size: float, paper: bool) -> str:
        """The document. On paper it has a ground, a margin and its title, and can be read outside a page."""
        plot = self.plot
        body = (
            f"{''.join(self.words)}"
            f'<g class="forest__square" data-kind="{plot.data}" fill="{SQUARE[plot.data]}">{"".join(self.squares)}</g>'
            f'<path fill="none" stroke="currentColor" d="M0 {px(rule)}H{px(self.width)}{"".join(self.lines)}"/>'
            f'<path class="forest__solid" d="{"".join(self.solids)}"/>'
        )
        width = self.width
        if paper:
            title = text(0, plot.title, y=14, extra=' font-size="16" font-weight="bold"')
            body = (
                f'<rect fill="{PAPER}" width="100%" height="100%"/><g transform="translate({px(PAPER_MARGIN)} '
                f'{px(PAPER_MARGIN)})">{title}<g transform="translate(0 {px(PAPER_MARGIN)})">{body}</g></g>'
            )
            width, height = width + 2 * PAPER_MARGIN, height + 2.5 * PAPER_MARGIN
        description = f"<desc>{escape(plot.summary)}</desc>" if plot.summary else ""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="forest" data-layout="{self.layout}" role="img" '
            f'viewBox="0 0 {px(width)} {px(height)}" width="{px(width)}" height="{px(height)}" '
            f'font-family="{FONT}" font-size="{px(size)}" color="{INK}" fill="currentColor">'
            f"<title>{escape(plot.title)}</title>{description}{body}</svg>"
        )


def tick_label(tick: float) -> str:
    """A tick as short as it can be: ``0.01``, ``−50``."""
    return f"{tick:g}".replace("-", numbers.MINUS)
