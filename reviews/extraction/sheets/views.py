"""The page where a file of arm data is brought, and the file that can be taken away."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from reviews.extraction.sheets import queries, services
from reviews.extraction.sheets.forms import AgreedSheetForm, SheetForm
from reviews.extraction.sheets.rules import COLUMNS, safe_file
from reviews.team.access import review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action

SHOWN = 100
"""Lines and problems on the page; the rest is counted."""


@require_http_methods(["GET", "POST"])
def sheet(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    if request.method == "GET":
        return _page(request, review, SheetForm())
    if "seal" in request.POST:
        return _enter(request, review)
    form = SheetForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, review, form, status=422)
    name, text = form.cleaned_data["file"]
    return _preview(request, review, name, text)


def _enter(request: MemberRequest, review: Review) -> HttpResponse:
    agreed = AgreedSheetForm(request.POST)
    if not agreed.is_valid():
        return _page(request, review, SheetForm(), status=422, refused=[_("Choose the file again.")])
    given = agreed.cleaned_data
    try:
        made = services.enter_sheet(
            review=review, actor=request.user, text=given["text"], file=given["name"], seal=given["seal"]
        )
    except ValidationError as refusal:
        return _preview(request, review, given["name"], given["text"], refused=refusal.messages[:1])
    cells = len({(value.arm_id, value.timepoint_id) for value in made})
    messages.success(request, _("%(cells)d cells are entered. A second person confirms them.") % {"cells": cells})
    return redirect("reviews:extraction:studies", review.slug)


def _preview(
    request: MemberRequest, review: Review, name: str, text: str, *, refused: list[str] | None = None
) -> HttpResponse:
    plan = services.plan(review=review, text=text, file=name)
    agreed = AgreedSheetForm(initial={"name": name, "text": text, "seal": plan.reading.seal}, auto_id=False)
    is_refused = bool(plan.problems or refused)
    shown = None if plan.problems else agreed
    return _page(
        request, review, SheetForm(), plan=plan, agreed=shown, refused=refused or [], status=422 if is_refused else 200
    )


def _page(
    request: MemberRequest, review: Review, form: SheetForm, *, status: int = 200, **more: object
) -> HttpResponse:
    context = {"review": review, "form": form, "columns": COLUMNS, "shown": SHOWN} | more
    return render(request, "reviews/extraction/sheet.html", context, status=status)


@require_GET
def download(request: MemberRequest, slug: str) -> HttpResponseBase:
    review = review_for_member(request.user, slug)
    response = StreamingHttpResponse(safe_file(queries.rows(review)), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{review.slug}-arms.csv"'
    return response
