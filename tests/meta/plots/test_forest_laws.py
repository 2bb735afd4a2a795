"""What holds for every forest plot, whatever its numbers and names."""

import itertools
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from xml.etree import ElementTree

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from meta.plots import forest
from meta.plots.forest import ForestPlot, lettering, narrow, wide
from meta.plots.forest.axis import axis_for
from meta.plots.forest.sheet import Anchor, Cell, Geometry
from meta.plots.forest.slots import slots
from tests.meta.plots.strategies import logs, plots, reals

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS = [forest.svg, forest.svg_narrow, lambda plot: forest.svg(plot, paper=True)]
law = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.mark.parametrize("draw", DRAWINGS)
@law
@given(plot=plots())
def test_a_drawing_is_xml_without_a_word_of_markup_or_a_number_that_is_none(draw, plot):
    drawing = draw(plot)
    root = ElementTree.fromstring(drawing)
    assert {element.tag for element in root.iter()} <= {
        f"{SVG}{tag}" for tag in ("svg", "title", "desc", "g", "text", "path", "rect")
    }
    geometry = " ".join(
        value
        for element in root.iter()
        for name, value in element.attrib.items()
        if name in {"x", "y", "d", "width", "height", "transform", "viewBox"}
    )
    assert not re.search(r"nan|inf|e[+-]?\d", geometry)
    assert not re.search(r"""\s(?:style|on\w+)=""", re.sub(r">[^<]*<", "><", drawing))


@law
@given(plot=plots())
def test_every_study_on_the_axis_has_a_square_and_every_result_a_mark(plot):
    axis = axis_for(plot)
    for draw in DRAWINGS[:2]:
        root = ElementTree.fromstring(draw(plot))
        squares = [g for g in root.iter(f"{SVG}g") if g.get("class") == "forest__square"]
        shown = [row for row in plot.studies if row.effect is not None and axis.shows(row.effect.estimate)]
        assert len(squares[0]) == len(shown)
        solids = next(path.get("d", "") for path in root.iter(f"{SVG}path") if path.get("class") == "forest__solid")
        diamonds = [pooled for pooled in plot.pooled if pooled.effect is not None]
        assert len(re.findall(r"L", solids)) == len(diamonds)


@law
@given(plot=plots())
def test_a_plot_survives_json(plot):
    assert ForestPlot.from_dict(json.loads(json.dumps(plot.to_dict(), allow_nan=False))) == plot


@law
@given(plot=plots())
def test_a_figure_is_plain_json_with_every_study_and_no_markup_but_line_breaks(plot):
    for width in ("wide", "narrow"):
        figure = forest.figure(plot, width=width)
        assert json.loads(json.dumps(figure, allow_nan=False)) == figure
        studies = next(trace for trace in figure["data"] if trace["name"] == "Studies")
        assert len(studies["x"]) == len(studies["y"]) == len([row for row in plot.studies if row.effect is not None])
        texts = [annotation["text"] for annotation in figure["layout"]["annotations"]]
        texts += [text for trace in figure["data"] for text in trace.get("hovertext", [])]
        assert all("<" not in text.replace("<br>", "") for text in texts)


@law
@given(plot=plots())
def test_a_table_has_a_row_for_every_line_and_a_cell_for_every_heading(plot):
    table = forest.table(plot)
    assert len(table.rows) == len([slot for slot in slots(plot) if slot.kind != "gap"])
    assert all(len(row.cells) in (0, table.width - 1) for row in table.rows)
    assert len([row for row in table.rows if row.kind == "study"]) == len(plot.studies)


@law
@given(plot=plots(), data=st.data())
def test_larger_numbers_stand_further_right(plot, data):
    numbers = logs if plot.scale == "log" else reals
    one, other = sorted((data.draw(numbers), data.draw(numbers)))
    axis = axis_for(plot)
    for geometry in (wide.geometry_for(wide.columns_for(plot)), narrow.geometry_for(plot)):
        assert geometry.left <= geometry.x(axis, one) <= geometry.x(axis, other) <= geometry.left + geometry.span + 1e-9


@dataclass
class Ruler:
    """A sheet that only remembers how far each text reaches."""

    geometry: Geometry
    null: float
    reaches: dict[float, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def row(self, y: float, cells: list[Cell], *, bold: bool = False, small: bool = False, soft: bool = False) -> None:
        for cell in cells:
            wide = lettering.width(cell.text, self.geometry.small if small else self.geometry.size, bold=bold)
            start = cell.x - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[cell.anchor]
            self.reaches[round(y, 3)].append((start, start + wide))

    def direction(self, y: float, words: str, anchor: Anchor) -> None:
        self.row(y, [Cell(self.null + (12 if anchor == "start" else -12), words, anchor)], small=True)

    def leaf(self, x: float, y: float, mark: str) -> None:
        self.reaches[round(y, 3)].append((x, x + 13 + lettering.width(mark, 12)))

    def ignore(self, *anything: object) -> None:
        """Not a text."""

    mark = null_line = rule = axis = ignore


def ruler(plot: ForestPlot, layout: str) -> Ruler:
    columns = wide.columns_for(plot)
    geometry = wide.geometry_for(columns) if layout == "wide" else narrow.geometry_for(plot)
    measured = Ruler(geometry, geometry.x(axis_for(plot), plot.null))
    if layout == "wide":
        wide.lay_out(plot, columns, geometry, measured)
    else:
        narrow.lay_out(plot, geometry, measured)
    return measured


@pytest.mark.parametrize("layout", ["wide", "narrow"])
@law
@given(plot=plots())
def test_no_text_runs_into_another_or_off_the_sheet(layout, plot):
    measured = ruler(plot, layout)
    for reaches in measured.reaches.values():
        ordered = sorted(reaches)
        assert ordered[0][0] >= -0.5
        assert ordered[-1][1] <= measured.geometry.width + 0.5
        assert all(end <= start + 0.5 for (_, end), (start, _) in itertools.pairwise(ordered))
