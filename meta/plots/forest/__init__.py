"""Forest plots: a model (`ForestPlot`), and its drawings: static SVG in two widths, a Plotly figure, a table."""

from meta.plots.forest.build import from_pairwise
from meta.plots.forest.interactive import figure
from meta.plots.forest.model import ForestPlot, Interval, Line, PlotError, Pooled, Range, Row, Subgroup
from meta.plots.forest.static import svg, svg_narrow
from meta.plots.forest.tabular import Heading, Table, TableRow, table

__all__ = [
    "ForestPlot",
    "Heading",
    "Interval",
    "Line",
    "PlotError",
    "Pooled",
    "Range",
    "Row",
    "Subgroup",
    "Table",
    "TableRow",
    "figure",
    "from_pairwise",
    "svg",
    "svg_narrow",
    "table",
]
