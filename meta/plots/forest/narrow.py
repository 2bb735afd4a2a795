"""The forest plot for a phone: each study on two lines, its name and numbers above, its interval and estimate below."""

from meta.plots import numbers
from meta.plots.forest import lettering
from meta.plots.forest.model import NOT_ESTIMABLE, Data, ForestPlot, Line
from meta.plots.forest.sheet import CENTRE, Cell, Geometry, Sheet, draw_axis, draw_footnotes
from meta.plots.forest.slots import Slot, slots

WIDTH = 328.0
"""What a page of 360 px leaves between its margins, so that one unit is at least one pixel there."""

SIZE = 13.0
SMALL = 12.0
LINE = 18.0
BETWEEN = 8.0
MARK_ROOM = 70.0
EDGE = 14.0
"""Half the width of the first tick's label."""

NULL_HALF = 9.0
"""The line of no difference is drawn in stretches beside the marks, so that it never runs through words."""

LEAST_SPAN = 90.0

UNITS: dict[Data, str] = {"dichotomous": "events/total", "continuous": "mean (SD), total", "generic": ""}


def arm_in_short(data: Data, cells: tuple[str, ...]) -> str:
    """One arm's cells in a few letters: ``10/20``, or ``11.9 (4.2), 20``; a total alone stands alone."""
    filled = [cell for cell in cells if cell]
    if len(filled) < len(cells) or not filled:
        return " ".join(filled)
    if data == "continuous":
        mean, deviation, total = cells
        return f"{mean} ({deviation}), {total}"
    return "/".join(cells)


def counts(plot: ForestPlot, experimental: tuple[str, ...], control: tuple[str, ...]) -> str:
    """Both arms in short: ``10/20 v 17/20``; nothing where there is nothing to count."""
    arms = [arm_in_short(plot.data, cells) for cells in (experimental, control)]
    return " v ".join(arms) if any(arms) else ""


def details(plot: ForestPlot, slot: Slot) -> str:
    """The numbers beside a name: counts of both arms and weight."""
    numbered = slot.row or slot.pooled
    if numbered is None:
        return ""
    parts = [counts(plot, numbered.experimental, numbered.control)]
    if numbered.weight is not None:
        parts.append(numbers.weight(numbered.weight))
    return " · ".join(part for part in parts if part)


def result(slot: Slot) -> str:
    """The text at the end of an interval."""
    if slot.effect is not None:
        return str(slot.effect)
    if slot.range is not None:
        return numbers.bracketed(slot.range.lower, slot.range.upper)
    return NOT_ESTIMABLE


def sentence(plot: ForestPlot, line: Line) -> str:
    """A line of statistics with its cells run in: ``Total events: 12 v 29``."""
    return f"{line.text} {counts(plot, line.experimental, line.control)}".strip()


def geometry_for(plot: ForestPlot) -> Geometry:
    """The axis gets the width that the widest result leaves."""
    lines = [slot for slot in slots(plot) if slot.text and slot.line is None]
    widest = max((lettering.width(result(slot), SIZE, bold=slot.is_bold) for slot in lines), default=0.0)
    span = max(WIDTH - widest - EDGE - 2 * BETWEEN, LEAST_SPAN)
    return Geometry("narrow", width=WIDTH, left=EDGE, span=span, size=SIZE, small=SMALL)


def lay_out(plot: ForestPlot, geometry: Geometry, sheet: Sheet) -> float:
    """Draw the plot on the sheet; its height."""
    y = _headings(plot, sheet)
    sheet.rule(y)
    y += LINE + 4
    apart = any(_crowded(plot, slot) for slot in slots(plot))
    for slot in slots(plot):
        y = _slot(plot, sheet, slot, y, details_apart=apart)
    lowest = draw_axis(sheet, plot, geometry, top=y - CENTRE - NULL_HALF, y=y - CENTRE)
    y = lowest + LINE + BETWEEN
    for line in plot.lines:
        y = _text(sheet, sentence(plot, line), y)
    return draw_footnotes(sheet, plot, geometry, y) - 10


def _crowded(plot: ForestPlot, slot: Slot) -> bool:
    """Whether a name and its numbers would not fit on one line."""
    beside = details(plot, slot)
    name = lettering.width(slot.text, SIZE, bold=slot.is_bold) + (MARK_ROOM if slot.row and slot.row.mark else 0)
    return bool(beside) and name + lettering.width(beside, SMALL) > WIDTH - BETWEEN


def _headings(plot: ForestPlot, sheet: Sheet) -> float:
    """Who is compared, in what measure; the height of the rule under it."""
    y = LINE
    if plot.columns:
        for piece in lettering.wrap(f"{plot.experimental} v {plot.control}", WIDTH, SIZE, bold=True):
            sheet.row(y, [Cell(0, piece, "start")], bold=True)
            y += LINE
        sheet.row(y, [Cell(0, f"{UNITS[plot.data]} · weight", "start")], small=True, soft=True)
        y += LINE
    for piece in lettering.wrap(f"{plot.effect_name}, {plot.method}", WIDTH, SIZE, bold=True):
        sheet.row(y, [Cell(0, piece, "start")], bold=True)
        y += LINE
    return y - LINE + 10


def _slot(plot: ForestPlot, sheet: Sheet, slot: Slot, y: float, *, details_apart: bool) -> float:
    """One study or total; the baseline of the next."""
    if slot.kind == "gap":
        return y + BETWEEN
    if slot.line is not None:
        return _text(sheet, sentence(plot, slot.line), y)
    mark = slot.row.mark if slot.row is not None else None
    label = lettering.shorten(slot.text, WIDTH - (MARK_ROOM if mark else 0), SIZE, bold=slot.is_bold)
    sheet.row(y, [Cell(0, label, "start")], bold=slot.is_bold)
    if mark is not None:
        sheet.leaf(lettering.width(label, SIZE) + 4, y, mark)
    if slot.kind == "heading":
        return y + LINE + BETWEEN / 2
    beside = details(plot, slot)
    if beside and details_apart:
        y += LINE - 2
        sheet.row(y, [Cell(0, beside, "start")], small=True, soft=True)
    elif beside:
        sheet.row(y, [Cell(WIDTH, beside)], small=True, soft=True)
    y += LINE
    sheet.null_line(y - CENTRE - NULL_HALF, y - CENTRE + NULL_HALF)
    sheet.mark(slot, y - CENTRE)
    sheet.row(y, [Cell(WIDTH, result(slot))], bold=slot.is_bold)
    return y + LINE + BETWEEN


def _text(sheet: Sheet, words: str, y: float) -> float:
    for piece in lettering.wrap(words, WIDTH, SMALL):
        sheet.row(y, [Cell(0, piece, "start")], small=True)
        y += LINE - 1
    return y
