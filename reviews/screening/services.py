"""Decide which studies belong to a review."""

from django.core.exceptions import ValidationError
from django.db import transaction

from reviews.base.audit import services as audit
from reviews.library.models import Study
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.signals import evidence_changed
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action


@transaction.atomic
def decide_inclusion(*, review: Review, study: Study, verdict: Verdict, actor: User, reason: str = "") -> Inclusion:
    """Include a study of the library in a review, or exclude it with a reason. Saying the same again adds nothing.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: no reason for an exclusion, or the study is not in the library of the review's team.
    """
    role = require(actor, review, Action.EXTRACT)
    if study.team_id != review.team_id:
        raise ValidationError("The study is not in this team's library.")
    if verdict is Verdict.EXCLUDE and not reason.strip():
        raise ValidationError({"reason": "Say why the study is excluded."})
    # The study's row is the lock: two people deciding at once are put in order.
    Study.objects.select_for_update().get(pk=study.pk)
    before = Inclusion.objects.filter(review=review, study=study, is_current=True).first()
    if before is not None and (before.verdict, before.reason) == (verdict, reason.strip()):
        return before
    if before is not None:
        before.is_current = False
        before.save(update_fields=["is_current"])
    inclusion = Inclusion.objects.create(
        review=review, study=study, verdict=verdict, reason=reason.strip(), decided_by=actor
    )
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb=f"decided to {verdict}",
        subject=study,
        before={"verdict": before.verdict, "reason": before.reason} if before else None,
        after={"verdict": verdict, "reason": reason.strip()},
        reason=reason.strip(),
    )
    evidence_changed.send(sender=Inclusion, study_id=study.pk, outcome_ids=None, review_id=review.pk)
    return inclusion
