"""What readers see: released documents and notices, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT

from meta.releases import queries as releasing
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind, Version

ORDER = ("-major", "-minor", "-patch")

FIRST_RESULT = {
    "measure": KT("document__outcomes__0__measure"),
    "text": KT("document__outcomes__0__text"),
}


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in a list of versions; `withdrawn` is the reason why readers should not rely on it, if there is one."""

    release: Release
    result: str
    withdrawn: str


def newest_releases() -> list[Release]:
    """The version of every published review that readers rely on, by title."""
    newest: dict[int, Release] = {}
    for release in _by_reliance(Release.objects.defer("document")):
        newest.setdefault(release.review_id, release)
    found = Release.objects.filter(pk__in=[release.pk for release in newest.values()])
    return sorted(found, key=lambda release: str(release.document["review"]["title"]))


def find(slug: str, version: Version | None) -> Release | None:
    """A version of a review; without a number the newest that was not withdrawn, or the newest where each was."""
    releases = Release.objects.filter(review__slug=slug)
    if version is not None:
        return releases.filter(major=version.major, minor=version.minor, patch=version.patch).first()
    return _by_reliance(releases).first()


def versions(review_id: int) -> list[Release]:
    """Every version with its document, newest first."""
    return list(Release.objects.filter(review=review_id).order_by(*ORDER))


def version_lines(review_id: int) -> list[VersionLine]:
    """Every version in a line, newest first, without loading the documents."""
    found = Release.objects.filter(review=review_id).defer("document").order_by(*ORDER).annotate(**FIRST_RESULT)
    withdrawn = releasing.withdrawals(review_id)
    return [
        VersionLine(
            release,
            f"{_said(release, 'measure')} {_said(release, 'text')}".strip(),
            withdrawn[release.pk].text if release.pk in withdrawn else "",
        )
        for release in found
    ]


def notices(release: Release) -> Sequence[Notice]:
    """What is said about the review, this version, and later versions that were withdrawn; newest first."""
    of_review = Notice.objects.filter(review=release.review_id)
    found = of_review.filter(release=None) | of_review.filter(release=release)
    later = of_review.filter(kind=NoticeKind.WITHDRAWN, release__isnull=False).select_related("release")
    withdrawn = [one for one in later if one.release is not None and one.release.version > release.version]
    return sorted([*found, *withdrawn], key=lambda notice: (notice.given_at, notice.pk), reverse=True)


def _by_reliance(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Versions that stand before those that were withdrawn, newest first."""
    withdrawal = Notice.objects.filter(release=OuterRef("pk"), kind=NoticeKind.WITHDRAWN)
    return releases.annotate(is_withdrawn=Exists(withdrawal)).order_by("is_withdrawn", *ORDER)


def _said(release: Any, name: str) -> str:
    return getattr(release, name) or ""
