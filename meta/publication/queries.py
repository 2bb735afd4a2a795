"""What readers see: released documents and notices, and nothing else."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.fields.json import KT

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


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a version: every version in a line, newest first, and what is said beside this one."""

    lines: tuple[VersionLine, ...]
    notices: tuple[Notice, ...]

    @property
    def relied_on(self) -> VersionLine:
        """The newest version that was not withdrawn; the newest of all where each was."""
        return next((line for line in self.lines if not line.withdrawn), self.lines[0])

    def line(self, release: Release) -> VersionLine:
        return next(line for line in self.lines if line.release.pk == release.pk)


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


def surroundings(release: Release) -> Surroundings:
    """In two statements, without loading the other versions' documents."""
    given = list(Notice.objects.filter(review=release.review_id).order_by("-given_at", "-pk"))
    withdrawn = {one.release_id: one.text for one in given if one.kind == NoticeKind.WITHDRAWN}
    found = Release.objects.filter(review=release.review_id).defer("document").order_by(*ORDER).annotate(**FIRST_RESULT)
    lines = tuple(
        VersionLine(one, f"{_said(one, 'measure')} {_said(one, 'text')}".strip(), withdrawn.get(one.pk, ""))
        for one in found
    )
    later = {line.release.pk for line in lines if line.release.version > release.version}
    return Surroundings(lines, tuple(one for one in given if _speaks_of(one, release, later)))


def _speaks_of(notice: Notice, release: Release, later: Set[int]) -> bool:
    if notice.release_id is None or notice.release_id == release.pk:
        return True
    return notice.kind == NoticeKind.WITHDRAWN and notice.release_id in later


def _by_reliance(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Versions that stand before those that were withdrawn, newest first."""
    withdrawal = Notice.objects.filter(release=OuterRef("pk"), kind=NoticeKind.WITHDRAWN)
    return releases.annotate(is_withdrawn=Exists(withdrawal)).order_by("is_withdrawn", *ORDER)


def _said(release: Any, name: str) -> str:
    return getattr(release, name) or ""
