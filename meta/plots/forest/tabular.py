"""The same numbers as a table, for those who would rather read than look."""

from dataclasses import dataclass

from meta.plots import numbers
from meta.plots.forest.model import NOT_ESTIMABLE, ForestPlot, Line, Mark, Pooled, Row
from meta.plots.forest.narrow import sentence
from meta.plots.forest.slots import Kind, Slot, slots

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading over `columns` columns, reaching down over `rows` rows of headings."""

    text: str
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class TableRow:
    """One line. `cells` is empty where the label stands for the whole line (a subgroup's name, statistics)."""

    kind: Kind
    label: str
    cells: tuple[str, ...] = ()
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of `width` columns, its label column included."""

    caption: str
    head: tuple[tuple[Heading, ...], ...]
    rows: tuple[TableRow, ...]
    lines: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def width(self) -> int:
        return sum(heading.columns for heading in self.head[0])


def table(plot: ForestPlot) -> Table:
    """Headings and rows with everything that the drawings show."""
    return Table(
        caption=plot.title,
        head=_head(plot),
        rows=tuple(_row(plot, slot) for slot in slots(plot) if slot.kind != "gap"),
        lines=tuple(sentence(plot, line) for line in plot.lines),
        notes=plot.footnotes,
    )


def _head(plot: ForestPlot) -> tuple[tuple[Heading, ...], ...]:
    ends = (Heading("Weight"), Heading(f"{plot.effect_name}, {plot.method}"))
    if not plot.columns:
        return ((Heading("Study or Subgroup"), *ends),)
    deep = (Heading("Study or Subgroup", rows=2), *(Heading(end.text, rows=2) for end in ends))
    arms = tuple(Heading(name, columns=len(plot.columns)) for name in (plot.experimental, plot.control))
    return ((deep[0], *arms, *deep[1:]), tuple(Heading(name) for name in plot.columns * 2))


def _row(plot: ForestPlot, slot: Slot) -> TableRow:
    if slot.line is not None:
        return TableRow("line", sentence(plot, slot.line))
    if slot.kind == "heading":
        return TableRow("heading", slot.text)
    mark = slot.row.mark if slot.row is not None else None
    return TableRow(slot.kind, slot.text, (*_arms(plot, slot.item), _weight(slot), _effect(slot)), mark)


def _arms(plot: ForestPlot, item: Row | Pooled | Line | None) -> tuple[str, ...]:
    sides = (item.experimental, item.control) if item is not None else ((), ())
    empty = ("",) * len(plot.columns)
    return tuple(cell for side in sides for cell in (side or empty))


def _weight(slot: Slot) -> str:
    numbered = slot.row or slot.pooled
    if numbered is None:
        return ""
    return NOTHING if numbered.weight is None else numbers.weight(numbered.weight)


def _effect(slot: Slot) -> str:
    if slot.range is not None:
        return numbers.bracketed(slot.range.lower, slot.range.upper)
    if slot.effect is not None:
        return str(slot.effect)
    reason = slot.row.not_estimable if slot.row is not None else ""
    return f"{NOT_ESTIMABLE}: {reason}" if reason else NOT_ESTIMABLE
