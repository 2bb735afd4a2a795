"""What readers see: released documents and notices, and nothing else."""

from django.db.models import QuerySet

from meta.releases.models import Notice, Release
from meta.releases.rules import Version


def newest_releases() -> list[Release]:
    """The latest version of every published review, by title."""
    newest: dict[int, Release] = {}
    for release in Release.objects.select_related("review").order_by("major", "minor", "patch"):
        newest[release.review_id] = release
    return sorted(newest.values(), key=lambda release: release.document["review"]["title"])


def find(slug: str, version: Version | None) -> Release | None:
    """A version of a review, or its latest (None)."""
    releases = Release.objects.filter(review__slug=slug).order_by("-major", "-minor", "-patch")
    if version is not None:
        releases = releases.filter(major=version.major, minor=version.minor, patch=version.patch)
    return releases.first()


def versions(review_id: int) -> list[Release]:
    """Every version, newest first."""
    return list(Release.objects.filter(review=review_id).order_by("-major", "-minor", "-patch"))


def notices(release: Release) -> QuerySet[Notice]:
    """What is said about the review as a whole and about this version, newest first."""
    of_review = Notice.objects.filter(review=release.review_id, release=None)
    return (of_review | Notice.objects.filter(release=release)).order_by("-given_at", "-pk")
