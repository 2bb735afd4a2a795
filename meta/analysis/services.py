"""Plan an analysis, and compute it into an immutable snapshot."""

import logging
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify

from meta import stats
from meta.analysis import options, queries, rules
from meta.analysis.inputs import inputs as assemble
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.pooling import pool
from meta.analysis.rules import Settings
from meta.stats.plan import plan as stats_plan
from reviews.base.audit import services as audit
from reviews.base.work import services as work
from reviews.models import Outcome, Review, Timepoint, User
from reviews.protocol.rules import OutcomeType
from reviews.screening import queries as screening
from reviews.team.access import require
from reviews.team.rules import Action

logger = logging.getLogger(__name__)

ENGINE = f"perennial-stats {stats.__version__}"

STALE = "Somebody amended this plan while you were writing. Read it, then amend it again if you still disagree."
RESERVED_KEYS = frozenset({"new", "options", "preview"})
"""Addresses of pages that stand where an analysis would."""


@dataclass(frozen=True, slots=True)
class Computed:
    """A result that is not stored yet, with what went in and its digest."""

    inputs: dict[str, Any]
    settings: dict[str, Any]
    result: dict[str, Any]
    digest: str


@transaction.atomic
def plan_analysis(
    *,
    review: Review,
    actor: User,
    outcome: Outcome,
    timepoint: Timepoint,
    title: str,
    experimental: str,
    control: str,
    settings: Settings = rules.REVMAN_5,
    key: str = "",
) -> Analysis:
    """Plan a new analysis; it is computed as soon as a worker is free.

    Raises:
        PermissionDenied: the person does not plan analyses in this review.
        ValidationError: the outcome is not one of the team's or cannot be pooled in this measure, or the title gives no
            address of its own.
    """
    role = require(actor, review, Action.PLAN)
    if timepoint.outcome_id != outcome.pk or outcome.team_id != review.team_id:
        raise ValidationError("This outcome and time do not belong together in this review.")
    _check(review, outcome, settings)
    key = key or slugify(title)[:60].strip("-")
    if not key or key in RESERVED_KEYS:
        raise ValidationError({"title": "The address of the analysis is made from its title: use letters or digits."})
    if Analysis.objects.filter(review=review, key=key).exists():
        raise ValidationError({"title": f"This review has an analysis called {title} already."})
    last = Analysis.objects.filter(review=review).aggregate(last=Max("position"))["last"] or 0
    analysis = Analysis.objects.create(
        review=review, key=key, title=title, outcome=outcome, timepoint=timepoint, position=last + 1
    )
    plan = _write_plan(analysis, actor, settings, experimental, control, number=1, reason="")
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="planned analysis",
        subject=analysis,
        after={"plan": plan.number, "outcome": str(outcome), "timepoint": str(timepoint), **settings.to_dict()},
    )
    work.owe(kind=queries.RECOMPUTE, key=analysis.work_key)
    return analysis


@transaction.atomic
def amend_plan(*, analysis: Analysis, actor: User, settings: Settings, reason: str, seen: int | None = None) -> Plan:
    """Change how an analysis is computed; the plan before stays readable.

    Args:
        seen: the number of the plan that the person read before they wrote; None where nothing was shown to them.

    Raises:
        PermissionDenied: the person does not plan analyses in this review.
        ValidationError: no reason is given, the settings do not fit, or somebody amended the plan in the meantime.
    """
    role = require(actor, analysis.review, Action.PLAN)
    if not reason.strip():
        raise ValidationError({"reason": "Say why the plan changes; both versions stay readable."})
    Analysis.objects.select_for_update().get(pk=analysis.pk)
    before = queries.current_plan(analysis)
    if seen is not None and seen != before.number:
        raise ValidationError(STALE, code="stale")
    _check(analysis.review, analysis.outcome, settings)
    if queries.settings_of(before) == settings:
        return before
    before.is_current = False
    before.save(update_fields=["is_current"])
    plan = _write_plan(
        analysis, actor, settings, before.experimental, before.control, number=before.number + 1, reason=reason.strip()
    )
    audit.record(
        chain=analysis.review.chain,
        actor=actor,
        acting_role=role,
        verb="amended analysis plan",
        subject=analysis,
        before=queries.settings_of(before).to_dict(),
        after=settings.to_dict(),
        reason=reason.strip(),
    )
    work.owe(kind=queries.RECOMPUTE, key=analysis.work_key)
    return plan


@transaction.atomic
def ask_again(*, analysis: Analysis, actor: User) -> None:
    """Have an analysis recomputed, for example after a failure was mended.

    Raises:
        PermissionDenied: the person may not ask for it.
    """
    role = require(actor, analysis.review, Action.RECOMPUTE)
    audit.record(
        chain=analysis.review.chain, actor=actor, acting_role=role, verb="asked to recompute", subject=analysis
    )
    work.owe(kind=queries.RECOMPUTE, key=analysis.work_key)


def recompute(*, analysis_id: int) -> Snapshot | None:
    """Do the recompute that is owed, if any. Safe to run twice and to be killed at any instant.

    Returns the newest snapshot; None when nothing was owed, somebody else has it, or it failed (the last good snapshot
    stays, and the error is kept with the owed work for people to see).
    """
    lease = work.claim(kind=queries.RECOMPUTE, key=str(analysis_id))
    if lease is None:
        return None
    try:
        analysis = Analysis.objects.select_related("review", "outcome", "timepoint").get(pk=analysis_id)
        plan = queries.current_plan(analysis)
        computed = compute(analysis, plan)
        with transaction.atomic():
            audit.hold(analysis.review.chain)
            work.settle(lease)
            return _store(analysis, plan, computed)
    except work.LeaseLost:
        return None
    except Exception as error:
        # Any failure must reach the people who wait for the number, in words, and none may stop the worker.
        logger.exception("Recomputing analysis %s failed", analysis_id)
        work.fail(lease, error)
        return None


def compute(analysis: Analysis, plan: Plan) -> Computed:
    """Assemble what is confirmed now and pool it; nothing is stored."""
    settings = queries.settings_of(plan)
    inputs, plain = assemble(analysis, settings), settings.to_dict()
    digest = rules.digest({"inputs": inputs, "settings": plain, "engine": ENGINE})
    return Computed(inputs, plain, pool(inputs, settings), digest)


def _write_plan(
    analysis: Analysis, actor: User, settings: Settings, experimental: str, control: str, *, number: int, reason: str
) -> Plan:
    plain = asdict(settings)
    return Plan.objects.create(
        analysis=analysis,
        number=number,
        experimental=experimental,
        control=control,
        reason=reason,
        written_by=actor,
        **plain
        | {
            "level": Decimal(str(settings.level)),
            "groups": list(plain["groups"]),
            "left_out": list(plain["left_out"]),
            "checks": [str(check) for check in settings.checks],
        },
    )


def _check(review: Review, outcome: Outcome, settings: Settings) -> None:
    """Refuse settings that the engine does not know for this outcome, or that speak of studies which are not here.

    Raises:
        ValidationError: with the field that is wrong.
    """
    kind = OutcomeType(outcome.type)
    if settings.measure not in {option.code for option in options.measures(kind)}:
        raise ValidationError({"measure": f"{outcome} is {outcome.type}; it has no {settings.measure}."})
    if settings.model not in options.MODEL_RULES:
        raise ValidationError({"model": f"There is no model {settings.model}."})
    if unknown := set(settings.checks) - set(rules.Check):
        raise ValidationError({"checks": f"There is no check {', '.join(sorted(unknown))}."})
    try:
        stats_plan(
            options.KIND_OF[kind], settings.measure, settings.method, rules.Model.COMMON, settings.tau2,
            settings.zero_cells, settings.interval, settings.prediction or "t_km1", settings.level, "pooled",
            "greenland-robins", settings.variant or None,
        )  # fmt: skip
    except stats.StatsError as refusal:
        raise ValidationError({"method": str(refusal)}) from refusal
    if settings.variant and settings.variant not in {option.code for option in options.variants(settings.measure)}:
        raise ValidationError({"variant": f"{settings.measure} has no formula {settings.variant}."})
    if any(not one.reason.strip() for one in settings.left_out):
        raise ValidationError({"left_out": "Say for each study why it is left out."})
    if any(not one.group.strip() for one in settings.groups):
        raise ValidationError({"groups": "Give each subgroup a name."})
    for field, named in (("left_out", settings.left_out), ("groups", settings.groups)):
        ids = [one.study_id for one in named]
        if len(set(ids)) < len(ids):
            raise ValidationError({field: "A study is named twice."})
        if set(ids) - set(screening.included(review).filter(pk__in=ids).values_list("pk", flat=True)):
            raise ValidationError({field: "A study that is named here is not included in this review."})


def _store(analysis: Analysis, plan: Plan, computed: Computed) -> Snapshot:
    """Add a snapshot unless the newest one was made of the same."""
    newest = queries.latest_snapshot(analysis)
    if newest is not None and newest.digest == computed.digest:
        return newest
    snapshot = Snapshot.objects.create(
        analysis=analysis,
        number=newest.number + 1 if newest else 1,
        plan=plan,
        inputs=computed.inputs,
        settings=computed.settings,
        engine=ENGINE,
        result=computed.result,
        digest=computed.digest,
    )
    audit.record(
        chain=analysis.review.chain,
        actor=None,
        acting_role="",
        verb="recomputed",
        subject=analysis,
        after={"snapshot": snapshot.number, "digest": snapshot.digest},
    )
    return snapshot
