"""From the JSON of a snapshot to the forest plot and the sentences that stand beside it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meta.analysis.rules import PER, Absolute, Direction, Model, absolute, direction
from meta.plots import numbers, statements
from meta.plots.forest import ForestPlot, Interval, Line, Pooled, Row
from meta.plots.forest.model import Mark

EFFECT_NAMES = {"OR": "Odds Ratio", "RR": "Risk Ratio", "RD": "Risk Difference"}
METHOD_NAMES = {"MH": "M-H", "IV": "IV"}
MODEL_NAMES = {Model.COMMON.value: "Fixed", Model.RANDOM.value: "Random"}
MODEL_SENTENCES = {
    Model.COMMON.value: "Common effect: every trial estimates the same effect",
    Model.RANDOM.value: "Random effects: the effect differs from trial to trial",
}
RATIOS = {"OR", "RR"}


@dataclass(frozen=True, slots=True)
class Subject:
    """What an analysis is about, in the words that its figure and sentences use."""

    title: str
    benefit_is: str
    happened: str
    experimental: str
    control: str


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


@dataclass(frozen=True, slots=True)
class Sides:
    """People with the event and people analysed, on both sides, over all studies."""

    events_experimental: int
    total_experimental: int
    events_control: int
    total_control: int

    @property
    def participants(self) -> int:
        return self.total_experimental + self.total_control


def sides(inputs: Mapping[str, Any]) -> Sides:
    studies = inputs["studies"]
    return Sides(
        *(
            sum(study[side][count] for study in studies)
            for side in ("experimental", "control")
            for count in ("events", "total")
        )
    )


def shown(measure: str, value: float) -> float:
    """From the scale of analysis to the one that people read: ratios are analysed as logarithms."""
    return math.exp(value) if measure in RATIOS else value


def interval(measure: str, found: Mapping[str, Any]) -> Interval:
    return Interval(*(shown(measure, found[name]) for name in ("estimate", "lower", "upper")))


def reading(
    *, subject: Subject, inputs: Mapping[str, Any], settings: Mapping[str, Any], result: Mapping[str, Any]
) -> Reading:
    """What a snapshot says, in numbers on their display scale and in plain words."""
    measure, primary = settings["measure"], result[result["primary"]]
    total = sides(inputs)
    pooled = primary["pooled"]
    alternatives = [
        {"model": model, "label": MODEL_SENTENCES[model], "text": pooled_text(measure, result[model]["pooled"])}
        for model in MODEL_NAMES
        if model != result["primary"]
    ]
    if "estimate" not in pooled:
        return Reading(
            text="Not estimable",
            pooled=None,
            direction=Direction.UNSURE,
            headline="There is no pooled result yet.",
            absolute=None,
            alternatives=[],
            heterogeneity=None,
            caveats=[pooled["not_estimable"], *primary["notes"]],
            participants=total.participants,
            k=len(inputs["studies"]),
        )
    effect = interval(measure, pooled)
    towards = direction(measure, benefit_is=subject.benefit_is, lower=effect.lower, upper=effect.upper)
    per_thousand = absolute(
        measure,
        baseline=total.events_control / total.total_control,
        estimate=effect.estimate,
        lower=effect.lower,
        upper=effect.upper,
    )
    return Reading(
        text=numbers.in_words(effect.estimate, effect.lower, effect.upper),
        pooled={
            "estimate": effect.estimate,
            "lower": effect.lower,
            "upper": effect.upper,
            "level": pooled["level"],
            "statistic": abs(pooled["statistic"]),
            "p_value": pooled["p_value"],
            "k": pooled["k"],
        },
        direction=towards,
        headline=headline(subject, towards, estimate=effect.estimate, measure=measure, k=len(inputs["studies"])),
        absolute=per_thousand,
        alternatives=alternatives,
        heterogeneity={**primary["heterogeneity"], "text": heterogeneity_text(primary["heterogeneity"])},
        caveats=list(primary["notes"]),
        participants=total.participants,
        k=len(inputs["studies"]),
    )


def headline(subject: Subject, towards: Direction, *, estimate: float, measure: str, k: int) -> str:
    """The result in one plain sentence, without a word about certainty, which people judge."""
    trials = "one trial" if k == 1 else f"{k} trials"
    if towards is Direction.UNSURE:
        settle = "does not settle" if k == 1 else "do not settle"
        return (
            f"The {trials} so far {settle} whether {subject.experimental} makes a difference: "
            "both benefit and harm remain possible."
        )
    is_fewer = estimate < (1.0 if measure in RATIOS else 0.0)
    happened = subject.happened or "had the event"
    more = "Fewer" if is_fewer else "More"
    return f"{more} people {happened} with {subject.experimental} than without it, in the {trials} so far."


def absolute_sentence(subject: Subject, people: Absolute) -> str:
    happened = subject.happened or "had the event"
    return (
        f"Of 1,000 people like those in the trials, {people.without} {happened} without {subject.experimental} and "
        f"{people.with_it} ({people.lower} to {people.upper}) with it."
    )


def absolute_document(subject: Subject, people: Absolute | None) -> dict[str, Any] | None:
    if people is None:
        return None
    return {
        "per": PER,
        "without": people.without,
        "with": people.with_it,
        "lower": people.lower,
        "upper": people.upper,
        "sentence": absolute_sentence(subject, people),
    }


ZERO_CELLS = {
    "revman5": "0.5 is added to every cell of a trial with a zero cell; trials without any events carry no weight"
}
TAU2_NAMES = {"DL": "DerSimonian-Laird"}


def method_sentences(settings: Mapping[str, Any]) -> list[dict[str, str]]:
    """How a result was computed, in words for a page."""
    sentences = [
        {"name": "Effect measure", "text": EFFECT_NAMES[settings["measure"]].lower()},
        {"name": "Method", "text": "Mantel-Haenszel" if settings["method"] == "MH" else "Inverse variance"},
        {"name": "Model", "text": MODEL_SENTENCES[settings["model"]]},
        {"name": "Zero cells", "text": ZERO_CELLS.get(settings["zero_cells"], settings["zero_cells"])},
        {"name": "Confidence level", "text": f"{settings['level']:.0%}"},
    ]
    if settings["model"] == Model.RANDOM.value:
        name = TAU2_NAMES.get(settings["tau2"], settings["tau2"])
        sentences.insert(3, {"name": "Between-trial variance", "text": name})
    return sentences


def forest(
    *,
    subject: Subject,
    inputs: Mapping[str, Any],
    settings: Mapping[str, Any],
    result: Mapping[str, Any],
    marks: Mapping[str, Mark] | None = None,
) -> ForestPlot:
    """The forest plot of a snapshot, in the layout of RevMan.

    Args:
        marks: studies that are new or corrected since the last release, by label.
    """
    measure, primary = settings["measure"], result[result["primary"]]
    effects = {study["label"]: study for study in primary["studies"]}
    total = sides(inputs)
    method = f"{METHOD_NAMES[settings['method']]}, {MODEL_NAMES[result['primary']]}, {settings['level']:.0%} CI"
    rows = tuple(
        _row(measure, study, effects[study["label"]], (marks or {}).get(study["label"])) for study in inputs["studies"]
    )
    pooled = primary["pooled"]
    has_result = "estimate" in pooled
    left, right = subject.experimental, subject.control
    if subject.benefit_is == "higher":
        left, right = right, left
    reads = reading(subject=subject, inputs=inputs, settings=settings, result=result)
    return ForestPlot(
        title=subject.title,
        effect_name=EFFECT_NAMES[measure],
        method=method,
        scale="log" if measure in RATIOS else "linear",
        experimental=subject.experimental,
        control=subject.control,
        rows=rows,
        totals=(
            Pooled(
                label=f"Total ({settings['level']:.0%} CI)",
                effect=interval(measure, pooled) if has_result else None,
                weight=100.0 if has_result else None,
                experimental=("", str(total.total_experimental)),
                control=("", str(total.total_control)),
            ),
        ),
        lines=_lines(primary, total),
        favours_left=f"Favours {left}",
        favours_right=f"Favours {right}",
        summary=_summary(subject, measure, reads),
    )


def _row(measure: str, study: Mapping[str, Any], effect: Mapping[str, Any], mark: Mark | None) -> Row:
    reason = effect["not_estimable"]
    return Row(
        label=study["label"],
        effect=None if reason else interval(measure, effect),
        weight=None if reason else effect["weight_percent"],
        experimental=(str(study["experimental"]["events"]), str(study["experimental"]["total"])),
        control=(str(study["control"]["events"]), str(study["control"]["total"])),
        not_estimable=reason or "",
        mark=mark,
    )


def _lines(primary: Mapping[str, Any], total: Sides) -> tuple[Line, ...]:
    lines = [
        Line(
            "Total events:", experimental=(str(total.events_experimental), ""), control=(str(total.events_control), "")
        )
    ]
    found, pooled = primary["heterogeneity"], primary["pooled"]
    if "estimate" in pooled:
        lines.append(Line(heterogeneity_text(found)))
        lines.append(
            Line(statements.overall_effect(statistic=pooled["statistic"], p=pooled["p_value"], df=pooled["df"]))
        )
    lines.append(Line("Test for subgroup differences: Not applicable"))
    return tuple(lines)


def heterogeneity_text(found: Mapping[str, Any] | None) -> str:
    if not found:
        return f"Heterogeneity: {statements.NOT_APPLICABLE}"
    return statements.heterogeneity(
        q=found["q"], df=found["df"], p=found["p_value"], i2=found["i2"], tau2=found["tau2"]
    )


def pooled_text(measure: str, pooled: Mapping[str, Any]) -> str:
    if "estimate" not in pooled:
        return "Not estimable"
    effect = interval(measure, pooled)
    return numbers.in_words(effect.estimate, effect.lower, effect.upper)


def _summary(subject: Subject, measure: str, reads: Reading) -> str:
    """What a screen reader says instead of the picture."""
    head = f"Forest plot of {reads.k} trials with {reads.participants} people: {subject.title}."
    if reads.pooled is None:
        return f"{head} There is no pooled result."
    return f"{head} {EFFECT_NAMES[measure]} {reads.text}. {heterogeneity_text(reads.heterogeneity)}."
