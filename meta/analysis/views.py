"""Pages for results: what is pooled, how, and where its recomputing stands."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meta.analysis import figures, queries, services
from meta.analysis.forms import AmendForm, PlanForm
from meta.analysis.models import Analysis
from meta.analysis.queries import Result
from meta.plots import forest
from reviews.protocol import queries as protocol
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

PER_PAGE = 25


@require_GET
def analyses(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    context = {
        "review": review,
        "results": [_line(review, result) for result in queries.results(review)],
        "can_plan": _may(request, review, Action.PLAN),
    }
    return render(request, "meta/analysis/analyses.html", context)


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    form = PlanForm(request.POST or None, wanted=protocol.wanted_outcomes(review))
    if request.method == "POST" and form.is_valid():
        wanted = form.cleaned_data["wanted"]
        try:
            analysis = services.plan_analysis(
                review=review,
                actor=request.user,
                outcome=wanted.outcome,
                timepoint=wanted.timepoint,
                title=form.cleaned_data["title"],
                experimental=form.cleaned_data["experimental"],
                control=form.cleaned_data["control"],
                settings=form.settings(),
            )
        except ValidationError as refusal:
            form.add_error("title", refusal.messages)
        else:
            return redirect("analysis:analysis", slug, analysis.key)
    status = 422 if request.method == "POST" else 200
    return render(request, "meta/analysis/plan_form.html", {"review": review, "form": form}, status=status)


@require_GET
def analysis(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    found = _analysis(review, key)
    snapshots = Paginator(found.snapshots.order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    context = _result_context(request, review, queries.result(found)) | {
        "snapshots": [_history_line(found, snapshot) for snapshot in snapshots],
        "page_obj": snapshots,
        "plans": found.plans.select_related("written_by").order_by("-number"),
        "can_plan": _may(request, review, Action.PLAN),
    }
    return render(request, "meta/analysis/analysis.html", context)


@require_GET
def state(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    """The result alone: the page asks for it again and again while a recompute is owed."""
    review = review_for_member(request.user, slug)
    context = _result_context(request, review, queries.result(_analysis(review, key)))
    return render(request, "meta/analysis/_state.html", context)


@require_POST
def retry(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.RECOMPUTE)
    services.ask_again(analysis=_analysis(review, key), actor=request.user)
    if request.htmx:
        return state_again(request, review, key)
    return redirect("analysis:analysis", slug, key)


@require_http_methods(["GET", "POST"])
def amend(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    found = _analysis(review, key)
    plan = queries.current_plan(found)
    form = AmendForm(
        request.POST or None, initial={"measure": plan.measure, "method": plan.method, "model": plan.model}
    )
    if request.method == "POST" and form.is_valid():
        services.amend_plan(
            analysis=found, actor=request.user, settings=form.settings(), reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("The plan is amended; the one before stays readable."))
        return redirect("analysis:analysis", slug, key)
    context = {"review": review, "analysis": found, "form": form}
    return render(request, "meta/analysis/amend_form.html", context, status=422 if request.method == "POST" else 200)


@require_GET
def figure(request: MemberRequest, slug: str, key: str, width: str) -> HttpResponse:
    """The forest plot as Plotly draws it: `wide` or `narrow`."""
    review = review_for_member(request.user, slug)
    result = queries.result(_analysis(review, key))
    if result.snapshot is None:
        return JsonResponse({"detail": _("There is no result yet.")}, status=404)
    return JsonResponse(forest.figure(_plot(result), width="narrow" if width == "narrow" else "wide"))


@require_GET
def picture(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    result = queries.result(_analysis(review, key))
    if result.snapshot is None:
        return HttpResponse(_("There is no result yet."), status=404, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(forest.svg(_plot(result)), content_type="image/svg+xml")
    answer["Content-Disposition"] = f'attachment; filename="{review.slug}-{key}.svg"'
    return answer


def state_again(request: MemberRequest, review: Review, key: str) -> HttpResponse:
    context = _result_context(request, review, queries.result(_analysis(review, key)))
    return render(request, "meta/analysis/_state.html", context)


def _result_context(request: MemberRequest, review: Review, result: Result) -> dict[str, Any]:
    analysis, snapshot = result.analysis, result.snapshot
    context: dict[str, Any] = {
        "review": review,
        "analysis": analysis,
        "plan": result.plan,
        "snapshot": snapshot,
        "standing": result.standing,
        "state_url": reverse("analysis:state", args=[review.slug, analysis.key]),
        "retry_url": reverse("analysis:retry", args=[review.slug, analysis.key]),
        "can_retry": _may(request, review, Action.RECOMPUTE),
        "reading": None,
    }
    if snapshot is not None:
        plot = _plot(result)
        context |= {
            "reading": figures.reading(
                subject=queries.subject_of(result),
                inputs=snapshot.inputs,
                settings=snapshot.settings,
                result=snapshot.result,
            ),
            "measure_name": figures.EFFECT_NAMES[snapshot.settings["measure"]],
            "forest_wide": forest.svg(plot),
            "forest_narrow": forest.svg_narrow(plot),
            "table": forest.table(plot),
            "svg_url": reverse("analysis:picture", args=[review.slug, analysis.key]),
            "figure_wide_url": reverse("analysis:figure", args=[review.slug, analysis.key, "wide"]),
            "figure_narrow_url": reverse("analysis:figure", args=[review.slug, analysis.key, "narrow"]),
        }
    return context


def _plot(result: Result) -> forest.ForestPlot:
    snapshot = result.snapshot
    assert snapshot is not None  # noqa: S101  # callers ask only where there is one
    return figures.forest(
        subject=queries.subject_of(result), inputs=snapshot.inputs, settings=snapshot.settings, result=snapshot.result
    )


def _line(review: Review, result: Result) -> dict[str, Any]:
    reading = None
    if result.snapshot is not None:
        reading = figures.reading(
            subject=queries.subject_of(result),
            inputs=result.snapshot.inputs,
            settings=result.snapshot.settings,
            result=result.snapshot.result,
        )
    return {
        "analysis": result.analysis,
        "url": reverse("analysis:analysis", args=[review.slug, result.analysis.key]),
        "measure": figures.EFFECT_NAMES[result.plan.measure],
        "reading": reading,
        "standing": result.standing,
    }


def _history_line(analysis: Analysis, snapshot: Any) -> dict[str, Any]:
    primary = snapshot.result[snapshot.result["primary"]]["pooled"]
    return {
        "number": snapshot.number,
        "created_at": snapshot.created_at,
        "text": figures.pooled_text(snapshot.settings["measure"], primary),
        "studies": len(snapshot.inputs["studies"]),
        "engine": snapshot.engine,
        "digest": snapshot.digest,
    }


def _analysis(review: Review, key: str) -> Analysis:
    return get_object_or_404(queries.analyses(review), key=key)


def _may(request: MemberRequest, review: Review, action: Action) -> bool:
    return acting_role(roles_of(request.user, review), action) is not None
