"""Pages on which printed results are kept beside an analysis."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from meta.analysis import queries as analysis
from meta.analysis.forms import PublishedForm, TakeBackForm
from meta.analysis.published import queries, services
from reviews.base.refusals import onto
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_http_methods(["GET", "POST"])
def add(request: MemberRequest, slug: str, key: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    found = get_object_or_404(analysis.analyses(review), key=key)
    groups = queries.groups_of(analysis.latest_snapshot(found))
    form = PublishedForm(request.POST if request.method == "POST" else None, subgroups=groups)
    if form.is_bound and form.is_valid():
        try:
            services.write_down(analysis=found, actor=request.user, claim=form.claim(), **form.others())
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The printed result is kept; its verdict stands beside it."))
            return redirect("analysis:analysis", slug, key)
    context = {"review": review, "analysis": found, "form": form}
    return render(request, "meta/analysis/published_form.html", context, status=422 if form.is_bound else 200)


@require_POST
def take_back(request: MemberRequest, slug: str, key: str, published_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.PLAN)
    found = get_object_or_404(analysis.analyses(review), key=key)
    published = get_object_or_404(queries.published_results([found]), pk=published_id)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Say why the printed result is taken back."))
        return redirect("analysis:analysis", slug, key)
    services.take_back(published=published, actor=request.user, reason=form.cleaned_data["reason"])
    messages.success(request, _("The printed result is taken back; the row stays in the records."))
    return redirect("analysis:analysis", slug, key)
