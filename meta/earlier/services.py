"""Write down what an earlier review states, correct our reading of it, or take it back."""

from django.core.exceptions import ValidationError
from django.db import transaction

from meta.earlier import rules
from meta.earlier.models import Statement
from meta.earlier.rules import PARTS, Kind
from reviews.base.audit import services as audit
from reviews.models import Review, Study, User
from reviews.screening import queries as screening
from reviews.team.access import require
from reviews.team.rules import Action


@transaction.atomic
def state(
    *,
    review: Review,
    actor: User,
    kind: Kind,
    subject: str,
    source: str,
    says: str = "",
    number: int | None = None,
    study: Study | None = None,
    place: str = "",
    note: str = "",
    url: str = "",
    reason: str = "",
) -> Statement:
    """Write down what an earlier review prints. Where a statement stands already it is a correction, with a reason.

    Saying the same again adds nothing.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: a part is missing, a correction has no reason, or the trial is not in the review.
    """
    role = require(actor, review, Action.EXTRACT)
    said = {
        "kind": kind.value,
        "subject": " ".join(subject.split()),
        "says": says.strip(),
        "number": number,
        "source": source.strip(),
        "place": place.strip(),
        "note": note.strip(),
        "url": url.strip(),
    }
    lacking = rules.problems(
        kind, subject=subject, says=says, number=number, source=source, has_study=study is not None
    )
    if study is not None and not screening.included(review).filter(pk=study.pk).exists():
        lacking["study"] = f"{study} is not included in this review."
    if lacking:
        raise ValidationError(lacking)
    Review.objects.select_for_update().get(pk=review.pk)
    before = Statement.objects.filter(
        review=review, kind=kind, subject=said["subject"], source=said["source"], study=study, is_current=True
    ).first()
    if before is not None:
        if all(getattr(before, part) == said[part] for part in PARTS):
            return before
        if not reason.strip():
            raise ValidationError({"reason": "This is stated already. Say why it is corrected; the old one stays."})
        before.is_current = False
        before.save(update_fields=["is_current"])
    made = Statement.objects.create(
        review=review,
        study=study,
        replaces=before,
        reason=reason.strip() if before else "",
        entered_by=actor,
        **said,
    )
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="corrected a statement" if before else "wrote down a statement",
        subject=made,
        before={part: getattr(before, part) for part in PARTS} if before else None,
        after=said | {"study": str(study) if study else None},
        reason=reason.strip() if before else "",
    )
    return made


@transaction.atomic
def take_back(*, statement: Statement, actor: User, reason: str) -> None:
    """Say that a statement is not made after all; the row stays and new versions leave it out.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: no reason, or it was corrected or taken back in the meantime.
    """
    review = statement.review
    role = require(actor, review, Action.EXTRACT)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is taken back."})
    if not Statement.objects.filter(pk=statement.pk, is_current=True).update(is_current=False):
        raise ValidationError("Somebody corrected or took back this statement meanwhile.")
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="took back a statement",
        subject=statement,
        before={part: getattr(statement, part) for part in PARTS},
        reason=reason.strip(),
    )
