"""Plots that look harder at a result: which of them may be shown, and why not the others. Pure, and never stored.

The engine works everything out from the inputs of a snapshot, so a plot says what the numbers beside it say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta import stats
from meta.analysis.figures import Subject, effect_name
from meta.analysis.pooling import arms_of, one_model, whole_studies
from meta.analysis.rules import PER, Model, Settings
from meta.plots import doubt, numbers
from meta.plots.doubt import Studies
from meta.plots.scatter import ScatterPlot
from meta.stats import diagnostics, sequential, shown_when, small_study
from meta.stats.errors import StatsError
from meta.stats.inputs import BinaryArms, ContinuousArms
from meta.stats.regression import Regression, regress
from meta.stats.regression.model import STUDIES_PER_MODERATOR
from meta.stats.results import NotEstimable, Pooled, estimated
from meta.stats.sensitivity.subsets import evaluate
from meta.stats.sequential.monitoring import CLOSEST
from meta.stats.shown_when import ShownWhen

SUBSETS_ON_A_PAGE = 5_000
"""All subsets up to twelve trials; beyond, a sample that is there within a second and shows the same heaps."""

RELATIVE_REDUCTION = 0.2
"""Looked for where the protocol names no difference that matters: a fifth, as trial sequential analyses usually do.
Source: Wetterslev, Jakobsen & Gluud 2017, BMC Med Res Methodol 17:39."""

ALPHA, BETA = 0.05, 0.2

TENTHS = 10
"""Looks ahead are drawn at every tenth of the information."""

FEWEST_TO_COMPARE = 2

YEAR = "Year of publication"

TITLES = {
    "funnel": "Funnel plot",
    "baujat": "Baujat plot",
    "radial": "Radial plot",
    "labbe": "L’Abbé plot",
    "bubble": "Bubble plot",
    "gosh": "GOSH plot",
    "sequential": "Sequential plot",
}


class NotShown(Exception):
    """A plot that may not be shown; the message is the sentence for the page."""


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A plot that is not shown, and why in a sentence."""

    key: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Doubt:
    """What may be shown, in a stated order, and what may not."""

    plots: tuple[ScatterPlot, ...]
    held_back: tuple[HeldBack, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Case:
    """A result at work: the primary model, and its trials that have an effect."""

    subject: Subject
    inputs: Mapping[str, Any]
    settings: Settings
    primary: stats.Pairwise
    studies: Studies
    rows: tuple[Mapping[str, Any], ...]
    matters: float | None

    @property
    def k(self) -> int:
        return len(self.studies.labels)

    @property
    def tau2(self) -> str | None:
        return self.settings.tau2 if self.primary.plan.model == "random" else None

    @property
    def data(self) -> tuple[list[float], list[float]]:
        return list(self.studies.estimate), list(self.studies.variance)


def doubt_of(
    *,
    subject: Subject,
    inputs: Mapping[str, Any],
    settings: Settings,
    primary: str,
    matters: float | None = None,
) -> Doubt:
    """Every plot of a result, or why it is not shown.

    Args:
        primary: the model that the plan, or its rule, chose: "common" or "random".
        matters: the least difference that matters by the protocol: of events per 1,000 people, of means in their unit.
    """
    case = _case(subject, inputs, settings, Model(primary), matters)
    plots: list[ScatterPlot] = []
    held_back: list[HeldBack] = []
    for key, make in MAKERS.items():
        try:
            plots.append(make(case))
        except (NotShown, StatsError) as reason:
            held_back.append(HeldBack(key, TITLES[key], str(reason)))
    return Doubt(tuple(plots), tuple(held_back))


def _case(
    subject: Subject, inputs: Mapping[str, Any], settings: Settings, model: Model, matters: float | None
) -> _Case:
    found = one_model(arms_of(inputs), settings, model)
    usable = [
        (study, row.estimate, row.variance)
        for study, row in zip(inputs["studies"], found.studies, strict=True)
        if row.estimate is not None and row.variance is not None
    ]
    studies = Studies(
        tuple(str(study["label"]) for study, _, _ in usable),
        tuple(estimate for _, estimate, _ in usable),
        tuple(variance for _, _, variance in usable),
        found.measure,
        effect_name(found.measure.code),
    )
    return _Case(subject, inputs, settings, found, studies, tuple(study for study, _, _ in usable), matters)


def _need(rule: ShownWhen) -> None:
    if not rule:
        raise NotShown(" ".join(rule.unmet))


def _funnel(case: _Case) -> ScatterPlot:
    estimate, variance = case.data
    _need(shown_when.asymmetry(case.k, np.array(variance)))
    filled = small_study.trim_and_fill(estimate, variance, tau2=case.tau2, level=case.settings.level)
    return doubt.funnel_plot(
        case.studies,
        pooled=estimated(case.primary.pooled).estimate,
        level=case.settings.level,
        test=_asymmetry(case),
        filled=filled,
    )


def _asymmetry(case: _Case) -> small_study.AsymmetryTest | NotEstimable:
    """The test that suits the measure: effects whose size sets their own standard error would make any funnel lopsided.

    Source: Cochrane Handbook 13.3.5.4.
    """
    arms, measure = case.primary.arms, case.studies.measure
    if isinstance(arms, BinaryArms):
        return small_study.harbord(arms) if measure.code in ("OR", "PETO") else small_study.arcsine_egger(arms)
    if isinstance(arms, ContinuousArms) and measure.code == "SMD":
        return small_study.pustejovsky(arms)
    return (small_study.egger_on_ratios if measure.is_ratio else small_study.egger)(*case.data)


def _baujat(case: _Case) -> ScatterPlot:
    _need(shown_when.influence(case.k))
    return doubt.baujat_plot(diagnostics.baujat(*case.data, tau2=case.tau2, labels=case.studies.labels))


def _radial(case: _Case) -> ScatterPlot:
    _need(shown_when.influence(case.k))
    found = diagnostics.radial(*case.data, tau2=case.tau2, level=case.settings.level, labels=case.studies.labels)
    return doubt.radial_plot(found, case.studies)


def _labbe(case: _Case) -> ScatterPlot:
    arms = case.primary.arms
    if not isinstance(arms, BinaryArms):
        raise NotShown("It compares risks, and this outcome is measured.")
    _need(shown_when.at_least(len(arms), FEWEST_TO_COMPARE, "a comparison of risks", "L'Abbé, Detsky & O'Rourke 1987"))
    pooled = case.primary.pooled
    return doubt.labbe_plot(
        arms,
        case.studies,
        pooled=None if isinstance(pooled, NotEstimable) else pooled.estimate,
        experimental=case.subject.experimental,
        control=case.subject.control,
    )


def _bubble(case: _Case) -> ScatterPlot:
    name, values = _moderator(case)
    known = [place for place, value in enumerate(values) if value is not None]
    rule = shown_when.at_least(
        len(known), STUDIES_PER_MODERATOR, f"a regression on {name.lower()}", "Cochrane Handbook 10.11.5.1"
    )
    _need(rule)
    given = [value for value in values if value is not None]
    if len(set(given)) < FEWEST_TO_COMPARE:
        raise NotShown(f"{name} is the same in all trials.")
    studies = case.studies.at(known)
    found = regress(studies.estimate, studies.variance, {name: given}, tau2=case.tau2, level=case.settings.level)
    if not isinstance(found, Regression):
        raise NotShown(found.reason)
    return doubt.bubble_plot(found, studies, name=name, values=given)


def _moderator(case: _Case) -> tuple[str, list[float | None]]:
    """The plan's characteristic where it is a number in every trial that states it, else the year of publication."""
    name = case.settings.subgroups_by
    if name:
        values = [_number(study.get("group", "")) for study in case.rows]
        if len([value for value in values if value is not None]) >= STUDIES_PER_MODERATOR:
            return name, values
    return YEAR, [study.get("year") for study in case.rows]


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if np.isfinite(found) else None


def _gosh(case: _Case) -> ScatterPlot:
    _need(shown_when.influence(case.k))
    found = diagnostics.gosh(*case.data, tau2=case.tau2, subsets=SUBSETS_ON_A_PAGE, labels=case.studies.labels)
    return doubt.gosh_plot(found, case.studies)


def _sequential(case: _Case) -> ScatterPlot:
    """Trial after trial in the order of the inputs (oldest first); the parts of a trial come together."""
    required, assumed = _required(case)
    whole = whole_studies(case.inputs)
    masks = np.zeros((len(whole), len(case.inputs["studies"])))
    for row, (_, places) in enumerate(whole):
        masks[row:, places] = 1.0
    labels = [label for label, _ in whole]
    people = np.cumsum([sum(_people(case.inputs["studies"][place]) for place in places) for _, places in whole])
    found = evaluate(case.primary.arms, case.primary.plan, masks, labels, "cumulative")
    looks = [
        (row.label, row.pooled, total)
        for row, total in zip(found.rows, people.tolist(), strict=True)
        if isinstance(row.pooled, Pooled)
    ]
    _need(shown_when.at_least(len(looks), FEWEST_TO_COMPARE, "a sequence of looks", "Wetterslev et al. 2008"))
    monitored = sequential.monitor(
        [pooled.estimate for _, pooled, _ in looks],
        [pooled.standard_error for _, pooled, _ in looks],
        [total for *_, total in looks],
        required.adjusted,
        alpha=ALPHA,
        beta=BETA,
        benefit_is=case.subject.benefit_is,
    )
    return doubt.sequential_plot(
        monitored, ahead=_ahead(monitored), labels=tuple(label for label, *_ in looks), assumed=assumed
    )


def _ahead(monitored: sequential.Monitoring) -> list[tuple[float, float]]:
    """Boundaries at looks that may still come. What is spent so far decides them, so past boundaries stay as they are."""
    past = [time for time, _, _ in monitored.planned if time < 1]
    last = max(past, default=0.0)
    coming = [step / TENTHS for step in range(1, TENTHS) if step / TENTHS > last + CLOSEST] + [1.0]
    bounds = sequential.boundaries([*past, *coming], alpha=ALPHA).upper[len(past) :]
    return [(time, bound) for time, bound in zip(coming, bounds, strict=True) if bound is not None]


def _people(study: Mapping[str, Any]) -> float:
    return float(study["experimental"]["total"] + study["control"]["total"])


def _required(case: _Case) -> tuple[sequential.Required, str]:
    """The information needed for the difference that matters, with room for how much trials differ; and its sentence."""
    common = case.primary.common
    random = one_model(case.primary.arms, case.settings, Model.RANDOM).pooled
    if isinstance(common, NotEstimable) or isinstance(random, NotEstimable):
        raise NotShown("There is no pooled result to hold against boundaries.")
    differing = sequential.diversity(common.standard_error**2, random.standard_error**2)
    power = f"with {numbers.whole_percent(100 * (1 - BETA))} power"
    if isinstance(case.primary.arms, BinaryArms):
        risk, reduction, named = _sought(case)
        found = sequential.required_for_risks(risk, rrr=reduction, alpha=ALPHA, beta=BETA, diversity=differing)
        return found, (
            f"The required information would show a change of the risk from {numbers.weight(100 * risk)} to "
            f"{numbers.weight(100 * risk * (1 - reduction))} ({named}) {power}."
        )
    if not case.matters:
        raise NotShown("The protocol names no difference that matters, so the information needed is not known.")
    if case.studies.measure.code != "MD":
        raise NotShown("The difference that matters is in the outcome's unit, and this measure is not.")
    found = sequential.required_for_means(case.matters, _typical_sd(case), alpha=ALPHA, beta=BETA, diversity=differing)
    return found, (
        f"The required information would show a difference of {numbers.decimal(case.matters)} "
        f"(what matters by the protocol) {power}."
    )


def _sought(case: _Case) -> tuple[float, float, str]:
    """The control risk of all trials, the relative reduction looked for (below 0 for more events), and whence."""
    sides = [study["control"] for study in case.inputs["studies"]]
    people = sum(side["total"] for side in sides)
    risk = sum(side["events"] for side in sides) / people if people else 0.0
    if not 0 < risk < 1:
        raise NotShown(
            "Without a risk between none and all in the control groups, the information needed is not known."
        )
    size, named = RELATIVE_REDUCTION, "a fifth, for the protocol names no difference that matters"
    if case.matters:
        size, named = case.matters / PER / risk, "what matters by the protocol"
    return risk, size if case.subject.benefit_is == "lower" else -size, named


def _typical_sd(case: _Case) -> float:
    """Pooled over all groups, weighted by their degrees of freedom."""
    sides = [study[side] for study in case.inputs["studies"] for side in ("experimental", "control")]
    free = sum(side["total"] - 1 for side in sides)
    if free <= 0:
        raise NotShown("The groups are too small to know how much people differ.")
    return float((sum((side["total"] - 1) * side["sd"] ** 2 for side in sides) / free) ** 0.5)


MAKERS: Mapping[str, Callable[[_Case], ScatterPlot]] = {
    "funnel": _funnel,
    "baujat": _baujat,
    "radial": _radial,
    "labbe": _labbe,
    "bubble": _bubble,
    "gosh": _gosh,
    "sequential": _sequential,
}
"""In the order of a page; the secondary one comes last."""
