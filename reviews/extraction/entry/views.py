"""The page on which the whole table of a trial is written."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from reviews.extraction import queries
from reviews.extraction.entry import services
from reviews.extraction.entry.forms import NumbersForm
from reviews.extraction.entry.services import NewCell, Refused
from reviews.extraction.rules import Method
from reviews.extraction.services import Provenance
from reviews.protocol import queries as protocol
from reviews.screening import queries as screening
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_http_methods(["GET", "POST"])
def table(request: MemberRequest, slug: str, study_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    study = get_object_or_404(screening.included(review), pk=study_id)
    arms = list(study.arms.all())
    standing = queries.table(study, [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)])
    data = request.POST if request.method == "POST" else None
    asked = [(row.outcome, row.timepoint) for row in standing]
    form = NumbersForm(data, asked=asked, arms=len(arms), standing=standing)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            form.read({place: arm.randomised for place, arm in enumerate(arms)})
        if not form.errors:
            places, cells = _changes(form, arms, study)
        if not form.errors:
            try:
                made = services.enter_table(
                    review=review, actor=request.user, study=study, cells=cells, reason=form.cleaned_data["reason"]
                )
            except Refused as refused:
                _tell(form, refused, places)
            else:
                messages.success(request, _said(len({(value.arm_id, value.timepoint_id) for value in made})))
                return redirect("reviews:extraction:study", slug, study_id)
    context = {"review": review, "study": study, "arms": arms, "form": form, "rows": form.rows()}
    return render(request, "reviews/extraction/table_form.html", context, status=status)


def _changes(form: NumbersForm, arms: list[Any], study: Any) -> tuple[list[str], list[NewCell]]:
    """What somebody wrote that the page did not show, with the names of its fields."""
    places, cells = [], []
    citation = str(study.reports.first() or study)
    for outcome, timepoint in form.asked:
        given = {
            part: form.cleaned_data[f"{part}-{timepoint.pk}"] for part in ("source", "place", "method", "measured")
        }
        for place, arm in enumerate(arms):
            entry = form.entry(timepoint, place)
            if not form.changed(timepoint, place):
                continue
            name = f"cell-{timepoint.pk}-{place}"
            if entry is None:
                form.add_error(name, _("A number does not vanish: write “not reported” or “missing”, and why."))
                continue
            places.append(name)
            cells.append(
                NewCell(
                    arm=arm,
                    outcome=outcome,
                    timepoint=timepoint,
                    result=entry,
                    provenance=Provenance(
                        source=given["source"] or citation[:400],
                        place=given["place"],
                        method=Method(given["method"]),
                        measured_at=given["measured"],
                    ),
                    seen=form.cleaned_data[f"seen-{timepoint.pk}-{place}"],
                )
            )
    return places, cells


def _tell(form: NumbersForm, refused: Refused, places: list[str]) -> None:
    """Each refusal under its cell; what somebody else entered meanwhile stands there to be looked at."""
    for place, refusal in refused.cells.items():
        if hasattr(refusal, "error_dict"):
            for name, sentences in refusal.message_dict.items():
                if not form.has_error(name):
                    form.add_error(name if name in form.fields else places[place], sentences)
        else:
            form.add_error(places[place], refusal.messages)


def _said(number: int) -> str:
    if not number:
        return _("Nothing was changed.")
    return ngettext(
        "%(number)d cell is entered. A second person confirms it before it counts.",
        "%(number)d cells are entered. A second person confirms them before they count.",
        number,
    ) % {"number": number}
