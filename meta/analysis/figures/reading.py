"""What a snapshot says, in numbers on their display scale and in plain words."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from meta import stats
from meta.analysis.figures import words
from meta.analysis.figures.words import MODEL_NAMES, MODEL_SENTENCES, STANDARDISED, Subject
from meta.analysis.rules import Absolute, Check, Direction, absolute, direction
from meta.plots import numbers, statements
from meta.plots.forest import Interval
from meta.stats.subgroups import MANY_TESTS

NOT_ESTIMABLE = "Not estimable"


@dataclass(frozen=True, slots=True)
class Reading:
    """A result in the form that people read. `pooled` is None where there was nothing to pool; `caveats` says why."""

    text: str
    pooled: dict[str, Any] | None
    direction: Direction
    headline: str
    absolute: Absolute | None
    alternatives: list[dict[str, str]]
    heterogeneity: dict[str, Any] | None
    caveats: list[str]
    participants: int
    k: int
    meaning: str = ""
    prediction: str = ""
    chosen: str = ""
    subgroups: dict[str, Any] | None = None
    checks: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sides:
    """People with the event (0 for a measured outcome) and people analysed, on both sides, over all studies."""

    events_experimental: float
    total_experimental: float
    events_control: float
    total_control: float

    @property
    def participants(self) -> int:
        return round(self.total_experimental + self.total_control)


def sides(inputs: Mapping[str, Any], studies: Iterable[Mapping[str, Any]] | None = None) -> Sides:
    rows = inputs["studies"] if studies is None else list(studies)
    return Sides(
        *(
            sum(study[side].get(count, 0) for study in rows)
            for side in ("experimental", "control")
            for count in ("events", "total")
        )
    )


def trials(studies: Iterable[Mapping[str, Any]]) -> int:
    """How many trials stand behind the rows: the parts of one that was split are one trial."""
    return len({study.get("study_id", study["label"]) for study in studies})


def shown(measure: str, value: float) -> float:
    """From the scale of analysis to the one that people read: ratios are analysed as logarithms."""
    return stats.measure(measure).display(value)


def interval(measure: str, found: Mapping[str, Any]) -> Interval:
    return Interval(*(shown(measure, found[name]) for name in ("estimate", "lower", "upper")))


def pooled_text(measure: str, pooled: Mapping[str, Any]) -> str:
    if "estimate" not in pooled:
        return NOT_ESTIMABLE
    effect = interval(measure, pooled)
    return numbers.in_words(effect.estimate, effect.lower, effect.upper)


def heterogeneity_text(found: Mapping[str, Any] | None) -> str:
    if not found:
        return f"Heterogeneity: {statements.NOT_APPLICABLE}"
    return statements.heterogeneity(
        q=found["q"], df=found["df"], p=found["p_value"], i2=found["i2"], tau2=found["tau2"]
    )


def difference_text(found: Mapping[str, Any]) -> str:
    """``Test for subgroup differences: Chi² = …``, or why there is none."""
    if "q" not in found:
        return f"Test for subgroup differences: {statements.NOT_APPLICABLE}"
    return statements.subgroup_differences(q=found["q"], df=found["df"], p=found["p_value"], i2=found["i2"])


def reading(
    *, subject: Subject, inputs: Mapping[str, Any], settings: Mapping[str, Any], result: Mapping[str, Any]
) -> Reading:
    """What a snapshot says."""
    measure, primary = settings["measure"], result[result["primary"]]
    total = sides(inputs)
    pooled = primary["pooled"]
    left_out = words.left_out_sentences(inputs.get("left_out", ()))
    if "estimate" not in pooled:
        return Reading(
            text=NOT_ESTIMABLE,
            pooled=None,
            direction=Direction.UNSURE,
            headline="There is no pooled result yet.",
            absolute=None,
            alternatives=[],
            heterogeneity=None,
            caveats=[pooled["not_estimable"], *primary["notes"], *left_out],
            participants=total.participants,
            k=trials(inputs["studies"]),
        )
    effect = interval(measure, pooled)
    towards = direction(measure, benefit_is=subject.benefit_is, lower=effect.lower, upper=effect.upper)
    per_thousand = (
        None
        if subject.is_measured
        else absolute(
            measure,
            baseline=total.events_control / total.total_control,
            estimate=effect.estimate,
            lower=effect.lower,
            upper=effect.upper,
        )
    )
    if subject.is_measured:
        meaning = words.measured_sentence(subject, measure, effect, spread=typical_spread(inputs, measure))
    else:
        meaning = words.absolute_sentence(subject, per_thousand) if per_thousand else ""
    return Reading(
        text=numbers.in_words(effect.estimate, effect.lower, effect.upper),
        pooled={
            "estimate": effect.estimate,
            "lower": effect.lower,
            "upper": effect.upper,
            "level": pooled["level"],
            "statistic": None if pooled["statistic"] is None else abs(pooled["statistic"]),
            "p_value": pooled["p_value"],
            "k": pooled["k"],
        },
        direction=towards,
        headline=words.headline(
            subject, towards, estimate=effect.estimate, measure=measure, k=trials(inputs["studies"])
        ),
        absolute=per_thousand,
        alternatives=[
            {"model": model, "label": MODEL_SENTENCES[model], "text": pooled_text(measure, result[model]["pooled"])}
            for model in MODEL_NAMES
            if model != result["primary"]
        ],
        heterogeneity={**primary["heterogeneity"], "text": heterogeneity_text(primary["heterogeneity"])},
        caveats=[*primary["notes"], *left_out, *_about_estimates(inputs, result, measure, towards, subject)],
        participants=total.participants,
        k=trials(inputs["studies"]),
        meaning=meaning,
        prediction=_prediction(settings, primary),
        chosen=words.chosen_sentence(result.get("chosen_by")),
        subgroups=subgroups(measure, inputs, result),
        checks=checks(subject, settings, result, towards),
    )


def typical_spread(inputs: Mapping[str, Any], measure: str) -> float | None:
    """The standard deviation within the control groups, their variances weighed by degrees of freedom: the spread by
    which a standardised difference is said in the outcome's unit. None where it is not needed or not known.

    Source: Cochrane Handbook 15.5.3.2.
    """
    if measure not in STANDARDISED:
        return None
    groups = [(study["control"]["sd"], study["control"]["total"]) for study in inputs["studies"]]
    freedom = sum(n - 1 for _, n in groups if n > 1)
    if freedom <= 0:
        return None
    return math.sqrt(sum(sd**2 * (n - 1) for sd, n in groups if n > 1) / freedom)


def subgroups(measure: str, inputs: Mapping[str, Any], result: Mapping[str, Any]) -> dict[str, Any] | None:
    """Each group in a line, the test of their differences, and what to mind; None where the plan has no groups."""
    found = result.get("subgroups", {}).get(result["primary"])
    if not found:
        return None
    lines = []
    for group in found["groups"]:
        own = [study for study in inputs["studies"] if study.get("group") == group["name"]]
        lines.append(
            {
                "name": group["name"],
                "text": pooled_text(measure, group["pooled"]),
                "k": trials(own),
                "participants": sides(inputs, own).participants,
                "i2": group["heterogeneity"]["i2"],
            }
        )
    return {"groups": lines, "test": difference_text(found["difference"]), "note": MANY_TESTS}


CHECK_TITLES = {
    Check.LEAVE_ONE_OUT: "Without each trial in turn",
    Check.CUMULATIVE: "Trial after trial",
    Check.WITHOUT_ESTIMATED: "Without estimated numbers",
    Check.ALTERNATIVES: "Other measures and models",
    Check.EVERY_STUDY: "With the trials that were left out",
}


def checks(
    subject: Subject, settings: Mapping[str, Any], result: Mapping[str, Any], towards: Direction
) -> list[dict[str, Any]]:
    """The checks of a snapshot in a stated order: a title, a sentence, and rows of label, text, trials and I²."""
    made = result.get("checks", {})
    found = []
    for check, title in CHECK_TITLES.items():
        if check.value not in made:
            continue
        rows = made[check.value]
        rows = rows if isinstance(rows, list) else [rows | {"label": _named(rows)}]
        found.append(
            {
                "key": check.value,
                "title": title,
                "sentence": _check_sentence(check, rows, settings["measure"], subject, towards),
                "rows": [
                    {"label": row["label"], "text": _row_text(row), "k": row["k"], "i2": row["i2"]} for row in rows
                ],
            }
        )
    return found


def _named(row: Mapping[str, Any]) -> str:
    return f"without {', '.join(row['without'])}" if "without" in row else f"+ {', '.join(row['added'])}"


def _row_text(row: Mapping[str, Any]) -> str:
    return numbers.in_words(row["estimate"], row["lower"], row["upper"]) if "estimate" in row else NOT_ESTIMABLE


def _check_sentence(
    check: Check, rows: Sequence[Mapping[str, Any]], measure: str, subject: Subject, towards: Direction
) -> str:
    known = [row for row in rows if "estimate" in row]
    if check is not Check.LEAVE_ONE_OUT or not known:
        return ""
    turning = [row["label"].removeprefix("without ") for row in known if _way(row, measure, subject) is not towards]
    span = [numbers.decimal(pick(row["estimate"] for row in known)) for pick in (min, max)]
    said = f"Whichever trial is left out, the estimate lies between {span[0]} and {span[1]}. "
    if not turning:
        return said + "No single trial decides on which side of no difference the interval lies."
    return said + f"What the interval says changes without {' or without '.join(turning)}."


def _way(row: Mapping[str, Any], measure: str, subject: Subject) -> Direction:
    return direction(measure, benefit_is=subject.benefit_is, lower=row["lower"], upper=row["upper"])


def _about_estimates(
    inputs: Mapping[str, Any], result: Mapping[str, Any], measure: str, towards: Direction, subject: Subject
) -> list[str]:
    """The sentence that a result rests on numbers which no report states, and whether it would be another without."""
    estimated = [study["label"] for study in inputs["studies"] if study.get("estimated")]
    if not estimated:
        return []
    said = f"Numbers of {', '.join(estimated)} were estimated; no report states them."
    without = result.get("checks", {}).get(Check.WITHOUT_ESTIMATED.value)
    if not without:
        return [said]
    if "estimate" not in without:
        return [f"{said} Without them there is no result."]
    changes = _way(without, measure, subject) is not towards
    return [
        f"{said} Without them the result is {_row_text(without)}{', which says something else' if changes else ''}."
    ]


def _prediction(settings: Mapping[str, Any], primary: Mapping[str, Any]) -> str:
    expected = primary["prediction"].get("display") if settings.get("prediction") else None
    if expected is None:
        return ""
    low, high = numbers.decimal(expected["lower"]), numbers.decimal(expected["upper"])
    return f"The true effect in a new, similar trial is expected between {low} and {high}."
