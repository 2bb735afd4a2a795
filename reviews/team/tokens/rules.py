"""What a personal token allows, and for how long."""

import datetime as dt
from enum import StrEnum

PREFIX = "perennial_"
"""With a prefix, a token that was put where it does not belong is found by those who look for such things."""

LIFETIMES = (30, 90, 365)
"""Days. None lasts for ever: a forgotten token must end by itself."""

MOST_OPEN = 20
"""Open tokens a person; more is not order but litter."""

ACCOUNT_HOLDER = "account holder"
"""The acting role, in the audit trail, of a person who looks after their own account."""


class Scope(StrEnum):
    READ = "read"
    WRITE = "write"


class TokenState(StrEnum):
    OPEN = "open"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


def state(*, is_withdrawn: bool, expires_at: dt.datetime, now: dt.datetime) -> TokenState:
    if is_withdrawn:
        return TokenState.WITHDRAWN
    return TokenState.OPEN if now < expires_at else TokenState.EXPIRED


def allows(scope: Scope, *, is_writing: bool) -> bool:
    return scope is Scope.WRITE or not is_writing
