"""The interactive drawing: the same plot as a Plotly figure, plain JSON, drawn by `static/js/scatter.js`."""

from html import escape
from typing import Any

from meta.plots.scatter.looks import FONT, GROUND, INK, OPACITY, SHADES, SMALL, SOFT, TOKENS
from meta.plots.scatter.model import Axis, Line, Point, Region, ScatterPlot, Shape, Stroke

Json = dict[str, Any]

DASHES: dict[Stroke, str] = {"solid": "solid", "dashed": "dash", "dotted": "dot", "mixed": "dashdot"}
HEIGHT = 420
SPECK_SIZE = 3
DIGITS = 5
"""Significant digits of a place: finer than any screen."""


def figure(plot: ScatterPlot) -> Json:
    """A Plotly figure (``{"data": …, "layout": …}``) of plain JSON values."""
    shapes = dict(plot.marks)
    data = [_region(region) for region in plot.regions]
    data += [_line(line) for line in plot.lines]
    for shape in ("speck", "hollow", "dot"):
        points = [point for point in plot.points if point.shape == shape]
        if points:
            data.append(_points(plot, points, shape, shapes.get(shape, "")))
    return {
        "data": data,
        "layout": {
            "meta": {"title": plot.title, "colours": TOKENS},
            "font": {"family": FONT, "size": SMALL, "color": INK},
            "height": HEIGHT,
            "margin": {"l": 60, "r": 12, "t": 12, "b": 56},
            "xaxis": _axis(plot.x),
            "yaxis": _axis(plot.y),
            "legend": {"orientation": "h", "yanchor": "top", "y": -0.2, "x": 0},
            "hovermode": "closest",
            "paper_bgcolor": GROUND,
            "plot_bgcolor": GROUND,
        },
    }


def _axis(axis: Axis) -> Json:
    return {
        "title": {"text": escape(axis.title, quote=False), "font": {"color": SOFT}},
        "range": [axis.high, axis.low] if axis.turned else [axis.low, axis.high],
        "tickvals": [tick.at for tick in axis.ticks],
        "ticktext": [tick.text for tick in axis.ticks],
        "ticks": "outside",
        "linecolor": INK,
        "showgrid": False,
        "zeroline": False,
    }


def _region(region: Region) -> Json:
    return _trace(region.label) | {
        "x": [_short(x) for x, _ in region.corners],
        "y": [_short(y) for _, y in region.corners],
        "mode": "lines",
        "fill": "toself",
        "fillcolor": SHADES[region.shade],
        "line": {"width": 0, "color": SHADES[region.shade]},
        "hoverinfo": "skip",
    }


def _line(line: Line) -> Json:
    return _trace(line.label) | {
        "x": [_short(x) for x, _ in line.places],
        "y": [_short(y) for _, y in line.places],
        "mode": "lines",
        "line": {"width": 1.5, "dash": DASHES[line.stroke], "color": INK},
        "hoverinfo": "skip",
    }


def _points(plot: ScatterPlot, points: list[Point], shape: Shape, name: str) -> Json:
    marker: Json = {"color": INK, "opacity": OPACITY[shape]}
    if shape == "speck":
        marker |= {"size": SPECK_SIZE}
        said: Json = {"hoverinfo": "skip"}
    else:
        marker |= {"size": [round(2 * point.radius, 1) for point in points]}
        said = {
            "text": [escape(point.label, quote=False) for point in points],
            "hovertemplate": "%{text}<extra></extra>",
        }
    if shape == "hollow":
        marker |= {"symbol": "circle-open"}
    return (
        _trace(name)
        | {
            "x": [_short(point.x) for point in points],
            "y": [_short(point.y) for point in points],
            "mode": "markers",
            "marker": marker,
        }
        | said
    )


def _trace(name: str) -> Json:
    return {"type": "scatter", "name": escape(name, quote=False), "showlegend": bool(name)}


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")
