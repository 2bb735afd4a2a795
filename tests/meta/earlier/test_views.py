import pytest
from django.test import Client
from django.urls import reverse

from meta.earlier import queries, services
from meta.earlier.models import Statement
from meta.earlier.rules import Kind
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db

SENT = {"kind": "search", "subject": "PubMed", "number": "358", "source": "Chen 2022"}


@pytest.fixture
def page(living):
    return reverse("earlier:statements", args=[living.review.slug])


def browser(person):
    client = Client()
    client.force_login(person)
    return client


def test_an_extractor_writes_down_a_statement_and_reads_it(living, page):
    client = browser(living.extractor)
    assert "Nothing is written down yet" in client.get(page).content.decode()
    response = client.post(page, SENT, follow=True)
    assert response.redirect_chain == [(page, 302)]
    shown = response.content.decode()
    assert "PubMed" in shown
    assert "358" in shown


def test_what_is_lacking_comes_back_beside_its_field(living, page):
    response = browser(living.extractor).post(page, SENT | {"number": ""})
    assert response.status_code == 422
    assert "Give the number that is printed" in response.content.decode()
    assert browser(living.extractor).post(page, {}).status_code == 422
    assert not Statement.objects.exists()


def test_a_statement_is_taken_back_from_the_page(living, page):
    browser(living.extractor).post(page, SENT)
    address = reverse("earlier:take-back", args=[living.review.slug, queries.statements(living.review).get().pk])
    assert browser(living.extractor).post(address, {}).status_code == 422
    response = browser(living.extractor).post(address, {"reason": "Another review's."}, follow=True)
    assert "It is taken back" in response.content.decode()
    assert not queries.statements(living.review).exists()
    assert browser(living.extractor).post(address, {"reason": "Again."}).status_code == 404


def test_who_only_reads_sees_no_form(living, page, reader):
    browser(living.extractor).post(page, SENT)
    shown = browser(reader).get(page).content.decode()
    assert "PubMed" in shown
    assert "Write it down" not in shown


def test_the_page_costs_the_same_however_much_is_stated(living, page, django_assert_max_num_queries):
    study = living.add()
    for number in range(12):
        services.state(
            review=living.review,
            actor=living.extractor,
            kind=Kind.RISK_OF_BIAS,
            subject=f"Domain {number}",
            says="high",
            study=study,
            source="Chen 2022",
        )
    client = browser(living.extractor)
    with django_assert_max_num_queries(20):
        client.get(page)


# --- For programs ---------------------------------------------------------------------------------------------------


def below(living, address=""):
    return f"/api/v1/reviews/{living.review.slug}/statements/{address}"


def test_a_program_writes_down_lists_and_takes_back(living, reader):
    study = living.add()
    client = program_of(living.extractor)
    sent = {"kind": "risk_of_bias", "subject": "Detection bias", "says": "unknown", "source": "Chen 2022"}
    made = client.post(below(living), sent | {"study": study.pk})
    assert (made.status_code, made.json()["study"]) == (201, study.pk)
    assert everything(program_of(reader), below(living)) == [made.json()]
    answer = client.post(below(living, f"{made.json()['id']}/take-back/"), {"reason": "Not in the text."})
    assert answer.status_code == 204
    assert everything(program_of(reader), below(living)) == []
    assert client.post(below(living, "9999/take-back/"), {"reason": "Gone."}).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"kind": "gossip"}, "kind"),
        ({"number": None}, "number"),
        ({"number": -1}, "number"),
        ({"source": ""}, "source"),
        ({"study": 9999}, "study"),
        ({"url": "no address"}, "url"),
    ],
)
def test_a_statement_that_cannot_be_is_refused_beside_its_field(living, changed, field):
    sent = {"kind": "search", "subject": "PubMed", "number": 358, "source": "Chen 2022"}
    answer = program_of(living.extractor).post(below(living), sent | changed)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Statement.objects.exists()
