"""What was searched when, what came of it, and the records of a review."""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Q, QuerySet, Sum

from reviews.base.work import queries as work
from reviews.base.work.queries import Standing as WorkStanding
from reviews.library import queries as library
from reviews.library import words
from reviews.library.models import Record
from reviews.protocol import queries as protocol
from reviews.search import rules
from reviews.search.models import ColumnMapping, Import, Rejection, Search, Source
from reviews.search.rules import ImportState, Promise, Standing
from reviews.team.models import Review

READ_IMPORT = "search.read_import"
"""The kind of owed work that reads a file into records; its key is the id of the import."""

COUNTS = (ImportState.READING, ImportState.DONE, ImportState.RETIRED)
"""The states in which an import's records are in the review."""

WORST_FIRST = (Standing.LATE, Standing.NEVER, Standing.DUE, Standing.FRESH, Standing.UNSCHEDULED)


# --- Searches -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Watched:
    """One source at a glance: when it was last searched, what came of it, and what the protocol promises."""

    name: str
    source: Source | None
    last: Search | None
    searches: int
    received: int
    promise: Promise | None
    standing: Standing
    due_on: dt.date | None
    late_on: dt.date | None


def watched(review: Review, today: dt.date) -> list[Watched]:
    """Every source of the review and every one that its protocol promises: the late ones first, then by name."""
    promised = _promises(review)
    sources = list(Source.objects.filter(review=review).annotate(runs=Count("searches")))
    newest = {
        search.source_id: search
        for search in Search.objects.filter(review=review).select_related("source").order_by("ran_on", "pk")
    }
    received = {
        row["search__source"]: row["received"]
        for row in Import.objects.filter(review=review, state__in=COUNTS)
        .order_by()
        .values("search__source")
        .annotate(received=Sum("imported"))
    }
    found, kept = [], set()
    for source in sources:
        promise = rules.promise_for(source.name, promised)
        kept.add(promise)
        found.append(
            _watched(
                source.name, source, newest.get(source.pk), source.runs, received.get(source.pk, 0), promise, today
            )
        )
    found += [_watched(each.name, None, None, 0, 0, each, today) for each in promised if each not in kept]
    return sorted(found, key=lambda each: (WORST_FIRST.index(each.standing), each.name.casefold()))


def _watched(
    name: str,
    source: Source | None,
    last: Search | None,
    searches: int,
    received: int,
    promise: Promise | None,
    today: dt.date,
) -> Watched:
    ran_on = last.ran_on if last else None

    def after(days: int | None) -> dt.date | None:
        return ran_on + dt.timedelta(days=days) if ran_on is not None and days is not None else None

    return Watched(
        name,
        source,
        last,
        searches,
        received,
        promise,
        rules.standing(ran_on, promise, today),
        after(promise.every_days if promise else None),
        after(promise.late_after_days if promise else None),
    )


def _promises(review: Review) -> tuple[Promise, ...]:
    held = protocol.in_force(review)
    if held is None:
        return ()
    return rules.promises((line["source"], line["every_days"], line["late_after_days"]) for line in held.schedules)


def promised_names(review: Review) -> list[str]:
    """The sources that the protocol names, for a form to offer."""
    return [promise.name for promise in _promises(review)]


def searches(review: Review) -> QuerySet[Search]:
    """Every search, newest first, with what came of it as `received` and the number of its files as `files`."""
    counted = Q(imports__state__in=COUNTS)
    return (
        Search.objects.filter(review=review)
        .select_related("source", "entered_by")
        .annotate(received=Sum("imports__imported", filter=counted), files=Count("imports", filter=counted))
        .order_by("-ran_on", "-pk")
    )


def newest_update(review: Review) -> int | None:
    """The number of the newest update that was searched for; None before the first search."""
    newest: int | None = Search.objects.filter(review=review).aggregate(newest=Max("update"))["newest"]
    return newest


def sources(review: Review) -> QuerySet[Source]:
    return Source.objects.filter(review=review).order_by("name")


# --- Imports --------------------------------------------------------------------------------------------------------


def imports(review: Review) -> QuerySet[Import]:
    """Every import, newest first, previews too."""
    return (
        Import.objects.filter(review=review)
        .select_related("search__source", "file", "brought_by", "ended_by", "review")
        .order_by("-pk")
    )


def same_file(review: Review, sha256: str) -> Import | None:
    """The import that brought exactly this file before, if one did and was not undone."""
    return imports(review).filter(sha256=sha256).exclude(state__in=[ImportState.PREVIEW, ImportState.UNDONE]).first()


def rejections(of: Import) -> QuerySet[Rejection]:
    """What of a file was not taken, in its order."""
    return Rejection.objects.filter(of=of).order_by("position")


def work_of(of: Import) -> WorkStanding:
    return work.standing(READ_IMPORT, of.work_key)


def header_digest(columns: Sequence[str]) -> str:
    return hashlib.sha256(json.dumps([column.strip().casefold() for column in columns]).encode()).hexdigest()


def remembered_mapping(review: Review, columns: Sequence[str]) -> Mapping[str, str] | None:
    """What somebody said of a table with this header, column by column."""
    row = ColumnMapping.objects.filter(review=review, header=header_digest(columns)).first()
    return row.mapping if row else None


def is_judged(of: Import) -> bool:
    """Whether somebody judged any record of an import."""
    return library.is_any_judged(Record.objects.filter(brought_in=of))


# --- Records --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a review are asked for; what is empty asks for all."""

    words: str = ""
    source: str = ""
    run: int | None = None
    file: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    stage: str = ""
    flag: str = ""
    order: str = ""


STAGES = ("waiting", "duplicate", "linked", "retired", "undone")
"""Where a record stands: to be screened, a copy of another, linked to a report, taken out, or its import was undone."""

ORDERS = {"": "-pk", "oldest": "pk", "year": "-year", "first-year": "year"}


def records(review: Review, wanted: Wanted) -> QuerySet[Record]:
    """The records that are asked for, newest first unless asked otherwise."""
    found = Record.objects.filter(review=review)
    found = found.exclude(undone_at=None) if wanted.stage == "undone" else found.filter(undone_at=None)
    match wanted.stage:
        case "waiting":
            found = found.filter(duplicate_of=None, retired_at=None, report=None)
        case "duplicate":
            found = found.exclude(duplicate_of=None)
        case "linked":
            found = found.exclude(report=None)
        case "retired":
            found = found.exclude(retired_at=None)
    if wanted.source:
        found = found.filter(source=wanted.source)
    if wanted.run is not None:
        found = found.filter(brought_in__search=wanted.run)
    if wanted.file is not None:
        found = found.filter(brought_in=wanted.file)
    if wanted.first_year is not None:
        found = found.filter(year__gte=wanted.first_year)
    if wanted.last_year is not None:
        found = found.filter(year__lte=wanted.last_year)
    if wanted.flag:
        found = found.filter(flags__contains=f" {wanted.flag} ")
    found = words.containing(found, wanted.words)
    first = ORDERS.get(wanted.order, "-pk")
    return found.order_by(first, *(() if first.endswith("pk") else ("-pk",)))


def source_names(review: Review) -> list[str]:
    """Where the review's records came from, by name; searched sources and hands alike."""
    return sorted(set(Record.objects.filter(review=review).order_by().values_list("source", flat=True).distinct()))
