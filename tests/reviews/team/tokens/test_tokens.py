import datetime as dt
import re

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone
from rest_framework.test import APIClient

from reviews.base.audit.models import Event
from reviews.team.models import User
from reviews.team.tokens import services
from reviews.team.tokens.models import ApiToken
from reviews.team.tokens.rules import MOST_OPEN, Scope
from tests.factories import StudyFactory

pytestmark = pytest.mark.django_db

PAGE = "/accounts/tokens/"


def make(person, scope=Scope.READ, name="Notebook", days=30):
    return services.make_token(actor=person, name=name, scope=scope, days=days)


def program_with(text):
    client = APIClient(enforce_csrf_checks=True)
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
    return client


def studies_of(review):
    return f"/api/v1/reviews/{review.slug}/studies/"


# --- Making ----------------------------------------------------------------------------------------------------------


def test_a_token_is_kept_as_its_hash_only_and_leaves_an_event(reader):
    issued = make(reader)
    assert issued.text.startswith("perennial_")
    assert len(issued.text) > 50
    kept = ApiToken.objects.get()
    assert issued.text not in str(kept.__dict__)
    assert len(kept.token_hash) == 64
    event = Event.objects.get(verb="made the token")
    assert event.actor == reader
    assert issued.text not in str(event.after)


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"name": "  "}, "name"), ({"name": "x" * 61}, "name"), ({"days": 3650}, "days")],
)
def test_a_token_that_cannot_be_is_refused_beside_its_field(reader, changed, field):
    with pytest.raises(ValidationError) as refusal:
        make(reader, **changed)
    assert field in refusal.value.message_dict


def test_a_closed_account_makes_no_token(reader):
    reader.is_active = False
    with pytest.raises(PermissionDenied):
        make(reader)


def test_nobody_piles_up_tokens_and_an_ended_one_does_not_count(reader):
    for _number in range(MOST_OPEN):
        make(reader)
    with pytest.raises(ValidationError, match="many tokens already"):
        make(reader)
    services.withdraw_token(token=ApiToken.objects.first(), actor=reader)
    assert make(reader)


def test_nobody_withdraws_the_token_of_somebody_else(reader, owner):
    token = make(reader).token
    with pytest.raises(PermissionDenied):
        services.withdraw_token(token=token, actor=owner)


def test_withdrawing_twice_leaves_one_event(reader):
    token = make(reader).token
    for _time in range(2):
        services.withdraw_token(token=token, actor=reader)
    assert Event.objects.filter(verb="withdrew the token").count() == 1


# --- Using -----------------------------------------------------------------------------------------------------------


def test_a_program_with_a_token_sees_what_its_person_sees(review, reader, outsider):
    assert program_with(make(reader).text).get(studies_of(review)).status_code == 200
    assert program_with(make(outsider).text).get(studies_of(review)).status_code == 404


def test_a_token_that_writes_needs_no_csrf_token_and_one_that_reads_does_not_write(review, extractor):
    study = StudyFactory(team=review.team)
    address = f"{studies_of(review)}{study.pk}/decisions/"
    answer = program_with(make(extractor, Scope.READ).text).post(address, {"verdict": "include"})
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This token only reads. Make one that may write."
    answer = program_with(make(extractor, Scope.WRITE).text).post(address, {"verdict": "include"})
    assert answer.status_code == 201
    assert answer.json()["decided_by"]["id"] == extractor.pk


def test_a_token_that_writes_does_no_more_than_its_person_may(review, reader):
    study = StudyFactory(team=review.team)
    address = f"{studies_of(review)}{study.pk}/decisions/"
    assert program_with(make(reader, Scope.WRITE).text).post(address, {"verdict": "include"}).status_code == 403


def spoil(issued, how):
    match how:
        case "withdrawn":
            services.withdraw_token(token=issued.token, actor=issued.token.user)
        case "expired":
            earlier = timezone.now() - dt.timedelta(days=60)
            ApiToken.objects.update(created_at=earlier, expires_at=earlier + dt.timedelta(days=30))
        case "its account is closed":
            User.objects.filter(pk=issued.token.user_id).update(is_active=False)


@pytest.mark.parametrize("how", ["withdrawn", "expired", "its account is closed"])
def test_a_token_that_ended_opens_nothing(review, reader, how):
    issued = make(reader)
    spoil(issued, how)
    answer = program_with(issued.text).get(studies_of(review))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert "opens nothing" in answer.json()["detail"]


@pytest.mark.parametrize("words", ["Bearer", "Bearer perennial_nothing", "Bearer a b", "Bearer \xff\xfe", "bearer x"])
def test_what_is_no_token_opens_nothing(review, words):
    client = APIClient()
    assert client.get(studies_of(review), headers={"Authorization": words}).status_code == 401


def test_another_scheme_is_nobody(review):
    answer = APIClient().get(studies_of(review), headers={"Authorization": "Basic YWxhZGRpbjpvcGVu"})
    assert (answer.status_code, answer.json()["title"]) == (401, "Sign in first")


def test_a_token_opens_the_api_and_no_page(review, owner):
    text = make(owner, Scope.WRITE).text
    answer = Client().get(f"/reviews/{review.slug}/", headers={"Authorization": f"Bearer {text}"})
    assert answer.status_code == 302


def test_use_is_noted_to_the_hour(review, reader):
    issued = make(reader)
    client = program_with(issued.text)
    client.get(studies_of(review))
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    client.get(studies_of(review))
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - dt.timedelta(hours=2))
    client.get(studies_of(review))
    assert ApiToken.objects.get().last_used_at > first


def test_a_token_costs_one_statement_more_than_nothing(review, reader, django_assert_max_num_queries):
    client = program_with(make(reader).text)
    client.get(studies_of(review))
    with django_assert_max_num_queries(6):
        client.get(studies_of(review))


# --- The page --------------------------------------------------------------------------------------------------------


def test_the_page_shows_a_new_token_this_once(client, reader, review):
    client.force_login(reader)
    assert b"You have no tokens" in client.get(PAGE).content
    answer = client.post(PAGE, {"name": "Notebook", "scope": "read", "days": "90"})
    assert answer.status_code == 201
    assert answer["Cache-Control"] == "private, no-store"
    text = re.search(rb"perennial_[\w-]+", answer.content)[0].decode()
    assert program_with(text).get(studies_of(review)).status_code == 200
    again = client.get(PAGE).content
    assert b"Notebook" in again
    assert text.encode() not in again


@pytest.mark.parametrize("changed", [{"name": ""}, {"scope": "everything"}, {"days": "4000"}])
def test_a_form_that_cannot_be_comes_back_with_its_message(client, reader, changed):
    client.force_login(reader)
    answer = client.post(PAGE, {"name": "Notebook", "scope": "read", "days": "90"} | changed)
    assert answer.status_code == 422
    assert b"errors" in answer.content
    assert not ApiToken.objects.exists()


def test_a_refusal_of_the_service_stands_on_the_page(client, reader, monkeypatch):
    monkeypatch.setattr(services, "MOST_OPEN", 0)
    client.force_login(reader)
    answer = client.post(PAGE, {"name": "Notebook", "scope": "read", "days": "90"})
    assert answer.status_code == 422
    assert b"many tokens already" in answer.content


def test_a_person_withdraws_their_own_tokens_only(client, reader, owner):
    mine, theirs = make(reader).token, make(owner).token
    client.force_login(reader)
    assert client.post(f"{PAGE}{theirs.pk}/withdraw/").status_code == 404
    answer = client.post(f"{PAGE}{mine.pk}/withdraw/", follow=True)
    assert b"opens nothing any more" in answer.content
    assert ApiToken.objects.get(pk=theirs.pk).withdrawn_at is None
    assert client.get(f"{PAGE}{mine.pk}/withdraw/").status_code == 405


def test_nobody_sees_the_page_without_signing_in(client):
    assert client.get(PAGE).status_code == 302
    assert client.post(PAGE, {}).status_code == 302
