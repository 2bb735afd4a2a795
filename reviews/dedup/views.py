"""The queue: two records side by side, until none is left to ask about."""

import re
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from reviews.base.refusals import onto
from reviews.dedup import queries, services
from reviews.dedup.forms import RIGHT, AnswerForm
from reviews.dedup.matching import Relation
from reviews.dedup.models import Answer, Candidate
from reviews.dedup.rules import Answered
from reviews.library.models import Record
from reviews.team.access import review_for_member, roles_of
from reviews.team.models import Review
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, acting_role

SOURCE = "source"
"""Two records of one work come from two sources as a rule; that is no difference to mark."""
FIELDS = (
    ("title", gettext_lazy("Title")), ("authors", gettext_lazy("Authors")), ("year", gettext_lazy("Year")),
    ("journal", gettext_lazy("Journal")), ("volume", gettext_lazy("Volume")), ("issue", gettext_lazy("Issue")),
    ("pages", gettext_lazy("Pages")), ("doi", gettext_lazy("DOI")), ("pmid", gettext_lazy("PubMed number")),
    ("registrations", gettext_lazy("Registrations")), (SOURCE, gettext_lazy("Source")), ("abstract", gettext_lazy("Abstract")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One field of the two records; ``differs`` where both say something and not the same words."""

    label: str
    left: object
    right: object
    differs: bool


@require_GET
def queue(request: MemberRequest, slug: str) -> HttpResponse:
    """The pair that most probably is one record, and the person's last answer to take back."""
    review = review_for_member(request.user, slug)
    pair = queries.waiting(review).first()
    initial = {"relation": pair.relation} if pair else {}
    return _page(request, review, pair, AnswerForm(initial=initial))


@require_POST
def answer(request: MemberRequest, slug: str, candidate_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    pair = get_object_or_404(Candidate.objects.select_related("left", "right"), review=review, pk=candidate_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        said = Answered(form.cleaned_data["answer"])
        try:
            services.answer(
                review=review, one=pair.left, two=pair.right, answer=said, actor=request.user,
                **_related(form, pair.left, pair.right),
            )  # fmt: skip
            if form.cleaned_data["back"]:
                return redirect("reviews:search:record", slug, form.cleaned_data["back"])
            return redirect("reviews:dedup:queue", slug)
        except ValidationError as refusal:
            onto(form, refusal)
    return _page(request, review, pair, form, status=422)


@require_POST
def undo(request: MemberRequest, slug: str) -> HttpResponse:
    """Take back the person's own last answer; a colleague's is not touched."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    last = queries.last_of(review, request.user)
    if last is None:
        messages.info(request, _("You have no answer to take back."))
    else:
        services.undo(answer=last, actor=request.user)
        messages.success(request, _("Your last answer was taken back."))
    return redirect("reviews:dedup:queue", slug)


@require_POST
def again(request: MemberRequest, slug: str, answer_id: int) -> HttpResponse:
    """Another answer instead of one that stands, a colleague's too; from the page of one of the two records."""
    review = review_for_member(request.user, slug, Action.SEARCH)
    before = get_object_or_404(Answer.objects.select_related("left", "right"), review=review, pk=answer_id)
    form = AnswerForm(request.POST)
    if form.is_valid():
        said = Answered(form.cleaned_data["answer"])
        try:
            services.answer(
                review=review, one=before.left, two=before.right, answer=said, actor=request.user, instead_of=before,
                **_related(form, before.left, before.right),
            )  # fmt: skip
            messages.success(request, _("Answered. The answer before it stays in the history."))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
    else:
        messages.error(request, _("Say what the two records are to each other."))
    return redirect("reviews:search:record", slug, before.left_id)


def _related(form: AnswerForm, left: Record, right: Record) -> dict[str, Any]:
    """Which is the what of the other, where the answer says that."""
    if form.cleaned_data["answer"] != Answered.RELATED:
        return {"relation": None, "subject": None}
    subject = right if form.cleaned_data["subject"] == RIGHT else left
    return {"relation": Relation(form.cleaned_data["relation"]), "subject": subject}


@require_POST
def split(request: MemberRequest, slug: str, record_id: int) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.SEARCH)
    record = get_object_or_404(Record, review=review, pk=record_id)
    try:
        services.unmerge(record=record, actor=request.user)
        messages.success(
            request, _("The record stands for itself again. Decisions stayed with the record they were made on.")
        )
        if queries.waiting_of(record).exists():
            messages.warning(request, _("It waits under Duplicates, for the team to look at what was judged of which."))
    except ValidationError as refusal:
        messages.error(request, " ".join(refusal.messages))
    return redirect("reviews:search:record", slug, record.pk)


def _page(
    request: MemberRequest, review: Review, pair: Candidate | None, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "review": review,
        "pair": pair,
        "rows": _rows(pair) if pair else [],
        "form": form,
        "waiting": queries.waiting(review).count(),
        "last": queries.last_of(review, request.user),
        "can_answer": acting_role(roles_of(request.user, review), Action.SEARCH) is not None,
    }
    return render(request, "reviews/dedup/queue.html", context, status=status)


def _rows(pair: Candidate) -> list[Row]:
    rows = []
    for name, label in FIELDS:
        left, right = getattr(pair.left, name), getattr(pair.right, name)
        if left or right:
            differs = bool(left and right) and name != SOURCE and _words(left) != _words(right)
            rows.append(Row(str(label), left, right, differs))
    return rows


def _words(value: object) -> list[str]:
    """The words of a field, in which capitals and signs between them count for nothing."""
    return re.findall(r"\w+", str(value).casefold())
