"""The GOSH plot: the pooled result of every subset of the trials against how much its trials differ."""

import numpy as np

from meta.plots import numbers
from meta.plots.doubt.studies import Studies
from meta.plots.scatter import Point, ScatterPlot, effect_axis, linear_axis
from meta.stats.diagnostics import Gosh

GRID = (140, 100)
"""Places across and up that are told apart: finer than a phone's drawing shows, so that a figure stays light."""

MIDDLE = 0.95
"""Share of the subsets between whose results a sentence says the range."""


def gosh_plot(found: Gosh, studies: Studies) -> ScatterPlot:
    """Subsets of two trials and more (one trial alone has no heterogeneity); the full set is the hollow point."""
    several = found.size > 1
    estimate, i2 = found.estimate[several], found.i2[several]
    x = effect_axis(f"Pooled {studies.effect_name} of a subset", estimate.tolist(), studies.measure)
    columns = np.rint((estimate - x.low) / (x.high - x.low) * GRID[0])
    cells = np.unique(np.column_stack((columns, np.rint(i2 / 100 * GRID[1]))), axis=0)
    cloud = [
        Point("", x.low + column / GRID[0] * (x.high - x.low), 100 * row / GRID[1], shape="speck")
        for column, row in cells.tolist()
    ]
    whole = Point("All trials", float(found.estimate[-1]), float(found.i2[-1]), 6.0, "hollow", is_named=True)
    rows, moves = _rows(found, studies)
    tail = 50 * (1 - MIDDLE)
    low, high = (studies.said(float(limit)) for limit in np.percentile(estimate, [tail, 100 - tail]))
    every = "All" if found.complete else "A sample of"
    return ScatterPlot(
        key="gosh",
        title="The result of every choice of trials (GOSH plot)",
        x=x,
        y=linear_axis("I² of the subset, per cent", [], low=-4.0, high=104.0),
        sentence=(
            f"{every} {len(estimate):,} subsets of two trials and more: in {numbers.level(MIDDLE)} of them the pooled "
            f"{studies.effect_name} lies between {low} and {high}. {moves} moves it most."
        ),
        head=("Trial", "Median result with it", "Median result without it", "Median I² with it", "Without it"),
        rows=rows,
        points=(*cloud, whole),
        marks=(("speck", "A subset of the trials; several heaps speak of several effects"), ("hollow", "All trials")),
        notes=found.notes,
    )


def _rows(found: Gosh, studies: Studies) -> tuple[tuple[tuple[str, ...], ...], str]:
    """What each trial does to the subsets that it is in, and which one does most."""
    rows, several = [], found.size > 1
    most, moves = -1.0, ""
    for place, label in enumerate(found.labels):
        inside = found.holds(place)
        groups = (several & inside, several & ~inside)
        with_it, without = (float(np.median(found.estimate[group])) for group in groups)
        spread = (numbers.whole_percent(float(np.median(found.i2[group]))) for group in groups)
        rows.append((label, studies.said(with_it), studies.said(without), *spread))
        if abs(with_it - without) > most:
            most, moves = abs(with_it - without), label
    return tuple(rows), moves
