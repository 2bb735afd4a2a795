import datetime as dt

import pytest

from reviews.base.work.rules import State, pause_after, state

NOW = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LATER, EARLIER = NOW + dt.timedelta(seconds=1), NOW - dt.timedelta(seconds=1)


@pytest.mark.parametrize(
    ("attempts", "seconds"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 32), (9, 256), (10, 300), (10**9, 300)],
)
def test_a_pause_doubles_up_to_five_minutes(attempts, seconds):
    assert pause_after(attempts) == dt.timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("owed", "parked", "leased_until", "expected"),
    [
        (False, False, None, State.SETTLED),
        (False, True, LATER, State.SETTLED),
        (True, True, LATER, State.PARKED),
        (True, False, LATER, State.RUNNING),
        (True, False, NOW, State.WAITING),
        (True, False, EARLIER, State.WAITING),
        (True, False, None, State.WAITING),
    ],
)
def test_where_work_stands(owed, parked, leased_until, expected):
    assert state(owed=owed, parked=parked, leased_until=leased_until, now=NOW) is expected
