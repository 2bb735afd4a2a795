import datetime as dt
import re

import pytest
import time_machine
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from reviews.team import access, services
from reviews.team.models import Invitation, Review, User
from reviews.team.rules import Role
from tests.factories import ReviewFactory, UserFactory, member

pytestmark = pytest.mark.django_db

ADDRESS = "ben@example.org"
GOOD_PASSWORD = "nine-green-leaves"
NEW_PERSON = {"name": "Ben Ito", "password1": GOOD_PASSWORD, "password2": GOOD_PASSWORD}


def page(review, name="people", *args):
    return reverse(f"reviews:team:{name}", args=[review.slug, *args])


def door(token):
    return reverse("site:invitation", args=[token])


@pytest.fixture
def issued(review, owner):
    return services.invite(review=review, email=ADDRESS, roles=[Role.EXTRACTOR], actor=owner)


# --- The list -------------------------------------------------------------------------------------------------------


def test_every_member_sees_who_works_here(client, review, owner, reader):
    client.force_login(reader)
    answer = client.get(page(review))
    assert answer.status_code == 200
    for words in (owner.name, owner.email, reader.name):
        assert words in answer.text
    assert "Invite somebody" not in answer.text
    assert answer.context["invitations"] == []


def test_a_stranger_finds_nothing(client, review, outsider, administrator, issued):
    for person in (outsider, administrator):
        client.force_login(person)
        assert client.get(page(review)).status_code == 404
        assert client.post(page(review, "invite"), {"email": ADDRESS, "roles": "reader"}).status_code == 404
        assert client.post(page(review, "invitation-withdraw", issued.invitation.pk)).status_code == 404
        assert client.post(page(review, "member-roles", person.pk), {"roles": "owner"}).status_code == 404
        assert client.post(page(review, "member-remove", person.pk)).status_code == 404


def test_who_is_not_signed_in_is_sent_to_sign_in(client, review):
    answer = client.get(page(review))
    assert answer.status_code == 302
    assert answer.url == f"/accounts/login/?next={page(review)}"


def test_a_reader_manages_nobody(client, review, owner, reader, issued):
    client.force_login(reader)
    assert client.post(page(review, "invite"), {"email": ADDRESS, "roles": "reader"}).status_code == 403
    assert client.post(page(review, "invitation-withdraw", issued.invitation.pk)).status_code == 403
    assert client.post(page(review, "member-roles", reader.pk), {"roles": "owner"}).status_code == 403
    assert client.post(page(review, "member-remove", owner.pk)).status_code == 403


def test_the_page_asks_the_database_a_bounded_number_of_times(client, review, owner, django_assert_max_num_queries):
    for n in range(12):
        member(review, Role.READER, Role.EXTRACTOR)
        services.invite(review=review, email=f"n{n}@example.org", roles=[Role.READER], actor=owner)
    client.force_login(owner)
    with django_assert_max_num_queries(11):
        client.get(page(review))


# --- Roles ----------------------------------------------------------------------------------------------------------


def test_an_owner_changes_the_roles_of_a_member(client, review, owner, reader):
    client.force_login(owner)
    answer = client.post(page(review, "member-roles", reader.pk), {"roles": ["reviewer", "reader"]})
    assert (answer.status_code, answer.url) == (302, page(review))
    assert access.roles_of(reader, review) == {Role.REVIEWER, Role.READER}


@pytest.mark.parametrize(
    ("roles", "message"), [([], "Choose at least one role"), (["king"], "valid choice"), (["reader"], "needs an owner")]
)
def test_a_refused_change_comes_back_with_its_message(client, review, owner, roles, message):
    client.force_login(owner)
    answer = client.post(page(review, "member-roles", owner.pk), {"roles": roles})
    assert answer.status_code == 422
    assert message in answer.text
    assert access.roles_of(owner, review) == {Role.OWNER}


def test_the_last_owner_cannot_be_taken_out(client, review, owner):
    client.force_login(owner)
    answer = client.post(page(review, "member-remove", owner.pk))
    assert answer.status_code == 422
    assert "needs an owner" in answer.text


def test_an_owner_takes_a_member_out_and_may_go_themselves(client, review, owner, reader):
    second = member(review, Role.OWNER)
    client.force_login(owner)
    assert client.post(page(review, "member-remove", reader.pk)).url == page(review)
    assert client.post(page(review, "member-remove", owner.pk)).url == "/reviews/"
    assert client.get(page(review)).status_code == 404
    assert [each.user for each in Review.objects.get().memberships.all()] == [second]


def test_who_is_not_in_the_review_has_no_roles_to_change(client, review, owner, outsider):
    client.force_login(owner)
    assert client.post(page(review, "member-roles", outsider.pk), {"roles": "reader"}).status_code == 404
    assert client.post(page(review, "member-remove", outsider.pk)).status_code == 404


# --- Inviting -------------------------------------------------------------------------------------------------------


def test_an_owner_invites_and_the_link_goes_by_mail_and_is_shown_once(client, review, owner):
    client.force_login(owner)
    answer = client.post(page(review, "invite"), {"email": ADDRESS, "roles": ["extractor", "reader"]})
    assert answer.status_code == 200
    [letter] = mail.outbox
    link = re.search(r"http://testserver/invitations/\S+/", letter.body).group()
    assert letter.to == [ADDRESS]
    assert review.title in letter.subject
    assert "extractor, reader" in letter.body
    assert link in answer.text
    assert link not in client.get(page(review)).text
    client.logout()
    assert client.get(link).status_code == 200


def test_a_mail_server_that_is_down_does_not_undo_the_invitation(client, review, owner, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("reviews.team.mail.send_mail", fail)
    client.force_login(owner)
    answer = client.post(page(review, "invite"), {"email": ADDRESS, "roles": "reader"})
    assert answer.status_code == 200
    assert "could not be sent" in answer.text
    assert "/invitations/" in answer.context["invitation_url"]


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"email": "nobody", "roles": "reader"}, "valid email"),
        ({"email": ADDRESS}, "at least one role"),
        ({"email": "FAY@example.org", "roles": "reader"}, "in the review already"),
    ],
)
def test_a_refused_invitation_comes_back_with_its_message(client, review, owner, typed, message):
    member(review, Role.READER, email="fay@example.org")
    client.force_login(owner)
    answer = client.post(page(review, "invite"), typed)
    assert answer.status_code == 422
    assert message in answer.text
    assert not Invitation.objects.exists()
    assert mail.outbox == []


def test_an_owner_withdraws_an_invitation(client, review, owner, issued):
    client.force_login(owner)
    assert ADDRESS in client.get(page(review)).text
    assert client.post(page(review, "invitation-withdraw", issued.invitation.pk)).status_code == 302
    assert client.get(door(issued.token)).status_code == 410
    again = client.post(page(review, "invitation-withdraw", issued.invitation.pk))
    assert again.status_code == 422
    assert "not open any more" in again.text


def test_an_invitation_of_another_review_cannot_be_withdrawn_here(client, review, owner, issued):
    other = ReviewFactory()
    client.force_login(member(other, Role.OWNER))
    assert client.post(page(other, "invitation-withdraw", issued.invitation.pk)).status_code == 404


# --- Accepting ------------------------------------------------------------------------------------------------------


def test_looking_at_an_invitation_changes_nothing(client, review, issued):
    answer = client.get(door(issued.token))
    for words in (review.title, ADDRESS, "extractor", "Ada Okafor"):
        assert words in answer.text
    assert Invitation.objects.get().accepted_at is None
    assert answer["Cache-Control"] == "private, no-store" or "no-store" in answer["Cache-Control"]


def test_a_new_person_is_in_with_one_form(client, review, issued):
    answer = client.post(door(issued.token), NEW_PERSON)
    assert (answer.status_code, answer.url) == (302, reverse("reviews:protocol:protocol", args=[review.slug]))
    ben = User.objects.get(email=ADDRESS)
    assert client.session["_auth_user_id"] == str(ben.pk)
    assert client.get(page(review)).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": ""}, "This field is required"),
        ({"name": "  "}, "This field is required"),
        ({"password2": "nine-red-leaves"}, "The two passwords differ"),
        ({"password1": "password12", "password2": "password12"}, "too common"),
        ({"password1": "short", "password2": "short"}, "too short"),
    ],
)
def test_a_refused_form_comes_back_and_makes_no_account(client, issued, change, message):
    answer = client.post(door(issued.token), NEW_PERSON | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert not User.objects.filter(email=ADDRESS).exists()


def test_who_has_an_account_signs_in_and_comes_back(client, review, issued):
    ben = UserFactory(email=ADDRESS, password=GOOD_PASSWORD)
    answer = client.get(door(issued.token))
    assert answer.context["form"] is None
    back = client.post(answer.context["sign_in_url"], {"login": ADDRESS, "password": GOOD_PASSWORD})
    assert back.url == door(issued.token)
    assert client.get(back.url).context["sign_in_url"] == ""
    assert client.post(back.url).status_code == 302
    assert access.roles_of(ben, review) == {Role.EXTRACTOR}


def test_who_has_an_account_cannot_get_a_second_one(client, issued):
    UserFactory(email=ADDRESS)
    answer = client.post(door(issued.token), NEW_PERSON)
    assert answer.status_code == 422
    assert "has an account here" in answer.text


def test_somebody_signed_in_with_another_address_is_told(client, review, issued, outsider):
    client.force_login(outsider)
    assert "signed in with another address" in client.get(door(issued.token)).text
    answer = client.post(door(issued.token))
    assert answer.status_code == 422
    assert "signed in with another address" in answer.text
    assert access.roles_of(outsider, review) == frozenset()


def test_each_way_in_which_an_invitation_ended_has_its_page_and_none_tells_of_the_review(client, review, owner, issued):
    used = services.invite(review=review, email="used@example.org", roles=[Role.READER], actor=owner)
    services.accept_as_new_person(token=used.token, name="Una", password=GOOD_PASSWORD)
    withdrawn = services.invite(review=review, email="gone@example.org", roles=[Role.READER], actor=owner)
    services.withdraw_invitation(invitation=withdrawn.invitation, actor=owner)
    seen = {}
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        for token, status in ((used.token, 410), (withdrawn.token, 410), (issued.token, 410), ("x" * 43, 404)):
            answer = client.get(door(token))
            assert answer.status_code == client.post(door(token), NEW_PERSON).status_code == status
            for word in (review.title, owner.name, ADDRESS, "used@example.org", "gone@example.org"):
                assert word not in answer.text
            seen[answer.context["ended"]] = re.search(r"<h1[^>]*>([^<]+)", answer.text).group(1)
    assert seen == {
        "accepted": "This invitation was used",
        "withdrawn": "This invitation was withdrawn",
        "expired": "This invitation is too old",
        "unknown": "There is no such invitation",
    }


def test_an_invitation_that_somebody_else_just_used_says_so(client, issued, monkeypatch):
    def used(**given):
        raise services.InvitationRefused

    monkeypatch.setattr(services, "accept_as_new_person", used)
    assert client.post(door(issued.token), NEW_PERSON).status_code == 410


def test_the_page_of_an_invitation_asks_little_of_the_database(client, issued, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        client.get(door(issued.token))
