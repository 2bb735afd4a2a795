"""Write down a search as it was run."""

import datetime as dt
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from reviews.base.audit import services as audit
from reviews.search import queries
from reviews.search.models import Search, Source
from reviews.search.rules import SourceKind
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action

WORDS = ("update", "query", "platform", "limits", "note", "ran_by", "ran_on", "hits")
"""What a search says; its source is chosen once."""


@transaction.atomic
def record_search(
    *,
    review: Review,
    actor: User,
    source: str,
    kind: SourceKind,
    ran_on: dt.date,
    ran_by: str = "",
    query: str = "",
    platform: str = "",
    limits: str = "",
    note: str = "",
    hits: int | None = None,
    update: int | None = None,
) -> Search:
    """Write down a search that a person ran, letter for letter. A source is made when it is named first.

    Args:
        ran_by: who ran it; the person who writes it down, unless somebody else is named.
        update: 0 for the first search of the review, 1 for its first update; the newest one where nothing is said.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: the source has no name, the day is yet to come, or the update would leave a gap.
    """
    role = require(actor, review, Action.SEARCH)
    name = " ".join(source.split())
    if not name:
        raise ValidationError({"source": "Name what was searched, for example PubMed."})
    newest = queries.newest_update(review)
    number = (newest or 0) if update is None else update
    _check(ran_on=ran_on, update=number, newest=newest)
    place = Source.objects.filter(review=review, name__iexact=name).first()
    if place is None:
        place = Source.objects.create(review=review, name=name, kind=kind, created_by=actor)
    search = Search.objects.create(
        review=review,
        source=place,
        update=number,
        query=one_line_end(query),
        platform=platform.strip(),
        limits=limits.strip(),
        note=note.strip(),
        ran_by=ran_by.strip() or str(actor),
        ran_on=ran_on,
        hits=hits,
        entered_by=actor,
    )
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="recorded search",
        subject=search,
        after={"source": place.name, "kind": place.kind} | _said(search),
    )
    return search


@transaction.atomic
def correct_search(*, search: Search, actor: User, reason: str, **said: Any) -> Search:
    """Correct what was written down of a search; the audit trail keeps what it said before.

    Args:
        said: any of `WORDS`.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: no reason, the day is yet to come, or the update would leave a gap.
    """
    role = require(actor, search.review, Action.SEARCH)
    if not reason.strip():
        raise ValidationError({"reason": "Say why: a reader may have read it as it was."})
    kept = Search.objects.select_for_update().select_related("source", "review").get(pk=search.pk)
    before = _said(kept)
    for name in WORDS:
        if name in said:
            setattr(kept, name, one_line_end(said[name]) if name == "query" else said[name])
    if _said(kept) == before:
        return kept
    _check(ran_on=kept.ran_on, update=kept.update, newest=queries.newest_update(kept.review))
    kept.save(update_fields=list(WORDS))
    audit.record(
        chain=kept.review.chain,
        actor=actor,
        acting_role=role,
        verb="corrected search",
        subject=kept,
        before=before,
        after=_said(kept),
        reason=reason.strip(),
    )
    return kept


def one_line_end(text: str) -> str:
    """Browsers send lines with two signs at their end, whatever was typed."""
    return text.replace("\r\n", "\n")


def _said(search: Search) -> dict[str, Any]:
    return {name: getattr(search, name) for name in WORDS}


def _check(*, ran_on: dt.date, update: int, newest: int | None) -> None:
    if ran_on > timezone.localdate():
        raise ValidationError({"ran_on": "This day is yet to come."})
    if update > (-1 if newest is None else newest) + 1:
        following = 0 if newest is None else newest + 1
        raise ValidationError({"update": f"The next update of this review is number {following}."})
