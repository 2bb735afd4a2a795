"""Bring people in, give them roles, close accounts. Each writes its event in the same transaction."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from reviews.base.audit.services import record
from reviews.team import queries
from reviews.team.access import require, require_administrator
from reviews.team.models import Invitation, Membership, Review, Team, TeamMember, User
from reviews.team.rules import (
    INVITATION_LASTS,
    SITE_CHAIN,
    Action,
    InvitationState,
    Role,
    email_key,
    in_order,
    keeps_an_owner,
    token_hash,
)

TOKEN_BYTES = 32
COMMAND_LINE = "command line"


class InvitationRefused(Exception):
    """The invitation cannot be accepted: it was used, withdrawn, is too old, or there is none."""


class AnotherAddress(Exception):
    """The invitation belongs to another address than the account that wants to accept it."""


class AccountExists(Exception):
    """The invited address has an account already: its owner signs in and accepts there."""


@dataclass(frozen=True, slots=True)
class Issued:
    """An invitation with its token, which exists only here: the database keeps its hash."""

    invitation: Invitation
    token: str


# --- Roles in a review ---------------------------------------------------------------------------------------------


@transaction.atomic
def set_roles(*, review: Review, user: User, roles: Iterable[Role], actor: User) -> tuple[Role, ...]:
    """Give a member of the review exactly these roles; none takes the person out of it.

    Raises:
        PermissionDenied: the actor may not manage people here.
        ValidationError: the person is no member (they are invited instead), or the review would be left without an owner.
    """
    acting = require(actor, review, Action.MANAGE_PEOPLE)
    _one_at_a_time(review)  # two owners cannot take each other out at once
    held = in_order(_roles(review, user))
    wanted = in_order(Role(role) for role in roles)
    if not held:
        raise ValidationError(_("This person is not in the review. Invite them by their address."))
    if wanted == held:
        return held
    loses_ownership = Role.OWNER in held and Role.OWNER not in wanted
    if loses_ownership and not keeps_an_owner(queries.active_owners(review), without=user.pk):
        raise ValidationError(_("A review needs an owner whose account is open. Make somebody else an owner first."))
    Membership.objects.filter(review=review, user=user).exclude(role__in=wanted).delete()
    for role in wanted:
        Membership.objects.get_or_create(review=review, user=user, role=role)
    record(
        chain=review.chain,
        actor=actor,
        acting_role=acting,
        verb="changed the roles of" if wanted else "took out",
        subject=user,
        before={"roles": held},
        after={"roles": wanted},
    )
    return wanted


@transaction.atomic
def grant_role(*, review: Review, user: User, role: Role, actor: User) -> tuple[Role, ...]:
    """Give a member one more role. Raises as ``set_roles`` does."""
    _one_at_a_time(review)
    roles = _roles(review, user)
    return set_roles(review=review, user=user, roles={*roles, role} if roles else (), actor=actor)


@transaction.atomic
def revoke_role(*, review: Review, user: User, role: Role, actor: User) -> tuple[Role, ...]:
    """Take one role from a member. Raises as ``set_roles`` does."""
    _one_at_a_time(review)
    return set_roles(review=review, user=user, roles=set(_roles(review, user)) - {role}, actor=actor)


def remove_member(*, review: Review, user: User, actor: User) -> None:
    """Take a person out of the review; what they did stays. Raises as ``set_roles`` does."""
    set_roles(review=review, user=user, roles=(), actor=actor)


def _one_at_a_time(review: Review) -> None:
    Review.objects.select_for_update().get(pk=review.pk)


def _roles(review: Review, user: User) -> list[Role]:
    rows = Membership.objects.filter(review=review, user=user).order_by("pk").values_list("role", flat=True)
    return [Role(role) for role in rows]


# --- Invitations ---------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, review: Review, email: str, roles: Iterable[Role], actor: User) -> Issued:
    """Make a way in for one address with fixed roles; the caller sends the link.

    Raises:
        PermissionDenied: the actor may not manage people here.
        ValidationError: no role, no address, somebody who is in the review already or has an open invitation to it.
    """
    acting = require(actor, review, Action.MANAGE_PEOPLE)
    address = email_key(email)
    validate_email(address)
    fixed = in_order(Role(role) for role in roles)
    if not fixed:
        raise ValidationError(_("Choose at least one role."))
    _one_at_a_time(review)
    if Membership.objects.filter(review=review, user__email__iexact=address).exists():
        raise ValidationError(_("This person is in the review already. Change their roles in the list."))
    if queries.open_invitations(review).filter(email=address).exists():
        raise ValidationError(_("This address has an open invitation. Withdraw it first to send another."))
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    invitation = Invitation.objects.create(
        review=review,
        email=address,
        roles=list(fixed),
        token_hash=token_hash(token),
        invited_by=actor,
        created_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    record(
        chain=review.chain,
        actor=actor,
        acting_role=acting,
        verb="invited",
        subject=invitation,
        after={"email": address, "roles": fixed, "expires_at": invitation.expires_at},
    )
    return Issued(invitation, token)


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, actor: User) -> None:
    """End an open invitation.

    Raises:
        PermissionDenied: the actor may not manage people there.
        ValidationError: it was accepted or withdrawn already.
    """
    acting = require(actor, invitation.review, Action.MANAGE_PEOPLE)
    open_ones = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None)
    if not open_ones.update(revoked_at=timezone.now()):
        raise ValidationError(_("This invitation is not open any more."))
    record(
        chain=invitation.review.chain,
        actor=actor,
        acting_role=acting,
        verb="withdrew the invitation of",
        subject=invitation,
        before={"state": InvitationState.OPEN},
        after={"state": InvitationState.WITHDRAWN},
    )


@transaction.atomic
def accept_invitation(*, token: str, actor: User) -> Review:
    """Join with an account that has the invited address.

    Raises:
        InvitationRefused: there is no such invitation, or it is not open any more.
        AnotherAddress: the account has another address.
    """
    invitation = queries.invitation_for(token)
    if invitation is None or not actor.is_active:
        raise InvitationRefused
    if email_key(actor.email) != email_key(invitation.email):
        raise AnotherAddress
    return _join(invitation, actor)


@transaction.atomic
def accept_as_new_person(*, token: str, name: str, password: str) -> tuple[Review, User]:
    """Make an account for the invited address, and join with it.

    Raises:
        InvitationRefused: there is no such invitation, or it is not open any more.
        AccountExists: the address has an account.
        ValidationError: a missing name, or a password that is too easy to guess; with the field's name as its key.
    """
    invitation = queries.invitation_for(token)
    if invitation is None or invitation.state is not InvitationState.OPEN:
        raise InvitationRefused
    # Of two requests with one token the second waits here, and then finds the account.
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    if queries.account_of(invitation.email) is not None:
        raise AccountExists
    user = User(email=email_key(invitation.email), name=name.strip())
    if not user.name:
        raise ValidationError({"name": _("Say how you are called.")})
    try:
        validate_password(password, user)
    except ValidationError as refusal:
        raise ValidationError({"password1": refusal.messages}) from refusal
    user.set_password(password)
    user.save()
    return _join(invitation, user), user


def _join(invitation: Invitation, user: User) -> Review:
    """Use the invitation up, if nobody else did in the meantime, and make the person a member."""
    now = timezone.now()
    unused = Invitation.objects.filter(pk=invitation.pk, accepted_at=None, revoked_at=None, expires_at__gt=now)
    if not unused.update(accepted_at=now, accepted_by=user):
        raise InvitationRefused
    review = invitation.review
    roles = in_order(Role(role) for role in invitation.roles)
    for role in roles:
        Membership.objects.get_or_create(review=review, user=user, role=role)
    record(
        chain=review.chain,
        actor=user,
        acting_role=roles[0],
        verb="accepted the invitation of",
        subject=invitation,
        before={"state": InvitationState.OPEN},
        after={"state": InvitationState.ACCEPTED, "roles": roles},
    )
    return review


# --- The site: accounts and teams ----------------------------------------------------------------------------------


@transaction.atomic
def disable_account(*, user: User, actor: User, reason: str = "") -> None:
    """Close an account: its sessions end at once, its work stays. Closing a closed one changes nothing.

    Raises:
        PermissionDenied: the actor does not run this site.
        ValidationError: it is the actor's own account.
    """
    acting = require_administrator(actor)
    if user.pk == actor.pk:
        raise ValidationError(_("You cannot close your own account. Another site administrator can."))
    changed = User.objects.filter(pk=user.pk, is_active=True).update(is_active=False)
    user.is_active = False
    ended = end_sessions(user)
    if changed:
        record(
            chain=SITE_CHAIN,
            actor=actor,
            acting_role=acting,
            verb="closed the account of",
            subject=user,
            before={"is_active": True},
            after={"is_active": False, "sessions_ended": ended},
            reason=reason,
        )


@transaction.atomic
def enable_account(*, user: User, actor: User, reason: str = "") -> None:
    """Open a closed account again. Opening an open one changes nothing.

    Raises:
        PermissionDenied: the actor does not run this site.
    """
    acting = require_administrator(actor)
    changed = User.objects.filter(pk=user.pk, is_active=False).update(is_active=True)
    user.is_active = True
    if changed:
        record(
            chain=SITE_CHAIN,
            actor=actor,
            acting_role=acting,
            verb="opened the account of",
            subject=user,
            before={"is_active": False},
            after={"is_active": True},
            reason=reason,
        )


def end_sessions(user: User) -> int:
    """Delete every session of a person; how many there were.

    A session does not name its person in a column, so all that have not run out are looked into. A closed account is
    refused anyway (Django asks for `is_active` at each request); this keeps its sessions from coming back to life.
    """
    current = Session.objects.filter(expire_date__gt=timezone.now()).order_by("session_key")
    theirs = [
        session.session_key
        for session in current.iterator(chunk_size=500)
        if session.get_decoded().get(SESSION_KEY) == str(user.pk)
    ]
    Session.objects.filter(session_key__in=theirs).delete()
    return len(theirs)


@transaction.atomic
def create_team(*, name: str, actor: User) -> Team:
    """Make a team.

    Raises:
        PermissionDenied: the actor does not run this site.
        ValidationError: it has no name, or another team has it.
    """
    return _create_team(name=name, actor=actor, acting=require_administrator(actor))


def _create_team(*, name: str, actor: User | None, acting: str) -> Team:
    team = Team(name=name.strip())
    team.full_clean()
    team.save()
    after = {"name": team.name}
    record(chain=SITE_CHAIN, actor=actor, acting_role=acting, verb="made the team", subject=team, after=after)
    return team


@transaction.atomic
def set_lead(*, team: Team, user: User, is_lead: bool, actor: User) -> TeamMember:
    """Bring a person into the team, and say whether they may begin reviews in it.

    Raises:
        PermissionDenied: the actor does not run this site.
        ValidationError: the account is closed.
    """
    acting = require_administrator(actor)
    if is_lead and not user.is_active:
        raise ValidationError(_("This account is closed."))
    return _set_lead(team=team, user=user, is_lead=is_lead, actor=actor, acting=acting)


def _set_lead(*, team: Team, user: User, is_lead: bool, actor: User | None, acting: str) -> TeamMember:
    row = TeamMember.objects.select_for_update().filter(team=team, user=user).first()
    before = None if row is None else {"is_lead": row.is_lead}
    if row is None:
        row = TeamMember(team=team, user=user)
    elif row.is_lead == is_lead:
        return row
    row.is_lead = is_lead
    row.save()
    record(
        chain=SITE_CHAIN,
        actor=actor,
        acting_role=acting,
        verb="made a lead:" if is_lead else "made a member:",
        subject=row,
        before=before,
        after={"team": team.name, "user": user.pk, "is_lead": is_lead},
    )
    return row


@transaction.atomic
def create_administrator(*, email: str, name: str, password: str | None = None, team: str = "") -> User:
    """Make a site administrator from the command line, and, if named, a team that they lead.

    Without a password the account waits for its person to set one by a link.

    Raises:
        ValidationError: the address is none or has an account, or the password is too easy to guess.
    """
    address = email_key(email)
    validate_email(address)
    if queries.account_of(address) is not None:
        raise ValidationError(_("There is an account with this address already."))
    user = User(email=address, name=name.strip(), is_staff=True)
    if password is None:
        user.set_unusable_password()
    else:
        validate_password(password, user)
        user.set_password(password)
    user.full_clean(exclude=["password"])
    user.save()
    record(
        chain=SITE_CHAIN,
        actor=None,
        acting_role=COMMAND_LINE,
        verb="made the site administrator",
        subject=user,
        after={"email": address, "name": user.name},
    )
    if team:
        led = Team.objects.filter(name=team.strip()).first()
        led = led or _create_team(name=team, actor=None, acting=COMMAND_LINE)
        _set_lead(team=led, user=user, is_lead=True, actor=None, acting=COMMAND_LINE)
    return user
