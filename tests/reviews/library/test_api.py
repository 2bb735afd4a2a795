import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.library import services
from reviews.library.models import Report
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.team.rules import Role
from tests.factories import StudyFactory, member
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
    with django_assert_max_num_queries(8):
        client.get(f"/api/v1/reviews/{review.slug}/library/")


# --- Files -----------------------------------------------------------------------------------------------------------

PDF = b"%PDF-1.7 a report"


def attach(person, review, report, content=PDF, key=None):
    upload = SimpleUploadedFile("Dilogo 2021.pdf", content)
    headers = {} if key is None else {"Idempotency-Key": key}
    address = f"/api/v1/reviews/{review.slug}/reports/{report.pk}/files/"
    return program_of(person).post(address, {"file": upload}, format="multipart", headers=headers)


@pytest.fixture
def report(library):
    return Report.objects.first()


def test_a_file_is_kept_with_its_report_and_read_by_the_review(extractor, reader, review, report):
    made = attach(extractor, review, report)
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["content_type"]) == ("Dilogo 2021.pdf", "application/pdf")
    assert found(reader, review)[0]["reports"][0]["files"] == [made.json()]
    address = f"/api/v1/reviews/{review.slug}/files/{made.json()['id']}/"
    answer = program_of(reader).get(address, headers={"Accept": "application/pdf"})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert "attachment" in answer["Content-Disposition"]


@pytest.mark.parametrize(("content", "words"), [(b"", "empty"), (b"<script>", "neither a PDF")])
def test_a_file_that_is_not_taken_is_refused_in_words(extractor, review, report, content, words):
    answer = attach(extractor, review, report, content)
    assert answer.status_code == 422
    assert words in str(answer.json())


def test_a_file_that_is_missing_is_refused_beside_its_field(extractor, review, report):
    address = f"/api/v1/reviews/{review.slug}/reports/{report.pk}/files/"
    assert program_of(extractor).post(address, {}, format="multipart").json()["errors"].keys() == {"file"}
    assert program_of(extractor).post(address, {"file": "x"}).status_code == 415


def test_a_file_that_is_sent_twice_with_one_key_is_kept_once(extractor, review, report):
    first, second = (attach(extractor, review, report, key="file-000001") for _time in range(2))
    assert second["Idempotency-Replayed"] == "true"
    assert first.json() == second.json()
    assert attach(extractor, review, report, b"%PDF-1.4 another", key="file-000001").status_code == 422


def test_the_file_of_another_team_is_not_there(extractor, outsider, review, report):
    made = attach(extractor, review, report).json()
    mine = outsider.memberships.get().review
    assert program_of(outsider).get(f"/api/v1/reviews/{mine.slug}/files/{made['id']}/").status_code == 404
    assert attach(member(mine, Role.EXTRACTOR), mine, report).status_code == 404
