import datetime as dt
import hashlib

import pytest

from reviews.team.rules import (
    ALLOWED,
    Action,
    InvitationState,
    Role,
    acting_role,
    email_key,
    in_order,
    initials,
    invitation_state,
    keeps_an_owner,
    token_hash,
)

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
LATER = NOON + dt.timedelta(seconds=1)


def test_every_action_is_allowed_to_somebody():
    assert set(ALLOWED) == set(Action)
    assert all(ALLOWED.values())


@pytest.mark.parametrize(
    ("roles", "action", "expected"),
    [
        ([], Action.READ, None),
        ([Role.READER], Action.READ, Role.READER),
        ([Role.READER], Action.WRITE_PROTOCOL, None),
        ([Role.EXTRACTOR, Role.OWNER], Action.READ, Role.OWNER),
        ([Role.EXTRACTOR, Role.OWNER], Action.EXTRACT, Role.EXTRACTOR),
        ([Role.OWNER], Action.EXTRACT, None),
        ([Role.READER, Role.EXTRACTOR], Action.RECOMPUTE, Role.EXTRACTOR),
    ],
)
def test_the_role_in_which_somebody_acts(roles, action, expected):
    assert acting_role(roles, action) is expected


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Ada@Example.ORG ", "ada@example.org"), ("ada@example.org", "ada@example.org"), ("Groß@x.de", "groß@x.de")],
)
def test_one_spelling_for_one_address(typed, kept):
    assert email_key(typed) == kept


def test_roles_are_read_in_one_order_and_once():
    assert in_order([Role.READER, Role.OWNER, Role.READER]) == (Role.OWNER, Role.READER)


@pytest.mark.parametrize(
    ("owners", "without", "kept"), [([1], 1, False), ([1, 2], 1, True), ([], 1, False), ([2], 1, True)]
)
def test_a_review_keeps_an_owner(owners, without, kept):
    assert keeps_an_owner(owners, without=without) is kept


@pytest.mark.parametrize(
    ("accepted", "withdrawn", "expires_at", "expected"),
    [
        (False, False, LATER, InvitationState.OPEN),
        (False, False, NOON, InvitationState.EXPIRED),
        (True, False, NOON, InvitationState.ACCEPTED),
        (False, True, LATER, InvitationState.WITHDRAWN),
    ],
)
def test_where_an_invitation_stands(accepted, withdrawn, expires_at, expected):
    assert invitation_state(accepted=accepted, withdrawn=withdrawn, expires_at=expires_at, now=NOON) is expected


def test_the_database_keeps_the_sha_256_of_a_token():
    assert token_hash("secret") == hashlib.sha256(b"secret").hexdigest()


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ada Okafor", "AO"), ("Ada", "A"), ("ada maria okafor", "AO"), ("Ben (guest)", "B"), ("", ""), ("…", "")],
)
def test_initials(name, letters):
    assert initials(name) == letters
