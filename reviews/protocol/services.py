"""Begin a review; write, release and amend its protocol. Each writes its event in the same transaction."""

from collections.abc import Sequence
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.base.audit.services import record
from reviews.protocol import queries
from reviews.protocol.models import Criterion, Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.protocol.rules import (
    TEXTS,
    Content,
    CriterionKind,
    ProtocolState,
    WantedOutcome,
    as_plain,
    name_key,
    obstacles,
    problems,
    seal,
    tidy,
)
from reviews.team.access import may_lead, require
from reviews.team.models import Membership, Review, Team, User
from reviews.team.rules import SITE_ADMINISTRATOR, Action, Role

Row = TypeVar("Row", bound=Model)

TEAM_LEAD = "team lead"
RESERVED_SLUGS = frozenset({"new"})
"""Addresses of pages that stand where a review would."""


@transaction.atomic
def create_review(*, team: Team, title: str, slug: str, content: Content, actor: User, notice: str = "") -> Review:
    """Begin a review: the actor becomes its owner, and its protocol is a draft.

    Raises:
        PermissionDenied: the actor is neither a lead of the team nor a site administrator.
        ValidationError: a missing title, an address that is taken, or a protocol that does not hold together.
    """
    if not may_lead(actor, team):
        raise PermissionDenied(_("Only a lead of the team may begin a review in it."))
    review = Review(team=team, title=title.strip(), slug=slug, notice=notice.strip(), created_by=actor)
    if slug in RESERVED_SLUGS or Review.objects.filter(slug=slug).exists():
        raise ValidationError({"slug": _("This address is taken. Choose another.")})
    review.full_clean()
    review.save()
    Membership.objects.create(review=review, user=actor, role=Role.OWNER)
    record(
        chain=review.chain,
        actor=actor,
        acting_role=SITE_ADMINISTRATOR if actor.is_staff else TEAM_LEAD,
        verb="began the review",
        subject=review,
        after={"slug": slug, "title": review.title, "notice": review.notice, "team": team.name, "owner": actor.pk},
    )
    draft = Protocol(review=review, number=1, created_by=actor)
    content = tidy(content)
    _write(draft, content)
    _record(draft, actor=actor, acting=Role.OWNER, verb="drafted", after=as_plain(content))
    return review


@transaction.atomic
def write_protocol(*, review: Review, content: Content, actor: User, seen: str = "") -> Protocol:
    """Replace what the draft says. Writing the same again leaves no event.

    Args:
        seen: the seal of what the actor read before writing; when a colleague has written since, nothing is replaced.

    Raises:
        PermissionDenied: the actor may not write the protocol.
        ValidationError: there is no draft, a colleague changed it in the meantime, or it does not hold together.
    """
    acting = require(actor, review, Action.WRITE_PROTOCOL)
    draft = _draft(review)
    before, content = queries.content_of(draft), tidy(content)
    if seen and seen != seal(before):
        raise ValidationError(
            _("A colleague changed the draft while you wrote. Nothing was replaced: compare, and save again."),
            code="stale",
        )
    if content == before:
        return draft
    _write(draft, content)
    _record(draft, actor=actor, acting=acting, verb="wrote", before=as_plain(before), after=as_plain(content))
    return draft


@transaction.atomic
def release_protocol(*, review: Review, actor: User) -> Protocol:
    """Let the draft hold. From now on it stays as it is; a change is an amendment.

    Raises:
        PermissionDenied: the actor may not write the protocol.
        ValidationError: there is no draft, or it lacks what a protocol needs.
    """
    acting = require(actor, review, Action.WRITE_PROTOCOL)
    draft = _draft(review)
    lacking = list(obstacles(queries.content_of(draft)))
    if lacking:
        raise ValidationError(lacking)
    draft.state = ProtocolState.RELEASED
    draft.released_by = actor
    draft.released_at = timezone.now()
    draft.save()
    _record(
        draft,
        actor=actor,
        acting=acting,
        verb="released",
        before={"state": ProtocolState.DRAFT},
        after={"state": ProtocolState.RELEASED, "number": draft.number},
        reason=draft.amendment_reason,
    )
    return draft


@transaction.atomic
def amend_protocol(*, review: Review, reason: str, actor: User) -> Protocol:
    """Begin the next version as a copy of the one that holds, which stays readable and in force until it is released.

    Raises:
        PermissionDenied: the actor may not write the protocol.
        ValidationError: no reason, nothing released yet, or an amendment is being written already.
    """
    acting = require(actor, review, Action.WRITE_PROTOCOL)
    Review.objects.select_for_update().get(pk=review.pk)
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the protocol changes; readers will see it.")})
    if queries.draft(review) is not None:
        raise ValidationError(_("There is a draft already. Release it before the next amendment."))
    held = queries.released(review)
    if held is None:
        raise ValidationError(_("There is no released protocol to amend."))
    amendment = Protocol(review=review, number=held.number + 1, amendment_reason=reason.strip(), created_by=actor)
    _write(amendment, queries.content_of(held))
    _record(
        amendment,
        actor=actor,
        acting=acting,
        verb="began to amend",
        before={"number": held.number},
        after={"number": amendment.number},
        reason=amendment.amendment_reason,
    )
    return amendment


@transaction.atomic
def declare_exclusive(
    *, review: Review, outcomes: Sequence[Outcome], actor: User, is_exclusive: bool = True
) -> list[Outcome]:
    """Say that nobody can have more than one of these outcomes, or that they can after all. Numbers that contradict it
    are refused from then on; those that stand are not touched.

    Raises:
        PermissionDenied: the actor does not write this review's protocol.
        ValidationError: fewer than two outcomes, one that the protocol does not ask for, or one that is no event.
    """
    role = require(actor, review, Action.WRITE_PROTOCOL)
    chosen = sorted(set(outcomes), key=lambda outcome: outcome.name)
    if len(chosen) < 2:
        raise ValidationError({"outcomes": _("Choose two outcomes or more.")})
    if not set(chosen) <= set(queries.events_asked_for(review)):
        raise ValidationError({"outcomes": _("Choose among the events that the protocol asks for.")})
    for outcome in chosen:
        others = [other for other in chosen if other != outcome]
        if is_exclusive:
            outcome.excludes.add(*others)
        else:
            outcome.excludes.remove(*others)
    record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="declared outcomes exclusive" if is_exclusive else "declared outcomes compatible",
        subject=review,
        after={"outcomes": [outcome.name for outcome in chosen]},
    )
    return chosen


def _draft(review: Review) -> Protocol:
    Review.objects.select_for_update().get(pk=review.pk)  # one writer at a time
    draft = queries.draft(review)
    if draft is None:
        raise ValidationError(_("The protocol is released. Begin an amendment to change it."))
    return draft


def _record(
    protocol: Protocol,
    *,
    actor: User,
    acting: Role,
    verb: str,
    after: object,
    before: object = None,
    reason: str = "",
) -> None:
    record(
        chain=protocol.review.chain,
        actor=actor,
        acting_role=acting,
        verb=verb,
        subject=protocol,
        before=before,
        after=after,
        reason=reason,
    )


def _write(draft: Protocol, content: Content) -> None:
    """Make the draft say this, and nothing of what it said before."""
    if found := list(problems(content)):
        raise ValidationError({part.value: [told for where, told in found if where == part] for part, _told in found})
    for part in (*TEXTS, "update_model"):
        setattr(draft, part, getattr(content, part))
    draft.schedules = as_plain(content)["schedules"]
    draft.clean_fields(exclude=[field.name for field in draft._meta.fields if field.name not in TEXTS])
    draft.save()
    draft.criteria.all().delete()
    for kind in CriterionKind:
        texts = [criterion.text for criterion in content.criteria if criterion.kind == kind]
        for position, text in enumerate(texts, start=1):
            criterion = Criterion(protocol=draft, kind=kind, position=position, text=text)
            _checked(criterion, part="criteria", name=f"{text[:40]}…")
    _write_outcomes(draft, content.outcomes)


def _write_outcomes(draft: Protocol, wanted: Sequence[WantedOutcome]) -> None:
    replaced = list(draft.outcomes.select_related("outcome", "timepoint"))
    draft.outcomes.all().delete()
    definitions = {_definition(one) for one in wanted}
    windows = {(one.name, one.timepoint, one.from_day, one.to_day) for one in wanted}
    for row in replaced:
        outcome, timepoint = row.outcome, row.timepoint
        stays = _definition(outcome) in definitions
        if not stays or (outcome.name, timepoint.label, timepoint.from_day, timepoint.to_day) not in windows:
            _forget_if_unused(timepoint)
        if not stays:
            _forget_if_unused(outcome)
    for position, one in enumerate(wanted, start=1):
        outcome = _outcome(draft.review.team, one)
        _checked(
            OutcomeOfInterest(
                protocol=draft,
                position=position,
                outcome=outcome,
                timepoint=_timepoint(outcome, one),
                measure=one.measure,
                importance=one.importance,
                important_difference=one.important_difference,
            ),
            part="outcomes",
            name=one.name,
        )


def _definition(outcome: Outcome | WantedOutcome) -> tuple[str, str, str, str, str]:
    return outcome.name, outcome.type, outcome.unit, outcome.benefit_is, outcome.happened


def _forget_if_unused(definition: Model) -> None:
    """A definition that only this draft knew goes with the draft's old words, so that a slip can be mended.

    Whatever else points at it (another review, a value, an analysis) protects it.
    """
    try:
        definition.delete()
    except ProtectedError:
        return


def _outcome(team: Team, wanted: WantedOutcome) -> Outcome:
    """The team's outcome of this name, made where there is none.

    Raises:
        ValidationError: the team uses the name for something else.
    """
    same_name = [one for one in Outcome.objects.filter(team=team) if name_key(one.name) == name_key(wanted.name)]
    for one in same_name:
        if (one.type, one.benefit_is, one.unit) != (wanted.type, wanted.benefit_is, wanted.unit) or (
            wanted.happened and one.happened != wanted.happened
        ):
            raise ValidationError(
                {
                    "outcomes": _(
                        "Your team already has an outcome “%(name)s”: %(type)s, %(benefit)s is better%(unit)s%(words)s. "
                        "Use it as it is, or give this one another name."
                    )
                    % {
                        "name": one.name,
                        "type": one.type,
                        "benefit": one.benefit_is,
                        "unit": _(", in %(unit)s") % {"unit": one.unit} if one.unit else "",
                        "words": _(", in a sentence “%(words)s”") % {"words": one.happened} if one.happened else "",
                    }
                }
            )
        return one
    return _checked(
        Outcome(
            team=team,
            name=wanted.name,
            type=wanted.type,
            unit=wanted.unit,
            benefit_is=wanted.benefit_is,
            happened=wanted.happened,
        ),
        part="outcomes",
        name=wanted.name,
    )


def _timepoint(outcome: Outcome, wanted: WantedOutcome) -> Timepoint:
    """The outcome's timepoint of this label, made where there is none.

    Raises:
        ValidationError: the label stands for another window of days.
    """
    for one in Timepoint.objects.filter(outcome=outcome):
        if name_key(one.label) != name_key(wanted.timepoint):
            continue
        if (one.from_day, one.to_day) != (wanted.from_day, wanted.to_day):
            raise ValidationError(
                {
                    "outcomes": _(
                        "“%(name)s” at “%(label)s” already means %(window)s in your team. "
                        "Use it as it is, or give this timepoint another label."
                    )
                    % {"name": outcome.name, "label": one.label, "window": _window(one)}
                }
            )
        return one
    timepoint = Timepoint(outcome=outcome, label=wanted.timepoint, from_day=wanted.from_day, to_day=wanted.to_day)
    return _checked(timepoint, part="outcomes", name=wanted.name)


def _window(timepoint: Timepoint) -> str:
    if timepoint.from_day is None and timepoint.to_day is None:
        return _("no window of days")
    return _("day %(first)s to %(last)s") % {
        "first": "…" if timepoint.from_day is None else timepoint.from_day,
        "last": "…" if timepoint.to_day is None else timepoint.to_day,
    }


def _checked(row: Row, *, part: str, name: str) -> Row:
    """Save a row whose fields hold; otherwise say of what the trouble is."""
    try:
        row.clean_fields(exclude=[field.name for field in row._meta.fields if field.is_relation])
    except ValidationError as refusal:
        raise ValidationError({part: [f"{name}: {message}" for message in refusal.messages]}) from refusal
    row.save()
    return row
