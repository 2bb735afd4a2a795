"""The radial (Galbraith) plot: effects in units of their standard errors against precision."""

from meta.plots import numbers
from meta.plots.doubt.studies import Studies
from meta.plots.scatter import Line, Point, ScatterPlot, linear_axis
from meta.stats.diagnostics import Radial


def radial_plot(found: Radial, studies: Studies) -> ScatterPlot:
    """A line from the origin is an effect, the steeper the larger; the band holds what chance alone would scatter."""
    placed = [(point.label, point.x, point.y) for point in found.points if point.y is not None]
    outside = [label for label, x, y in placed if abs(y - found.slope * x) > found.half_width]
    level = numbers.level(found.level)
    end = 1.06 * max(x for _, x, _ in placed)
    edges = [offset + found.slope * x for x in (0.0, end) for offset in (-found.half_width, found.half_width)]
    return ScatterPlot(
        key="radial",
        title="Whether chance alone scatters the trials (radial plot)",
        x=linear_axis("Precision (one over the standard error)", [], low=0.0, high=end),
        y=linear_axis("Effect in standard errors", [*(y for _, _, y in placed), *edges]),
        sentence=_sentence(outside, len(placed), level),
        head=("Trial", "Precision", "Effect in standard errors", studies.effect_name, "Within the band"),
        rows=tuple(
            (
                label,
                numbers.decimal(x),
                numbers.decimal(y),
                studies.said(y / x),
                "no" if label in outside else "yes",
            )
            for label, x, y in placed
        ),
        points=tuple(Point(label, x, y, is_named=label in outside) for label, x, y in placed),
        lines=(
            Line(f"The pooled result, {studies.said(found.slope)}", ((0.0, 0.0), (end, found.slope * end))),
            Line(f"{level} of trials would lie between, were chance all", _edge(found, end, 1), "dashed"),
            Line("", _edge(found, end, -1), "dashed"),
        ),
        marks=(("dot", "A trial; to the right the precise ones"),),
        notes=found.notes,
    )


def _edge(found: Radial, end: float, side: int) -> tuple[tuple[float, float], tuple[float, float]]:
    return (0.0, side * found.half_width), (end, found.slope * end + side * found.half_width)


def _sentence(outside: list[str], k: int, level: str) -> str:
    if not outside:
        return f"All {k} trials lie within the band of {level} around the pooled result."
    verb = "lies" if len(outside) == 1 else "lie"
    return f"{len(outside)} of {k} trials {verb} outside the band of {level}: {', '.join(outside)}."
