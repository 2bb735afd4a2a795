import datetime as dt
from decimal import Decimal
from uuid import UUID

import pytest

from reviews.base.audit.rules import FIRST_HASH, Fact, canonical, digest, fact_hash, plain
from reviews.team.rules import Role

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (None, None),
        (True, True),
        (3, 3),
        ("é", "é"),
        (Role.OWNER, "owner"),
        (0.1, "0.1"),
        (Decimal("0.10"), "0.10"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (NOON.astimezone(dt.timezone(dt.timedelta(hours=2))), "2026-11-22T12:00:00+00:00"),
        (dt.date(2026, 11, 22), "2026-11-22"),
        ({1: (2, [3])}, {"1": [2, [3]]}),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_a_value_is_kept_as_both_databases_hold_it(value, kept):
    assert plain(value) == kept


def test_what_an_event_cannot_hold_is_refused():
    with pytest.raises(TypeError, match="cannot hold a object"):
        plain(object())


def test_one_value_has_one_spelling():
    assert canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}' == canonical({"a": "é", "b": 1})
    assert digest({"a": 1}) == "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"


def fact(**changes):
    said = {
        "chain": "review:1",
        "number": 1,
        "at": NOON,
        "actor": 7,
        "acting_role": "owner",
        "verb": "released the protocol",
        "object_type": "protocol",
        "object_id": "1",
        "before": None,
        "after": {"state": "released"},
        "reason": "",
        "request_id": "abc",
        "previous_hash": FIRST_HASH,
    }
    return Fact(**{**said, **changes})


@pytest.mark.parametrize(
    "change",
    [
        {"chain": "review:2"},
        {"number": 2},
        {"at": NOON + dt.timedelta(microseconds=1)},
        {"actor": None},
        {"acting_role": "reader"},
        {"verb": "read"},
        {"object_type": "review"},
        {"object_id": "2"},
        {"before": {}},
        {"after": {"state": "draft"}},
        {"reason": "because"},
        {"request_id": ""},
        {"previous_hash": "1" * 64},
    ],
)
def test_the_hash_covers_everything_that_an_event_says(change):
    assert fact_hash(fact(**change)) != fact_hash(fact())
