"""A forest plot that could not be drawn is refused when it is made."""

import pytest

from meta.plots.forest import ForestPlot, Interval, PlotError, Pooled, Range, Row, Subgroup
from tests.meta.plots import samples

ROW = Row("Shu 2020", Interval(0.3, 0.1, 0.9))


def plot(**changes):
    return ForestPlot(**{"title": "Death", "effect_name": "Odds Ratio", "method": "M-H", "scale": "log", **changes})


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: Interval(1.0, 2.0, 3.0), "outside its own interval"),
        (lambda: Interval(float("nan"), 0.0, 1.0), "finite"),
        (lambda: Interval(1.0, 0.0, float("inf")), "finite"),
        (lambda: Range(2.0, 1.0), "in order"),
        (lambda: Range(0.0, float("inf")), "finite"),
        (lambda: Row("Shu 2020"), "Shu 2020: give either an effect or the reason"),
        (lambda: Row("Shu 2020", Interval(1, 1, 1), not_estimable="no events"), "either"),
        (lambda: Row("Shu 2020", Interval(1, 1, 1), weight=-1.0), "share of the whole"),
        (lambda: Pooled("Total", weight=float("nan")), "share of the whole"),
        (lambda: plot(rows=(ROW,), subgroups=(Subgroup("Severe", (ROW,)),)), "not both"),
        (lambda: plot(rows=(Row("Shu 2020", Interval(0.3, 0.0, 0.9)),)), "Only positive numbers"),
        (lambda: plot(totals=(Pooled("Total", prediction=Range(-1.0, 2.0)),)), "Only positive numbers"),
    ],
)
def test_what_cannot_be_drawn_is_refused(make, sentence):
    with pytest.raises(PlotError, match=sentence):
        make()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {**samples.chen_2022().to_dict(), "colour": "red"},
        {**samples.chen_2022().to_dict(), "rows": [{"name": "Shu"}]},
    ],
)
def test_another_document_is_no_forest_plot(document):
    with pytest.raises(PlotError, match="not a forest plot"):
        ForestPlot.from_dict(document)


def test_a_document_without_what_was_added_later_is_still_read():
    document = samples.stays().to_dict()
    assert ForestPlot.from_dict(document) == samples.stays()
    for later in ("footnotes", "summary", "lines"):
        del document[later]
    assert ForestPlot.from_dict(document).footnotes == ()


def test_studies_and_totals_are_counted_with_and_without_subgroups():
    assert [row.label for row in samples.stays().studies] == [
        "Alpha 2020",
        "Beta 2021",
        "Gamma & Söhne 2022",
        "Delta 2022",
    ]
    assert len(samples.stays().pooled) == 3
    assert len(samples.chen_2022().studies) == 6
