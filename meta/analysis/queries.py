"""What goes into an analysis, and what came out of it last."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from meta.analysis.figures import Subject
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.rules import Settings
from reviews.base.work import queries as work
from reviews.base.work.queries import Standing
from reviews.base.work.rules import State
from reviews.extraction import queries as extraction
from reviews.extraction.queries import StudyEvidence
from reviews.extraction.rules import ArmRole
from reviews.models import Review

RECOMPUTE = "recompute"
"""The kind of owed work; its key is the analysis' id."""

SETTLED = Standing(State.SETTLED, 0, "", None)


@dataclass(frozen=True, slots=True)
class Result:
    """An analysis with its newest snapshot (None before the first) and where its recomputing stands."""

    analysis: Analysis
    plan: Plan
    snapshot: Snapshot | None
    standing: Standing


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
    return analysis.plans.get(is_current=True)


def settings_of(plan: Plan) -> Settings:
    return Settings(
        measure=plan.measure,
        method=plan.method,
        model=plan.model,
        tau2=plan.tau2,
        zero_cells=plan.zero_cells,
        level=float(plan.level),
    )


def latest_snapshot(analysis: Analysis) -> Snapshot | None:
    return analysis.snapshots.order_by("-number").first()


def result(analysis: Analysis) -> Result:
    standing = work.standing(RECOMPUTE, analysis.work_key)
    return Result(analysis, current_plan(analysis), latest_snapshot(analysis), standing)


def results(review: Review) -> list[Result]:
    """Every analysis of a review with its newest snapshot, in four statements however many there are."""
    found = list(analyses(review))
    plans = {plan.analysis_id: plan for plan in Plan.objects.filter(analysis__in=found, is_current=True)}
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
    )


def inputs(analysis: Analysis) -> dict[str, Any]:
    """All confirmed counts that the analysis pools, with the rows they come from: JSON, in a stated order.

    Arms of one role are added up, so that a control group is never counted twice.
    """
    evidence = extraction.evidence(analysis.review, analysis.outcome, analysis.timepoint)
    return {"studies": [entry for study in evidence if (entry := _entry(study)) is not None]}


def _entry(study: StudyEvidence) -> dict[str, Any] | None:
    experimental, control = study.side(ArmRole.EXPERIMENTAL), study.side(ArmRole.CONTROL)
    if experimental is None or control is None:
        return None
    return {
        "study_id": study.study_id,
        "label": study.label,
        "year": study.year,
        "experimental": {"events": experimental.events, "total": experimental.total},
        "control": {"events": control.events, "total": control.total},
        "arms": [
            {
                "label": arm.label,
                "role": arm.role.value,
                "events": arm.count.events,
                "total": arm.count.total,
                "values": list(arm.values),
            }
            for arm in study.arms
        ],
    }
