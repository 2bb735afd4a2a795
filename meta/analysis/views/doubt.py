"""Plots that look harder at a result: a part of its page when that asks for it, a page of their own otherwise."""

import json
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from meta.analysis import queries
from meta.analysis.views.results import PLOTLY
from meta.plots import scatter
from meta.plots.scatter import ScatterPlot
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest


@require_GET
def doubt(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    analysis = get_object_or_404(queries.analyses(review), key=key)
    found = queries.doubts(queries.result(analysis))
    context = {
        "review": review,
        "analysis": analysis,
        "plots": [_shown(plot) for plot in found.plots] if found else [],
        "held_back": found.held_back if found else [],
        "plotly_src": static(PLOTLY),
    }
    name = "meta/analysis/_doubt.html" if request.htmx else "meta/analysis/doubt.html"
    return render(request, name, context)


def _shown(plot: ScatterPlot) -> dict[str, Any]:
    return {
        "plot": plot,
        "svg": mark_safe(scatter.svg(plot)),  # noqa: S308  # our own drawing, every text in it escaped
        "figure": json.dumps(scatter.figure(plot), separators=(",", ":")),
    }
