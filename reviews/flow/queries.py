"""Count the records of a review as PRISMA 2020 does, for any instant and for each update: never typed, always asked."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, CharField, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from reviews.dedup import queries as duplicates
from reviews.flow.rules import Box, From, Identification, together
from reviews.library.models import Record
from reviews.search.models import Search
from reviews.search.rules import SourceKind
from reviews.team.models import Review


@dataclass(frozen=True, slots=True)
class Column:
    """One update of a review: when its searches ran, and its numbers."""

    update: int
    first_ran: dt.date | None
    last_ran: dt.date | None
    numbers: Identification


def counted(review: Review, at: dt.datetime) -> QuerySet[Any]:
    """The records of a review as it was at an instant, each with its `box`, its source's `kind` and its `update`.

    A record that somebody added by hand belongs to the update that was under way then.
    """
    under_way = (
        Search.objects.filter(review=review, entered_at__lte=OuterRef("retrieved_at"))
        .order_by("-update")
        .values("update")[:1]
    )
    there = Q(undone_at=None) | Q(undone_at__gt=at)
    retired = Q(retired_at__lte=at)
    return Record.objects.filter(there, review=review, retrieved_at__lte=at).annotate(
        box=Case(
            When(duplicates.were_copies(review, at), then=Value(Box.DUPLICATE.value)),
            When(retired & Q(retired_by=None), then=Value(Box.AUTOMATION.value)),
            When(retired, then=Value(Box.OTHER.value)),
            default=Value(Box.SCREENED.value),
            output_field=CharField(),
        ),
        kind_of_source=Coalesce(F("brought_in__search__source__kind"), Value(SourceKind.OTHER.value)),
        update=Coalesce(F("brought_in__search__update"), Subquery(under_way), Value(0)),
    )


def columns(review: Review, at: dt.datetime) -> list[Column]:
    """The numbers of each update, the first search first; as it was at the instant. The statements do not grow."""
    rows = (
        counted(review, at)
        .order_by()
        .values("update", "source", "kind_of_source", "box")
        .annotate(records=Count("pk"))
        .order_by("update", "kind_of_source", "source", "box")
    )
    parts: dict[int, list[Identification]] = {}
    for row in rows:
        part = Identification(
            (From(row["source"], row["kind_of_source"], row["records"]),), {Box(row["box"]): row["records"]}
        )
        parts.setdefault(row["update"], []).append(part)
    ran: dict[int, list[dt.date]] = {}
    for update, ran_on in (
        Search.objects.filter(review=review, entered_at__lte=at).order_by("ran_on").values_list("update", "ran_on")
    ):
        ran.setdefault(update, []).append(ran_on)
    return [
        Column(
            update,
            ran[update][0] if update in ran else None,
            ran[update][-1] if update in ran else None,
            together(parts.get(update, [])),
        )
        for update in sorted({*parts, *ran})
    ]


def total(found: Sequence[Column]) -> Identification:
    """All updates as one."""
    return together([column.numbers for column in found])


def behind(
    review: Review, at: dt.datetime, *, box: Box, update: int | None = None, source: str = "", kind: str = ""
) -> QuerySet[Record]:
    """The records behind a number of the figure, newest first."""
    found = counted(review, at)
    if box is not Box.IDENTIFIED:
        found = found.filter(box=box.value)
    if update is not None:
        found = found.filter(update=update)
    if source:
        found = found.filter(source=source)
    if kind:
        found = found.filter(kind_of_source=kind)
    return found.order_by("-pk")
