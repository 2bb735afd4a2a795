"""An owner says which outcomes a person cannot have together."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.urls import reverse

from reviews.base.audit.models import Event
from reviews.protocol import queries, services
from reviews.protocol.rules import OutcomeType
from tests.factories import OutcomeFactory, OutcomeOfInterestFactory
from tests.programs import program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def improved(living):
    return OutcomeOfInterestFactory(protocol=living.wanted.protocol, outcome__name="Improvement").outcome


def pairs(living):
    return [(one.name, other.name) for one, other in queries.exclusive_pairs(living.review)]


def test_an_owner_declares_and_takes_it_back_on_one_page(living, improved):
    browser = Client()
    browser.force_login(living.owner)
    address = reverse("reviews:protocol:exclusive", args=[living.review.slug])
    assert "Improvement" in browser.get(address).content.decode()
    both = {"outcomes": [living.outcome.pk, improved.pk]}
    assert browser.post(address, both).status_code == 302
    assert pairs(living) == [("Death from any cause", "Improvement")]
    assert "Death from any cause or Improvement, never both" in browser.get(address).content.decode()
    assert Event.objects.order_by("-pk").first().verb == "declared outcomes exclusive"
    assert browser.post(address, both | {"compatible": "on"}).status_code == 302
    assert pairs(living) == []
    one = browser.post(address, {"outcomes": [improved.pk]})
    assert one.status_code == 422
    assert "Choose two outcomes or more." in one.content.decode()


def test_only_events_that_the_protocol_asks_for_can_be_declared(living, improved):
    measured = OutcomeOfInterestFactory(
        protocol=living.wanted.protocol, outcome__name="Stay", outcome__type=OutcomeType.CONTINUOUS
    ).outcome
    for other in (measured, OutcomeFactory(team=living.review.team)):
        with pytest.raises(ValidationError, match="that the protocol asks for"):
            services.declare_exclusive(review=living.review, outcomes=[improved, other], actor=living.owner)


def test_only_an_owner_declares_it(living, improved, extractor):
    with pytest.raises(PermissionDenied):
        services.declare_exclusive(review=living.review, outcomes=[improved, living.outcome], actor=extractor)


def test_a_program_declares_it_too(living, improved):
    address = f"/api/v1/reviews/{living.review.slug}/outcomes/exclusive/"
    program = program_of(living.owner)
    made = program.post(address, {"outcomes": [improved.pk, living.outcome.pk]})
    assert made.status_code == 201
    assert program.get(address).json() == made.json()
    assert [pair["names"] for pair in made.json()] == [["Death from any cause", "Improvement"]]
    wrong = program.post(address, {"outcomes": [improved.pk, 1_000_000]})
    assert "that the protocol asks for" in wrong.content.decode()
