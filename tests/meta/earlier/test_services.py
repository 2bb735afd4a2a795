"""What an earlier review prints is kept as printed; a correction is a new row, and released versions stay."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from meta.earlier import queries, services
from meta.earlier.models import Statement
from meta.earlier.rules import Kind
from reviews.base.audit.models import Event
from tests.factories import StudyFactory

pytestmark = pytest.mark.django_db


def stated(living, **said):
    return services.state(
        **(
            {
                "review": living.review,
                "actor": living.extractor,
                "kind": Kind.SEARCH,
                "subject": "PubMed",
                "number": 358,
                "source": "Chen 2022",
            }
            | said
        )
    )


def test_a_statement_is_kept_with_who_wrote_it_down(living):
    made = stated(living, note="As far as the text says.")
    assert (made.number, made.entered_by, made.is_current) == (358, living.extractor, True)
    event = Event.objects.get(verb="wrote down a statement")
    assert (event.after["subject"], event.after["number"]) == ("PubMed", 358)
    assert str(made) == "PubMed: 358"


def test_saying_the_same_again_adds_nothing(living):
    assert stated(living) == stated(living)
    assert Statement.objects.count() == 1


def test_a_correction_needs_a_reason_and_keeps_what_stood(living):
    first = stated(living)
    with pytest.raises(ValidationError) as refusal:
        stated(living, number=385)
    assert list(refusal.value.message_dict) == ["reason"]
    second = stated(living, number=385, reason="Two digits were swapped.")
    first.refresh_from_db()
    assert (first.is_current, second.replaces, second.reason) == (False, first, "Two digits were swapped.")
    assert list(queries.statements(living.review)) == [second]
    assert Event.objects.get(verb="corrected a statement").before["number"] == 358


def test_a_risk_of_bias_speaks_of_a_trial_of_the_review(living):
    study = living.add()
    made = stated(living, kind=Kind.RISK_OF_BIAS, subject="Performance bias", says="high", number=None, study=study)
    assert str(made) == "Dilogo 2021, Performance bias: high"
    assert list(queries.statements(living.review, Kind.RISK_OF_BIAS)) == [made]
    assert not queries.statements(living.review, Kind.SEARCH).exists()
    stranger = StudyFactory(team=living.review.team)
    with pytest.raises(ValidationError) as refusal:
        stated(living, kind=Kind.RISK_OF_BIAS, subject="Bias", says="high", number=None, study=stranger)
    assert list(refusal.value.message_dict) == ["study"]


def test_a_statement_that_lacks_a_part_is_refused(living):
    with pytest.raises(ValidationError) as refusal:
        stated(living, number=None, source=" ")
    assert set(refusal.value.message_dict) == {"number", "source"}
    assert not Statement.objects.exists()


def test_who_does_not_extract_writes_nothing_down(living):
    with pytest.raises(PermissionDenied):
        stated(living, actor=living.owner)


def test_a_statement_is_taken_back_once_and_with_a_reason(living):
    made = stated(living)
    with pytest.raises(ValidationError):
        services.take_back(statement=made, actor=living.extractor, reason=" ")
    services.take_back(statement=made, actor=living.extractor, reason="It was another review's.")
    assert not queries.statements(living.review).exists()
    assert Statement.objects.count() == 1
    assert Event.objects.get(verb="took back a statement").reason == "It was another review's."
    with pytest.raises(ValidationError, match="meanwhile"):
        services.take_back(statement=made, actor=living.extractor, reason="Again.")


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "gossip"},
        {"kind": "search", "number": None},
        {"kind": "direction", "number": 3, "says": "Favours MSC"},
        {"kind": "direction", "number": None, "says": ""},
        {"kind": "risk_of_bias", "number": None, "says": "high"},
    ],
)
def test_the_database_refuses_what_no_review_states(living, said):
    plain = {"kind": "search", "subject": "PubMed", "number": 1, "says": "", "source": "Chen 2022"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.create(review=living.review, entered_by=living.extractor, **(plain | said))
