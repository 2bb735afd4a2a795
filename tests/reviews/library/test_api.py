import pytest

from reviews.library import services
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from tests.factories import StudyFactory
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def library(review, extractor):
    for label, doi in (("Dilogo 2021", "10.1002/sctm.21-0046"), ("Monsel 2022", "10.1186/s13054-022-03930-4")):
        report = NewReport(citation=f"{label}. A trial.", identifiers={Scheme.DOI: doi})
        services.add_study(review=review, actor=extractor, label=label, year=2021, reports=[report])
    StudyFactory(label="Of another team 2020")


def found(person, review, query=""):
    return everything(program_of(person), f"/api/v1/reviews/{review.slug}/library/?{query}")


def test_the_library_holds_what_the_team_knows_and_nothing_of_another_team(library, reader, review):
    shown = found(reader, review)
    assert [study["label"] for study in shown] == ["Dilogo 2021", "Monsel 2022"]
    assert shown[0]["reports"][0]["citation"] == "Dilogo 2021. A trial."


def test_a_study_is_found_by_its_label_and_by_a_doi_in_any_spelling(library, reader, review):
    assert [one["label"] for one in found(reader, review, "search=mons")] == ["Monsel 2022"]
    assert [one["label"] for one in found(reader, review, "doi=https://doi.org/10.1002/SCTM.21-0046")] == [
        "Dilogo 2021"
    ]
    assert found(reader, review, "doi=10.1002/nothing") == []


def test_what_is_no_doi_is_refused_in_words(reader, review):
    answer = program_of(reader).get(f"/api/v1/reviews/{review.slug}/library/?doi=Dilogo")
    assert answer.status_code == 422
    assert "is not a DOI" in answer.json()["errors"]["doi"][0]


def test_the_library_costs_the_same_however_large_it_is(library, reader, review, django_assert_max_num_queries):
    client = program_of(reader)
    with django_assert_max_num_queries(7):
        client.get(f"/api/v1/reviews/{review.slug}/library/")
