"""Pages about what a review asks: begin one, read its protocol, write, release and amend it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from reviews.base.refusals import onto
from reviews.protocol import forms, queries, services
from reviews.protocol.forms import AmendForm, Draft, ExclusiveForm, NewReviewForm
from reviews.protocol.models import Protocol
from reviews.protocol.rules import Content, CriterionKind, Difference, WantedOutcome, differences, seal
from reviews.team.access import may, review_for_member
from reviews.team.forms import role_words
from reviews.team.models import Review
from reviews.team.queries import reviews_of, teams_to_begin_in
from reviews.team.request import MemberRequest
from reviews.team.rules import Action

WORDS = {
    word.value: label
    for words in (
        forms.TYPES,
        forms.MEASURES,
        forms.BENEFITS,
        forms.IMPORTANCES,
        forms.UPDATE_MODELS,
    )
    for word, label in words
}


# --- Begin ---------------------------------------------------------------------------------------------------------


@require_GET
def reviews(request: MemberRequest) -> HttpResponse:
    """The reviews of the person."""
    mine = reviews_of(request.user)
    protocols = queries.newest_of([each.review for each in mine])
    context = {
        "reviews": [
            {
                "title": each.review.title,
                "question": protocols[each.review.pk].question if each.review.pk in protocols else "",
                "url": reverse("publication:overview", args=[each.review.slug]),
                "roles": role_words(each.roles),
                "status": _standing(protocols.get(each.review.pk)),
                "waiting": 0,
                "public_url": None,
            }
            for each in mine
        ],
        "can_create": teams_to_begin_in(request.user).exists(),
    }
    return render(request, "reviews/team/reviews.html", context)


def _standing(protocol: Protocol | None) -> str:
    if protocol is None:
        return ""
    if protocol.is_released:
        return _("Protocol version %(number)d holds.") % {"number": protocol.number}
    if protocol.number == 1:
        return _("The protocol is a draft.")
    return _("An amendment is being written: protocol version %(number)d.") % {"number": protocol.number}


@require_http_methods(["GET", "POST"])
def new(request: MemberRequest) -> HttpResponse:
    if not teams_to_begin_in(request.user).exists():
        raise PermissionDenied(_("Only a lead of a team may begin a review in it. Ask the people who run this site."))
    form = NewReviewForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            review = services.create_review(
                team=given["team"], title=given["title"], slug=given["slug"], content=form.content(), actor=request.user
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            messages.success(request, _("The review is begun. Now write what belongs in it; you can save at any time."))
            return redirect("reviews:protocol:edit", review.slug)
    return render(request, "reviews/team/review_form.html", {"form": form}, status=422 if form.errors else 200)


# --- Read ----------------------------------------------------------------------------------------------------------


@require_GET
def protocol(request: MemberRequest, slug: str, number: int | None = None) -> HttpResponse:
    """One version, the newest unless another is asked for, and what it changed."""
    return _protocol(request, review_for_member(request.user, slug), number)


def _protocol(
    request: MemberRequest,
    review: Review,
    number: int | None = None,
    *,
    amend_form: AmendForm | None = None,
    status: int = 200,
) -> HttpResponse:
    versions = list(queries.versions(review))
    shown = next((each for each in versions if number in {None, each.number}), None)
    if shown is None:
        raise Http404("No such version.")
    before = next((each for each in versions if each.number == shown.number - 1), None)
    content = queries.content_of(shown)
    newest = versions[0]
    can_write = may(request.user, review, Action.WRITE_PROTOCOL)
    context = {
        "review": review,
        "protocol": shown,
        "living": _living(content),
        "include": [each for each in content.criteria if each.kind == CriterionKind.INCLUDE],
        "exclude": [each for each in content.criteria if each.kind == CriterionKind.EXCLUDE],
        "outcomes": [_outcome_in_words(each) for each in content.outcomes],
        "versions": [_version(review, each, shown) for each in versions],
        "differences": [_in_words(each) for each in differences(queries.content_of(before), content)] if before else [],
        "can_write": can_write,
        "amend_form": (amend_form or AmendForm()) if can_write and newest.is_released else None,
        "is_newest": shown == newest,
    }
    return render(request, "reviews/protocol/protocol.html", context, status=status)


def _living(content: Content) -> list[dict[str, str]]:
    searched = [
        {
            "label": each.source,
            "text": _("every %(every)d days, late after %(late)d")
            % {"every": each.every_days, "late": each.late_after_days},
        }
        for each in content.schedules
    ]
    return [
        *searched,
        {"label": _("A new version"), "text": str(WORDS[content.update_model])},
        {"label": _("Living mode ends"), "text": content.retirement or _("not decided yet")},
    ]


def _outcome_in_words(outcome: WantedOutcome) -> dict[str, str]:
    window = ""
    if outcome.from_day is not None or outcome.to_day is not None:
        days = ["…" if day is None else str(day) for day in (outcome.from_day, outcome.to_day)]
        window = _(" (day %(first)s to %(last)s)") % {"first": days[0], "last": days[1]}
    difference = ""
    if outcome.important_difference is not None:
        amount = f"{outcome.important_difference.normalize():f}"
        difference = f"{amount} {outcome.unit}" if outcome.unit else _("%(n)s in 1,000 people") % {"n": amount}
    return {
        "name": outcome.name,
        "timepoint": f"{outcome.timepoint}{window}",
        "measure": str(WORDS[outcome.measure]),
        "type": str(WORDS[outcome.type]),
        "unit": outcome.unit,
        "benefit": str(WORDS[outcome.benefit_is]),
        "importance": str(WORDS[outcome.importance]),
        "difference": difference,
    }


def _version(review: Review, version: Protocol, shown: Protocol) -> dict[str, Any]:
    return {
        "number": version.number,
        "state": version.state,
        "released_at": version.released_at,
        "released_by": version.released_by,
        "reason": version.amendment_reason,
        "url": reverse("reviews:protocol:version", args=[review.slug, version.number]),
        "is_this": version == shown,
    }


def _in_words(difference: Difference) -> dict[str, str]:
    parts = {
        "question": _("Question"),
        "population": _("Population"),
        "intervention": _("Intervention"),
        "comparator": _("Comparator"),
        "designs": _("Study designs"),
        "registration": _("Registration"),
        "retirement": _("When living mode ends"),
        "update_model": _("Publishing"),
        "include": _("Included if"),
        "exclude": _("Excluded if"),
        "outcome": _("Outcome"),
        "schedule": _("Search"),
    }
    changes = {"added": _("added"), "removed": _("taken out"), "changed": _("changed"), "moved": _("another order")}
    return {
        "what": f"{parts[difference.what]}: {changes[difference.change]}",
        "old": str(WORDS.get(difference.old, difference.old)),
        "new": str(WORDS.get(difference.new, difference.new)),
    }


# --- Write ---------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.WRITE_PROTOCOL)
    draft = queries.draft(review)
    if draft is None:
        messages.info(request, _("This version is released. Begin an amendment to change it."))
        return redirect("reviews:protocol:protocol", slug)
    written = queries.content_of(draft)
    page = Draft(request.POST or None, content=written, seen=seal(written))
    refused = False
    if request.method == "POST":
        if page.is_valid():
            try:
                services.write_protocol(
                    review=review,
                    content=page.content(),
                    actor=request.user,
                    seen=page.form.cleaned_data["seen"],
                )
            except ValidationError as refusal:
                onto(page.form, refusal)
            else:
                messages.success(request, _("Saved."))
                return redirect("reviews:protocol:protocol", slug)
        refused = True
    context = {
        "review": review,
        "protocol": draft,
        "form": page.form,
        "criteria": page.criteria,
        "outcomes": page.outcomes,
        "schedules": page.schedules,
        "refused": refused,
    }
    return render(request, "reviews/protocol/protocol_form.html", context, status=422 if refused else 200)


@require_POST
def release(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.WRITE_PROTOCOL)
    try:
        held = services.release_protocol(review=review, actor=request.user)
    except ValidationError as refusal:
        for sentence in refusal.messages:
            messages.error(request, sentence)
        return _protocol(request, review, status=422)
    messages.success(request, _("Protocol version %(number)d holds from now on.") % {"number": held.number})
    return redirect("reviews:protocol:protocol", slug)


@require_POST
def amend(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.WRITE_PROTOCOL)
    form = AmendForm(request.POST)
    if form.is_valid():
        try:
            services.amend_protocol(review=review, reason=form.cleaned_data["amendment_reason"], actor=request.user)
        except ValidationError as refusal:
            for sentence in refusal.messages:
                messages.error(request, sentence)
        else:
            messages.success(request, _("This is a copy of the version that holds. Change what the amendment changes."))
            return redirect("reviews:protocol:edit", slug)
    return _protocol(request, review, amend_form=form, status=422)


@require_http_methods(["GET", "POST"])
def exclusive(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug, Action.WRITE_PROTOCOL)
    form = ExclusiveForm(request.POST if request.method == "POST" else None, events=queries.events_asked_for(review))
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_exclusive(
                review=review,
                outcomes=list(form.cleaned_data["outcomes"]),
                actor=request.user,
                is_exclusive=not form.cleaned_data["compatible"],
            )
        except ValidationError as refusal:
            onto(form, refusal)
        else:
            return redirect("reviews:protocol:exclusive", slug)
    context = {"review": review, "form": form, "pairs": queries.exclusive_pairs(review)}
    status = 422 if request.method == "POST" else 200
    return render(request, "reviews/protocol/exclusive.html", context, status=status)
