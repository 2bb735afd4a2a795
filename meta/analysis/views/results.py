"""Pages for results: what is pooled, how, and where its recomputing stands."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from meta.analysis import figures, queries, services
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.published import queries as printed
from meta.analysis.queries import Progress, Result
from meta.plots import forest
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


@require_GET
def analysis(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    context = _page_context(request, review, _analysis(review, key))
    return render(request, "meta/analysis/analysis.html", context)


def _page_context(request: MemberRequest, review: Review, found: Analysis) -> dict[str, Any]:
    result = queries.result(found)
    published = list(printed.published_results([found]))
    snapshot = result.snapshot
    snapshots = Paginator(found.snapshots.order_by("-number"), PER_PAGE).get_page(request.GET.get("page"))
    shown = result.snapshot.number if result.snapshot else 0
    return _result_context(request, review, result) | {
        "snapshots": [_history_line(snapshot, shown=shown) for snapshot in snapshots],
        "page_obj": snapshots,
        "plans": [_plan_line(plan) for plan in found.plans.select_related("written_by").order_by("-number")],
        "published": printed.lines(
            published,
            inputs=snapshot.inputs if snapshot else None,
            result=snapshot.result if snapshot else None,
        ),
        "is_open": result.standing.is_open,
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
    """The part that says where it stands; nothing at all where that is what the page says already."""
    found = _analysis(review, key)
    progress = queries.progress(found)
    if not progress.standing.is_open and str(progress.newest) != shown:
        context = _page_context(request, review, found) | {"swap": True}
        return render(request, "meta/analysis/_settled.html", context)
    context = _state_context(request, review, progress)
    if request.GET.get("seen") == context["seen"]:
        return HttpResponse(status=204)
    return render(request, "meta/analysis/_state.html", context)


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


def _state_context(request: MemberRequest, review: Review, progress: Progress) -> dict[str, Any]:
    standing = progress.standing
    return {
        "review": review,
        "analysis": progress.analysis,
        "state": standing.state.value,
        "error": standing.last_error,
        "seen": f"{standing.state.value}-{standing.attempts}",
        "shown": progress.newest,
        "computed_at": progress.computed_at,
        "can_recompute": _may(request, review, Action.RECOMPUTE),
    }


def _result_context(request: MemberRequest, review: Review, result: Result) -> dict[str, Any]:
    analysis, snapshot = result.analysis, result.snapshot
    context: dict[str, Any] = _state_context(request, review, result.progress) | {"outcome": queries.describe(result)}
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
        "k": figures.trials(snapshot.inputs["studies"]),
        "digest": snapshot.digest,
        "is_shown": snapshot.number == shown,
    }


def _plan_line(plan: Plan) -> dict[str, Any]:
    return {
        "number": plan.number,
        "is_current": plan.is_current,
        "reason": plan.reason,
        "written_by": plan.written_by,
        "written_at": plan.written_at,
        "says": [
            one for one in figures.method_sentences(queries.settings_of(plan).to_dict()) if one["name"] != "Zero cells"
        ],
        "left_out": len(plan.left_out),
    }


def _analysis(review: Review, key: str) -> Analysis:
    return get_object_or_404(queries.analyses(review), key=key)


def _may(request: MemberRequest, review: Review, action: Action) -> bool:
    return acting_role(roles_of(request.user, review), action) is not None
