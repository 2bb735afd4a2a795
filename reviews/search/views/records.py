"""The records of a review: find them, read one, correct it, take a selection away."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from reviews.base.refusals import onto
from reviews.library import queries as library
from reviews.library import services as library_services
from reviews.library.models import Record
from reviews.library.rules import Scheme, web_address
from reviews.search import exports, queries
from reviews.search.forms import CorrectRecordForm, WantedForm
from reviews.search.views.searches import can_search
from reviews.team.access import review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action

ON_A_PAGE = 50


@require_GET
def records(request: MemberRequest, slug: str) -> HttpResponse:
    """The records that are asked for; while somebody types, only the list is answered."""
    review = review_for_member(request.user, slug)
    form = WantedForm(request.GET, sources=queries.source_names(review))
    wanted = form.wanted()
    page = Paginator(queries.records(review, wanted).defer("raw", "extra", "abstract"), ON_A_PAGE).get_page(
        request.GET.get("page")
    )
    asked = {name: value for name, value in form.cleaned_data.items() if value not in {None, ""}}
    context = {
        "review": review,
        "form": form,
        "page_obj": page,
        "rows": [shown(each) for each in page],
        "query": f"{urlencode(asked)}&" if asked else "",
        "is_filtered": bool(asked.keys() - {"order"}),
        "more": sorted(asked.keys() - {"words", "run", "file"}),
        "within": _within(review, asked),
        "formats": exports.NAMES,
        "can_search": can_search(request, review),
    }
    part = request.htmx and request.htmx.target == "list"
    return render(request, "reviews/search/_records.html" if part else "reviews/search/records.html", context)


def _within(review: Review, asked: dict[str, Any]) -> str:
    """The search or the file to which the list is narrowed, in words."""
    if "file" in asked:
        return str(queries.imports(review).filter(pk=asked["file"]).first() or "")
    if "run" in asked:
        return str(queries.searches(review).filter(pk=asked["run"]).first() or "")
    return ""


def shown(record: Record) -> dict[str, Any]:
    """A record as a row of a list."""
    authors = record.author_list
    return {
        "of": record,
        "authors": "; ".join(authors[:3]) + (_(" and others") if len(authors) > 3 else ""),
        "standing": standing(record),
    }


def standing(record: Record) -> tuple[str, str]:
    """Where a record stands, in words, and their tone; nothing is said of those that wait to be screened."""
    if record.undone_at is not None:
        return _("import undone"), "bad"
    if record.retired_at is not None:
        return _("taken out"), "bad"
    if record.duplicate_of_id is not None:
        return _("copy of another"), ""
    if record.report_id is not None:
        return _("in a report"), "good"
    return "", ""


@require_GET
def record(request: MemberRequest, slug: str, record_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug)
    found = _found(review, record_id)
    context = {
        "review": review,
        "record": found,
        "standing": standing(found),
        "numbers": [
            {"words": words, "value": value, "url": web_address(scheme, value)}
            for words, scheme, value in (
                ("DOI", Scheme.DOI, found.doi),
                ("PubMed", Scheme.PMID, found.pmid),
                ("PMC", Scheme.PMCID, found.pmcid),
                *((_("Registration"), Scheme.REGISTRY, each) for each in found.registration_list),
            )
            if value
        ],
        "corrections": list(library.corrections(found)),
        "can_search": can_search(request, review),
    }
    return render(request, "reviews/search/record.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: MemberRequest, slug: str, record_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    found = _found(review, record_id)
    form = CorrectRecordForm(request.POST or None, record=found)
    refused = request.method == "POST"
    if request.method == "POST" and form.is_valid():
        try:
            made = library_services.correct_record(
                review=review,
                actor=request.user,
                record=found,
                changes=form.changes(),
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(
                request,
                _("Corrected. The text of the source stays as it came.") if made else _("Nothing was different."),
            )
            return redirect("reviews:search:record", slug, record_id)
    context = {"review": review, "record": found, "form": form}
    return render(request, "reviews/search/record_correct.html", context, status=422 if refused else 200)


@require_GET
def export(request: MemberRequest, slug: str, format: str) -> HttpResponseBase:
    """The records that are asked for, in a format that other programs read."""
    review = review_for_member(request.user, slug)
    if format not in exports.ENDINGS:
        raise Http404("No such format.")
    form = WantedForm(request.GET, sources=queries.source_names(review))
    found = queries.records(review, form.wanted())
    response = StreamingHttpResponse(exports.written(found, format), content_type=exports.CONTENT_TYPES[format])
    name = f"{review.slug}-records-{timezone.localdate():%Y-%m-%d}.{exports.ENDINGS[format]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _found(review: Review, record_id: int) -> Record:
    found = library.record(review, record_id)
    if found is None:
        raise Http404("No such record.")
    return found
