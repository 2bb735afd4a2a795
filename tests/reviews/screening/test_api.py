import pytest

from reviews.screening import queries
from tests.factories import StudyFactory
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def study(review):
    return StudyFactory(team=review.team)


def address(review, study):
    return f"/api/v1/reviews/{review.slug}/studies/{study.pk}/decisions/"


def decide(person, review, study, verdict, reason=""):
    return program_of(person).post(address(review, study), {"verdict": verdict, "reason": reason})


def test_a_study_of_the_library_is_included(extractor, review, study):
    answer = decide(extractor, review, study, "include")
    assert answer.status_code == 201
    assert answer.json()["verdict"] == "include"
    assert answer.json()["decided_by"] == {"id": extractor.pk, "name": "Ben Ito"}
    assert list(queries.included(review)) == [study]


def test_an_exclusion_needs_its_reason(extractor, review, study):
    answer = decide(extractor, review, study, "exclude")
    assert answer.status_code == 422
    assert answer.json()["errors"] == {"reason": ["Say why the study is excluded."]}
    assert decide(extractor, review, study, "exclude", "Not randomised.").status_code == 201


def test_every_decision_stays_readable_newest_first(extractor, reader, review, study):
    decide(extractor, review, study, "include")
    decide(extractor, review, study, "exclude", "Not randomised.")
    decide(extractor, review, study, "exclude", "Not randomised.")
    shown = everything(program_of(reader), address(review, study))
    assert [(one["verdict"], one["is_current"]) for one in shown] == [("exclude", True), ("include", False)]


def test_a_verdict_that_is_none_is_refused(extractor, review, study):
    answer = decide(extractor, review, study, "perhaps")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["verdict"])


def test_a_study_of_another_team_is_not_there(extractor, review):
    study = StudyFactory()
    assert decide(extractor, review, study, "include").status_code == 404
    assert program_of(extractor).get(address(review, study)).status_code == 404


def test_decisions_cost_the_same_however_many_there_are(extractor, review, study, django_assert_max_num_queries):
    for verdict in ("include", "exclude") * 3:
        decide(extractor, review, study, verdict, "Because.")
    client = program_of(extractor)
    with django_assert_max_num_queries(6):
        client.get(address(review, study))
