"""The live preview beside a trial's form: what it would do to each result it touches."""

from collections.abc import Mapping, Sequence

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from meta.analysis import previewing
from meta.analysis.previewing import Place
from reviews.extraction import queries as extraction
from reviews.extraction import rules
from reviews.extraction.forms import CHARACTERISTICS, MOST_ARMS, NumbersForm
from reviews.extraction.queries import ArmEvidence, StudyEvidence
from reviews.extraction.rules import ArmRole, Count, Measurement, Result, Summary
from reviews.library.models import Study
from reviews.models import Arm, Review
from reviews.protocol import queries as protocol
from reviews.protocol.models import OutcomeOfInterest
from reviews.screening import queries as screening
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_POST
def preview(request: MemberRequest, slug: str) -> HttpResponse:
    """Takes what the form of a trial sends, complete or not. What cannot be read yet is left aside; nothing is stored."""
    review = review_for_member(request.user, slug, Action.EXTRACT)
    found = previewing.preview(review, _drafts(review, request.POST), characteristics=_typed(request.POST))
    return render(request, "meta/analysis/_preview.html", {"review": review, "touched": found})


def _typed(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "") for name in CHARACTERISTICS}


def _drafts(review: Review, data: QueryDict) -> dict[Place, StudyEvidence]:
    """By outcome and time, the trial as far as it can be read; only where both sides have numbers."""
    wanted = protocol.wanted_outcomes(review)
    study, arms = _arms(review, data)
    numbers = NumbersForm(data, wanted=wanted, arms=len(arms))
    numbers.is_valid()
    found = {}
    for one in wanted:
        typed = [
            ArmEvidence(arm_id, label, role, result, frozenset(), ())
            for place, (arm_id, label, role, randomised) in enumerate(arms)
            if (result := _result(numbers.cleaned_data.get(f"cell-{one.pk}-{place}"), randomised)) is not None
        ]
        if study is not None and typed:
            typed = _beside(typed, arms, one)
        draft = _draft(study, data, one, typed)
        if draft.side(ArmRole.EXPERIMENTAL) and draft.side(ArmRole.CONTROL):
            found[one.outcome_id, one.timepoint_id] = draft
    return found


ArmOfForm = tuple[int, str, ArmRole, int | None]
"""Id (0 where the arm is not stored yet), name, role, and how many were randomised."""


def _arms(review: Review, data: QueryDict) -> tuple[Study | None, Sequence[ArmOfForm]]:
    """The arms of the study that the form is about, or those that are being typed."""
    if data.get("study"):
        study = get_object_or_404(screening.included(review), pk=_whole(data.get("study")) or 0)
        stored = Arm.objects.filter(study=study).order_by("position")
        return study, [(arm.pk, arm.label, ArmRole(arm.role), arm.randomised) for arm in stored]
    count = min(_whole(data.get("arms-TOTAL_FORMS")) or 0, MOST_ARMS)
    roles = {role.value for role in ArmRole}
    return None, [
        (0, label, ArmRole(role), _whole(data.get(f"arms-{place}-randomised")))
        for place in range(count)
        if (role := data.get(f"arms-{place}-role", "")) in roles
        and (label := data.get(f"arms-{place}-label", "").strip() or f"Arm {place + 1}")
    ]


def _draft(study: Study | None, data: QueryDict, one: OutcomeOfInterest, typed: Sequence[ArmEvidence]) -> StudyEvidence:
    if study is None:
        return StudyEvidence(0, data.get("label", "").strip() or "This trial", _whole(data.get("year")), tuple(typed))
    return StudyEvidence(study.pk, study.label, study.year, tuple(typed))


def _beside(typed: Sequence[ArmEvidence], arms: Sequence[ArmOfForm], one: OutcomeOfInterest) -> list[ArmEvidence]:
    """What is typed of a study that is there, and for its other arms what is confirmed."""
    known = {arm.arm_id: arm for arm in typed}
    for arm in Arm.objects.filter(pk__in=[arm_id for arm_id, *_ in arms if arm_id not in known]):
        result = extraction.evidence_result(arm, one.outcome, one.timepoint)
        if result is not None:
            known[arm.pk] = ArmEvidence(arm.pk, arm.label, ArmRole(arm.role), result, frozenset(), ())
    return [known[arm_id] for arm_id, *_ in arms if arm_id in known]


def _result(entry: object, randomised: int | None) -> Result | None:
    """What a cell says, as an analysis would read it; None where it says nothing that can be pooled."""
    if isinstance(entry, Count):
        return None if rules.count_problems(entry, randomised=randomised) else entry
    if isinstance(entry, Summary):
        if rules.summary_problems(entry, randomised=randomised):
            return None
        made = rules.derived(entry)
        if made is not None:
            return Measurement(made.mean, made.sd, entry.total)
        printed: Mapping[str, object] = {str(name): number for name, number in entry.numbers().items()}
        return Measurement(float(str(printed["mean"])), float(str(printed["sd"])), entry.total)
    return None


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.strip().isascii() and text.strip().isdecimal() and len(text) < 10 else None
