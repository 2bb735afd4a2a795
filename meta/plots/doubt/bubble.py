"""The bubble plot: effects against a number that trials differ in, with the line of a meta-regression."""

from collections.abc import Sequence

from meta.plots import numbers
from meta.plots.doubt.studies import Studies, foremost, radii
from meta.plots.scatter import Line, Point, Region, ScatterPlot, effect_axis, linear_axis
from meta.plots.scatter.axis import tick_text
from meta.stats.regression import Regression

STEPS = 24
"""Pieces of the band around the line, whose edges are curved."""


def bubble_plot(found: Regression, studies: Studies, *, name: str, values: Sequence[float]) -> ScatterPlot:
    """One moderator, one line; bubbles are as large as the weight in the regression.

    Args:
        name: the moderator, as readers call it; also its name in the regression.
        values: one a study.
    """
    spread = 0.0 if found.tau2 is None else found.tau2.value
    sizes = radii([1.0 / (variance + spread) for variance in studies.variance])
    named = foremost(sizes)
    x = linear_axis(name, values)
    steps = [x.low + (x.high - x.low) * step / STEPS for step in range(STEPS + 1)]
    band = list(zip(steps, found.predict([[step] for step in steps]), strict=True))
    line = tuple((step, mean) for step, (mean, _, _, _) in band)
    lower = [(step, interval.lower) for step, (_, _, interval, _) in band]
    upper = [(step, interval.upper) for step, (_, _, interval, _) in band]
    return ScatterPlot(
        key="bubble",
        title=f"Whether the effect changes with {name[:1].lower()}{name[1:]} (bubble plot)",
        x=x,
        y=effect_axis(studies.effect_name, [*studies.estimate, *(effect for _, effect in line)], studies.measure),
        sentence=_sentence(found, studies, name),
        head=("Trial", name, studies.effect_name, "Standard error"),
        rows=tuple(
            (label, tick_text(value), studies.said(effect), numbers.decimal(error, 3))
            for label, value, effect, error in zip(
                studies.labels, values, studies.estimate, studies.standard_error, strict=True
            )
        ),
        points=tuple(
            Point(label, value, effect, radius, is_named=place in named)
            for place, (label, value, effect, radius) in enumerate(
                zip(studies.labels, values, studies.estimate, sizes, strict=True)
            )
        ),
        lines=(
            Line("The effect that the regression expects", line),
            Line("No difference", ((x.low, studies.null), (x.high, studies.null)), "dotted"),
        ),
        regions=(Region(f"Its {numbers.level(found.level)} interval", (*lower, *reversed(upper)), 1),),
        marks=(("dot", "A trial, as large as its weight"),),
        notes=found.notes,
    )


def _sentence(found: Regression, studies: Studies, name: str) -> str:
    slope = found.coefficients[-1]
    per = studies.said_between(slope.estimate, slope.lower, slope.upper)
    change = "multiplies the ratio by" if studies.measure.is_ratio else "adds"
    explained = "" if found.r2 is None else f" It explains {numbers.whole_percent(found.r2)} of the differences."
    return f"{name}: each step of one {change} {per}, {numbers.p_value(slope.p_value)}.{explained}"
