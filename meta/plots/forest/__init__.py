"""Forest plots: a model (`ForestPlot`), and its drawings: static SVG in two widths, a Plotly figure, a table."""

from meta.plots.forest.model import ForestPlot, Interval, Line, PlotError, Pooled, Range, Row, Subgroup
from meta.plots.forest.narrow import svg_narrow
from meta.plots.forest.wide import svg

__all__ = [
    "ForestPlot",
    "Interval",
    "Line",
    "PlotError",
    "Pooled",
    "Range",
    "Row",
    "Subgroup",
    "svg",
    "svg_narrow",
]
