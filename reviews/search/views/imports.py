"""One file: look into it, begin, watch, and take it back."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from reviews.base.refusals import onto
from reviews.base.work.rules import State
from reviews.search import queries, reading, services
from reviews.search.forms import LookForm, ReasonForm
from reviews.search.models import Import
from reviews.search.rules import ImportState
from reviews.search.views.searches import can_search
from reviews.team.access import review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action

REJECTIONS_ON_A_PAGE = 50


@require_GET
def one(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    """A preview, or how far the import is, or what came of it."""
    review = review_for_member(request.user, slug)
    return _page(request, review, _found(review, import_id))


def _page(
    request: MemberRequest,
    review: Review,
    found: Import,
    *,
    look: LookForm | None = None,
    reason: ReasonForm | None = None,
) -> HttpResponse:
    status = 422 if look or reason else 200
    context: dict[str, Any] = {"review": review, "import": found, "can_search": can_search(request, review)}
    if found.state == ImportState.PREVIEW:
        return render(request, "reviews/search/preview.html", context | _preview(found, look), status=status)
    rejections = Paginator(queries.rejections(found), REJECTIONS_ON_A_PAGE).get_page(request.GET.get("page"))
    is_in_review = found.state in {ImportState.READING, ImportState.DONE}
    is_judged = is_in_review and queries.is_judged(found)
    context |= progress(found) | {
        "page_obj": rejections,
        "can_undo": context["can_search"] and is_in_review and not is_judged,
        "can_retire": context["can_search"] and found.state == ImportState.DONE and is_judged,
        "reason_form": reason or ReasonForm(),
        "format": reading.format_name(found.format),
    }
    return render(request, "reviews/search/import.html", context, status=status)


def _preview(found: Import, look: LookForm | None) -> dict[str, Any]:
    content = reading.content_of(found)
    try:
        seen = reading.look(
            content, name=found.name, format=found.format, encoding=found.encoding, mapping=found.mapping
        )
    except reading.Unreadable as refusal:
        return {"seen": None, "refusal": str(refusal), "form": look or LookForm(initial=_chosen(found))}
    form = look or LookForm(
        initial=_chosen(found), columns=seen.columns, mapping=found.mapping, encoding=found.encoding
    )
    return {"seen": seen, "form": form, "format": reading.format_name(found.format)}


def _chosen(found: Import) -> dict[str, str]:
    return {"format": found.format, "encoding": found.encoding}


def progress(found: Import) -> dict[str, Any]:
    """How far a file is read, with the time that is left at the rate so far."""
    work = queries.work_of(found)
    share = found.read / found.starts if found.starts else 0
    left = None
    if found.state == ImportState.READING and share and work.asked_at:
        spent = (timezone.now() - work.asked_at).total_seconds()
        left = round(spent * (1 - share) / share)
    return {
        "is_reading": found.state == ImportState.READING and work.state is not State.PARKED,
        "is_parked": found.state == ImportState.READING and work.state is State.PARKED,
        "error": work.last_error if found.state == ImportState.READING else "",
        "percent": round(100 * share),
        "seconds_left": left,
    }


@require_GET
def state(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    """How far it is, as a part of the page that asks for itself; when it is done, the page is asked for anew."""
    review = review_for_member(request.user, slug)
    found = _found(review, import_id)
    context = {"review": review, "import": found, "can_search": can_search(request, review)} | progress(found)
    response = render(request, "reviews/search/_progress.html", context)
    if found.state != ImportState.READING:
        response["HX-Refresh"] = "true"
    return response


@require_POST
def look(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    """Another format, encoding, or another meaning of columns; then look at the first records again, or begin."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, import_id)
    if found.state != ImportState.PREVIEW:
        messages.info(request, _("This file is being read, or was read, already."))
        return redirect("reviews:search:import", slug, import_id)
    columns = _columns(found)
    form = LookForm(request.POST, columns=columns, encoding=found.encoding)
    if form.is_valid():
        given = form.cleaned_data
        changed = (given["format"], given["encoding"]) != (found.format, found.encoding)
        try:
            services.look_again(
                of=found,
                actor=request.user,
                format=given["format"],
                encoding=given["encoding"],
                mapping=None if changed else form.mapping(),
            )
            if "start" in request.POST:
                services.start_import(of=found, actor=request.user)
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            return redirect("reviews:search:import", slug, import_id)
    found.refresh_from_db()
    return _page(request, review, found, look=form)


def _columns(found: Import) -> list[str]:
    try:
        seen = reading.look(reading.content_of(found), name=found.name, format=found.format, encoding=found.encoding)
    except reading.Unreadable:
        return []
    return list(seen.columns)


@require_POST
def retry(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    """Have a parked import tried again."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, import_id)
    return _done(request, found, _("It is tried again."), lambda: services.retry_import(of=found, actor=request.user))


@require_POST
def discard(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, import_id)
    try:
        services.discard_preview(of=found, actor=request.user)
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
        return redirect("reviews:search:import", slug, import_id)
    messages.success(request, _("The file is put away; nothing of it was imported."))
    return redirect("reviews:search:search", slug, found.search_id)


@require_POST
def undo(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, import_id)
    words = _("Undone. Its records count nowhere, and the file may come again.")
    return _done(request, found, words, lambda: services.undo_import(of=found, actor=request.user))


@require_POST
def retire(request: MemberRequest, slug: str, import_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, import_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        words = _("Retired. Its records count as removed for other reasons.")
        reason = form.cleaned_data["reason"]
        return _done(request, found, words, lambda: services.retire_import(of=found, actor=request.user, reason=reason))
    return _page(request, review, found, reason=form)


def _done(request: MemberRequest, found: Import, words: str, act: Any) -> HttpResponse:
    try:
        act()
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    else:
        messages.success(request, words)
    return redirect("reviews:search:import", found.review.slug, found.pk)


@require_GET
def download(request: MemberRequest, slug: str, import_id: int) -> HttpResponseBase:
    """The file as it came, as a download only."""
    review = review_for_member(request.user, slug)
    found = _found(review, import_id)
    response = FileResponse(
        found.file.content.open("rb"),
        as_attachment=True,
        filename=found.name,
        content_type="application/octet-stream",
    )
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _found(review: Review, import_id: int) -> Import:
    return get_object_or_404(queries.imports(review), pk=import_id)
