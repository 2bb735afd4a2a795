"""Plots of points on two axes: a model (`ScatterPlot`), and its drawings: static SVG, a Plotly figure, a table."""

from meta.plots.scatter.axis import effect_axis, linear_axis
from meta.plots.scatter.interactive import figure
from meta.plots.scatter.model import Axis, Line, Point, Region, ScatterPlot, Tick
from meta.plots.scatter.static import svg

__all__ = ["Axis", "Line", "Point", "Region", "ScatterPlot", "Tick", "effect_axis", "figure", "linear_axis", "svg"]
