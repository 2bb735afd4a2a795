"""Pages for the numbers of trials."""

from dataclasses import asdict, dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviews.base.refusals import onto
from reviews.extraction import queries, services
from reviews.extraction.entry.forms import NumbersForm
from reviews.extraction.forms import (
    ARMS_AT_FIRST,
    ArmChoiceForm,
    ArmFormSet,
    ConfirmForm,
    CorrectionForm,
    ExcludeForm,
    TrialForm,
)
from reviews.extraction.models import Arm
from reviews.extraction.queries import Cell, ResultRow
from reviews.extraction.rules import ArmHandling, ArmRole, Method
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.forms import FileForm
from reviews.library.models import Study
from reviews.library.rules import Scheme, web_address
from reviews.library.services import NewReport
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome, Timepoint
from reviews.screening import queries as screening
from reviews.screening import services as decisions
from reviews.screening.rules import Verdict
from reviews.team.access import may, review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action

PER_PAGE = 50


@require_GET
def studies(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    showing = "waiting" if request.GET.get("show") == "waiting" else "all"
    counts = {"all": queries.studies(review).count(), "waiting": queries.waiting_in(review)}
    found = queries.studies(review, only_waiting=showing == "waiting")
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    can_extract = may(request.user, review, Action.EXTRACT)
    rows = queries.overview(list(page), person=request.user if can_extract else None)
    context = {
        "review": review,
        "studies": [asdict(row) | {"url": _study_url(review, row.study_id)} for row in rows],
        "page_obj": page,
        "showing": showing,
        "query": "show=waiting&" if showing == "waiting" else "",
        "counts": counts,
        "can_extract": can_extract,
    }
    return render(request, "reviews/extraction/studies.html", context)


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    asked = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)]
    data = request.POST if request.method == "POST" else None
    form = TrialForm(data)
    arms = ArmFormSet(data, prefix="arms", initial=ARMS_AT_FIRST)
    for blank in arms.forms[len(ArmRole) :]:
        blank.empty_permitted = True
        blank.use_required_attribute = False
    numbers = NumbersForm(data, asked=asked, arms=len(arms.forms))
    status = 200
    if request.method == "POST":
        status = 422
        study = _added(request, review, form, arms, numbers)
        if study is not None:
            messages.success(
                request, _("%(study)s is entered. A second person confirms its numbers.") % {"study": study}
            )
            return redirect("reviews:extraction:study", slug, study.pk)
    context = {"review": review, "form": form, "arms": arms, "rows": numbers.rows()}
    return render(request, "reviews/extraction/study_form.html", context, status=status)


@require_GET
def study(request: MemberRequest, slug: str, study_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug)
    found = _included_study(review, study_id)
    return render(request, "reviews/extraction/study.html", _study_context(request, review, found))


@require_POST
def confirm(request: MemberRequest, slug: str, study_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    found = _included_study(review, study_id)
    form = ConfirmForm(request.POST)
    refused: list[str] = []
    if form.is_valid():
        outcome = get_object_or_404(Outcome, pk=form.cleaned_data["outcome"], team=review.team)
        timepoint = get_object_or_404(Timepoint, pk=form.cleaned_data["timepoint"], outcome=outcome)
        try:
            services.confirm_result(
                review=review,
                actor=request.user,
                study=found,
                outcome=outcome,
                timepoint=timepoint,
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            refused = refusal.messages
    else:
        refused = [str(message) for errors in form.errors.values() for message in errors]
    if not refused and not request.htmx:
        messages.success(request, _("Confirmed. The results are being recomputed."))
        return redirect("reviews:extraction:study", slug, study_id)
    template = "reviews/extraction/_results.html" if request.htmx else "reviews/extraction/study.html"
    context = _study_context(request, review, found) | {"refused": refused, "just_confirmed": not refused}
    return render(request, template, context, status=422 if refused else 200)


@require_http_methods(["GET", "POST"])
def correct(request: MemberRequest, slug: str, arm_id: int, timepoint_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    arm = get_object_or_404(Arm.objects.select_related("study"), pk=arm_id, study__in=screening.included(review))
    timepoint = get_object_or_404(
        Timepoint.objects.select_related("outcome"), pk=timepoint_id, outcome__team=review.team
    )
    cell = queries.cell(arm, timepoint)
    data = request.POST if request.method == "POST" else None
    form = CorrectionForm(data, cell=cell, outcome=timepoint.outcome, initial=_standing(cell))
    if request.method == "POST" and form.is_valid():
        try:
            services.enter_result(
                review=review,
                actor=request.user,
                arm=arm,
                outcome=timepoint.outcome,
                timepoint=timepoint,
                result=form.cleaned_data["result"],
                provenance=Provenance(
                    source=form.cleaned_data["source"],
                    place=form.cleaned_data["place"],
                    method=Method(form.cleaned_data["method"]),
                    measured_at=form.cleaned_data["measured_at"],
                    note=form.cleaned_data["note"],
                ),
                reason=form.cleaned_data.get("reason", ""),
                seen=form.cleaned_data["seen"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
            if getattr(refusal, "code", "") == "stale":  # the page that says so shows what stands there now
                form.data = request.POST.copy()
                form.data["seen"] = cell.seen
        else:
            messages.success(request, _("Entered. A second person confirms it before it counts."))
            return redirect("reviews:extraction:study", slug, arm.study_id)
    context = {
        "review": review,
        "study": arm.study,
        "arm": arm,
        "outcome": timepoint.outcome,
        "timepoint": timepoint,
        "cell": cell,
        "form": form,
    }
    return render(request, "reviews/extraction/correct.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def arms(request: MemberRequest, slug: str, study_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    found = _included_study(review, study_id)
    choice = queries.arm_choice(review, found)
    data = request.POST if request.method == "POST" else None
    form = ArmChoiceForm(data, study=found, choice=choice)
    if request.method == "POST" and form.is_valid():
        try:
            services.choose_arms(
                review=review,
                actor=request.user,
                study=found,
                handling=ArmHandling(form.cleaned_data["handling"]),
                arms=list(form.cleaned_data["arms"]),
                reason=form.cleaned_data["reason"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("Chosen. The results are being recomputed."))
            return redirect("reviews:extraction:study", slug, study_id)
    context = {"review": review, "study": found, "form": form, "choices": queries.arm_choices(review, found)}
    return render(request, "reviews/extraction/arms.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def exclude(request: MemberRequest, slug: str, study_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.EXTRACT)
    found = _included_study(review, study_id)
    form = ExcludeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        decisions.decide_inclusion(
            review=review,
            study=found,
            verdict=Verdict.EXCLUDE,
            actor=request.user,
            reason=form.cleaned_data["reason"],
        )
        messages.success(request, _("%(study)s is excluded; its numbers stay in the library.") % {"study": found})
        return redirect("reviews:extraction:studies", slug)
    context = {"review": review, "study": found, "form": form}
    return render(request, "reviews/extraction/exclude.html", context, status=422 if request.method == "POST" else 200)


@dataclass(frozen=True, slots=True)
class CellOnPage:
    """A cell as its template needs it, with where to correct it (empty: this person may not)."""

    cell: Cell
    correct_url: str

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cell, name)


def _study_context(request: MemberRequest, review: Review, study: Study) -> dict[str, Any]:
    can_extract = may(request.user, review, Action.EXTRACT)
    wanted = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)]
    return {
        "review": review,
        "study": study,
        "characteristics": study.characteristics.filter(is_current=True),
        "reports": [
            {
                "pk": report.pk,
                "citation": report.citation,
                "files": report.files.all(),
                "form": FileForm(auto_id=f"report-{report.pk}-%s"),
                "identifiers": [
                    {"scheme": one.scheme, "value": one.value, "url": web_address(Scheme(one.scheme), one.value)}
                    for one in report.identifiers.all()
                ],
            }
            for report in study.reports.prefetch_related("identifiers", "files")
        ],
        "arms": (arms := list(study.arms.all())),
        "has_choice": sum(arm.role == ArmRole.EXPERIMENTAL for arm in arms) > 1,
        "choice": queries.arm_choice(review, study),
        "rows": [_row(request, review, row, can_extract) for row in queries.table(study, wanted)],
        "can_extract": can_extract,
    }


def _row(request: MemberRequest, review: Review, row: ResultRow, can_extract: bool) -> dict[str, Any]:
    own = all(value.entered_by_id == request.user.pk for value in row.waiting)
    return {
        "outcome": row.outcome,
        "timepoint": row.timepoint,
        "cells": [
            CellOnPage(
                cell,
                reverse("reviews:extraction:correct", args=[review.slug, cell.arm.pk, row.timepoint.pk])
                if can_extract
                else "",
            )
            for cell in row.cells
        ],
        "waiting": row.waiting,
        "seen": ",".join(str(value.pk) for value in row.waiting),
        "can_confirm": can_extract and not own,
        "why_not": _("You entered these numbers; somebody else confirms them.") if can_extract and own else "",
    }


def _added(request: MemberRequest, review: Review, form: TrialForm, arms: Any, numbers: NumbersForm) -> Study | None:
    """The trial that the three forms describe; None where one of them has something to say."""
    fine = [form.is_valid(), arms.is_valid(), numbers.is_valid()]
    if fine[1] and fine[2]:
        named = {place: arm.cleaned_data for place, arm in enumerate(arms.forms) if arm.cleaned_data}
        numbers.read({place: arm["randomised"] for place, arm in named.items()})
    if not all(fine) or numbers.errors:
        return None
    citation = form.cleaned_data["citation"]
    identifiers = {Scheme.DOI: form.cleaned_data["doi"], Scheme.REGISTRY: form.cleaned_data["registry"]}
    places = list(named)
    try:
        return services.add_trial(
            review=review,
            actor=request.user,
            label=form.cleaned_data["label"],
            year=form.cleaned_data["year"],
            reports=[NewReport(citation=citation, identifiers=identifiers)],
            characteristics=form.characteristics(),
            characteristics_source=citation,
            arms=[
                NewArm(label=arm["label"], role=ArmRole(arm["role"]), randomised=arm["randomised"])
                for arm in named.values()
            ],
            results=[
                NewResult(
                    outcome=outcome,
                    timepoint=timepoint,
                    results=[numbers.entry(timepoint, place) for place in places],
                    provenance=Provenance(
                        source=numbers.cleaned_data[f"source-{timepoint.pk}"] or citation[:400],
                        place=numbers.cleaned_data[f"place-{timepoint.pk}"],
                        method=Method(numbers.cleaned_data[f"method-{timepoint.pk}"]),
                        measured_at=numbers.cleaned_data[f"measured-{timepoint.pk}"],
                    ),
                )
                for outcome, timepoint in numbers.asked
            ],
        )
    except ValidationError as refusal:
        onto(form, refusal)
        return None


def _standing(cell: Cell) -> dict[str, Any]:
    """What the form begins with: what stands in the cell, and which rows say so."""
    if not cell.values:
        return {"seen": ""}
    first = cell.values[0]
    return {
        "count": cell.text,
        "source": first.source,
        "place": first.place,
        "method": first.method,
        "measured_at": first.measured_at,
        "note": first.note,
        "seen": cell.seen,
    }


def _included_study(review: Review, study_id: int) -> Study:
    return get_object_or_404(screening.included(review), pk=study_id)


def _study_url(review: Review, study_id: int) -> str:
    return reverse("reviews:extraction:study", args=[review.slug, study_id])
