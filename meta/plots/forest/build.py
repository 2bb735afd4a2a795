"""From the values of a pairwise meta-analysis (`meta.stats.Pairwise.to_dict()`) to the plot of it."""

from collections.abc import Mapping, Sequence
from math import exp
from typing import Any, Literal

from meta.plots import numbers, statements
from meta.plots.forest.model import Data, ForestPlot, Interval, Line, Mark, Pooled, Range, Row

EFFECT_NAMES = {
    "OR": "Odds Ratio",
    "RR": "Risk Ratio",
    "RD": "Risk Difference",
    "PETO": "Peto Odds Ratio",
    "MD": "Mean Difference",
    "SMD": "Std. Mean Difference",
    "HR": "Hazard Ratio",
}
"""RevMan's names; any other measure keeps the name that `meta.stats` gives it."""

METHOD_LABELS = {"MH": "M-H", "IV": "IV", "PETO": "Peto", "SSW": "Sample size"}
MODEL_LABELS = {"common": "Fixed", "random": "Random"}

ARM_FIELDS: Mapping[Data, tuple[str, ...]] = {
    "dichotomous": ("events", "total"),
    "continuous": ("mean", "sd", "total"),
    "generic": (),
}
DATA: Mapping[str, Data] = {"binary": "dichotomous", "continuous": "continuous"}
PLACES = {"mean": 2, "sd": 2}


def from_pairwise(
    result: Mapping[str, Any],
    arms: Mapping[str, Any],
    *,
    title: str,
    experimental: str = "Experimental",
    control: str = "Control",
    benefit_is: Literal["lower", "higher"] = "lower",
    prediction: bool = False,
    marks: Mapping[str, Mark] | None = None,
    footnotes: Sequence[str] = (),
) -> ForestPlot:
    """The forest plot of one result.

    Args:
        result: what `Pairwise.to_dict()` gives.
        arms: what `to_dict()` of its input gives: one list per column.
        benefit_is: which direction favours the experimental side.
        prediction: show the prediction interval (RevMan 5 had none).
        marks: studies that are new or corrected since the last release, by label.
    """
    settings, measure = result["settings"], result["measure"]
    data: Data = DATA.get(arms["kind"], "generic")
    level = numbers.level(settings["level"])
    effect_name = EFFECT_NAMES.get(measure["code"], measure["name"][:1].upper() + measure["name"][1:])
    left, right = (experimental, control) if benefit_is == "lower" else (control, experimental)
    is_ratio = measure["back"] == "exp"
    total = _total(result, arms, data, level, prediction=prediction)
    rows = tuple(
        _row(study, number, arms, data, is_ratio=is_ratio, mark=(marks or {}).get(study["label"]))
        for number, study in enumerate(result["studies"])
    )
    return ForestPlot(
        title=title,
        effect_name=effect_name,
        method=f"{METHOD_LABELS[settings['method']]}, {MODEL_LABELS[settings['model']]}, {level} CI",
        scale="log" if is_ratio else "linear",
        data=data,
        experimental=experimental,
        control=control,
        rows=rows,
        totals=(total,),
        lines=_lines(result, arms, data),
        favours_left=f"Favours {left}",
        favours_right=f"Favours {right}",
        footnotes=tuple(footnotes),
        summary=_summary(result, title, effect_name, total, _people(arms, data)),
    )


def _row(
    study: Mapping[str, Any], number: int, arms: Mapping[str, Any], data: Data, *, is_ratio: bool, mark: Mark | None
) -> Row:
    reason = study["not_estimable"] or ""
    shown = exp if is_ratio else float
    return Row(
        label=study["label"],
        effect=None if reason else Interval(*(shown(study[name]) for name in ("estimate", "lower", "upper"))),
        weight=None if reason else study["weight_percent"],
        experimental=_cells(arms, data, "experimental", number),
        control=_cells(arms, data, "control", number),
        not_estimable=reason,
        mark=mark,
    )


def _cells(arms: Mapping[str, Any], data: Data, side: str, number: int) -> tuple[str, ...]:
    values = ((name, arms[f"{name}_{side}"][number]) for name in ARM_FIELDS[data])
    return tuple("" if value is None else _count(value, PLACES.get(name)) for name, value in values)


def _count(value: float, places: int | None = None) -> str:
    """A whole number as such; a mean with its decimals; a count that was divided with one."""
    if places is not None:
        return numbers.decimal(value, places)
    return numbers.decimal(value, 0 if float(value).is_integer() else 1)


def _sum(arms: Mapping[str, Any], column: str) -> float:
    return float(sum(value for value in arms[column] if value is not None))


def _people(arms: Mapping[str, Any], data: Data) -> float:
    return sum(_sum(arms, f"total_{side}") for side in ("experimental", "control")) if ARM_FIELDS[data] else 0


def _total(result: Mapping[str, Any], arms: Mapping[str, Any], data: Data, level: str, *, prediction: bool) -> Pooled:
    pooled = result["pooled"].get("display")
    expected = result["prediction"].get("display") if prediction else None
    blank = ("",) * (len(ARM_FIELDS[data]) - 1)
    sums = [
        (*blank, _count(_sum(arms, f"total_{side}"))) if ARM_FIELDS[data] else ()
        for side in ("experimental", "control")
    ]
    return Pooled(
        label=f"Total ({level} CI)",
        effect=None if pooled is None else Interval(**pooled),
        weight=None if pooled is None else 100.0,
        experimental=sums[0],
        control=sums[1],
        prediction=None if expected is None else Range(**expected),
    )


def _lines(result: Mapping[str, Any], arms: Mapping[str, Any], data: Data) -> tuple[Line, ...]:
    lines: list[Line] = []
    if data == "dichotomous":
        events = [(_count(_sum(arms, f"events_{side}")), "") for side in ("experimental", "control")]
        lines.append(Line("Total events:", events[0], events[1]))
    lines.append(Line(_heterogeneity(result)))
    pooled = result["pooled"]
    if pooled.get("statistic") is not None:
        test = statements.overall_effect(statistic=pooled["statistic"], p=pooled["p_value"], df=pooled["df"])
        lines.append(Line(test))
    return tuple(lines)


def _heterogeneity(result: Mapping[str, Any]) -> str:
    found = result["heterogeneity"]
    return statements.heterogeneity(
        q=found["q"], df=found["df"], p=found["p_value"], i2=found["i2"], tau2=found["tau2"]
    )


def _summary(result: Mapping[str, Any], title: str, effect_name: str, total: Pooled, people: float) -> str:
    """What is read out instead of the picture: how many studies and people, the estimate, and how much studies differ."""
    count = len(result["studies"])
    size = f"{count} {'study' if count == 1 else 'studies'}" + (f" with {_count(people)} people" if people else "")
    if result["k"] < count:
        size += f", {result['k']} of them with an estimate"
    if total.effect is None:
        return f"{title}: {size}, no pooled result."
    effect = total.effect
    words = numbers.in_words(effect.estimate, effect.lower, effect.upper)
    return (
        f"{title}: {size}. {effect_name} {words}, {numbers.level(result['pooled']['level'])} confidence interval. "
        + (f"{_heterogeneity(result)}.")
    )
