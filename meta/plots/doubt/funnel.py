"""The funnel plot with contours: effects against standard errors, over the P value that each place stands for."""

from collections.abc import Sequence

from meta.plots import numbers
from meta.plots.doubt.studies import Studies
from meta.plots.scatter import Line, Point, Region, ScatterPlot, effect_axis, linear_axis
from meta.plots.scatter.model import Place, Shade, Shape
from meta.stats.distributions import critical_value
from meta.stats.results import NotEstimable
from meta.stats.small_study import AsymmetryTest, TrimAndFill

CONTOURS: tuple[tuple[float, Shade, str], ...] = (
    (0.99, 2, "P from 0.01 to 0.05"),
    (0.95, 1, "P from 0.05 to 0.10"),
    (0.90, 0, "P above 0.10"),
)
"""From the outer to the inner: each covers the middle of the one before. Source: Peters et al. 2008, J Clin Epidemiol 61:991."""

BEYOND = "P below 0.01"


def funnel_plot(
    studies: Studies,
    *,
    pooled: float,
    level: float,
    test: AsymmetryTest | NotEstimable,
    filled: TrimAndFill | NotEstimable,
) -> ScatterPlot:
    """Trials around the pooled effect, and those that trim and fill would add, hollow.

    Args:
        pooled: on the scale of analysis.
        level: of the cone in which trials of one effect would lie.
    """
    added = _added(filled)
    errors = [*studies.standard_error, *(error for _, error in added)]
    effects = [*studies.estimate, *(effect for effect, _ in added)]
    deepest, half = 1.05 * max(errors), critical_value(level)
    reach = critical_value(CONTOURS[1][0]) * max(errors)
    across = [*effects, studies.null - reach, studies.null + reach, pooled]
    x = effect_axis(studies.effect_name, across, studies.measure)
    outside = [
        abs(effect - pooled) > half * error
        for effect, error in zip(studies.estimate, studies.standard_error, strict=True)
    ]
    points = [
        Point(label, effect, error, is_named=is_outside)
        for label, effect, error, is_outside in zip(
            studies.labels, studies.estimate, studies.standard_error, outside, strict=True
        )
    ]
    points += [Point("Added by trim and fill", effect, error, shape="hollow") for effect, error in added]
    ground = ((x.low, 0.0), (x.high, 0.0), (x.high, deepest), (x.low, deepest))
    hollow: tuple[tuple[Shape, str], ...] = (
        (("hollow", "Added by trim and fill: a trial that may be missing"),) if added else ()
    )
    return ScatterPlot(
        key="funnel",
        title="Whether small trials differ from large ones (funnel plot)",
        x=x,
        y=linear_axis("Standard error", [], low=0.0, high=deepest, turned=True),
        sentence=_sentence(studies, test, filled),
        head=("Trial", studies.effect_name, "Standard error", "Within the cone"),
        rows=tuple(
            (label, studies.said(effect), numbers.decimal(error, 3), "no" if is_outside else "yes")
            for label, effect, error, is_outside in zip(
                studies.labels, studies.estimate, studies.standard_error, outside, strict=True
            )
        )
        + tuple(
            ("Added by trim and fill", studies.said(effect), numbers.decimal(error, 3), "") for effect, error in added
        ),
        points=tuple(points),
        lines=(
            Line(f"The pooled result, {studies.said(pooled)}", ((pooled, 0.0), (pooled, deepest))),
            Line(
                f"Where {numbers.level(level)} of trials of that effect would lie",
                ((pooled - half * deepest, deepest), (pooled, 0.0), (pooled + half * deepest, deepest)),
                "dashed",
            ),
        ),
        regions=(
            Region(BEYOND, ground, 3),
            *(Region(words, _cone(studies.null, critical_value(p), deepest), shade) for p, shade, words in CONTOURS),
        ),
        marks=(("dot", "A trial; the large ones stand at the top"), *hollow),
        notes=_notes(test, filled),
    )


def _cone(centre: float, slope: float, deepest: float) -> tuple[Place, ...]:
    return (centre, 0.0), (centre + slope * deepest, deepest), (centre - slope * deepest, deepest)


def _added(filled: TrimAndFill | NotEstimable) -> Sequence[Place]:
    if isinstance(filled, NotEstimable):
        return ()
    pairs = zip(filled.filled_estimates, filled.filled_variances, strict=True)
    return [(effect, variance**0.5) for effect, variance in pairs]


def _sentence(studies: Studies, test: AsymmetryTest | NotEstimable, filled: TrimAndFill | NotEstimable) -> str:
    said = [test.reason if isinstance(test, NotEstimable) else test.summary()]
    if isinstance(filled, NotEstimable):
        said.append(filled.reason)
    elif filled.missing:
        after = studies.said_between(filled.pooled.estimate, filled.pooled.lower, filled.pooled.upper)
        trials = "1 trial" if filled.missing == 1 else f"{filled.missing} trials"
        said.append(f"Trim and fill would add {trials} on the {filled.side}; the result would then be {after}.")
    else:
        said.append("Trim and fill finds no trial missing.")
    return " ".join(said)


def _notes(test: AsymmetryTest | NotEstimable, filled: TrimAndFill | NotEstimable) -> tuple[str, ...]:
    notes = [note for found in (test, filled) if not isinstance(found, NotEstimable) for note in found.notes]
    return tuple(dict.fromkeys(notes))
