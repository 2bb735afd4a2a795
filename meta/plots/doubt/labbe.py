"""L'Abbé's plot: the risk in one group against the risk in the other."""

from collections.abc import Callable, Sequence
from math import exp

from meta.plots import numbers
from meta.plots.doubt.studies import Studies, foremost, radii
from meta.plots.scatter import Line, Point, ScatterPlot, linear_axis
from meta.stats import BinaryArms

STEPS = 60
"""Pieces of the curve of the pooled result; smooth at any width."""


def labbe_plot(
    arms: BinaryArms, studies: Studies, *, pooled: float | None, experimental: str, control: str
) -> ScatterPlot:
    """Trials with both risks known; bubbles are as large as the trials.

    Args:
        pooled: on the scale of analysis; drawn for odds ratios, risk ratios and risk differences.
    """
    known = arms.complete.tolist()
    columns = zip(arms.labels, *(column.tolist() for column in arms.columns), known, strict=True)
    risks = [(label, c / n2, a / n1, n1 + n2) for label, a, n1, c, n2, is_known in columns if is_known]
    sizes = radii([people for *_, people in risks])
    named = foremost([abs(treated - untreated) for _, untreated, treated, _ in risks])
    highest = max((max(x, y) for _, x, y, _ in risks), default=1.0) or 1.0
    top = min(1.0, 1.1 * highest)
    lines = [Line("The same risk in both groups", ((0.0, 0.0), (top, top)), "dashed")]
    curve = CURVES.get(studies.measure.code)
    if pooled is not None and curve is not None:
        lines.append(Line(f"The pooled {studies.effect_name}, {studies.said(pooled)}", _places(curve, pooled, top)))
    return ScatterPlot(
        key="labbe",
        title="The risk in both groups of each trial (L’Abbé plot)",
        x=linear_axis(f"Risk with {control}", [], low=-0.03 * top, high=1.03 * top, percent=True),
        y=linear_axis(f"Risk with {experimental}", [], low=-0.03 * top, high=1.03 * top, percent=True),
        sentence=_sentence([(x, y) for _, x, y, _ in risks], experimental, control),
        head=("Trial", f"Risk with {experimental}", f"Risk with {control}", "People"),
        rows=tuple(
            (label, numbers.weight(100 * treated), numbers.weight(100 * untreated), numbers.decimal(people, 0))
            for label, untreated, treated, people in risks
        ),
        points=tuple(
            Point(label, untreated, treated, radius, is_named=place in named)
            for place, ((label, untreated, treated, _), radius) in enumerate(zip(risks, sizes, strict=True))
        ),
        lines=tuple(lines),
        marks=(("dot", "A trial, as large as its number of people"),),
        notes=("Trials of different populations have different risks; that alone does not make them disagree.",),
    )


def _by_odds(risk: float, effect: float) -> float:
    odds = exp(effect)
    return risk * odds / (1 - risk + risk * odds)


CURVES: dict[str, Callable[[float, float], float]] = {
    "OR": _by_odds,
    "PETO": _by_odds,
    "RR": lambda risk, effect: risk * exp(effect),
    "RD": lambda risk, effect: risk + effect,
}
"""The risk that an effect on the scale of analysis makes of a risk."""


def _places(curve: Callable[[float, float], float], effect: float, top: float) -> tuple[tuple[float, float], ...]:
    """The curve, kept to risks that there are."""
    steps = (top * step / STEPS for step in range(STEPS + 1))
    return tuple((risk, found) for risk in steps if 0 <= (found := curve(risk, effect)) <= 1)


def _sentence(risks: Sequence[tuple[float, float]], experimental: str, control: str) -> str:
    lower, equal = sum(y < x for x, y in risks), sum(y == x for x, y in risks)
    same = f", the same in {equal}" if equal else ""
    return f"The risk with {experimental} is lower than with {control} in {lower} of {len(risks)} trials{same}."
