"""Write down what a publication printed, correct our reading of it, or take it back."""

from dataclasses import asdict

from django.core.exceptions import ValidationError
from django.db import transaction

from meta.analysis.models import Analysis
from meta.analysis.published import rules
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.rules import Claim
from meta.analysis.rules import Model
from reviews.base.audit import services as audit
from reviews.models import User
from reviews.team.access import require
from reviews.team.rules import Action

PARTS = ("subgroup", "model", "estimate", "lower", "upper", "i2", "experimental", "control", "url", "place", "note")


@transaction.atomic
def write_down(
    *,
    analysis: Analysis,
    actor: User,
    label: str,
    claim: Claim,
    source: str,
    subgroup: str = "",
    model: str = "",
    url: str = "",
    place: str = "",
    note: str = "",
    reason: str = "",
) -> PublishedResult:
    """Keep a printed result beside an analysis. Where its label stands already for this source it is a correction of
    our reading, with a reason. Saying the same again adds nothing.

    Args:
        claim: the numbers, digit for digit as printed.
        subgroup: the group that it is about; empty for all studies.
        model: common or random; empty for the model that the plan takes.

    Raises:
        PermissionDenied: the person does not plan analyses in this review.
        ValidationError: a number cannot be read, a part is missing, or a correction has no reason.
    """
    role = require(actor, analysis.review, Action.PLAN)
    claim = Claim(**{name: text.strip() for name, text in asdict(claim).items()})
    said = {
        "subgroup": subgroup.strip(), "model": model, **asdict(claim), "url": url.strip(), "place": place.strip(),
        "note": note.strip(),
    }  # fmt: skip
    label, source = " ".join(label.split()), source.strip()
    wrong = rules.problems(claim)
    if not label:
        wrong["label"] = "Name the result as the publication does."
    if not source:
        wrong["source"] = "Say which publication printed it."
    if model and model not in set(Model):
        wrong["model"] = "A printed result is of the common or of the random effect."
    if wrong:
        raise ValidationError(wrong)
    Analysis.objects.select_for_update().get(pk=analysis.pk)
    before = PublishedResult.objects.filter(analysis=analysis, label=label, source=source, is_current=True).first()
    if before is not None:
        if all(getattr(before, part) == said[part] for part in PARTS):
            return before
        if not reason.strip():
            raise ValidationError({"reason": "This result stands already. Say why it is corrected; the old one stays."})
        before.is_current = False
        before.save(update_fields=["is_current"])
    made = PublishedResult.objects.create(
        analysis=analysis,
        label=label,
        source=source,
        replaces=before,
        reason=reason.strip() if before else "",
        entered_by=actor,
        **said,
    )
    audit.record(
        chain=analysis.review.chain,
        actor=actor,
        acting_role=role,
        verb="corrected a published result" if before else "wrote down a published result",
        subject=made,
        before={part: getattr(before, part) for part in PARTS} if before else None,
        after=said | {"label": label, "source": source},
        reason=reason.strip() if before else "",
    )
    return made


@transaction.atomic
def take_back(*, published: PublishedResult, actor: User, reason: str) -> None:
    """Say that a result was not printed after all; the row stays, and pages leave it out.

    Raises:
        PermissionDenied: the person does not plan analyses in this review.
        ValidationError: no reason, or it was corrected or taken back in the meantime.
    """
    review = published.analysis.review
    role = require(actor, review, Action.PLAN)
    if not reason.strip():
        raise ValidationError({"reason": "Say why it is taken back."})
    if not PublishedResult.objects.filter(pk=published.pk, is_current=True).update(is_current=False):
        raise ValidationError("Somebody corrected or took back this result meanwhile.")
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="took back a published result",
        subject=published,
        before={part: getattr(published, part) for part in PARTS},
        reason=reason.strip(),
    )
