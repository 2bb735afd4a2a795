import re
from urllib.parse import urlencode

import pytest
from django.core import mail
from django.db import connection

from reviews.base import append_only
from reviews.base.audit.models import Event
from reviews.team import access, services
from reviews.team.models import Invitation
from reviews.team.rules import Role
from tests.factories import ReviewFactory, member
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


def address(review, *parts):
    return "/".join(["/api/v1/reviews", review.slug, *map(str, parts), ""])


@pytest.fixture
def issued(review, owner):
    return services.invite(review=review, email="ben@example.org", roles=[Role.EXTRACTOR], actor=owner)


def test_a_program_learns_whose_session_it_has(owner, administrator):
    assert program_of(owner).get("/api/v1/me/").json() == {
        "id": owner.pk,
        "name": owner.name,
        "email": owner.email,
        "is_site_administrator": False,
    }
    assert program_of(administrator).get("/api/v1/me/").json()["is_site_administrator"] is True
    assert program_of(None).get("/api/v1/me/").status_code == 401


def test_a_closed_account_asks_for_nothing(owner, review):
    program = program_of(owner)
    owner.is_active = False
    owner.save()
    assert program.get("/api/v1/me/").status_code == 401
    assert program.get(address(review, "people")).status_code == 401


def test_a_stranger_finds_nothing_and_a_reader_changes_nothing(review, owner, reader, outsider, administrator, issued):
    for person, status in ((outsider, 404), (administrator, 404), (reader, 403)):
        program = program_of(person)
        assert program.put(address(review, "people", reader.pk), {"roles": ["owner"]}).status_code == status
        assert program.delete(address(review, "people", reader.pk)).status_code == status
        assert program.get(address(review, "invitations")).status_code == status
        assert program.post(address(review, "invitations"), {}).status_code == status
        assert program.delete(address(review, "invitations", issued.invitation.pk)).status_code == status
        assert program.get(address(review, "events")).status_code == status
        assert program.get(address(review, "people")).status_code == (404 if status == 404 else 200)


def test_people_are_listed_with_their_roles(review, owner, reader):
    first, second = program_of(reader).get(address(review, "people")).json()
    assert (first["person"], first["roles"]) == ({"id": owner.pk, "name": "Ada Okafor"}, ["owner"])
    assert (second["email"], second["is_active"]) == (reader.email, True)


def test_an_owner_sets_roles_and_takes_people_out(review, owner, reader):
    program = program_of(owner)
    answer = program.put(address(review, "people", reader.pk), {"roles": ["reader", "reviewer"]})
    assert (answer.status_code, answer.json()["roles"]) == (200, ["reviewer", "reader"])
    assert program.delete(address(review, "people", reader.pk)).status_code == 204
    assert access.roles_of(reader, review) == frozenset()


@pytest.mark.parametrize(
    ("roles", "words"), [([], "at least 1"), (["king"], "not a valid choice"), (["reader"], "needs an owner")]
)
def test_a_refused_change_says_why(review, owner, roles, words):
    answer = program_of(owner).put(address(review, "people", owner.pk), {"roles": roles})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_who_is_not_there_cannot_be_changed(review, owner, outsider):
    for person in (outsider.pk, 2**70):
        answer = program_of(owner).put(address(review, "people", person), {"roles": ["reader"]})
        assert answer.status_code == 404


def test_an_invitation_goes_by_mail_and_its_token_is_in_no_answer(review, owner):
    program = program_of(owner)
    sent = {"email": "Ben@example.org", "roles": ["extractor"]}
    answer = program.post(address(review, "invitations"), sent, headers={"Idempotency-Key": "one-invitation"})
    assert answer.status_code == 201
    assert (answer.json()["email"], answer.json()["was_sent"]) == ("ben@example.org", True)
    [letter] = mail.outbox
    token = re.search(r"/invitations/([^/\s]+)/", letter.body).group(1)
    assert token not in answer.content.decode()
    again = program.post(address(review, "invitations"), sent, headers={"Idempotency-Key": "one-invitation"})
    assert again.json() == answer.json()
    assert len(mail.outbox) == Invitation.objects.count() == 1
    [listed] = everything(program, address(review, "invitations"))
    assert listed["roles"] == ["extractor"]
    assert token not in str(listed)


def test_a_refused_invitation_names_the_field_or_says_why(review, owner, reader, issued):
    program = program_of(owner)
    assert "email" in program.post(address(review, "invitations"), {"roles": ["reader"]}).json()["errors"]
    for email, words in ((reader.email, "in the review already"), ("ben@example.org", "open invitation")):
        answer = program.post(address(review, "invitations"), {"email": email, "roles": ["reader"]})
        assert (answer.status_code, words in answer.json()["detail"]) == (422, True)


def test_an_owner_withdraws_an_invitation_of_this_review_only(review, owner, issued):
    other = ReviewFactory()
    stranger = program_of(member(other, Role.OWNER))
    assert stranger.delete(address(other, "invitations", issued.invitation.pk)).status_code == 404
    program = program_of(owner)
    assert program.delete(address(review, "invitations", issued.invitation.pk)).status_code == 204
    assert program.delete(address(review, "invitations", issued.invitation.pk)).status_code == 422
    assert everything(program, address(review, "invitations")) == []


def test_an_owner_reads_the_trail_newest_first(review, owner, reader, issued):
    services.grant_role(review=review, user=reader, role=Role.EXTRACTOR, actor=owner)
    newest, oldest = everything(program_of(owner), address(review, "events"))
    assert (newest["number"], newest["verb"], newest["previous_hash"]) == (2, "changed the roles of", oldest["hash"])
    assert oldest["actor"] == {"id": owner.pk, "name": owner.name}


def test_the_trail_costs_the_same_however_long_it_is(review, owner, reader, django_assert_max_num_queries):
    for n in range(60):
        roles = [Role.READER, Role.EXTRACTOR] if n % 2 else [Role.EXTRACTOR]
        services.set_roles(review=review, user=reader, roles=roles, actor=owner)
    program = program_of(owner)
    with django_assert_max_num_queries(5):
        assert len(program.get(address(review, "events")).json()["results"]) == 50
    with django_assert_max_num_queries(5):
        program.get(address(review, "people"))


def test_the_trail_is_searched_by_person_by_deed_and_by_time(review, owner, reader, issued):
    services.set_roles(review=review, user=reader, roles=[Role.EXTRACTOR], actor=owner)
    _invited, changed = Event.objects.filter(chain=review.chain).order_by("number")

    def found(**asked):
        query = urlencode(asked)
        return [event["number"] for event in everything(program_of(owner), f"{address(review, 'events')}?{query}")]

    assert found(actor=owner.pk) == [2, 1]
    assert found(actor=reader.pk) == []
    assert found(verb="invited") == [1]
    assert found(object_type="user", object_id=reader.pk) == [2]
    assert found(since=changed.at.isoformat()) == [2]
    assert found(until=changed.at.isoformat()) == [1]
    answer = program_of(owner).get(f"{address(review, 'events')}?since=yesterday")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["since"])


def test_the_chain_says_whether_it_holds(review, owner, reader, issued):
    program = program_of(owner)
    newest = Event.objects.filter(chain=review.chain).latest("number")
    assert program.get(address(review, "events", "check")).json() == {
        "holds": True,
        "fault": None,
        "events": newest.number,
        "hash": newest.hash,
    }


def test_a_chain_that_was_tampered_with_says_where(review, owner, issued):
    append_only.release(connection.schema_editor(), "reviews_event")
    Event.objects.filter(chain=review.chain, number=1).update(reason="Never said.")
    found = program_of(owner).get(address(review, "events", "check")).json()
    assert not found["holds"]
    assert found["fault"]["number"] == 1
