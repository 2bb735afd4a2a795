"""The first page of a review for its people: what the evidence says, what waits, what comes next."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from meta.analysis import queries as analysis
from meta.analysis.queries import Result
from meta.releases import queries as releasing
from meta.releases.models import Release
from reviews.base.audit import queries as audit
from reviews.extraction import queries as extraction
from reviews.models import Review, User
from reviews.protocol import queries as protocol
from reviews.team.access import review_for_member, roles_of
from reviews.team.request import MemberRequest
from reviews.team.rules import Action, Role, acting_role

EVENTS_SHOWN = 8


@require_GET
def overview(request: MemberRequest, slug: str) -> HttpResponse:
    review = review_for_member(request.user, slug)
    roles = roles_of(request.user, review)
    found = analysis.results(review)
    last = releasing.relied_on(review)
    held = protocol.in_force(review)
    context = {
        "review": review,
        "question": held.question if held else "",
        "results": [_line(review, result, last) for result in found],
        "waiting": _waiting(review, request.user),
        "next_step": _next_step(
            review, roles, has_protocol=releasing.released_protocol(review) is not None, results=found
        ),
        "latest_release": {
            "version": str(last.version),
            "released_at": last.released_at,
            "url": reverse("publication:version", args=[slug, str(last.version)]),
        }
        if last
        else None,
        "events": [
            {"at": event.at, "actor": event.actor or _("Perennial"), "sentence": f"{event.verb}: {event.object_label}"}
            for event in audit.events(review.chain)[:EVENTS_SHOWN]
        ]
        if acting_role(roles, Action.AUDIT)
        else [],
    }
    return render(request, "reviews/team/overview.html", context)


def _line(review: Review, result: Result, last: Release | None) -> dict[str, Any]:
    described = analysis.describe(result) or {}
    released = {one["key"]: one["text"] for one in last.document["outcomes"]} if last else {}
    return {
        "title": result.analysis.title,
        "measure": result.plan.measure,
        "text": described.get("text", ""),
        "k": described.get("k", 0),
        "participants": described.get("participants", 0),
        "state": result.standing.state.value,
        "url": reverse("analysis:analysis", args=[review.slug, result.analysis.key]),
        "released_text": released.get(result.analysis.key, ""),
    }


def _waiting(review: Review, person: User) -> list[dict[str, str]]:
    number = extraction.waiting_for(review, person)
    if not number:
        return []
    words = ngettext(
        "%(n)d trial has numbers that you could confirm", "%(n)d trials have numbers that you could confirm", number
    )
    return [
        {
            "sentence": words % {"n": number},
            "url": reverse("reviews:extraction:studies", args=[review.slug]) + "?show=waiting",
        }
    ]


def _next_step(
    review: Review, roles: frozenset[Role], *, has_protocol: bool, results: list[Result]
) -> dict[str, str] | None:
    """The one thing to do next, for somebody who may do it."""
    steps = [
        (not has_protocol, Action.WRITE_PROTOCOL, _("Finish the protocol"), "reviews:protocol:protocol"),
        (has_protocol and not results, Action.PLAN, _("Plan an analysis"), "analysis:new"),
        (has_protocol, Action.EXTRACT, _("Add a trial"), "reviews:extraction:new"),
        (any(result.snapshot for result in results), Action.RELEASE, _("Prepare a version"), "publication:releases"),
    ]
    for applies, action, label, route in steps:
        if applies and acting_role(roles, action):
            return {"label": label, "url": reverse(route, args=[review.slug])}
    return None
