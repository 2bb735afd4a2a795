"""Reports and their files."""

from django.db.models import QuerySet

from reviews.base.files.models import StoredFile
from reviews.library.models import Report
from reviews.team.models import Review


def reports(review: Review) -> QuerySet[Report]:
    """The reports of the library that the review's team shares, oldest first."""
    return Report.objects.filter(team=review.team).order_by("published_on", "pk")


def files(review: Review) -> QuerySet[StoredFile]:
    """The files of those reports; whoever may read the review may read them."""
    return StoredFile.objects.filter(
        pk__in=Report.files.through.objects.filter(report__team=review.team).values("storedfile")
    )
