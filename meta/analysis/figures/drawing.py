"""The forest plot of a snapshot, in the layout of RevMan."""

from collections.abc import Mapping, Sequence
from typing import Any

from meta import stats
from meta.analysis.figures import words
from meta.analysis.figures.reading import (
    Reading,
    Sides,
    difference_text,
    heterogeneity_text,
    interval,
    reading,
    sides,
)
from meta.analysis.figures.words import METHOD_NAMES, MODEL_NAMES, Subject, effect_name
from meta.plots import numbers, statements
from meta.plots.forest import ForestPlot, Line, Pooled, Range, Row, Subgroup
from meta.plots.forest.model import Data, Mark

Found = Mapping[str, Any]


def forest(
    *, subject: Subject, inputs: Found, settings: Found, result: Found, marks: Mapping[str, Mark] | None = None
) -> ForestPlot:
    """The forest plot of a snapshot.

    Args:
        marks: studies that are new or corrected since the last release, by label.
    """
    measure, primary = settings["measure"], result[result["primary"]]
    level = numbers.level(settings["level"])
    data: Data = "continuous" if inputs.get("data") == "continuous" else "dichotomous"
    studies = list(zip(inputs["studies"], primary["studies"], strict=True))
    rows = [_row(measure, data, study, effect, (marks or {}).get(study["label"])) for study, effect in studies]
    groups = _groups(measure, data, level, inputs, settings, result, rows)
    left, right = subject.experimental, subject.control
    if subject.benefit_is == "higher":
        left, right = right, left
    reads = reading(subject=subject, inputs=inputs, settings=settings, result=result)
    return ForestPlot(
        title=subject.title,
        effect_name=effect_name(measure),
        method=f"{METHOD_NAMES[settings['method']]}, {MODEL_NAMES[result['primary']]}, {level} CI",
        scale="log" if stats.measure(measure).is_ratio else "linear",
        data=data,
        experimental=subject.experimental,
        control=subject.control,
        rows=() if groups else tuple(rows),
        subgroups=groups,
        totals=(_total(f"Total ({level} CI)", measure, data, primary, sides(inputs), settings, weight=100.0),),
        lines=(*_lines(data, primary, sides(inputs)), Line(_test(result))),
        favours_left=f"Favours {left}",
        favours_right=f"Favours {right}",
        footnotes=tuple(words.left_out_sentences(inputs.get("left_out", ()))),
        summary=_summary(subject, measure, reads),
    )


def _groups(
    measure: str, data: Data, level: str, inputs: Found, settings: Found, result: Found, rows: Sequence[Row]
) -> tuple[Subgroup, ...]:
    """The groups in the order of the plan; weights are shares of the whole, as RevMan prints them."""
    found = result.get("subgroups", {}).get(result["primary"])
    if not found:
        return ()
    groups = []
    for group in found["groups"]:
        places = [place for place, study in enumerate(inputs["studies"]) if study["group"] == group["name"]]
        own = tuple(rows[place] for place in places)
        total = sides(inputs, [inputs["studies"][place] for place in places])
        weight = sum(row.weight or 0.0 for row in own)
        subtotal = _total(f"Subtotal ({level} CI)", measure, data, group, total, {}, weight=weight)
        groups.append(Subgroup(group["name"], own, subtotal, _lines(data, group, total)))
    return tuple(groups)


def _row(measure: str, data: Data, study: Found, effect: Found, mark: Mark | None) -> Row:
    reason = effect["not_estimable"]
    return Row(
        label=study["label"],
        effect=None if reason else interval(measure, effect),
        weight=None if reason else effect["weight_percent"],
        experimental=_cells(data, study["experimental"]),
        control=_cells(data, study["control"]),
        not_estimable=reason or "",
        mark=mark,
    )


def _cells(data: Data, side: Found) -> tuple[str, ...]:
    if data == "continuous":
        return numbers.decimal(side["mean"]), numbers.decimal(side["sd"]), _count(side["total"])
    return _count(side["events"]), _count(side["total"])


def _count(value: float) -> str:
    """A whole number as such; a share of a control group that was divided with one decimal."""
    return numbers.decimal(value, 0 if float(value).is_integer() else 1)


def _total(
    label: str, measure: str, data: Data, found: Found, total: Sides, settings: Found, *, weight: float
) -> Pooled:
    pooled = found["pooled"]
    has_result = "estimate" in pooled
    blank = ("", "") if data == "continuous" else ("",)
    expected = found["prediction"].get("display") if settings.get("prediction") else None
    return Pooled(
        label=label,
        effect=interval(measure, pooled) if has_result else None,
        weight=weight if has_result else None,
        experimental=(*blank, _count(total.total_experimental)),
        control=(*blank, _count(total.total_control)),
        prediction=Range(**expected) if has_result and expected else None,
    )


def _lines(data: Data, found: Found, total: Sides) -> tuple[Line, ...]:
    lines = []
    if data == "dichotomous":
        lines.append(
            Line(
                "Total events:",
                experimental=(_count(total.events_experimental), ""),
                control=(_count(total.events_control), ""),
            )
        )
    pooled = found["pooled"]
    if "estimate" in pooled:
        lines.append(Line(heterogeneity_text(found["heterogeneity"])))
        if pooled["statistic"] is not None:
            lines.append(
                Line(statements.overall_effect(statistic=pooled["statistic"], p=pooled["p_value"], df=pooled["df"]))
            )
    return tuple(lines)


def _test(result: Found) -> str:
    found = result.get("subgroups", {}).get(result["primary"])
    return difference_text(found["difference"] if found else {})


def _summary(subject: Subject, measure: str, reads: Reading) -> str:
    """What a screen reader says instead of the picture."""
    head = f"Forest plot of {reads.k} trials with {reads.participants} people: {subject.title}."
    if reads.pooled is None:
        return f"{head} There is no pooled result."
    groups = ""
    if reads.subgroups:
        said = "; ".join(f"{group['name']} {group['text']}" for group in reads.subgroups["groups"])
        groups = f" Subgroups: {said}. {reads.subgroups['test']}."
    return f"{head} {effect_name(measure)} {reads.text}. {heterogeneity_text(reads.heterogeneity)}.{groups}"
