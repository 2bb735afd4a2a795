"""The static drawings: whole, well-formed, safe."""

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
