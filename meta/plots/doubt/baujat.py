"""The Baujat plot: what each study adds to the differences between studies, and how far it moves the result."""

from meta.plots import numbers
from meta.plots.doubt.studies import foremost
from meta.plots.scatter import Point, ScatterPlot, linear_axis
from meta.stats.diagnostics import Baujat

NOT_WITHOUT = "cannot be pooled without it"


def baujat_plot(found: Baujat) -> ScatterPlot:
    """A study that cannot be left out has no place in the drawing; the table says so."""
    placed = [(point.label, point.x, point.y) for point in found.points if point.y is not None]
    widest = max((x for _, x, _ in placed), default=0.0) or 1.0
    highest = max((y for _, _, y in placed), default=0.0) or 1.0
    named = foremost([x / widest + y / highest for _, x, y in placed])
    return ScatterPlot(
        key="baujat",
        title="Which trials differ, and which matter (Baujat plot)",
        x=linear_axis("Adds to the differences between trials", [x for _, x, _ in placed], low=0.0),
        y=linear_axis("Moves the result", [y for _, _, y in placed], low=0.0),
        sentence=_sentence(placed),
        head=("Trial", "Adds to the differences", "Moves the result"),
        rows=tuple(
            (
                point.label,
                numbers.decimal(point.x),
                NOT_WITHOUT if point.y is None else numbers.decimal(point.y),
            )
            for point in found.points
        ),
        points=tuple(Point(label, x, y, is_named=place in named) for place, (label, x, y) in enumerate(placed)),
        marks=(("dot", "A trial; to the upper right those that differ most and matter most"),),
        notes=found.notes,
    )


def _sentence(placed: list[tuple[str, float, float]]) -> str:
    if not placed:
        return "No trial can be left out, so none can be compared with the others."
    differs, moves = max(placed, key=lambda one: one[1])[0], max(placed, key=lambda one: one[2])[0]
    if differs == moves:
        return f"{differs} adds most to the differences between trials and moves the result most."
    return f"{differs} adds most to the differences between trials; {moves} moves the result most."
