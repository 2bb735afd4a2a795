"""The interactive drawing: the same layouts as a Plotly figure, plain JSON, drawn by `static/js/forest.js`."""

from html import escape
from math import log10
from typing import Any

from meta.plots import numbers
from meta.plots.forest import narrow, wide
from meta.plots.forest.axis import axis_for
from meta.plots.forest.looks import BAR_HALF, DIAMOND_HALF, FONT, INK, LEAF, MARK_WORDS, PAPER, SOFT, SQUARE, side
from meta.plots.forest.model import Data, ForestPlot, Interval, Mark, Range, Row
from meta.plots.forest.narrow import arm_in_short
from meta.plots.forest.sheet import (
    BESIDE_NULL,
    CENTRE,
    MARK_INDENT,
    MARK_SIZE,
    Anchor,
    Cell,
    Geometry,
    Layout,
    tick_label,
)
from meta.plots.forest.slots import Slot

Json = dict[str, Any]

PAPER_MARGIN = 20.0
TITLE_SIZE = 16.0

TOOLBAR = 34.0
"""A strip above the headings for the buttons."""

LEAST_PLOT = 150.0
"""With less width than this for the axis, the narrow layout reads better."""

COLOURS: dict[str, str] = {INK: "--ink", SOFT: "--ink-soft", PAPER: "--sheet", LEAF: "--leaf"}
"""The page's token for each colour. The figure is complete in its own colours; `forest.js` takes those of the page."""

SQUARE_TOKENS: dict[Data, str] = {
    "dichotomous": "--forest-square",
    "continuous": "--forest-square-continuous",
    "generic": "--forest-square-generic",
}

ANNOTATION: Json = {"y": 1, "yref": "paper", "yanchor": "middle", "showarrow": False, "borderpad": 0, "borderwidth": 0}
"""What most texts share: they hang from the top of the plot area."""

ANCHORS: dict[Anchor, str] = {"start": "left", "middle": "center", "end": "right"}


def figure(plot: ForestPlot, *, width: Layout = "wide") -> Json:
    """A Plotly figure (``{"data": …, "layout": …}``) of plain JSON values.

    Args:
        width: ``"wide"`` is RevMan's layout; ``"narrow"`` is for a phone.
    """
    if width == "wide":
        columns = wide.columns_for(plot)
        geometry = wide.geometry_for(columns)
        sheet = FigureSheet(plot, geometry)
        height = wide.lay_out(plot, columns, geometry, sheet)
    else:
        geometry = narrow.geometry_for(plot)
        sheet = FigureSheet(plot, geometry)
        height = narrow.lay_out(plot, geometry, sheet)
    return sheet.document(height=height)


class FigureSheet:
    """Collects what a layout draws, with the plot area's vertical axis in pixels from the top of the layout.

    Whatever stands left or right of the plot area keeps its distance from it, so only the axis stretches with the page.
    """

    def __init__(self, plot: ForestPlot, geometry: Geometry) -> None:
        self.plot, self.geometry, self.scale = plot, geometry, axis_for(plot)
        self.top = self.bottom = 0.0
        self.rows: list[tuple[float, list[Cell], Json]] = []
        self.leaves: list[tuple[float, float, Mark]] = []
        self.directions: list[tuple[float, str, Anchor]] = []
        self.studies: list[tuple[Row, Interval, float]] = []
        self.diamonds: list[tuple[str, Interval, float]] = []
        self.bars: list[tuple[Range, float]] = []
        self.nulls: list[tuple[float, float]] = []

    def row(self, y: float, cells: list[Cell], *, bold: bool = False, small: bool = False, soft: bool = False) -> None:
        font: Json = {"size": self.geometry.small if small else self.geometry.size}
        font |= {"weight": "bold"} if bold else {}
        font |= {"color": SOFT} if soft else {}
        self.rows.append((y, cells, font))

    def leaf(self, x: float, y: float, mark: Mark) -> None:
        self.leaves.append((x, y, mark))

    def mark(self, slot: Slot, y: float) -> None:
        if slot.range is not None:
            self.bars.append((slot.range, y))
        if slot.effect is not None:
            if slot.row is not None:
                self.studies.append((slot.row, slot.effect, y))
            else:
                self.diamonds.append((slot.text, slot.effect, y))

    def null_line(self, top: float, bottom: float) -> None:
        self.nulls.append((top, bottom))

    def rule(self, y: float) -> None:
        self.top = y

    def axis(self, y: float) -> None:
        self.bottom = y

    def direction(self, y: float, words: str, anchor: Anchor) -> None:
        self.directions.append((y, words, anchor))

    def document(self, *, height: float) -> Json:
        """The figure, in its own colours, with what a page needs to repaint it and to choose between layouts."""
        geometry, plot = self.geometry, self.plot
        right = geometry.width - geometry.left - geometry.span
        return {
            "data": [
                *self._null_traces(),
                self._study_trace(),
                *self._pooled_traces(),
                *self._bar_traces(),
                self._cuts(),
            ],
            "layout": {
                "meta": {
                    "title": plot.title,
                    "colours": COLOURS | {SQUARE[plot.data]: SQUARE_TOKENS[plot.data]},
                    "paper": self._paper(height),
                    "zoomed_in": self._ticks(self._fine_ticks()),
                    "start": self._ticks(self.scale.ticks),
                    "least_width": round(geometry.left + LEAST_PLOT + right) if geometry.layout == "wide" else 0,
                },
                "font": {"family": FONT, "size": geometry.size, "color": INK},
                "paper_bgcolor": PAPER,
                "plot_bgcolor": PAPER,
                "height": round(height + TOOLBAR),
                "margin": self._margin(height),
                "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": SOFT, "activecolor": INK},
                "xaxis": self._x_axis(),
                "yaxis": {
                    "range": [round(self.bottom, 1), round(self.top, 1)],
                    "fixedrange": True,
                    "visible": False,
                },
                "annotations": [*self._text_annotations(), *self._direction_annotations()],
                "shapes": [*self._rule_shapes(), *map(self._leaf_shape, self.leaves)],
                "template": {"layout": {"annotationdefaults": ANNOTATION}},
                "showlegend": False,
                "hovermode": "closest",
                "hoverlabel": {
                    "bgcolor": PAPER,
                    "bordercolor": SOFT,
                    "font": {"color": INK, "size": 13},
                    "align": "left",
                },
                "dragmode": "zoom" if geometry.layout == "wide" else False,
            },
        }

    def _margin(self, height: float, extra: float = 0) -> Json:
        """Room for everything that stands outside the plot area."""
        geometry = self.geometry
        return {
            "l": round(geometry.left + extra, 1),
            "r": round(geometry.width - geometry.left - geometry.span + extra, 1),
            "t": round(self.top + TOOLBAR, 1),
            "b": round(height - self.bottom + extra / 2, 1),
            "pad": 0,
        }

    def _paper(self, height: float) -> Json:
        """What a downloaded picture has beyond the figure in the page: its size, a margin, and the title."""
        width = self.geometry.width + 2 * PAPER_MARGIN
        title: Json = {"text": _safe(self.plot.title), "font": {"size": TITLE_SIZE, "weight": "bold"}}
        title |= {"x": round(PAPER_MARGIN / width, 4), "xanchor": "left", "y": 1, "yanchor": "top", "pad": {"t": 14}}
        return {
            "width": round(width),
            "height": round(height + TOOLBAR + PAPER_MARGIN / 2),
            "layout": {"title": title, "margin": self._margin(height, PAPER_MARGIN)},
        }

    def _x_axis(self) -> Json:
        ends = [self.scale.low, self.scale.high]
        return {
            "type": self.plot.scale,
            "range": [log10(end) for end in ends] if self.plot.scale == "log" else ends,
            **self._ticks(self.scale.ticks),
            "tickfont": {"size": self.geometry.small},
            "ticks": "outside",
            "ticklen": 5,
            "tickcolor": INK,
            "showline": True,
            "linecolor": INK,
            "showgrid": False,
            "zeroline": False,
        }

    def _ticks(self, ticks: tuple[float, ...]) -> Json:
        if not ticks:
            return {"tickmode": "auto"}
        return {"tickmode": "array", "tickvals": list(ticks), "ticktext": [tick_label(tick) for tick in ticks]}

    def _fine_ticks(self) -> tuple[float, ...]:
        """For a zoomed logarithmic axis, 1, 2 and 5 of every power of ten; a linear one finds its own."""
        if self.plot.scale == "linear":
            return ()
        return tuple(float(f"{digit}e{power}") for power in range(-3, 4) for digit in (1, 2, 5))

    def _null_traces(self) -> list[Json]:
        x: list[float | None] = []
        y: list[float | None] = []
        for top, bottom in self.nulls:
            x += [self.plot.null, self.plot.null, None]
            y += [top, bottom, None]
        return [_quiet_line("No difference", x, y, width=1)]

    def _study_trace(self) -> Json:
        effects = [effect for _, effect, _ in self.studies]
        return {
            "type": "scatter",
            "mode": "markers",
            "name": "Studies",
            "x": [effect.estimate for effect in effects],
            "y": [y for _, _, y in self.studies],
            "error_x": {
                "type": "data",
                "symmetric": False,
                "array": [effect.upper - effect.estimate for effect in effects],
                "arrayminus": [effect.estimate - effect.lower for effect in effects],
                "color": INK,
                "thickness": 1,
                "width": 0,
            },
            "marker": {
                "symbol": "square",
                "size": [round(side(row.weight), 1) for row, _, _ in self.studies],
                "color": SQUARE[self.plot.data],
                "opacity": 1,
                "line": {"width": 0},
            },
            "hovertext": [self._study_words(row, effect) for row, effect, _ in self.studies],
            "hoverinfo": "text",
        }

    def _pooled_traces(self) -> list[Json]:
        traces: list[Json] = []
        for label, effect, y in self.diamonds:
            outline = _quiet_line(
                label,
                [effect.lower, effect.estimate, effect.upper, effect.estimate, effect.lower],
                [y, y - DIAMOND_HALF, y, y + DIAMOND_HALF, y],
                width=0,
            )
            traces.append(outline | {"fill": "toself", "fillcolor": INK})
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": label,
                    "x": [effect.estimate],
                    "y": [y],
                    "marker": {"size": 2 * DIAMOND_HALF, "color": INK, "opacity": 0},
                    "hovertext": [f"{_safe(label)}<br>{self._effect_words(effect)}"],
                    "hoverinfo": "text",
                }
            )
        return traces

    def _bar_traces(self) -> list[Json]:
        return [
            _quiet_line("Prediction interval", [spread.lower, spread.upper], [y, y], width=2 * BAR_HALF)
            | {
                "hovertext": [f"Prediction interval {numbers.bracketed(spread.lower, spread.upper)}"] * 2,
                "hoverinfo": "text",
            }
            for spread, y in self.bars
        ]

    def _cuts(self) -> Json:
        """Arrow heads where a line leaves the axis; `forest.js` hides them while the axis is zoomed."""
        spreads = [(effect, y) for _, effect, y in self.studies] + [(effect, y) for _, effect, y in self.diamonds]
        left = [y for effect, y in spreads if effect.lower < self.scale.low]
        right = [y for effect, y in spreads if effect.upper > self.scale.high]
        return {
            "type": "scatter",
            "mode": "markers",
            "name": "cut off",
            "meta": "cut",
            "x": [self.scale.low] * len(left) + [self.scale.high] * len(right),
            "y": left + right,
            "marker": {
                "symbol": ["triangle-left"] * len(left) + ["triangle-right"] * len(right),
                "size": 8,
                "color": INK,
                "opacity": 1,
            },
            "cliponaxis": False,
            "hoverinfo": "skip",
        }

    def _study_words(self, row: Row, effect: Interval) -> str:
        words = [row.label + (f" ({MARK_WORDS[row.mark]})" if row.mark else "")]
        words += [
            f"{name}: {arm_in_short(self.plot.data, cells)}"
            for name, cells in ((self.plot.experimental, row.experimental), (self.plot.control, row.control))
            if cells
        ]
        if row.weight is not None:
            words.append(f"Weight: {numbers.weight(row.weight)}")
        return "<br>".join([*map(_safe, words), self._effect_words(effect)])

    def _effect_words(self, effect: Interval) -> str:
        return f"{_safe(self.plot.effect_name)}: {effect}"

    def _text_annotations(self) -> list[Json]:
        texts = [
            self._annotation(cell.x, y - CENTRE, cell.text, ANCHORS[cell.anchor], font)
            for y, cells, font in self.rows
            for cell in cells
        ]
        leaf_font = {"size": MARK_SIZE, "color": LEAF}
        words = [
            self._annotation(x + MARK_INDENT, y - CENTRE, MARK_WORDS[mark], "left", leaf_font)
            for x, y, mark in self.leaves
        ]
        return texts + words

    def _annotation(self, x: float, y: float, text: str, anchor: str, font: Json) -> Json:
        return self._beside_plot(x, anchor) | {
            "yshift": round(self.top - y, 1),
            "text": _safe(text),
            "xanchor": anchor,
            "font": font,
        }

    def _direction_annotations(self) -> list[Json]:
        """Bound to the line of no difference, so that they follow it when the axis is zoomed."""
        null = log10(self.plot.null) if self.plot.scale == "log" else self.plot.null
        return [
            {
                "x": null,
                "xref": "x",
                "xshift": BESIDE_NULL if anchor == "start" else -BESIDE_NULL,
                "y": 0,
                "yshift": round(self.bottom - (y - CENTRE), 1),
                "text": _safe(words),
                "xanchor": ANCHORS[anchor],
                "font": {"size": self.geometry.small},
            }
            for y, words, anchor in self.directions
        ]

    def _beside_plot(self, x: float, anchor: str) -> Json:
        """A horizontal place: a distance from an edge of the plot area, or for what is centred over it a fraction."""
        left, span = self.geometry.left, self.geometry.span
        if anchor == "center" and x > left:
            return {"x": round((x - left) / span, 4), "xref": "paper"}
        if x > left + span:
            return {"x": 1, "xref": "paper", "xshift": round(x - left - span, 1)}
        return {"x": 0, "xref": "paper", "xshift": round(x - left, 1)}

    def _rule_shapes(self) -> list[Json]:
        left = self.geometry.left
        right = self.geometry.width - left - self.geometry.span
        line = {"color": INK, "width": 1}
        inside: Json = {
            "type": "line",
            "xref": "paper",
            "yref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": 1,
            "y1": 1,
            "line": line,
        }
        beside = {"xsizemode": "pixel"}
        return [
            inside,
            inside | beside | {"xanchor": 0, "x0": round(-left, 1), "x1": 0},
            inside | beside | {"xanchor": 1, "x0": 0, "x1": round(right, 1)},
        ]

    def _leaf_shape(self, place: tuple[float, float, Mark]) -> Json:
        x, y = place[0] - self.geometry.left, self.top - place[1]
        path = (
            f"M{x:.1f},{y:.1f}Q{x - 1:.1f},{y + 9:.1f} {x + 10:.1f},{y + 10:.1f}Q{x + 10:.1f},{y:.1f} {x:.1f},{y:.1f}Z"
        )
        return {
            "type": "path",
            "path": path,
            "xref": "paper",
            "yref": "paper",
            "xsizemode": "pixel",
            "ysizemode": "pixel",
            "xanchor": 0,
            "yanchor": 1,
            "fillcolor": LEAF,
            "line": {"width": 0},
        }


def _quiet_line(
    name: str, x: list[float | None] | list[float], y: list[float | None] | list[float], *, width: float
) -> Json:
    return {
        "type": "scatter",
        "mode": "lines",
        "name": _safe(name),
        "x": x,
        "y": y,
        "line": {"color": INK, "width": width},
        "hoverinfo": "skip",
    }


def _safe(words: str) -> str:
    """Plotly reads a little HTML in texts; ours are words."""
    return escape(words, quote=False)
