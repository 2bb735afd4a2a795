"""Pages on which an analysis is planned, and its plan amended."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from meta.analysis import queries, services
from meta.analysis.forms import AmendForm, PlanForm, preset_for
from reviews.base.refusals import onto
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome
from reviews.protocol.rules import OutcomeType
from reviews.team.access import review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    wanted = protocol.wanted_outcomes(review)
    offered: dict[str, Any] = {"wanted": wanted} | _offered(review)
    preset = request.POST.get("preset", "")
    if preset:
        chosen = next((one.outcome for one in wanted if str(one.pk) == request.POST.get("wanted")), None)
        return _plan_page(request, review, PlanForm(initial=_typed(request, preset, chosen), **offered))
    form = PlanForm(request.POST if request.method == "POST" else None, **offered)
    if request.method == "POST" and form.is_valid():
        one = form.cleaned_data["wanted"]
        try:
            analysis = services.plan_analysis(
                review=review,
                actor=request.user,
                outcome=one.outcome,
                timepoint=one.timepoint,
                title=form.cleaned_data["title"],
                experimental=form.cleaned_data["experimental"],
                control=form.cleaned_data["control"],
                settings=form.settings(protocol_measure=one.measure),
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            return redirect("analysis:analysis", slug, analysis.key)
    return _plan_page(request, review, form)


@require_http_methods(["GET", "POST"])
def amend(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    found = get_object_or_404(queries.analyses(review), key=key)
    plan = queries.current_plan(found)
    offered: dict[str, Any] = _offered(review) | {"kind": OutcomeType(found.outcome.type)}
    standing = AmendForm.initial_of(queries.settings_of(plan)) | {"seen": plan.number}
    preset = request.POST.get("preset", "")
    if preset:
        form = AmendForm(initial=standing | _typed(request, preset, found.outcome), **offered)
    else:
        form = AmendForm(request.POST if request.method == "POST" else None, initial=standing, **offered)
    if form.is_bound and form.is_valid():
        try:
            services.amend_plan(
                analysis=found,
                actor=request.user,
                settings=form.settings(protocol_measure=queries.protocol_measure(found)),
                reason=form.cleaned_data["reason"],
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The plan is amended; the one before stays readable."))
            return redirect("analysis:analysis", slug, key)
    context = {"review": review, "analysis": found, "form": form}
    return render(request, "meta/analysis/amend_form.html", context, status=422 if form.is_bound else 200)


def _plan_page(request: MemberRequest, review: Review, form: PlanForm) -> HttpResponse:
    status = 422 if form.is_bound else 200
    return render(request, "meta/analysis/plan_form.html", {"review": review, "form": form}, status=status)


def _offered(review: Review) -> dict[str, Any]:
    """What of the review a plan can speak of."""
    return {"studies": queries.studies_of(review), "characteristics": queries.characteristics_of(review)}


def _typed(request: MemberRequest, preset: str, outcome: Outcome | None) -> dict[str, Any]:
    """What was typed so far, with a preset's choices put over it; nothing is saved."""
    typed = {name: request.POST.get(name) for name in request.POST if name != "checks"}
    return typed | {"checks": request.POST.getlist("checks")} | (preset_for(preset, outcome) or {})
