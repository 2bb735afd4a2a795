import datetime as dt

import pytest

from reviews.team.tokens.rules import Scope, TokenState, allows, state

NOON = dt.datetime(2024, 5, 1, 12, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("is_withdrawn", "expires_at", "expected"),
    [
        (False, NOON + HOUR, TokenState.OPEN),
        (False, NOON, TokenState.EXPIRED),
        (False, NOON - HOUR, TokenState.EXPIRED),
        (True, NOON + HOUR, TokenState.WITHDRAWN),
        (True, NOON - HOUR, TokenState.WITHDRAWN),
    ],
)
def test_a_token_ends_by_itself_or_by_its_person(is_withdrawn, expires_at, expected):
    assert state(is_withdrawn=is_withdrawn, expires_at=expires_at, now=NOON) is expected


@pytest.mark.parametrize(
    ("scope", "is_writing", "expected"),
    [
        (Scope.READ, False, True),
        (Scope.READ, True, False),
        (Scope.WRITE, False, True),
        (Scope.WRITE, True, True),
    ],
)
def test_a_token_that_reads_does_not_write(scope, is_writing, expected):
    assert allows(scope, is_writing=is_writing) is expected
