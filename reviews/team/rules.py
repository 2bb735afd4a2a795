"""Who may do what in a review: roles, what each allows, and how somebody new comes in."""

import datetime as dt
import hashlib
from collections.abc import Collection, Iterable
from enum import StrEnum

INVITATION_LASTS = dt.timedelta(days=7)


class Role(StrEnum):
    OWNER = "owner"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    EXTRACTOR = "extractor"
    READER = "reader"


SITE_ADMINISTRATOR = "site administrator"
"""The acting role, in the audit trail, of somebody who runs the site; it is no role in a review."""

SITE_CHAIN = "site"
"""The audit chain of what belongs to no review: accounts and teams."""


class Action(StrEnum):
    """What a page or an endpoint needs; each belongs to the roles listed in ``ALLOWED``."""

    READ = "read"
    MANAGE_PEOPLE = "manage people"
    WRITE_PROTOCOL = "write the protocol"
    SEARCH = "search and import records"
    EXTRACT = "extract"
    PLAN = "plan analyses"
    RECOMPUTE = "recompute"
    RELEASE = "release"
    AUDIT = "read the audit trail"


ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ: frozenset(Role),
    Action.MANAGE_PEOPLE: frozenset({Role.OWNER}),
    Action.WRITE_PROTOCOL: frozenset({Role.OWNER}),
    Action.SEARCH: frozenset({Role.OWNER, Role.REVIEWER, Role.EXTRACTOR}),
    Action.EXTRACT: frozenset({Role.EXTRACTOR}),
    Action.PLAN: frozenset({Role.OWNER}),
    Action.RECOMPUTE: frozenset({Role.OWNER, Role.EXTRACTOR}),
    Action.RELEASE: frozenset({Role.OWNER}),
    Action.AUDIT: frozenset({Role.OWNER}),
}


def acting_role(roles: Iterable[Role], action: Action) -> Role | None:
    """The role in which a person does something, for the audit trail; None when none of theirs allows it.

    Where several would do, the first in the order of ``Role`` is named.
    """
    held = set(roles)
    return next((role for role in Role if role in held and role in ALLOWED[action]), None)


def email_key(address: str) -> str:
    """One spelling for one address: people type capitals and spaces, mail servers do not care.

    Lower case and not `casefold`, which would make another address of one with a sharp s.
    """
    return address.strip().lower()


def in_order(roles: Iterable[Role]) -> tuple[Role, ...]:
    """Roles as people read them: in the order of ``Role``, each once."""
    held = set(roles)
    return tuple(role for role in Role if role in held)


def keeps_an_owner(active_owners: Collection[int], *, without: int) -> bool:
    """Whether a review still has somebody to decide for it when this person is no owner any more."""
    return any(owner != without for owner in active_owners)


class InvitationState(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def invitation_state(*, accepted: bool, withdrawn: bool, expires_at: dt.datetime, now: dt.datetime) -> InvitationState:
    if accepted:
        return InvitationState.ACCEPTED
    if withdrawn:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if now < expires_at else InvitationState.EXPIRED


def token_hash(token: str) -> str:
    """What the database keeps of a token. It is long and random, so one plain SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def initials(name: str) -> str:
    """One or two letters that stand for a person."""
    words = [word for word in name.split() if word[0].isalnum()]
    ends = words[:1] + words[1:][-1:]
    return "".join(word[0].upper() for word in ends)
