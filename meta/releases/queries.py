"""What was published, and how the present differs from it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from meta.analysis import queries as analysis
from meta.releases import documents, rules
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind, Step, Version
from reviews.base.work.rules import State
from reviews.models import Protocol, Review
from reviews.protocol.rules import ProtocolState


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a release made now would be: its document, how it differs from `base`, and the step that fits.

    `last` is the newest version, whose number goes on; `base` the newest that was not withdrawn, which readers rely on.
    Where all were withdrawn it is the newest of them.
    """

    document: dict[str, Any]
    changes: dict[str, Any] | None
    step: Step
    last: Release | None
    base: Release | None
    obstacles: tuple[str, ...]
    results: tuple[analysis.Result, ...]

    @property
    def is_worth_releasing(self) -> bool:
        return self.changes is None or not rules.is_empty(self.changes)

    def version(self, step: Step) -> Version:
        return self.last.version.after(step) if self.last else rules.FIRST


def releases(review: Review) -> QuerySet[Release]:
    """Newest version first."""
    return Release.objects.filter(review=review).select_related("released_by").order_by("-major", "-minor", "-patch")


def latest(review: Review) -> Release | None:
    return releases(review).first()


def relied_on(review: Review) -> Release | None:
    """The newest version that was not withdrawn; the newest of all where each was."""
    return releases(review).exclude(pk__in=_withdrawn(review.pk).values("release")).first() or latest(review)


def is_withdrawn(release: Release) -> bool:
    return _withdrawn(release.review_id).filter(release=release).exists()


def withdrawals(review_id: int) -> dict[int, Notice]:
    """The notices that withdraw versions of a review, by the id of the version."""
    return {
        notice.release_id: notice for notice in _withdrawn(review_id).order_by("pk") if notice.release_id is not None
    }


def _withdrawn(review_id: int) -> QuerySet[Notice]:
    return Notice.objects.filter(review=review_id, kind=NoticeKind.WITHDRAWN, release__isnull=False).order_by()


def notices(review: Review) -> QuerySet[Notice]:
    return Notice.objects.filter(review=review).select_related("release").order_by("-given_at", "-pk")


def released_protocol(review: Review) -> Protocol | None:
    return (
        Protocol.objects.filter(review=review, state=ProtocolState.RELEASED)
        .prefetch_related("criteria")
        .order_by("-number")
        .first()
    )


def proposal(review: Review) -> Proposal:
    """The release that could be made now; `obstacles` says in sentences what stands in its way."""
    last, base = latest(review), relied_on(review)
    found = analysis.results(review)
    protocol = released_protocol(review)
    obstacles = []
    if protocol is None:
        obstacles.append("Release the protocol first: readers need to see what was planned.")
    if not any(result.snapshot for result in found):
        obstacles.append("There is no result yet: plan an analysis and confirm the numbers of a trial.")
    if any(result.standing.is_open for result in found):
        obstacles.append("Results are being recomputed; wait until they are there.")
    if any(result.standing.state is State.PARKED for result in found):
        obstacles.append("A result could not be recomputed and is older than its evidence; mend that first.")
    document = documents.build(
        review=review,
        protocol=protocol,
        results=found,
        previous=base.page if base else None,
    )
    changes = document["changes"]
    step = rules.proposed_step(changes) if changes else Step.MAJOR
    return Proposal(document, changes, step, last, base, tuple(obstacles), tuple(found))
