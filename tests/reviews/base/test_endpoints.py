"""What all endpoints share, tried through endpoints that are really there."""

import base64
import datetime as dt
from urllib.parse import quote

import pytest
from django.core.cache import cache
from django.db import IntegrityError, models
from django.test import Client

from reviews.base.audit.models import Event
from reviews.base.endpoints.doors import Endpoint
from reviews.base.endpoints.models import Answered
from reviews.library import services as library
from reviews.library.models import Study
from reviews.screening import services as screening
from tests.factories import InclusionFactory, StudyFactory
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(review):
    return StudyFactory(team=review.team)


def decide(client, review, study, *, key=None, **sent):
    headers = {} if key is None else {"Idempotency-Key": key}
    address = f"/api/v1/reviews/{review.slug}/studies/{study.pk}/decisions/"
    return client.post(address, {"verdict": "include"} | sent, headers=headers)


# --- Refusals --------------------------------------------------------------------------------------------------------


def test_nobody_is_asked_to_sign_in_whether_the_review_exists_or_not(review):
    for slug in (review.slug, "no-such-review"):
        answer = program_of(None).get(f"/api/v1/reviews/{slug}/studies/")
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "Sign in first"


def test_a_stranger_cannot_tell_a_review_from_none(review, outsider):
    client = program_of(outsider)
    there, nowhere = (client.get(f"/api/v1/reviews/{slug}/studies/") for slug in (review.slug, "no-such-review"))
    assert there.status_code == nowhere.status_code == 404
    assert there.json() | {"request_id": ""} == nowhere.json() | {"request_id": ""}


def test_a_problem_carries_the_id_of_its_request(outsider, review):
    answer = program_of(outsider).get(f"/api/v1/reviews/{review.slug}/studies/", headers={"X-Request-ID": "mine-12345"})
    assert answer.json()["request_id"] == answer["X-Request-ID"] == "mine-12345"


def test_what_is_not_json_is_malformed_and_what_is_no_json_media_is_named(extractor, review, study):
    client = program_of(extractor)
    address = f"/api/v1/reviews/{review.slug}/studies/{study.pk}/decisions/"
    assert client.post(address, "{", content_type="application/json").status_code == 400
    answer = client.post(address, "verdict=include", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 415
    assert client.get(address, headers={"Accept": "text/html"}).status_code == 406


def test_a_body_of_another_shape_is_refused_in_words(extractor, review, study):
    answer = program_of(extractor).post(
        f"/api/v1/reviews/{review.slug}/studies/{study.pk}/decisions/", ["include"], format="json"
    )
    assert answer.status_code == 422
    assert "Expected a dictionary" in answer.json()["detail"]


def test_a_name_that_the_endpoint_does_not_know_is_refused(extractor, review, study):
    answer = decide(program_of(extractor), review, study, raeson="A slip")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"raeson": ["There is no such field here."]}
    answer = program_of(extractor).get(f"/api/v1/reviews/{review.slug}/studies/?yaer=2022")
    assert answer.status_code == 422
    assert "yaer" in answer.json()["errors"]


def test_a_method_that_an_address_does_not_know_is_refused(extractor, review):
    for method in ("put", "patch", "delete", "options"):
        answer = getattr(program_of(extractor), method)(f"/api/v1/reviews/{review.slug}/studies/")
        assert answer.status_code == 405, method
        assert answer["Content-Type"] == "application/problem+json"


def test_where_there_is_no_endpoint_the_answer_is_a_problem_too(reader):
    answer = program_of(reader).get("/api/v1/reveiws/")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"
    assert program_of(None).get("/api/v1/reveiws/").status_code == 401


def test_writing_with_a_session_needs_its_csrf_token(extractor, review, study):
    client = Client(enforce_csrf_checks=True)
    client.force_login(extractor)
    answer = client.post(
        f"/api/v1/reviews/{review.slug}/studies/{study.pk}/decisions/",
        {"verdict": "include"},
        content_type="application/json",
    )
    assert answer.status_code == 403
    assert "CSRF" in answer.json()["detail"]


def test_what_two_people_did_at_the_same_moment_is_a_conflict(monkeypatch, extractor, review, study):
    def too_late(**said):
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr(screening, "decide_inclusion", too_late)
    answer = decide(program_of(extractor), review, study)
    assert answer.status_code == 409
    assert "at the same moment" in answer.json()["detail"]


def test_a_failure_says_so_with_the_id_of_the_request_and_nothing_of_the_inside(monkeypatch, extractor, review, study):
    def broken(**said):
        raise RuntimeError("secret of the inside")

    monkeypatch.setattr(screening, "decide_inclusion", broken)
    client = program_of(extractor)
    client.raise_request_exception = False
    answer = decide(client, review, study)
    assert answer.status_code == 500
    assert answer["Content-Type"] == "application/problem+json"
    assert b"secret" not in answer.content
    assert answer.json()["request_id"] == answer["X-Request-ID"]


def test_nothing_of_a_review_is_kept_by_caches(reader, review):
    answer = program_of(reader).get(f"/api/v1/reviews/{review.slug}/studies/")
    assert answer["Cache-Control"] == "private, no-store"


# --- Once ------------------------------------------------------------------------------------------------------------


def test_the_same_request_with_the_same_key_is_done_once(extractor, review, study):
    client = program_of(extractor)
    first = decide(client, review, study, key="key-000001")
    second = decide(client, review, study, key="key-000001")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Event.objects.filter(chain=review.chain).count() == 1


def test_two_requests_without_a_key_are_two_requests(extractor, review, study):
    client = program_of(extractor)
    decide(client, review, study)
    decide(client, review, study, verdict="exclude", reason="No.")
    decide(client, review, study)
    assert Event.objects.filter(chain=review.chain).count() == 3


def test_a_key_stands_for_one_request(extractor, review, study):
    client = program_of(extractor)
    decide(client, review, study, key="key-000001")
    answer = decide(client, review, study, key="key-000001", verdict="exclude", reason="No.")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"Idempotency-Key": ["This key was used for another request. Choose a new one."]}


def test_a_key_belongs_to_a_person(extractor, second_extractor, review, study):
    decide(program_of(extractor), review, study, key="key-000001", verdict="exclude", reason="No.")
    answer = decide(program_of(second_extractor), review, study, key="key-000001")
    assert answer.status_code == 201
    assert answer.json()["verdict"] == "include"


@pytest.mark.parametrize("key", ["short", "with space", "x" * 81])
def test_a_key_that_is_none_is_refused(extractor, review, study, key):
    assert decide(program_of(extractor), review, study, key=key).status_code == 422


def test_a_refusal_is_not_kept_so_the_request_may_succeed_later(extractor, review, study):
    client = program_of(extractor)
    answer = decide(client, review, study, key="key-000001", verdict="exclude")
    assert answer.status_code == 422
    assert not Answered.objects.exists()


def test_nothing_is_kept_of_what_was_rolled_back(monkeypatch, extractor, review, study):
    real = screening.decide_inclusion

    def breaks_afterwards(**said):
        real(**said)
        raise RuntimeError("The power went.")

    monkeypatch.setattr(screening, "decide_inclusion", breaks_afterwards)
    client = program_of(extractor)
    client.raise_request_exception = False
    assert decide(client, review, study, key="key-000001").status_code == 500
    assert not Answered.objects.exists()
    assert not study.inclusions.exists()
    monkeypatch.setattr(screening, "decide_inclusion", real)
    assert decide(client, review, study, key="key-000001").status_code == 201


def test_whoever_left_the_review_does_not_hear_its_answers_again(extractor, review, study):
    client = program_of(extractor)
    decide(client, review, study, key="key-000001")
    extractor.memberships.all().delete()
    assert decide(client, review, study, key="key-000001").status_code == 404


def test_a_kept_answer_is_forgotten_after_a_day(extractor, review, study):
    client = program_of(extractor)
    decide(client, review, study, key="key-000001")
    Answered.objects.update(at=models.F("at") - dt.timedelta(hours=25))
    assert "Idempotency-Replayed" not in decide(client, review, study, key="key-000001")
    assert str(Answered.objects.get()) == "key-000001: 201"


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_list_comes_in_pages_in_a_stated_order(reader, review):
    studies = [InclusionFactory(review=review).study for _number in range(5)]
    client = program_of(reader)
    first = client.get(f"/api/v1/reviews/{review.slug}/studies/?limit=2").json()
    assert [one["id"] for one in first["results"]] == [study.pk for study in studies[:2]]
    assert first["previous"] is None
    second = client.get(first["next"]).json()
    assert [one["id"] for one in second["results"]] == [study.pk for study in studies[2:4]]
    assert client.get(second["previous"]).json()["results"] == first["results"]
    assert len(everything(client, f"/api/v1/reviews/{review.slug}/studies/?limit=2")) == 5


def test_a_page_stays_right_while_rows_are_added(owner, extractor, review):
    client = program_of(owner)
    for label in ("First 2020", "Second 2021", "Third 2022"):
        library.add_study(review=review, actor=extractor, label=label)
    first = client.get(f"/api/v1/reviews/{review.slug}/events/?limit=2").json()
    library.add_study(review=review, actor=extractor, label="Fourth 2023")
    second = client.get(first["next"]).json()
    assert [event["object_label"] for event in first["results"] + second["results"]] == [
        "Third 2022",
        "Second 2021",
        "First 2020",
    ]


def test_a_page_is_never_larger_than_what_is_allowed(reader, review):
    assert program_of(reader).get(f"/api/v1/reviews/{review.slug}/studies/?limit=100000").status_code == 200
    team = review.team
    Study.objects.bulk_create(
        Study(team=team, label=f"Trial {number:03}", created_by=review.created_by) for number in range(205)
    )
    answer = program_of(reader).get(f"/api/v1/reviews/{review.slug}/library/?limit=100000").json()
    assert len(answer["results"]) == 200


@pytest.mark.parametrize("cursor", ["nonsense", "p=abc", "p=99999999999999999999999", "p=-1", "o=5"])
def test_a_cursor_that_is_made_up_is_no_page(reader, review, cursor):
    text = quote(base64.b64encode(cursor.encode()).decode())
    for given in (cursor, text):
        answer = program_of(reader).get(f"/api/v1/reviews/{review.slug}/studies/?cursor={quote(given)}")
        assert answer.status_code in {200, 404}


def test_an_endpoint_with_pages_says_in_which_order(review):
    with pytest.raises(TypeError, match="in which order"):
        Endpoint().paged(Study.objects.all(), list)


# --- How often -------------------------------------------------------------------------------------------------------


def test_who_asks_too_often_is_told_when_to_come_back(monkeypatch, reader, review):
    monkeypatch.setattr("config.api.throttles.Person.THROTTLE_RATES", {"person": "2/min"})
    cache.clear()
    client = program_of(reader)
    codes = [client.get(f"/api/v1/reviews/{review.slug}/studies/").status_code for _time in range(3)]
    assert codes == [200, 200, 429]
    answer = client.get(f"/api/v1/reviews/{review.slug}/studies/")
    assert 0 < int(answer["Retry-After"]) <= 60
    assert answer["Content-Type"] == "application/problem+json"


def test_writing_has_a_limit_of_its_own(monkeypatch, extractor, review, study):
    monkeypatch.setattr("config.api.throttles.Writing.THROTTLE_RATES", {"writing": "1/min"})
    client = program_of(extractor)
    assert decide(client, review, study).status_code == 201
    assert decide(client, review, study).status_code == 429
    assert client.get(f"/api/v1/reviews/{review.slug}/studies/").status_code == 200
