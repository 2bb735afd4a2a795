"""The lines of a forest plot from top to bottom, the same for every drawing and for the table."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from meta.plots.forest.model import ForestPlot, Interval, Line, Pooled, Range, Row

Kind = Literal["heading", "study", "subtotal", "total", "prediction", "line", "gap"]

PREDICTION = "Prediction interval"


@dataclass(frozen=True, slots=True)
class Slot:
    """One line: its kind and the one thing that stands on it (nothing in a gap)."""

    kind: Kind
    text: str = ""
    row: Row | None = None
    pooled: Pooled | None = None
    range: Range | None = None
    line: Line | None = None

    @property
    def item(self) -> Row | Pooled | Line | None:
        """What has cells under the arm columns."""
        return self.row or self.pooled or self.line

    @property
    def effect(self) -> Interval | None:
        """What has a place on the axis."""
        numbered = self.row or self.pooled
        return numbered.effect if numbered is not None else None

    @property
    def is_bold(self) -> bool:
        return self.kind in ("heading", "subtotal", "total")


def slots(plot: ForestPlot) -> tuple[Slot, ...]:
    """Studies, subgroups and totals. The closing lines of statistics are `plot.lines`: they stand beside the axis."""
    return tuple(_slots(plot))


def _slots(plot: ForestPlot) -> Iterator[Slot]:
    for subgroup in plot.subgroups:
        yield Slot("heading", subgroup.name)
        for row in subgroup.rows:
            yield Slot("study", row.label, row=row)
        if subgroup.subtotal is not None:
            yield from _with_prediction("subtotal", subgroup.subtotal)
        for line in subgroup.lines:
            yield Slot("line", line.text, line=line)
        yield Slot("gap")
    for row in plot.rows:
        yield Slot("study", row.label, row=row)
    if plot.rows and plot.totals:
        yield Slot("gap")
    for total in plot.totals:
        yield from _with_prediction("total", total)


def _with_prediction(kind: Literal["subtotal", "total"], pooled: Pooled) -> Iterator[Slot]:
    yield Slot(kind, pooled.label, pooled=pooled)
    if pooled.prediction is not None:
        yield Slot("prediction", PREDICTION, range=pooled.prediction)
