"""The axis is the narrowest of the customary ones that holds everything."""

import pytest

from meta.plots.forest import ForestPlot, Interval, Row
from meta.plots.forest.axis import axis_for


def plot(scale, *intervals):
    rows = tuple(Row(f"Study {number}", Interval(*values)) for number, values in enumerate(intervals))
    return ForestPlot(title="Death", effect_name="Effect", method="IV", scale=scale, rows=rows)


@pytest.mark.parametrize(
    ("interval", "ends"),
    [
        ((1.0, 0.6, 1.8), (0.5, 2)),
        ((0.5, 0.2, 1.1), (0.2, 5)),
        ((0.5, 0.11, 2.0), (0.1, 10)),
        ((1.0, 0.06, 12.0), (0.05, 20)),
        ((1.0, 0.03, 40.0), (0.02, 50)),
        ((1.0, 0.02, 60.0), (0.01, 100)),
        ((1.0, 0.0001, 6000.0), (0.01, 100)),
        ((300.0, 20.0, 6000.0), (0.001, 1000)),
    ],
)
def test_ratios(interval, ends):
    axis = axis_for(plot("log", interval))
    assert (axis.low, axis.high) == ends
    assert axis.position(1.0) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("intervals", "half"),
    [
        ([(-3.84, -6.19, -1.5)], 10),
        ([(0.1, -0.2, 0.35)], 0.4),
        ([(-30.0, -52.0, -8.0)], 60),
        ([(2.0, 1.0, 4.0), (1.0, -900.0, 902.0)], 10),
        ([(0.0, -3.0, 3.0)], 4),
        ([(0.0, 0.0, 0.0)], 1),
        ([], 1),
        ([(0.0, 0.0, 1e-300)], 1e-6),
        ([(1e300, 1e300, 1e300)], 1e9),
    ],
)
def test_differences(intervals, half):
    axis = axis_for(plot("linear", *intervals))
    assert axis.ticks == pytest.approx((-half, -half / 2, 0, half / 2, half))


def test_only_what_lies_between_the_ends_is_shown():
    axis = axis_for(plot("log", (1.0, 0.6, 1.8)))
    assert axis.shows(0.5)
    assert axis.shows(2)
    assert not axis.shows(2.01)
