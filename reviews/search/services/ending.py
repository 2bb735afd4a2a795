"""Take an import back: undone while nobody judged a record of it, afterwards only retired with a reason."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from reviews.base.audit import services as audit
from reviews.base.work import services as work
from reviews.library.models import Record
from reviews.search import queries
from reviews.search.models import Import
from reviews.search.rules import ImportState
from reviews.signals import records_leaving
from reviews.team.access import require
from reviews.team.models import User
from reviews.team.rules import Action

JUDGED = "Somebody has judged a record of this file, so it cannot be undone. Retire it with a reason instead."
NOT_JUDGED = "Nobody has judged a record of this file yet: undo it, and it counts nowhere."


@transaction.atomic
def undo_import(*, of: Import, actor: User) -> Import:
    """Take back an import of which nobody judged a record: its records stay in the database and count nowhere.

    The same file may come again afterwards.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: somebody judged a record of it, or it is not in the review.
    """
    role = require(actor, of.review, Action.SEARCH)
    kept = _in_the_review(of)
    if queries.is_judged(kept):
        raise ValidationError(JUDGED, code="stale")
    _send_leaving(kept, actor)
    now = timezone.now()
    left = Record.objects.filter(brought_in=kept).update(undone_at=now)
    kept.state, kept.ended_by, kept.ended_at = ImportState.UNDONE, actor, now
    kept.save(update_fields=["state", "ended_by", "ended_at"])
    audit.record(
        chain=kept.review.chain,
        actor=actor,
        acting_role=role,
        verb="undid import",
        subject=kept,
        before={"imported": kept.imported, "rejected": kept.rejected},
        after={"records": left},
    )
    return kept


@transaction.atomic
def retire_import(*, of: Import, actor: User, reason: str) -> Import:
    """Take the records of an import out with a reason; they count as removed for other reasons from now on.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: no reason, the file is still being read, or nobody judged a record of it (then it is undone).
    """
    role = require(actor, of.review, Action.SEARCH)
    if not reason.strip():
        raise ValidationError({"reason": "Say why these records are taken out; the flow diagram counts them."})
    kept = _in_the_review(of)
    if kept.state != ImportState.DONE:
        raise ValidationError("This file is still being read; wait until that is done.", code="stale")
    if not queries.is_judged(kept):
        raise ValidationError(NOT_JUDGED)
    _send_leaving(kept, actor)
    now = timezone.now()
    out = Record.objects.filter(brought_in=kept, retired_at=None).update(
        retired_at=now, retired_by=actor, retired_reason=reason.strip()
    )
    kept.state, kept.ended_by, kept.ended_at = ImportState.RETIRED, actor, now
    kept.end_reason = reason.strip()
    kept.save(update_fields=["state", "ended_by", "ended_at", "end_reason"])
    audit.record(
        chain=kept.review.chain,
        actor=actor,
        acting_role=role,
        verb="retired import",
        subject=kept,
        after={"records": out},
        reason=reason.strip(),
    )
    return kept


@transaction.atomic
def retry_import(*, of: Import, actor: User) -> None:
    """Have an import tried again that stopped after several failures; what was read already stays.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: it is not being read.
    """
    role = require(actor, of.review, Action.SEARCH)
    kept = _in_the_review(of)
    if kept.state != ImportState.READING:
        raise ValidationError("This file was read completely.", code="stale")
    audit.record(chain=kept.review.chain, actor=actor, acting_role=role, verb="asked to read again", subject=kept)
    work.owe(kind=queries.READ_IMPORT, key=kept.work_key)


def _in_the_review(of: Import) -> Import:
    kept = Import.objects.select_for_update(of=("self",)).select_related("review").get(pk=of.pk)
    if kept.state not in {ImportState.READING, ImportState.DONE}:
        raise ValidationError("The records of this file are not in the review.", code="stale")
    return kept


def _send_leaving(of: Import, actor: User) -> None:
    records_leaving.send(
        sender=Import, review_id=of.review_id, records=Record.objects.filter(brought_in=of), actor=actor
    )
