"""The sequential plot: how the evidence grew, against boundaries for looking repeatedly. Secondary by design."""

from collections.abc import Sequence

from meta.plots import numbers
from meta.plots.scatter import Line, Point, ScatterPlot, linear_axis
from meta.plots.scatter.model import Place, Stroke
from meta.stats.sequential import Monitoring

NOTHING = "–"

TALLEST = 8.0
"""The boundaries of the first looks lie so high that they would flatten everything else; beyond this they are cut off."""


def sequential_plot(found: Monitoring, *, ahead: Sequence[Place], labels: tuple[str, ...], assumed: str) -> ScatterPlot:
    """The path of z with its boundaries.

    Args:
        ahead: boundaries at looks that may still come, as information fraction and z; the last at full information.
        labels: what came in at each look.
        assumed: the sentence on which effect the required information is for.
    """
    path = tuple((look.participants, look.z) for look in found.looks)
    past = [(time, bound) for time, bound, _ in found.planned if bound is not None and time < 1]
    upper = [(time * found.required, bound) for time, bound in (*past, *ahead)]
    futile = [(time * found.required, bound) for time, _, bound in found.planned if bound is not None]
    top = max(TALLEST, *(abs(z) for _, z in path))
    heights = [z for _, z in path] + [side * min(bound, top) for _, bound in (*upper, *futile) for side in (1, -1)]
    y = linear_axis("Z of all trials so far", [*heights, 0.0])
    lines = [Line("The evidence so far", path)]
    lines += _both("Boundary for repeated looks (ahead: every tenth)", upper, "dashed")
    lines += _both("Within these, the effect looked for is unlikely", futile, "dotted")
    lines.append(
        Line(
            f"Required: {numbers.decimal(found.required, 0)} people",
            ((found.required, y.low), (found.required, y.high)),
            "mixed",
        )
    )
    return ScatterPlot(
        key="sequential",
        title="Secondary: whether repeated looks were allowed for (sequential plot)",
        x=linear_axis("People", [*(people for people, _ in path), found.required], low=0.0),
        y=y,
        sentence=f"{found.sentence} {assumed}",
        head=("After", "People", "Information", "Z", "Boundary"),
        rows=tuple(
            (
                label,
                numbers.decimal(look.participants, 0),
                numbers.whole_percent(100 * look.fraction),
                numbers.decimal(look.z),
                NOTHING if look.boundary is None else numbers.decimal(look.boundary),
            )
            for label, look in zip(labels, found.looks, strict=True)
        ),
        points=tuple(Point(label, *place) for label, place in zip(labels, path, strict=True)),
        lines=tuple(lines),
        marks=(("dot", "The pooled result after one more trial"),),
        notes=(found.note,),
    )


def _both(label: str, bounds: list[Place], stroke: Stroke) -> list[Line]:
    """A bound and its mirror."""
    if len(bounds) < 2:  # a line needs two places
        return []
    mirrored = tuple((x, -y) for x, y in bounds)
    return [Line(label, tuple(bounds), stroke), Line("", mirrored, stroke)]
