"""The static drawings: whole, well-formed, safe."""

import re
from xml.etree import ElementTree

import pytest

from meta.plots import forest
from tests.meta.plots import samples

PLOTS = [samples.chen_2022, samples.later, samples.stays]
DRAWINGS = [forest.svg, forest.svg_narrow]


@pytest.mark.parametrize("draw", DRAWINGS)
@pytest.mark.parametrize("make", PLOTS)
def test_a_drawing_is_well_formed_and_carries_no_style_or_script(make, draw):
    drawing = draw(make())
    ElementTree.fromstring(drawing)
    assert "style=" not in drawing
    assert "<style" not in drawing
    assert "<script" not in drawing
    assert len(drawing) <= 12_000


def test_the_published_result_of_2022_is_printed():
    words = list(ElementTree.fromstring(forest.svg(samples.chen_2022())).itertext())
    assert {"Total (95% CI)", "158", "135", "100.0%", "0.18", "[0.06, 0.52]", "Not estimable"} <= set(words)


def test_an_interval_that_leaves_the_axis_ends_in_an_arrow():
    drawing = forest.svg(samples.chen_2022())
    assert drawing.count("l7-3.5v7z") == 1
    both = samples.mantel_haenszel((("Shu 2020", 1, 12, 1, 12), ("Zhu 2021", 0, 900, 900, 901)))
    assert "l-7-3.5v7z" in forest.svg(
        samples.mantel_haenszel((("Shu 2020", 1, 12, 1, 12), ("Zhu 2021", 900, 901, 0, 900)))
    )
    assert "l7-3.5v7z" in forest.svg(both)


def test_squares_have_the_size_of_their_weight():
    squares = re.findall(r'width="([\d.]+)" height="\1"/>', forest.svg(samples.chen_2022()))
    assert squares == ["9.2", "7", "4.1", "3.7"]


def test_marks_since_the_last_release_are_a_leaf_and_a_word():
    drawing = forest.svg(samples.later())
    assert drawing.count('class="forest__mark"') == 2
    assert {"new", "corrected"} <= set(ElementTree.fromstring(drawing).itertext())


def test_the_picture_has_a_name_and_a_description():
    root = ElementTree.fromstring(forest.svg(samples.stays()))
    assert root.get("role") == "img"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "Length of stay in hospital, days"
    assert root.findtext("{http://www.w3.org/2000/svg}desc") == "Four studies, 160 people."


def test_a_file_for_reading_outside_a_page_has_its_own_ground_and_title():
    drawing = forest.svg(samples.chen_2022(), paper=True)
    assert '<rect fill="#ffffff" width="100%" height="100%"/>' in drawing
    assert drawing.count("Death within 28 days") == 2


def test_a_subgroup_has_its_name_its_subtotal_and_its_lines():
    words = list(ElementTree.fromstring(forest.svg(samples.stays())).itertext())
    order = ["Severe disease", "Alpha 2020", "Subtotal (95% CI)", "Test for overall effect: Z = 3.82 (P = 0.00013)"]
    order += ["Critical disease", "Total (95% CI)", "Prediction interval"]
    assert [words.index(word) for word in order] == sorted(words.index(word) for word in order)


def test_on_a_phone_the_counts_stand_beside_the_name_where_there_is_room():
    words = list(ElementTree.fromstring(forest.svg_narrow(samples.chen_2022())).itertext())
    assert {"10/20 v 17/20 · 45.1%", "0.18 [0.06, 0.52]", "Total events: 12 v 29", "158 v 135 · 100.0%"} <= set(words)
    words = list(ElementTree.fromstring(forest.svg_narrow(samples.stays())).itertext())
    assert "11.9 (4.2), 20 v 15.0 (6.1), 20 · 30.2%" in words


def test_a_plot_of_nothing_is_still_a_plot():
    empty = forest.ForestPlot(title="Death", effect_name="Odds Ratio", method="M-H", scale="log", data="generic")
    for draw in DRAWINGS:
        ElementTree.fromstring(draw(empty))


@pytest.mark.parametrize("label", ["Zarrabi 2023", "Zamanian 2024", "Fathi-Kazerooni 2022", "Li 2020"])
def test_a_marked_study_keeps_its_whole_name(label):
    row = forest.Row(
        label,
        effect=forest.Interval(0.38, 0.08, 1.68),
        weight=100.0,
        experimental=("3", "19"),
        control=("8", "24"),
        mark="new",
    )
    plot = forest.ForestPlot(
        title="Death", effect_name="Odds Ratio", method="M-H, Fixed, 95% CI", scale="log", rows=(row,)
    )
    assert f">{label}<" in forest.svg(plot)
