"""What is taken away says what the records say, can be read again, and runs in no spreadsheet."""

import csv
import io

import pytest
from django.urls import reverse

from reviews.library.models import Record
from reviews.search import exports, formats
from tests.searched import ris, searched

MORE = (
    "JO  - Cells & Lungs\nVL  - 3\nSP  - 10\nEP  - 19\nDO  - 10.5555/one\nAB  - Line one.\nKW  - cells\nKW  - lungs\n"
)


@pytest.fixture
def records(review, owner):
    searched(
        review, owner, ris("Cells {for} 100% of lungs", more=MORE) + ris("=HYPERLINK(1)", author="@Evil", year=None)
    )
    return Record.objects.order_by("pk")


def taken(records, format):
    return b"".join(exports.written(records, format))


@pytest.mark.parametrize("format", ["ris", "bibtex"])
def test_what_is_written_is_read_again(records, format):
    found = list(formats.read(taken(records, format)).items)
    assert [each.title for each in found] == ["Cells {for} 100% of lungs", "=HYPERLINK(1)"]
    [first, _] = found
    assert (first.year, first.journal, first.volume, first.doi) == (2021, "Cells & Lungs", "3", "10.5555/one")
    assert first.pages.replace("--", "-").replace("\u2013", "-") == "10-19"
    assert first.abstract == "Line one."
    assert first.authors == ("Lind, F.",)


def test_no_cell_of_a_table_is_a_formula(records):
    rows = list(csv.DictReader(io.StringIO(taken(records, "csv").decode("utf-8-sig"))))
    assert rows[0]["title"] == "Cells {for} 100% of lungs"
    assert rows[0]["authors"] == "Lind, F."
    assert (rows[1]["title"], rows[1]["authors"]) == ("'=HYPERLINK(1)", "'@Evil")
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_what_the_review_knows_goes_with_the_record(records, owner):
    first, second = records
    Record.objects.filter(pk=second.pk).update(
        duplicate_of=first, retired_at=first.retrieved_at, retired_reason="Animals."
    )
    for format in ("ris", "bibtex"):
        text = taken(records, format).decode()
        assert f"Copy of record: {first.pk}" in text
        assert "Taken out because: Animals." in text


@pytest.mark.parametrize("format", list(exports.ENDINGS))
def test_a_selection_is_what_the_address_asks_for(client, reader, review, records, format):
    client.force_login(reader)
    response = client.get(reverse("reviews:search:export", args=[review.slug, format]), {"words": "lungs"})
    body = b"".join(response.streaming_content).decode()
    assert "of lungs" in body
    assert "HYPERLINK" not in body
    assert response["Content-Disposition"].endswith(f'.{exports.ENDINGS[format]}"')
