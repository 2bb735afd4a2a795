"""Citations from the columns of a table. Every citation here is invented."""

import pytest

from reviews.dedup.matching.table import citations


def only(row):
    (read,) = citations([row])
    return read


def test_a_row_is_read_by_the_names_of_its_columns_however_they_are_written():
    read = only(
        {" Record_ID ": "r7", "TITLE": " Evening walks ", "Author": "Marlow, J.", "Publication Year": "2011", "Number": "3",
         "Source title": "Imaginary Medicine", "PubMed_ID": "777", "ISSN": "1234-5678", "EntryType": "article",
         "registrations": "NCT01234567, NCT07654321; ISRCTN123456"}
    )  # fmt: skip
    assert (read.id, read.title, read.authors, read.year, read.issue) == (
        "r7",
        "Evening walks",
        "Marlow, J.",
        "2011",
        "3",
    )
    assert (read.journal, read.pmid, read.isbn, read.kind) == ("Imaginary Medicine", "777", "1234-5678", "article")
    assert [one.strip() for one in read.registrations] == ["NCT01234567", "NCT07654321", "ISRCTN123456"]


@pytest.mark.parametrize(("row", "identity"), [({"id": "a", "key": "b"}, "a"), ({"record_id": "", "key": "b"}, "b")])
def test_a_row_is_known_by_its_record_id_else_its_id_else_its_key(row, identity):
    assert only(row).id == identity


@pytest.mark.parametrize("row", [{"title": "Evening walks"}, {"record_id": "", "title": "Evening walks"}, {"id": None}])
def test_a_row_that_is_known_by_nothing_is_refused(row):
    with pytest.raises(KeyError, match="record_id"):
        only(row)


def test_what_a_program_writes_for_nothing_is_nothing_and_the_next_column_speaks():
    read = only({"id": "1", "authors": "NA", "author": "Vint, A.", "doi": "n/a", "year": None})
    assert (read.authors, read.doi, read.year) == ("Vint, A.", "", "")


def test_cells_beyond_the_header_and_columns_without_a_name_are_passed_over():
    assert only({"id": "1", "title": "Walks", None: ["more", "cells"], "": "x"}).title == "Walks"
