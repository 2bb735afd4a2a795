"""Plots that look harder at a result, one a file: from what `meta.stats` worked out to a `ScatterPlot`."""

from meta.plots.doubt.baujat import baujat_plot
from meta.plots.doubt.bubble import bubble_plot
from meta.plots.doubt.funnel import funnel_plot
from meta.plots.doubt.gosh import gosh_plot
from meta.plots.doubt.labbe import labbe_plot
from meta.plots.doubt.radial import radial_plot
from meta.plots.doubt.sequential import sequential_plot
from meta.plots.doubt.studies import Studies

__all__ = [
    "Studies",
    "baujat_plot",
    "bubble_plot",
    "funnel_plot",
    "gosh_plot",
    "labbe_plot",
    "radial_plot",
    "sequential_plot",
]
