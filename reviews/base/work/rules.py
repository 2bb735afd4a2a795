"""When a piece of owed work may run, waits, or is parked."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

MOST_ATTEMPTS = 6
"""With three, an innocent job that was killed three times stood parked; six was enough in the same trial of fourteen kills."""

FIRST_PAUSE = dt.timedelta(seconds=1)
LONGEST_PAUSE = dt.timedelta(minutes=5)


class State(StrEnum):
    SETTLED = "settled"
    WAITING = "waiting"
    RUNNING = "running"
    PARKED = "parked"


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to do one piece of work; `seen` is the ask that the run will have answered."""

    kind: str
    key: str
    token: UUID
    seen: int


def pause_after(attempts: int) -> dt.timedelta:
    """How long to wait after the n-th failed attempt: it doubles, up to five minutes.

    The exponent is bounded, so that the product stays within what a timedelta can hold.
    """
    return min(FIRST_PAUSE * (1 << min(max(attempts - 1, 0), 16)), LONGEST_PAUSE)


def state(*, owed: bool, parked: bool, leased_until: dt.datetime | None, now: dt.datetime) -> State:
    if not owed:
        return State.SETTLED
    if parked:
        return State.PARKED
    if leased_until is not None and leased_until > now:
        return State.RUNNING
    return State.WAITING
