"""Plots of points: round ticks, a drawing that stands alone and is legible, the same in Plotly, and nothing unescaped."""

import json
import re
from math import exp, inf, isfinite, log, nan
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.plots import scatter
from meta.plots.scatter import Axis, Line, Point, Region, ScatterPlot, Tick, effect_axis, linear_axis
from meta.plots.scatter.axis import MOST_RATIOS, WANTED
from meta.plots.scatter.looks import SMALL, WIDTH
from meta.plots.scatter.model import PlotError
from meta.stats import measure

NUMBERS = st.floats(-1e9, 1e9, allow_nan=False).map(lambda x: 0.0 if abs(x) < 1e-9 else x)
RATIOS = st.floats(-12, 12)


def plot(**said):
    return ScatterPlot(
        **(
            {
                "key": "sample",
                "title": "A sample",
                "x": linear_axis("Across", [0, 10]),
                "y": linear_axis("Up", [0, 10]),
                "sentence": "Two trials.",
                "head": ("Trial", "Across"),
                "rows": (("Dilogo 2021", "1.00"),),
            }
            | said
        )
    )


def drawn(figure):
    return ElementTree.fromstring(scatter.svg(figure))


def named(root, tag):
    return root.iter(f"{{http://www.w3.org/2000/svg}}{tag}")


def texts(root):
    return [one.text for one in named(root, "text")]


# --- Axes ------------------------------------------------------------------------------------------------------------


@given(st.lists(NUMBERS, max_size=8))
def test_a_plain_axis_holds_every_value_and_has_a_few_rising_ticks(values):
    axis = linear_axis("x", values)
    assert all(axis.low <= value <= axis.high for value in values)
    at = [tick.at for tick in axis.ticks]
    assert at == sorted(set(at))
    assert 1 <= len(at) <= WANTED + 2


@given(st.lists(RATIOS, min_size=1, max_size=8))
def test_the_ticks_of_ratios_lie_on_the_axis_and_say_the_ratio(values):
    axis = effect_axis("OR", values, measure("OR"))
    assert all(axis.low <= value <= axis.high for value in values)
    assert len(axis.ticks) <= MOST_RATIOS + 2
    assert axis.ticks
    for tick in axis.ticks:
        assert axis.low - 1e-9 <= tick.at <= axis.high + 1e-9
        assert float(tick.text.replace("\N{MINUS SIGN}", "-")) == pytest.approx(exp(tick.at), rel=1e-5)


@pytest.mark.parametrize(
    ("lowest", "highest", "ticks"),
    [
        (0.5, 2.0, ["0.5", "0.7", "1", "1.5", "2"]),
        (0.1, 10.0, ["0.1", "0.3", "1", "3", "10"]),
        (1e-9, 1e9, ["1e-08", "0.0001", "1", "10000", "1e+08"]),
        (1.01, 1.06, ["1.02", "1.04", "1.06"]),
    ],
)
def test_ratios_have_the_ticks_that_people_expect(lowest, highest, ticks):
    axis = effect_axis("OR", [log(lowest), log(highest)], measure("OR"))
    assert [tick.text.replace("\N{MINUS SIGN}", "-") for tick in axis.ticks] == ticks


def test_a_difference_has_plain_ticks_with_a_true_minus():
    axis = effect_axis("MD", [-2.0, 2.0], measure("MD"))
    assert [tick.text for tick in axis.ticks] == ["−2", "−1", "0", "1", "2"]


def test_shares_read_as_percentages():
    assert [tick.text for tick in linear_axis("Risk", [], low=0.0, high=0.5, percent=True).ticks] == [
        *("0%", "10%", "20%", "30%", "40%", "50%")
    ]


def test_a_turned_axis_has_its_lowest_number_on_top():
    axis = linear_axis("Standard error", [], low=0.0, high=2.0, turned=True)
    assert (axis.position(0.0), axis.position(2.0)) == (1.0, 0.0)


def test_one_value_alone_still_has_room_around_it():
    axis = linear_axis("x", [5.0])
    assert axis.low < 5.0 < axis.high
    assert linear_axis("x", [0.0], low=0.0).low == 0.0
    assert linear_axis("x", [7.0], high=7.0).high > 7.0


@pytest.mark.parametrize(("low", "high"), [(1.0, 1.0), (2.0, 1.0), (nan, 1.0), (0.0, inf)])
def test_an_axis_that_reaches_nowhere_is_refused(low, high):
    with pytest.raises(PlotError):
        Axis("x", low, high, ())


# --- The model -------------------------------------------------------------------------------------------------------


def test_a_row_with_a_cell_too_few_is_refused():
    with pytest.raises(PlotError, match="cells"):
        plot(rows=(("Dilogo 2021",),))


@pytest.mark.parametrize(
    "wrong",
    [
        {"points": (Point("A", nan, 0),)},
        {"lines": (Line("l", ((0, inf),)),)},
        {"regions": (Region("r", ((0, nan),), 1),)},
    ],
)
def test_a_place_that_is_no_number_is_refused(wrong):
    with pytest.raises(PlotError, match="not a number"):
        plot(**wrong)


# --- The static drawing ----------------------------------------------------------------------------------------------


def test_the_drawing_says_in_words_what_it_shows_and_names_every_trial():
    root = drawn(plot(points=(Point("Dilogo 2021", 1, 2), Point("Lanzoni 2021", 3, 4))))
    titles = [one.text for one in named(root, "title")]
    assert titles == ["A sample", "Dilogo 2021", "Lanzoni 2021"]
    assert next(named(root, "desc")).text == "Two trials."
    assert root.get("role") == "img"


def test_letters_are_legible_on_a_phone():
    markup = scatter.svg(plot(marks=(("dot", "A trial"), ("speck", "A subset"))))
    assert WIDTH <= 360 - 16
    assert min(map(float, re.findall(r'font-size="([\d.]+)"', markup))) >= SMALL >= 12


def test_the_drawing_uses_no_colour_but_greys_and_ink():
    regions = tuple(Region(f"r{shade}", ((0, 0), (1, 0), (1, 1)), shade) for shade in (0, 1, 2, 3))
    for colour in re.findall(r"#([0-9a-f]{6})", scatter.svg(plot(regions=regions))):
        channels = [int(colour[at : at + 2], 16) for at in (0, 2, 4)]
        assert max(channels) - min(channels) <= 12


def test_whatever_a_trial_is_called_cannot_leave_its_place():
    evil = "<script>alert('&')</script>\x00"
    figure = plot(points=(Point(evil, 5, 5, is_named=True),), lines=(Line(evil, ((0, 0), (1, 1))),), title=evil)
    assert not list(named(drawn(figure), "script"))
    assert "<script" not in json.dumps(scatter.figure(plot(points=(Point(evil, 5, 5),))))


def test_a_name_stands_right_of_its_point_left_where_there_is_no_room_and_nowhere_over_another():
    x, y = linear_axis("x", [], low=0, high=10), linear_axis("y", [], low=0, high=10)
    right, left = Point("Right 2020", 1, 5, is_named=True), Point("Left 2020", 9.8, 8, is_named=True)
    covered = Point("Covered 2020", 1.2, 5, is_named=True)
    root = drawn(plot(x=x, y=y, points=(right, left, covered, Point("Silent", 5, 1))))
    anchors = {one.text: one.get("text-anchor") for one in named(root, "text")}
    assert anchors["Left 2020"] == "end"
    assert "Silent" not in anchors
    assert ("Right 2020" in anchors) + ("Covered 2020" in anchors) < 2


def test_a_name_at_the_edge_of_the_plot_is_left_away_rather_than_cut():
    x, y = linear_axis("x", [], low=0, high=10), linear_axis("y", [], low=0, high=10)
    root = drawn(plot(x=x, y=y, points=(Point("On the top", 5, 10, is_named=True),)))
    assert "On the top" not in texts(root)


def test_thousands_of_specks_are_one_light_path():
    cloud = tuple(Point("", at % 100 / 10, at // 100 / 10, shape="speck") for at in range(10_000))
    markup = scatter.svg(plot(points=cloud))
    assert markup.count("<circle") == 0
    assert len(markup) < 250_000


def test_the_legend_names_marks_lines_and_areas_that_have_words():
    figure = plot(
        marks=(("dot", "A trial"), ("hollow", "One that may be missing"), ("speck", "A subset of trials")),
        lines=(Line("The pooled result", ((0, 0), (1, 1)), "dashed"), Line("", ((0, 1), (1, 0)))),
        regions=(Region("P below 0.01", ((0, 0), (1, 0), (1, 1)), 3), Region("", ((0, 0), (1, 0), (1, 1)), 1)),
    )
    said = texts(drawn(figure))
    for words in ("A trial", "One that may be missing", "A subset of trials", "The pooled result", "P below 0.01"):
        assert words in said
    assert "" not in said


def test_ticks_whose_words_would_touch_are_drawn_without_words():
    ticks = tuple(Tick(at / 100, f"number {at}") for at in range(100))
    said = texts(drawn(plot(x=Axis("x", 0, 1, ticks))))
    assert 1 < sum(one.startswith("number") for one in said) < 10


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=6))
def test_any_points_are_drawn_as_well_formed_xml_with_finite_places(places):
    figure = plot(points=tuple(Point("A", x, y, is_named=True) for x, y in places))
    root = drawn(figure)
    assert all(isfinite(float(one.get("cx"))) for one in named(root, "circle"))


# --- The interactive figure ------------------------------------------------------------------------------------------


def test_the_figure_holds_what_the_drawing_shows_as_plain_json():
    figure = scatter.figure(
        plot(
            points=(
                Point("Dilogo 2021", 1, 2, radius=6),
                Point("Missing", 2, 3, shape="hollow"),
                Point("", 4, 4, shape="speck"),
            ),
            lines=(Line("The pooled result", ((0, 0), (1, 1)), "dotted"),),
            regions=(Region("", ((0, 0), (1, 0), (1, 1)), 2),),
            marks=(("dot", "A trial"),),
            y=linear_axis("Up", [0, 10], turned=True),
        )
    )
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    area, line, specks, hollow, dots = figure["data"]
    assert (area["fill"], area["showlegend"]) == ("toself", False)
    assert line["line"]["dash"] == "dot"
    assert "text" not in specks
    assert hollow["marker"]["symbol"] == "circle-open"
    assert (dots["name"], dots["text"], dots["marker"]["size"]) == ("A trial", ["Dilogo 2021"], [12])
    bottom, top = figure["layout"]["yaxis"]["range"]
    assert bottom > top
