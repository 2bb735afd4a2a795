"""What was searched when; write a search down; open one."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviews.base.refusals import onto
from reviews.search import queries, services
from reviews.search.forms import USUAL_SOURCES, FilesForm, SearchCorrectionForm, SearchForm, update_words
from reviews.search.models import Search
from reviews.search.rules import SourceKind, Standing
from reviews.search.services import Brought
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

STANDINGS = {
    Standing.FRESH: (gettext_lazy("up to date"), "good"),
    Standing.DUE: (gettext_lazy("due"), "waiting"),
    Standing.LATE: (gettext_lazy("late"), "bad"),
    Standing.NEVER: (gettext_lazy("never searched"), "waiting"),
    Standing.UNSCHEDULED: (gettext_lazy("not on the schedule"), ""),
}
SHOWN = 100
"""Searches on the page; a living review has some tens a year."""


def can_search(request: MemberRequest, review: Review) -> bool:
    return acting_role(roles_of(request.user, review), Action.SEARCH) is not None


@require_GET
def overview(request: MemberRequest, slug: str) -> HttpResponse:
    """Every source at a glance, then every search, newest first."""
    review = review_for_member(request.user, slug)
    watched = queries.watched(review, timezone.localdate())
    found = list(queries.searches(review)[:SHOWN])
    newest = queries.newest_update(review)
    context = {
        "review": review,
        "watched": [
            {"of": each, "words": STANDINGS[each.standing][0], "tone": STANDINGS[each.standing][1]} for each in watched
        ],
        "late": [each for each in watched if each.standing is Standing.LATE],
        "searches": [{"of": each, "update": update_words(each.update, newest)} for each in found],
        "can_search": can_search(request, review),
    }
    return render(request, "reviews/search/overview.html", context)


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, slug: str) -> HttpResponse:
    """Write down a search, with its files if they are at hand."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    newest = queries.newest_update(review)
    initial = SearchForm.beginning(str(request.user), newest) | {"source": request.GET.get("source", "")[:120]}
    form = SearchForm(request.POST or None, newest=newest, initial=initial)
    refused = request.method == "POST"
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                search = services.record_search(
                    review=review, actor=request.user, **(given | {"kind": SourceKind(given["kind"])})
                )
                uploads = request.FILES.getlist("files")
                brought = services.bring_files(search=search, actor=request.user, uploads=uploads) if uploads else None
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The search is written down."))
            return _after(request, search, brought)
    context = {
        "review": review,
        "form": form,
        "files_form": FilesForm(),
        "sources": sorted(
            {*USUAL_SOURCES, *queries.promised_names(review), *(str(each) for each in queries.sources(review))}
        ),
    }
    return render(request, "reviews/search/search_form.html", context, status=422 if refused else 200)


@require_GET
def search(request: MemberRequest, slug: str, search_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug)
    return _search(request, review, _found(review, search_id))


def _search(request: MemberRequest, review: Review, found: Search, *, form: FilesForm | None = None) -> HttpResponse:
    context = {
        "review": review,
        "search": found,
        "update": update_words(found.update, queries.newest_update(review)),
        "imports": list(queries.imports(review).filter(search=found)),
        "files_form": form or FilesForm(),
        "can_search": can_search(request, review),
    }
    return render(request, "reviews/search/search.html", context, status=422 if form else 200)


@require_http_methods(["GET", "POST"])
def correct(request: MemberRequest, slug: str, search_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, search_id)
    form = SearchCorrectionForm(request.POST or None, search=found, newest=queries.newest_update(review))
    refused = request.method == "POST"
    if request.method == "POST" and form.is_valid():
        try:
            services.correct_search(search=found, actor=request.user, **form.cleaned_data)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("Corrected. The history keeps what it said before."))
            return redirect("reviews:search:search", slug, search_id)
    context = {"review": review, "search": found, "form": form}
    return render(request, "reviews/search/search_correct.html", context, status=422 if refused else 200)


@require_POST
def bring(request: MemberRequest, slug: str, search_id: int) -> HttpResponse:
    """Files of a search: what is in them is shown before anything is imported."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, search_id)
    form = FilesForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            brought = services.bring_files(search=found, actor=request.user, uploads=form.cleaned_data["files"])
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            return _after(request, found, brought)
    return _search(request, review, found, form=form)


def _after(request: MemberRequest, found: Search, brought: Brought | None) -> HttpResponse:
    slug: str = found.review.slug
    if brought is None:
        return redirect("reviews:search:search", slug, found.pk)
    for sentence in brought.refused:
        messages.error(request, sentence)
    if brought.same:
        messages.warning(
            request,
            ngettext(
                "Nothing was added of %(names)s: this review holds the same file already.",
                "Nothing was added of %(names)s: this review holds the same files already.",
                len(brought.same),
            )
            % {"names": ", ".join(str(each) for each in brought.same)},
        )
    if len(brought.new) == 1:
        return redirect("reviews:search:import", slug, brought.new[0].pk)
    return redirect("reviews:search:search", slug, found.pk)


def _found(review: Review, search_id: int) -> Search:
    return get_object_or_404(queries.searches(review), pk=search_id)
