"""Pages for results: what is pooled, how, and where its recomputing stands."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from meta.analysis import figures, queries, services
from meta.analysis.forms import AmendForm, PlanForm
from meta.analysis.models import Analysis, Snapshot
from meta.analysis.queries import Result
from meta.plots import forest
from reviews.protocol import queries as protocol
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

PER_PAGE = 25
PLOTLY = "plotly/plotly.min.js"


@require_GET
def analyses(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    context = {
        "review": review,
        "analyses": [_line(review, result) for result in queries.results(review)],
        "can_plan": _may(request, review, Action.PLAN),
        "protocol_url": reverse("reviews:protocol:protocol", args=[review.slug]),
    }
    return render(request, "meta/analysis/analyses.html", context)


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    form = PlanForm(request.POST if request.method == "POST" else None, wanted=protocol.wanted_outcomes(review))
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
            _tell(form, refusal)
        else:
            return redirect("analysis:analysis", slug, analysis.key)
    status = 422 if request.method == "POST" else 200
    return render(request, "meta/analysis/plan_form.html", {"review": review, "form": form}, status=status)


@require_GET
def analysis(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    context = _page_context(request, review, _analysis(review, key))
    return render(request, "meta/analysis/analysis.html", context)


def _page_context(request: MemberRequest, review: Review, found: Analysis) -> dict[str, Any]:
    result = queries.result(found)
    snapshots = Paginator(found.snapshots.order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    shown = result.snapshot.number if result.snapshot else 0
    return _result_context(request, review, result) | {
        "is_open": result.standing.is_open,
        "snapshots": [_history_line(snapshot, shown=shown) for snapshot in snapshots],
        "page_obj": snapshots,
        "plans": found.plans.select_related("written_by").order_by("-number"),
        "can_plan": _may(request, review, Action.PLAN),
        "release_url": reverse("publication:releases", args=[review.slug])
        if _may(request, review, Action.RELEASE)
        else "",
    }


@require_GET
def state(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    """Where the recompute stands: the page asks again and again while one is owed.

    Once it is settled the new numbers come along, and take their own place in the page.
    """
    review = review_for_member(request.user, slug)
    return _state(request, review, key, request.GET.get("shown", ""))


@require_POST
def recompute(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.RECOMPUTE)
    services.ask_again(analysis=_analysis(review, key), actor=request.user)
    if request.htmx:
        return _state(request, review, key, request.POST.get("shown", ""))
    return redirect("analysis:analysis", slug, key)


def _state(request: MemberRequest, review: Review, key: str, shown: str) -> HttpResponse:
    context = _page_context(request, review, _analysis(review, key))
    has_news = not context["is_open"] and str(context["shown"]) != shown
    if not has_news:
        return render(request, "meta/analysis/_state.html", context)
    return render(request, "meta/analysis/_settled.html", context | {"swap": True})


@require_http_methods(["GET", "POST"])
def amend(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    found = _analysis(review, key)
    plan = queries.current_plan(found)
    form = AmendForm(
        request.POST if request.method == "POST" else None,
        initial={"measure": plan.measure, "method": plan.method, "model": plan.model},
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
    return JsonResponse(forest.figure(queries.plot_of(result), width="narrow" if width == "narrow" else "wide"))


@require_GET
def picture(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    result = queries.result(_analysis(review, key))
    if result.snapshot is None:
        return HttpResponse(_("There is no result yet."), status=404, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(forest.svg(queries.plot_of(result), paper=True), content_type="image/svg+xml")
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
        "state": result.standing.state.value,
        "error": result.standing.last_error,
        "shown": snapshot.number if snapshot else 0,
        "computed_at": snapshot.created_at if snapshot else None,
        "can_recompute": _may(request, review, Action.RECOMPUTE),
        "outcome": queries.describe(result),
    }
    if snapshot is not None:
        plot = queries.plot_of(result)
        context |= {
            "forest_wide": mark_safe(forest.svg(plot)),  # noqa: S308  # our own drawing, every text in it escaped
            "forest_narrow": mark_safe(forest.svg_narrow(plot)),  # noqa: S308
            "table": forest.table(plot),
            "figure_url": reverse("analysis:picture", args=[review.slug, analysis.key]),
            "figure_wide_url": reverse("analysis:figure", args=[review.slug, analysis.key, "wide"]),
            "figure_narrow_url": reverse("analysis:figure", args=[review.slug, analysis.key, "narrow"]),
            "plotly_src": static(PLOTLY),
        }
    return context


def _line(review: Review, result: Result) -> dict[str, Any]:
    described = queries.describe(result) or {}
    return {
        "title": result.analysis.title,
        "url": reverse("analysis:analysis", args=[review.slug, result.analysis.key]),
        "measure": result.plan.measure,
        "text": described.get("text", ""),
        "k": described.get("k", 0),
        "participants": described.get("participants", 0),
        "state": result.standing.state.value,
        "computed_at": result.snapshot.created_at if result.snapshot else None,
    }


def _history_line(snapshot: Snapshot, *, shown: int) -> dict[str, Any]:
    primary = snapshot.result[snapshot.result["primary"]]["pooled"]
    return {
        "number": snapshot.number,
        "at": snapshot.created_at,
        "text": figures.pooled_text(snapshot.settings["measure"], primary),
        "k": len(snapshot.inputs["studies"]),
        "digest": snapshot.digest,
        "is_shown": snapshot.number == shown,
    }


def _tell(form: PlanForm, refusal: ValidationError) -> None:
    """Put a service's messages beside the fields that they speak of."""
    if not hasattr(refusal, "error_dict"):
        form.add_error(None, refusal.messages)
        return
    for name, errors in refusal.message_dict.items():
        form.add_error(name, errors)


def _analysis(review: Review, key: str) -> Analysis:
    return get_object_or_404(queries.analyses(review), key=key)


def _may(request: MemberRequest, review: Review, action: Action) -> bool:
    return acting_role(roles_of(request.user, review), action) is not None
