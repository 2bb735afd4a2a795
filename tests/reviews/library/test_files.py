"""Files of reports: kept privately, checked by their content, given only to the people of the review."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from reviews.base.audit.models import Event
from reviews.base.files.models import StoredFile
from reviews.library import services
from reviews.library.models import Report
from tests.factories import ReportFactory

PDF = b"%PDF-1.7 a page"


def upload(content=PDF, name="Dilogo 2021.pdf"):
    return SimpleUploadedFile(name, content, content_type="text/html")


@pytest.fixture
def report(living):
    living.add()
    return Report.objects.get()


@pytest.fixture
def stored(living, report):
    return services.attach_file(review=living.review, actor=living.extractor, report=report, upload=upload())


def attach_page(client, living, report, person, **files):
    client.force_login(person)
    return client.post(reverse("reviews:library:attach", args=[living.review.slug, report.pk]), files)


def test_a_file_is_kept_under_a_name_of_our_own_with_its_digest(living, stored, report):
    assert stored in report.files.all()
    assert stored.original_name == "Dilogo 2021.pdf"
    assert "Dilogo" not in stored.content.name
    assert stored.content_type == "application/pdf"
    assert len(stored.sha256) == 64
    event = Event.objects.get(verb="attached file")
    assert (event.actor, event.acting_role) == (living.extractor, "extractor")


def test_the_same_content_again_adds_nothing(living, stored, report):
    again = services.attach_file(
        review=living.review, actor=living.extractor, report=report, upload=upload(name="copy.pdf")
    )
    assert again == stored
    assert StoredFile.objects.count() == 1


def test_a_page_of_html_is_no_pdf_whatever_its_name_says(living, report):
    with pytest.raises(ValidationError, match="neither a PDF"):
        services.attach_file(
            review=living.review, actor=living.extractor, report=report, upload=upload(b"<script>", "paper.pdf")
        )
    assert not StoredFile.objects.exists()


def test_a_reader_attaches_nothing(client, living, report, reader):
    with pytest.raises(PermissionDenied):
        services.attach_file(review=living.review, actor=reader, report=report, upload=upload())
    assert attach_page(client, living, report, reader, file=upload()).status_code == 403


def test_a_report_of_another_team_takes_no_file_from_here(client, living):
    other = ReportFactory()
    with pytest.raises(ValidationError, match="not in this team"):
        services.attach_file(review=living.review, actor=living.extractor, report=other, upload=upload())
    assert attach_page(client, living, other, living.extractor, file=upload()).status_code == 404


def test_the_page_keeps_a_file_and_shows_it_with_its_study(client, living, report):
    response = attach_page(client, living, report, living.extractor, file=upload())
    assert response.status_code == 302
    assert b"Dilogo 2021.pdf" in client.get(response.url).content


@pytest.mark.parametrize("files", [{}, {"file": upload(b"nothing of the kind")}], ids=["none", "not a PDF"])
def test_a_refused_file_says_why_on_the_page(client, living, report, files):
    response = attach_page(client, living, report, living.extractor, **files)
    page = client.get(response.url).content.decode()
    assert "This field is required" in page or "neither a PDF" in page
    assert not StoredFile.objects.exists()


def test_a_reader_downloads_it_and_nothing_in_it_runs(client, living, stored, reader):
    client.force_login(reader)
    response = client.get(reverse("reviews:library:file", args=[living.review.slug, stored.pk]))
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_a_stranger_finds_no_file(client, living, stored, outsider):
    client.force_login(outsider)
    assert client.get(reverse("reviews:library:file", args=[living.review.slug, stored.pk])).status_code == 404
