"""Look into a team's library."""

from django.db.models import QuerySet

from reviews.base.files.models import StoredFile
from reviews.library.models import Report, Study
from reviews.library.rules import Scheme
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
