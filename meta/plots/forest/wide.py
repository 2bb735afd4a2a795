"""The forest plot as RevMan sets it: columns on the left, the plot on the right, statistics under the total."""

from dataclasses import dataclass
from math import ceil

from meta.plots import numbers
from meta.plots.forest import lettering
from meta.plots.forest.model import NOT_ESTIMABLE, ForestPlot, Interval, Line, Pooled, Range, Row
from meta.plots.forest.sheet import CENTRE, Cell, Geometry, Sheet, draw_axis, draw_footnotes
from meta.plots.forest.slots import Slot, slots

SIZE = 14.0
SMALL = 13.0
PITCH = 20.0
FIRST_HEADER = 21.0
SPAN = 230.0
"""RevMan draws 210; a little more keeps the labels of seven ticks apart."""

GUTTER = 14.0
BETWEEN_ARMS = 8.0
BEFORE_BRACKET = 7.0
MARGIN = 20.0
LABEL_LEAST, LABEL_MOST = 140.0, 300.0
ARM_MOST = 150.0
MARK_ROOM = 82.0


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm's columns: where they begin, and the right edge of each."""

    left: float
    edges: tuple[float, ...]

    @property
    def right(self) -> float:
        return self.edges[-1] if self.edges else self.left

    @property
    def room(self) -> float:
        """Width for the arm's name."""
        return self.right - self.left - GUTTER

    @property
    def middle(self) -> float:
        return (self.left + GUTTER + self.right) / 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the columns stand, in pixels from the left; numbers end at these edges."""

    label: float
    experimental: Arm
    control: Arm
    weight: float
    estimate: float
    interval: float
    effect_middle: float
    plot: float

    @property
    def width(self) -> float:
        """Of the whole figure. Columns of judgements about bias would stand to the right of the plot."""
        return self.plot + SPAN + GUTTER


def columns_for(plot: ForestPlot) -> Columns:
    """Columns as wide as what stands in them."""
    lines = slots(plot)
    label = min(max((_label_width(slot) for slot in lines), default=LABEL_LEAST), LABEL_MOST)
    label = max(label, LABEL_LEAST)
    experimental = _arm(plot, "experimental", label)
    control = _arm(plot, "control", experimental.right + (BETWEEN_ARMS if plot.columns else 0))
    weight = control.right + lettering.width("100.0%", SIZE, bold=True) + GUTTER
    effects = [slot.effect for slot in lines if slot.effect is not None]
    spreads: list[Interval | Range] = [*effects, *(slot.range for slot in lines if slot.range is not None)]
    estimates = _widest([numbers.decimal(effect.estimate) for effect in effects])
    intervals = _widest([numbers.bracketed(spread.lower, spread.upper) for spread in spreads])
    figures = max(estimates + BEFORE_BRACKET + intervals, _widest([NOT_ESTIMABLE]))
    block = max(_widest([*_effect_lines(plot)]), figures)
    middle = weight + GUTTER + MARGIN / 2 + block / 2
    interval = middle + figures / 2
    return Columns(
        label=label,
        experimental=experimental,
        control=control,
        weight=weight,
        estimate=interval - intervals - BEFORE_BRACKET,
        interval=interval,
        effect_middle=middle,
        plot=middle + block / 2 + MARGIN,
    )


def _effect_lines(plot: ForestPlot) -> tuple[str, ...]:
    """The heading that stands over the estimates and again over the plot; the last line is the method."""
    name = lettering.wrap(plot.effect_name, SPAN - GUTTER, SIZE, bold=True)
    return (*name, lettering.shorten(plot.method, SPAN - GUTTER, SIZE, bold=True))


def _label_width(slot: Slot) -> float:
    if slot.kind in ("heading", "line", "gap"):
        return 0.0
    marked = slot.row is not None and slot.row.mark is not None
    # Whole pixels: what is added here and taken off again when the label is drawn must not cost it its last letters.
    return ceil(lettering.width(slot.text, SIZE, bold=slot.is_bold)) + (MARK_ROOM if marked else 0.0)


def _widest(texts: list[str]) -> float:
    return max((lettering.width(words, SIZE, bold=True) for words in texts), default=0.0)


def _arm(plot: ForestPlot, name: str, left: float) -> Arm:
    """One arm's columns, spread out if the arm has a long name."""
    items = [item for item in (*(slot.item for slot in slots(plot)), *plot.lines) if item is not None]
    rows: list[tuple[str, ...]] = [plot.columns, *(getattr(item, name) for item in items)]
    widths = [_widest([row[n] for row in rows if len(row) > n]) + GUTTER for n in range(len(plot.columns))]
    wanted = min(lettering.width(getattr(plot, name), SIZE, bold=True) + GUTTER, ARM_MOST)
    slack = max(wanted - sum(widths), 0.0) / max(len(widths), 1)
    edges = [left]
    for width in widths:
        edges.append(edges[-1] + width + slack)
    return Arm(left, tuple(edges[1:]))


def lay_out(plot: ForestPlot, columns: Columns, geometry: Geometry, sheet: Sheet) -> float:
    """Draw the plot on the sheet; its height."""
    rule = _headings(plot, columns, sheet)
    y = rule + PITCH + CENTRE
    for slot in slots(plot):
        y = _slot(columns, sheet, slot, y)
    lowest = draw_axis(sheet, plot, geometry, top=rule, y=y - CENTRE + 2)
    foot = max(_statistics(plot, columns, sheet, y), lowest + PITCH)
    return draw_footnotes(sheet, plot, geometry, foot) - 8


def geometry_for(columns: Columns) -> Geometry:
    """The frame around the columns."""
    return Geometry("wide", width=columns.width, left=columns.plot, span=SPAN, size=SIZE, small=SMALL)


def _headings(plot: ForestPlot, columns: Columns, sheet: Sheet) -> float:
    """Two or more lines of headings; the height of the rule under them."""
    arms = ((columns.experimental, plot.experimental), (columns.control, plot.control)) if plot.columns else ()
    names = [(arm, lettering.wrap(name, arm.room + 6, SIZE, bold=True)) for arm, name in arms]
    *effect, method = _effect_lines(plot)
    depth = max([len(effect), *(len(lines) for _, lines in names)])
    middles = (columns.effect_middle, columns.plot + SPAN / 2)
    for line in range(depth):
        above = depth - line
        cells = [Cell(arm.middle, lines[-above], "middle") for arm, lines in names if len(lines) >= above]
        if len(effect) >= above:
            cells += [Cell(middle, effect[-above], "middle") for middle in middles]
        sheet.row(FIRST_HEADER + PITCH * line, cells, bold=True)
    second = FIRST_HEADER + PITCH * depth
    cells = [Cell(0, "Study or Subgroup", "start")]
    for arm, _ in names:
        cells += [Cell(edge, name) for edge, name in zip(arm.edges, plot.columns, strict=True)]
    cells += [Cell(columns.weight, "Weight")]
    cells += [Cell(middle, method, "middle") for middle in middles]
    sheet.row(second, cells, bold=True)
    sheet.rule(second + 15)
    return second + 15


def _slot(columns: Columns, sheet: Sheet, slot: Slot, y: float) -> float:
    """One line of the plot; the baseline of the next."""
    if slot.line is not None:
        return _line(columns, sheet, slot.line, y)
    if slot.text:
        mark = slot.row.mark if slot.row is not None else None
        room = columns.plot - MARGIN if slot.kind == "heading" else columns.label - (MARK_ROOM if mark else 0)
        label = lettering.shorten(slot.text, room, SIZE, bold=slot.is_bold)
        sheet.row(y, [Cell(0, label, "start"), *_numbers(columns, slot)], bold=slot.is_bold)
        if mark is not None:
            sheet.leaf(lettering.width(label, SIZE) + 4, y, mark)
        sheet.mark(slot, y - CENTRE)
    return y + PITCH


def _numbers(columns: Columns, slot: Slot) -> list[Cell]:
    cells: list[Cell] = []
    numbered = slot.row or slot.pooled
    if numbered is not None:
        cells += _arms(columns, numbered)
        if numbered.weight is not None:
            cells.append(Cell(columns.weight, numbers.weight(numbered.weight)))
        if numbered.effect is None:
            cells.append(Cell(columns.interval, NOT_ESTIMABLE))
    if slot.effect is not None:
        cells.append(Cell(columns.estimate, numbers.decimal(slot.effect.estimate)))
    spread = slot.effect or slot.range
    if spread is not None:
        cells.append(Cell(columns.interval, numbers.bracketed(spread.lower, spread.upper)))
    return cells


def _arms(columns: Columns, item: Row | Pooled | Line) -> list[Cell]:
    pairs = (*zip(columns.experimental.edges, item.experimental, strict=False),)
    pairs += (*zip(columns.control.edges, item.control, strict=False),)
    return [Cell(edge, words) for edge, words in pairs if words]


def _line(columns: Columns, sheet: Sheet, line: Line, y: float) -> float:
    cells = _arms(columns, line)
    for piece in lettering.wrap(line.text, columns.plot - MARGIN, SIZE):
        sheet.row(y, [Cell(0, piece, "start"), *cells])
        cells = []
        y += PITCH
    return y


def _statistics(plot: ForestPlot, columns: Columns, sheet: Sheet, y: float) -> float:
    """The lines under the total; the baseline after the last."""
    for line in plot.lines:
        y = _line(columns, sheet, line, y)
    return y
