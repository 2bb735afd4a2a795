"""Forest plots: a model (`ForestPlot`), and its drawings: static SVG in two widths, a Plotly figure, a table."""

from meta.plots.forest.interactive import figure, figures
from meta.plots.forest.model import ForestPlot, Interval, Line, PlotError, Pooled, Range, Row, Subgroup
from meta.plots.forest.static import svg, svg_narrow

__all__ = [
    "ForestPlot",
    "Interval",
    "Line",
    "PlotError",
    "Pooled",
    "Range",
    "Row",
    "Subgroup",
    "figure",
    "figures",
    "svg",
    "svg_narrow",
]
