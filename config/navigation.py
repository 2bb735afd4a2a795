"""The frame around every page of a review: its stages, what waits, and where else one could go."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from meta.releases.models import Release
from reviews.dedup import queries as duplicates
from reviews.extraction import queries as extraction
from reviews.models import Membership, Review, User
from reviews.stages import STAGES
from reviews.team.rules import Action, Role, acting_role


@dataclass(frozen=True, slots=True)
class Frame:
    """What the frame of a page shows; worked out once for each page, and only for pages that show it."""

    stages: list[dict[str, Any]]
    my_reviews: list[dict[str, Any]]
    status: dict[str, str] | None
    disclaimer: str


def workspace(request: HttpRequest) -> dict[str, Any]:
    """The frame, for templates. Nothing is asked of the database unless a template uses it."""
    match = request.resolver_match
    slug = match.kwargs.get("slug") if match and request.path.startswith("/reviews/") else None
    frame: Any = SimpleLazyObject(lambda: _frame(request, slug))
    return {
        "stages": SimpleLazyObject(lambda: frame.stages),
        "my_reviews": SimpleLazyObject(lambda: frame.my_reviews),
        "status": SimpleLazyObject(lambda: frame.status),
        "disclaimer": SimpleLazyObject(lambda: frame.disclaimer),
    }


def _frame(request: HttpRequest, slug: str | None) -> Frame:
    user = getattr(request, "user", None)  # a request may be refused before anybody asked who it is
    if not isinstance(user, User) or slug is None:
        return Frame([], [], None, "")
    held = list(Membership.objects.filter(user=user).select_related("review").order_by("review__title"))
    mine = {membership.review.slug: membership.review for membership in held}
    if slug not in mine:
        return Frame([], [], None, "")
    review = mine[slug]
    roles = frozenset(Role(membership.role) for membership in held if membership.review_id == review.pk)
    can_answer = acting_role(roles, Action.SEARCH) is not None
    waiting = {
        "duplicates": duplicates.waiting(review).count() if can_answer else 0,
        "extraction": extraction.waiting_for(review, user),
    }
    return Frame(
        stages=[
            {
                "title": _(stage.title),
                "url": reverse(stage.route, args=[slug]),
                "is_current": f"/{stage.slug}/" in request.path.removeprefix(f"/reviews/{slug}"),
                "waiting": waiting.get(stage.slug, 0),
            }
            for stage in STAGES
        ],
        my_reviews=[
            {
                "title": one.title,
                "url": reverse("publication:overview", args=[one.slug]),
                "is_current": one.slug == slug,
            }
            for one in mine.values()
        ],
        status=_status(review, waiting["extraction"]),
        disclaimer=review.notice,
    )


def _status(review: Review, waiting: int) -> dict[str, str]:
    last = (
        Release.objects.filter(review=review)
        .only("major", "minor", "patch")
        .order_by("-major", "-minor", "-patch")
        .first()
    )
    sentence = _("Version %(version)s is public") % {"version": last.version} if last else _("Nothing is published yet")
    words = ngettext("%(n)d trial waits for your eyes", "%(n)d trials wait for your eyes", waiting) % {"n": waiting}
    return {
        "sentence": sentence,
        "waiting": words if waiting else "",
        "url": reverse("reviews:extraction:studies", args=[review.slug]) + "?show=waiting",
    }
