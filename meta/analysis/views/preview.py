"""The live preview beside a trial's form: what it would do to each result it touches."""

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST

from meta.analysis import previewing
from reviews.extraction.forms import CHARACTERISTICS, drafts
from reviews.team.access import review_for_member
from reviews.team.request import MemberRequest
from reviews.team.rules import Action


@require_POST
def preview(request: MemberRequest, slug: str) -> HttpResponse:
    """Takes what the form of a trial sends, complete or not. What cannot be read yet is left aside; nothing is stored."""
    review = review_for_member(request.user, slug, Action.EXTRACT)
    typed = {(draft.outcome.pk, draft.timepoint.pk): draft.evidence for draft in drafts(review, request.POST)}
    found = previewing.preview(review, typed, characteristics=_characteristics(request.POST))
    return render(request, "meta/analysis/_preview.html", {"review": review, "touched": found})


def _characteristics(data: QueryDict) -> dict[str, str]:
    return {name: data.get(name, "") for name in CHARACTERISTICS}
