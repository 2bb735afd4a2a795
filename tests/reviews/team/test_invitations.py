import base64
import datetime as dt

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from reviews.base.audit.models import Event
from reviews.team import access, queries, services
from reviews.team.models import Invitation, Membership, User
from reviews.team.rules import InvitationState, Role, token_hash
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db

ADDRESS = "ben@example.org"
GOOD_PASSWORD = "nine-green-leaves"


def invite(review, owner, *roles, email=ADDRESS):
    return services.invite(review=review, email=email, roles=roles or (Role.EXTRACTOR,), actor=owner)


def test_an_invitation_is_bound_to_an_address_and_to_roles_and_lasts_seven_days(review, owner):
    issued = invite(review, owner, Role.READER, Role.EXTRACTOR, email=" Ben@Example.org ")
    kept = Invitation.objects.get()
    assert (kept.email, kept.roles, kept.invited_by) == (ADDRESS, ["extractor", "reader"], owner)
    assert kept.expires_at - kept.created_at == dt.timedelta(days=7)
    assert kept.state is InvitationState.OPEN
    assert issued.invitation == kept
    event = Event.objects.get()
    assert (event.verb, event.after["roles"]) == ("invited", ["extractor", "reader"])


def test_the_token_has_32_random_bytes_and_only_its_hash_is_kept(review, owner):
    issued = invite(review, owner)
    assert len(base64.urlsafe_b64decode(issued.token + "=")) == 32
    kept = Invitation.objects.get()
    assert kept.token_hash == token_hash(issued.token)
    assert issued.token not in str(Invitation.objects.values()) + str(Event.objects.values())


@pytest.mark.parametrize(
    ("email", "roles", "message"),
    [("nobody", [Role.READER], "valid email"), (ADDRESS, [], "at least one role")],
)
def test_an_invitation_needs_an_address_and_a_role(review, owner, email, roles, message):
    with pytest.raises(ValidationError, match=message):
        services.invite(review=review, email=email, roles=roles, actor=owner)


def test_who_is_in_the_review_is_not_invited_again(review, owner, reader):
    with pytest.raises(ValidationError, match="in the review already"):
        invite(review, owner, email=reader.email.upper())


def test_an_address_has_one_open_invitation_at_a_time(review, owner):
    first = invite(review, owner)
    with pytest.raises(ValidationError, match="open invitation"):
        invite(review, owner)
    services.withdraw_invitation(invitation=first.invitation, actor=owner)
    invite(review, owner)
    assert [each.email for each in queries.open_invitations(review)] == [ADDRESS]


def test_only_an_owner_invites_and_withdraws(review, owner, extractor, outsider):
    issued = invite(review, owner)
    for person in (extractor, outsider):
        with pytest.raises(PermissionDenied):
            invite(review, person, email="cleo@example.org")
        with pytest.raises(PermissionDenied):
            services.withdraw_invitation(invitation=issued.invitation, actor=person)


def test_a_new_person_makes_an_account_and_joins(review, owner):
    issued = invite(review, owner, Role.EXTRACTOR, Role.READER)
    joined, person = services.accept_as_new_person(token=issued.token, name=" Ben Ito ", password=GOOD_PASSWORD)
    assert joined == review
    assert (person.email, person.name, person.is_staff) == (ADDRESS, "Ben Ito", False)
    assert person.check_password(GOOD_PASSWORD)
    assert access.roles_of(person, review) == {Role.EXTRACTOR, Role.READER}
    event = Event.objects.latest("number")
    assert (event.actor, event.acting_role, event.verb) == (person, "extractor", "accepted the invitation of")


def test_an_account_with_the_address_joins(review, owner):
    issued = invite(review, owner)
    person = UserFactory(email="Ben@Example.org")
    assert services.accept_invitation(token=issued.token, actor=person) == review
    assert access.roles_of(person, review) == {Role.EXTRACTOR}
    kept = Invitation.objects.get()
    assert (kept.accepted_by, kept.state) == (person, InvitationState.ACCEPTED)


def test_another_account_does_not_join(review, owner, outsider):
    issued = invite(review, owner)
    with pytest.raises(services.AnotherAddress):
        services.accept_invitation(token=issued.token, actor=outsider)
    assert Invitation.objects.get().state is InvitationState.OPEN


def test_an_invitation_is_used_once(review, owner):
    issued = invite(review, owner)
    _review, person = services.accept_as_new_person(token=issued.token, name="Ben", password=GOOD_PASSWORD)
    services.remove_member(review=review, user=person, actor=owner)
    with pytest.raises(services.InvitationRefused):
        services.accept_invitation(token=issued.token, actor=person)
    with pytest.raises(services.InvitationRefused):
        services.accept_as_new_person(token=issued.token, name="Ben", password=GOOD_PASSWORD)
    assert access.roles_of(person, review) == frozenset()


def test_an_invitation_ends_after_seven_days(review, owner):
    issued = invite(review, owner)
    person = UserFactory(email=ADDRESS)
    with time_machine.travel(timezone.now() + dt.timedelta(days=7), tick=False):
        assert not queries.open_invitations(review).exists()
        with pytest.raises(services.InvitationRefused):
            services.accept_invitation(token=issued.token, actor=person)
        invite(review, owner)


def test_a_withdrawn_invitation_is_refused(review, owner):
    issued = invite(review, owner)
    services.withdraw_invitation(invitation=issued.invitation, actor=owner)
    with pytest.raises(services.InvitationRefused):
        services.accept_as_new_person(token=issued.token, name="Ben", password=GOOD_PASSWORD)
    with pytest.raises(ValidationError, match="not open any more"):
        services.withdraw_invitation(invitation=issued.invitation, actor=owner)
    assert not User.objects.filter(email=ADDRESS).exists()


@pytest.mark.parametrize("token", ["", "unknown", "x" * 500])
def test_an_unknown_token_is_refused(review, owner, token):
    invite(review, owner)
    with pytest.raises(services.InvitationRefused):
        services.accept_invitation(token=token, actor=owner)
    with pytest.raises(services.InvitationRefused):
        services.accept_as_new_person(token=token, name="Ben", password=GOOD_PASSWORD)


def test_a_closed_account_does_not_join(review, owner):
    issued = invite(review, owner)
    with pytest.raises(services.InvitationRefused):
        services.accept_invitation(token=issued.token, actor=UserFactory(email=ADDRESS, is_active=False))


def test_an_address_with_an_account_gets_no_second_one(review, owner):
    issued = invite(review, owner)
    UserFactory(email="Ben@example.org")
    with pytest.raises(services.AccountExists):
        services.accept_as_new_person(token=issued.token, name="Ben", password=GOOD_PASSWORD)


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [("", GOOD_PASSWORD, "name"), ("Ben", "short", "password1"), ("Ben", "ben@example.org", "password1")],
)
def test_a_new_person_needs_a_name_and_a_good_password(review, owner, name, password, field):
    issued = invite(review, owner)
    with pytest.raises(ValidationError) as refusal:
        services.accept_as_new_person(token=issued.token, name=name, password=password)
    assert list(refusal.value.message_dict) == [field]
    assert Invitation.objects.get().state is InvitationState.OPEN


def test_roles_that_somebody_got_in_the_meantime_are_kept(review, owner):
    issued = invite(review, owner, Role.READER)
    person = member(review, Role.READER, Role.ADJUDICATOR, email=ADDRESS)
    services.accept_invitation(token=issued.token, actor=person)
    assert access.roles_of(person, review) == {Role.READER, Role.ADJUDICATOR}


def test_the_database_refuses_an_acceptance_by_nobody(review, owner):
    issued = invite(review, owner)
    with pytest.raises(IntegrityError, match="invitation_accepted_by_somebody"), transaction.atomic():
        Invitation.objects.filter(pk=issued.invitation.pk).update(accepted_at=timezone.now())


def test_of_two_requests_at_once_one_joins(review, owner, monkeypatch):
    issued = invite(review, owner)
    person = UserFactory(email=ADDRESS)
    read_before = queries.invitation_for(issued.token)
    services.accept_invitation(token=issued.token, actor=person)
    services.remove_member(review=review, user=person, actor=owner)
    monkeypatch.setattr(queries, "invitation_for", lambda token: read_before)
    assert read_before.state is InvitationState.OPEN
    with pytest.raises(services.InvitationRefused):
        services.accept_invitation(token=issued.token, actor=person)
    assert not Membership.objects.filter(user=person).exists()
