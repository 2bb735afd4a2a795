"""Look into a team's library."""

from django.db.models import QuerySet

from reviews.base.files.models import StoredFile
from reviews.library.models import Correction, Record, Report, Study
from reviews.library.rules import Scheme
from reviews.signals import judged_among
from reviews.team.models import Review, Team


def studies(team: Team, *, search: str = "", doi: str = "") -> QuerySet[Study]:
    """The team's studies in the order in which they were added, with their reports; `doi` in its one spelling."""
    found = Study.objects.filter(team=team).prefetch_related("reports__identifiers", "reports__files").order_by("pk")
    if search:
        found = found.filter(label__icontains=search)
    if doi:
        found = found.filter(
            reports__identifiers__scheme=Scheme.DOI, reports__identifiers__value=doi, reports__identifiers__team=team
        ).distinct()
    return found


def reports(review: Review) -> QuerySet[Report]:
    """The reports of the library that the review's team shares, oldest first."""
    return Report.objects.filter(team=review.team).order_by("published_on", "pk")


def files(review: Review) -> QuerySet[StoredFile]:
    """The files of those reports; whoever may read the review may read them."""
    attached = Report.files.through.objects.filter(report__team=review.team)
    return StoredFile.objects.filter(pk__in=attached.values("storedfile"))


def record(review: Review, record_id: int) -> Record | None:
    """One record of a review, with what a page says of it."""
    return (
        Record.objects.filter(review=review, pk=record_id)
        .select_related("brought_in__search__source", "brought_by", "duplicate_of", "report", "retired_by")
        .first()
    )


def corrections(record: Record) -> QuerySet[Correction]:
    """What people corrected of a record, newest first."""
    return Correction.objects.filter(record=record).select_related("corrected_by").order_by("-pk")


def is_any_judged(records: QuerySet[Record]) -> bool:
    """Whether somebody judged any of these: linked it to a report, or what later rooms call a judgement."""
    if records.exclude(report=None).exists():
        return True
    return any(answer for _receiver, answer in judged_among.send(sender=Record, records=records))
