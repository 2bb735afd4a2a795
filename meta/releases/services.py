"""Publish a version, and say things beside it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from meta.analysis import rules as hashing
from meta.releases import documents, queries
from meta.releases.models import Notice, Release
from meta.releases.rules import FIRST, NoticeKind, Step, is_partial_date
from reviews.base.audit import services as audit
from reviews.models import Review, User
from reviews.team.access import require
from reviews.team.rules import Action


@transaction.atomic
def make_release(
    *,
    review: Review,
    actor: User,
    step: Step,
    note: str,
    evidence_date: str = "",
    seen: dict[str, str] | None = None,
) -> Release:
    """Freeze the present results as the next version, which is public from then on.

    Args:
        seen: digests of the results that the person looked at, by analysis key, so that nobody publishes a number that
            they never saw; None where no page was involved.

    Raises:
        PermissionDenied: the person does not release this review.
        ValidationError: no sentence, nothing to release, or the results have changed since the person looked.
    """
    role = require(actor, review, Action.RELEASE)
    # The review's row is the lock: two owners releasing at once get two versions, or the second is told.
    Review.objects.select_for_update().get(pk=review.pk)
    if not note.strip():
        raise ValidationError({"note": "Say in a sentence what changed; readers see it first."})
    if not is_partial_date(evidence_date):
        raise ValidationError({"evidence_date": f"“{evidence_date}” is not a date. Write 2023, 2023-02 or 2023-02-21."})
    found = queries.proposal(review)
    if found.obstacles:
        raise ValidationError(list(found.obstacles))
    present = digests(found.document)
    if seen is not None and seen != present:
        raise ValidationError("The results have changed since you looked. Read them again, then release.", code="stale")
    if not found.is_worth_releasing:
        raise ValidationError(f"Nothing has changed since version {found.base.version if found.base else FIRST}.")
    version = found.version(step)
    now = timezone.now()
    document = documents.frozen(
        found.document,
        found.results,
        version=str(version),
        note=note.strip(),
        evidence_date=evidence_date,
        released_at=now,
        released_by=str(actor),
    )
    release = Release.objects.create(
        review=review,
        major=version.major,
        minor=version.minor,
        patch=version.patch,
        evidence_date=evidence_date,
        note=note.strip(),
        document=document,
        digest=hashing.digest(document),
        released_by=actor,
        released_at=now,
    )
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="released version",
        subject=release,
        after={"version": str(version), "digest": release.digest, "results": present},
        reason=note.strip(),
    )
    return release


def withdraw(*, release: Release, actor: User, reason: str) -> Notice:
    """Say publicly that readers should no longer rely on a version. It stays readable, and nothing of it changes.

    The address of the latest version leads to the newest one that was not withdrawn.

    Raises:
        PermissionDenied: the person does not release this review.
        ValidationError: there is no reason, or it was withdrawn before.
    """
    return give_notice(review=release.review, actor=actor, kind=NoticeKind.WITHDRAWN, text=reason, release=release)


@transaction.atomic
def give_notice(*, review: Review, actor: User, kind: NoticeKind, text: str, release: Release | None = None) -> Notice:
    """Say something publicly beside the released versions; nothing that was published changes.

    Raises:
        PermissionDenied: the person does not release this review.
        ValidationError: there is no text, the version is another review's, or a withdrawal names no version or one that
            was withdrawn before.
    """
    role = require(actor, review, Action.RELEASE)
    if not text.strip():
        raise ValidationError({"text": "Say it in a sentence."})
    if release is not None and release.review_id != review.pk:
        raise ValidationError("That version belongs to another review.")
    if kind is NoticeKind.WITHDRAWN:
        Review.objects.select_for_update().get(pk=review.pk)
        if release is None:
            raise ValidationError({"version": "Say which version is withdrawn."})
        if queries.is_withdrawn(release):
            raise ValidationError({"version": f"Version {release.version} was withdrawn before."})
    notice = Notice.objects.create(review=review, release=release, kind=kind, text=text.strip(), given_by=actor)
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="withdrew version" if kind is NoticeKind.WITHDRAWN else "gave notice",
        subject=notice,
        after={"kind": kind, "text": text.strip(), "version": str(release.version) if release else None},
        reason=text.strip() if kind is NoticeKind.WITHDRAWN else "",
    )
    return notice


def digests(document: dict[str, Any]) -> dict[str, str]:
    """The digest of each result in a document, by the key of its analysis."""
    return {outcome["key"]: outcome["digest"] for outcome in document["outcomes"]}
