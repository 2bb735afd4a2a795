"""What goes into an analysis, and what came out of it last."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet

from meta.analysis import figures
from meta.analysis.doubting import Doubt, doubt_of
from meta.analysis.figures import Subject
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.rules import Grouped, LeftOut, Settings
from meta.plots.forest import ForestPlot
from meta.plots.forest.model import Mark
from reviews.base.work import queries as work
from reviews.base.work.queries import Standing
from reviews.base.work.rules import State
from reviews.library.models import Characteristic
from reviews.models import Review
from reviews.protocol import queries as protocol
from reviews.protocol.rules import OutcomeType
from reviews.screening import queries as screening

RECOMPUTE = "recompute"
"""The kind of owed work; its key is the analysis' id."""

SETTLED = Standing(State.SETTLED, 0, "", None)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where an analysis stands, without its numbers; `newest` is 0 before the first snapshot."""

    analysis: Analysis
    standing: Standing
    newest: int
    computed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Result:
    """An analysis with its newest snapshot (None before the first) and where its recomputing stands."""

    analysis: Analysis
    plan: Plan
    snapshot: Snapshot | None
    standing: Standing

    @property
    def progress(self) -> Progress:
        snapshot = self.snapshot
        number, at = (snapshot.number, snapshot.created_at) if snapshot else (0, None)
        return Progress(self.analysis, self.standing, number, at)


def analyses(review: Review) -> QuerySet[Analysis]:
    return (
        Analysis.objects.filter(review=review)
        .select_related("outcome", "timepoint", "review")
        .order_by("position", "pk")
    )


def analyses_of(*, review_ids: list[int], outcome_ids: list[int] | None) -> QuerySet[Analysis]:
    """The analyses that a change of these outcomes touches; None means every outcome."""
    touched = Analysis.objects.filter(review__in=review_ids).order_by("pk")
    return touched if outcome_ids is None else touched.filter(outcome__in=outcome_ids)


def current_plan(analysis: Analysis) -> Plan:
    return analysis.plans.select_related("written_by").get(is_current=True)


def settings_of(plan: Plan) -> Settings:
    return Settings(
        measure=plan.measure,
        method=plan.method,
        model=plan.model,
        tau2=plan.tau2,
        zero_cells=plan.zero_cells,
        level=float(plan.level),
        interval=plan.interval,
        prediction=plan.prediction,
        variant=plan.variant,
        subgroups_by=plan.subgroups_by,
        groups=tuple(Grouped(**one) for one in plan.groups),
        left_out=tuple(LeftOut(**one) for one in plan.left_out),
        checks=tuple(plan.checks),
    )


def studies_of(review: Review) -> list[tuple[int, str]]:
    """Id and label of the studies that a plan can speak of, oldest first."""
    return list(screening.included(review).values_list("pk", "label"))


def characteristics_of(review: Review) -> list[str]:
    """The names of what is known of the review's studies, by which they can be grouped."""
    known = Characteristic.objects.filter(study__in=screening.included(review).order_by(), is_current=True)
    return list(known.order_by("name").values_list("name", flat=True).distinct())


def protocol_measure(analysis: Analysis) -> str:
    """The measure that the protocol in force names for an analysis' outcome, else the usual one of its type."""
    for one in protocol.wanted_outcomes(analysis.review):
        if (one.outcome_id, one.timepoint_id) == (analysis.outcome_id, analysis.timepoint_id):
            return one.measure
    return "MD" if analysis.outcome.type == OutcomeType.CONTINUOUS else "OR"


def latest_snapshot(analysis: Analysis) -> Snapshot | None:
    return analysis.snapshots.order_by("-number").first()


def result(analysis: Analysis) -> Result:
    standing = work.standing(RECOMPUTE, analysis.work_key)
    return Result(analysis, current_plan(analysis), latest_snapshot(analysis), standing)


def progress(analysis: Analysis) -> Progress:
    """Where the recomputing stands and which result is the newest, in two statements: a page asks again and again."""
    newest = analysis.snapshots.order_by("-number").values_list("number", "created_at").first()
    number, computed_at = newest or (0, None)
    return Progress(analysis, work.standing(RECOMPUTE, analysis.work_key), number, computed_at)


def results(review: Review, *, outcome_ids: Collection[int] | None = None) -> list[Result]:
    """Every analysis of a review with its newest snapshot, in four statements however many there are.

    Args:
        outcome_ids: only the analyses of these outcomes; None means all.
    """
    wanted = analyses(review)
    found = list(wanted if outcome_ids is None else wanted.filter(outcome__in=outcome_ids))
    current = Plan.objects.filter(analysis__in=found, is_current=True).select_related("written_by")
    plans = {plan.analysis_id: plan for plan in current}
    newest = (
        Snapshot.objects.filter(analysis__in=found)
        .order_by()
        .values("analysis")
        .annotate(newest=Max("pk"))
        .values("newest")
    )
    snapshots = {snapshot.analysis_id: snapshot for snapshot in Snapshot.objects.filter(pk__in=newest)}
    standings = work.standings(RECOMPUTE, [analysis.work_key for analysis in found])
    return [
        Result(analysis, plans[analysis.pk], snapshots.get(analysis.pk), standings.get(analysis.work_key, SETTLED))
        for analysis in found
    ]


def subject_of(result: Result) -> Subject:
    """What the result is about, in the words of its outcome and plan."""
    return Subject(
        title=result.analysis.title,
        benefit_is=result.analysis.outcome.benefit_is,
        happened=result.analysis.outcome.happened,
        experimental=result.plan.experimental,
        control=result.plan.control,
        outcome=result.analysis.outcome.name,
        unit=result.analysis.outcome.unit,
        is_measured=result.analysis.outcome.type == OutcomeType.CONTINUOUS,
    )


def describe(result: Result) -> dict[str, Any] | None:
    """A result as pages show it and as releases freeze it; None before the first snapshot."""
    snapshot = result.snapshot
    if snapshot is None:
        return None
    subject = subject_of(result)
    reads = figures.reading(subject=subject, inputs=snapshot.inputs, settings=snapshot.settings, result=snapshot.result)
    measure = snapshot.settings["measure"]
    return {
        "key": result.analysis.key,
        "title": result.analysis.title,
        "outcome": result.analysis.outcome.name,
        "timepoint": result.analysis.timepoint.label,
        "experimental": subject.experimental,
        "control": subject.control,
        "measure": measure,
        "measure_name": figures.effect_name(measure),
        "benefit_is": subject.benefit_is,
        "text": reads.text,
        "direction": reads.direction.value,
        "headline": reads.headline,
        "absolute": figures.absolute_document(subject, reads.absolute),
        "meaning": reads.meaning,
        "data": result.analysis.outcome.type,
        "unit": subject.unit,
        "k": reads.k,
        "participants": reads.participants,
        "pooled": reads.pooled,
        "alternatives": reads.alternatives,
        "heterogeneity": reads.heterogeneity,
        "prediction": reads.prediction,
        "chosen": reads.chosen,
        "subgroups": reads.subgroups,
        "checks": reads.checks,
        "caveats": reads.caveats,
        "plan": {"number": result.plan.number, "reason": result.plan.reason},
        "settings": snapshot.settings,
        "method": figures.method_sentences(snapshot.settings),
        "inputs": snapshot.inputs,
        "result": snapshot.result,
        "engine": snapshot.engine,
        "snapshot": snapshot.number,
        "computed_at": snapshot.created_at.isoformat(),
        "digest": snapshot.digest,
    }


def plot_of(result: Result, marks: Mapping[str, Mark] | None = None) -> ForestPlot:
    """The forest plot of a result that has a snapshot."""
    if result.snapshot is None:
        raise ValueError("There is no result to draw yet.")
    return figures.forest(
        subject=subject_of(result),
        inputs=result.snapshot.inputs,
        settings=result.snapshot.settings,
        result=result.snapshot.result,
        marks=marks,
    )


def doubts(result: Result) -> Doubt | None:
    """The plots that look harder at a result, worked out anew each time; None before the first snapshot."""
    snapshot = result.snapshot
    if snapshot is None:
        return None
    analysis = result.analysis
    matters = [
        one.important_difference
        for one in protocol.wanted_outcomes(analysis.review)
        if (one.outcome_id, one.timepoint_id) == (analysis.outcome_id, analysis.timepoint_id)
    ]
    return doubt_of(
        subject=subject_of(result),
        inputs=snapshot.inputs,
        settings=Settings.from_dict(snapshot.settings),
        primary=snapshot.result["primary"],
        matters=float(matters[0]) if matters and matters[0] is not None else None,
    )
