"""Who may do what in a review: roles, and what each allows."""

import datetime as dt
from collections.abc import Iterable
from enum import StrEnum

INVITATION_LASTS = dt.timedelta(days=7)


class Role(StrEnum):
    OWNER = "owner"
    REVIEWER = "reviewer"
    ADJUDICATOR = "adjudicator"
    EXTRACTOR = "extractor"
    READER = "reader"


class Action(StrEnum):
    """What a page or an endpoint needs; each belongs to the roles listed in ``ALLOWED``."""

    READ = "read"
    MANAGE_PEOPLE = "manage people"
    WRITE_PROTOCOL = "write the protocol"
    EXTRACT = "extract"
    PLAN = "plan analyses"
    RECOMPUTE = "recompute"
    RELEASE = "release"
    AUDIT = "read the audit trail"


ALLOWED: dict[Action, frozenset[Role]] = {
    Action.READ: frozenset(Role),
    Action.MANAGE_PEOPLE: frozenset({Role.OWNER}),
    Action.WRITE_PROTOCOL: frozenset({Role.OWNER}),
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
    """One spelling for one address: people type capitals and spaces, mail servers do not care."""
    return address.strip().casefold()
