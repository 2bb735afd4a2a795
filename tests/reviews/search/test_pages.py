"""The pages of the search: what was searched when, files, and records."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from reviews.library.models import Record
from reviews.protocol.models import Protocol
from reviews.search import services
from reviews.search.models import Import, Search
from reviews.search.rules import ImportState
from tests.factories import ProtocolFactory
from tests.searched import A_ROW_OF_NOTHING, RAN_ON, a_search, brought, read, ris, searched, upload


def page(name, review, **where):
    return reverse(f"reviews:search:{name}", kwargs={"slug": review.slug} | where)


@pytest.fixture
def as_owner(client, owner):
    client.force_login(owner)
    return client


def written(**said):
    return {
        "source": "PubMed",
        "kind": "database",
        "ran_on": "2024-01-08",
        "ran_by": "Lib Rarian",
        "update": "0",
        "query": "  cells\r\nAND lungs ",
        "hits": "12",
    } | said


# --- Searches --------------------------------------------------------------------------------------------------------


def test_the_page_says_what_is_late_by_the_protocol(as_owner, review, owner):
    ProtocolFactory(
        review=review, schedules=[{"source": "PubMed, Embase, ICTRP", "every_days": 30, "late_after_days": 40}]
    )
    today = timezone.localdate()
    a_search(review, owner, ran_on=today - dt.timedelta(days=41))
    a_search(review, owner, "Embase", ran_on=today - dt.timedelta(days=3))
    response = as_owner.get(page("overview", review))
    assert [(each["of"].name, each["of"].standing.value) for each in response.context["watched"]] == [
        ("PubMed", "late"),
        ("ICTRP", "never"),
        ("Embase", "fresh"),
    ]
    assert b"One source is late" in response.content


def test_a_review_without_searches_says_what_to_do(as_owner, review):
    assert b"No search yet" in as_owner.get(page("overview", review)).content


def test_a_search_is_written_down_letter_for_letter(as_owner, review):
    response = as_owner.post(page("new", review), written())
    search = Search.objects.get()
    assert response["Location"] == page("search", review, search_id=search.pk)
    assert (search.query, search.ran_by, search.hits, search.ran_on) == (
        "  cells\nAND lungs ",
        "Lib Rarian",
        12,
        RAN_ON,
    )


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"source": "  "}, b"required"),
        ({"ran_on": "2999-01-01"}, b"yet to come"),
        ({"ran_on": "soon"}, b"valid date"),
        ({"hits": "-1"}, b"greater than or equal"),
        ({"update": "7"}, b"valid choice"),
    ],
)
def test_a_search_that_cannot_be_comes_back_with_its_message(as_owner, review, said, words):
    response = as_owner.post(page("new", review), written(**said))
    assert response.status_code == 422
    assert words in response.content
    assert not Search.objects.exists()


def test_a_search_and_its_file_come_in_one_step(as_owner, review):
    response = as_owner.post(page("new", review), written(files=[upload(ris())]))
    assert response["Location"] == page("import", review, import_id=Import.objects.get().pk)


def test_a_bad_file_leaves_no_half_of_a_search(as_owner, review):
    response = as_owner.post(page("new", review), written(files=[upload(b"")]))
    assert response.status_code == 422
    assert b"is empty" in response.content
    assert not Search.objects.exists()


def test_a_search_is_corrected_with_a_reason(as_owner, review, owner):
    search = a_search(review, owner)
    where = page("correct", review, search_id=search.pk)
    assert as_owner.post(where, written(reason="")).status_code == 422
    as_owner.post(where, written(hits="13", reason="A slip."))
    search.refresh_from_db()
    assert search.hits == 13
    assert search.source.name == "PubMed"


def test_an_update_leaves_no_gap(as_owner, review, owner):
    a_search(review, owner)
    as_owner.post(page("new", review), written(source="Embase", update="1"))
    assert Search.objects.get(source__name="Embase").update == 1


# --- Files -----------------------------------------------------------------------------------------------------------


def test_a_preview_shows_three_records_and_imports_none(as_owner, review, owner):
    found = brought(a_search(review, owner), owner, "".join(ris(f"Title {n}") for n in range(5)))
    response = as_owner.get(page("import", review, import_id=found.pk))
    assert response.content.count(b'class="sample"') == 3
    assert b"Import 5 records" in response.content
    assert not Record.objects.exists()


def test_another_encoding_is_shown_before_it_is_imported(as_owner, review, owner):
    found = brought(a_search(review, owner), owner, ris("Caf\u00e9").encode("cp1252"))
    where = page("look", review, import_id=found.pk)
    as_owner.post(where, {"format": "ris", "encoding": "cp1252", "again": ""})
    found.refresh_from_db()
    assert (found.encoding, found.state) == ("cp1252", ImportState.PREVIEW)
    assert "Caf\u00e9" in as_owner.get(page("import", review, import_id=found.pk)).content.decode()
    as_owner.post(where, {"format": "ris", "encoding": "cp1252", "start": ""})
    found.refresh_from_db()
    assert found.state == ImportState.READING


def test_the_columns_of_an_unknown_table_are_asked_for(as_owner, review, owner):
    found = brought(a_search(review, owner), owner, "Naam,Jaar\nCellen,2021\n", "lijst.csv")
    response = as_owner.get(page("import", review, import_id=found.pk))
    assert b"Which column is what" in response.content
    where, said = page("look", review, import_id=found.pk), {"format": "csv", "encoding": found.encoding, "start": ""}
    response = as_owner.post(where, said | {"column-0": "", "column-1": "year"})
    assert response.status_code == 422
    assert b"which column holds the titles" in response.content
    as_owner.post(where, said | {"column-0": "title", "column-1": "year"})
    services.read_import(import_id=found.pk)
    assert Record.objects.get().title == "Cellen"


def test_progress_is_told_until_it_is_done(as_owner, review, owner):
    found = brought(a_search(review, owner), owner, ris())
    services.start_import(of=found, actor=owner)
    where = page("state", review, import_id=found.pk)
    assert "HX-Refresh" not in as_owner.get(where)
    assert b"<progress" in as_owner.get(page("import", review, import_id=found.pk)).content
    services.read_import(import_id=found.pk)
    assert as_owner.get(where)["HX-Refresh"] == "true"


def test_rejections_are_shown_with_their_lines(as_owner, review, owner):
    found = searched(review, owner, A_ROW_OF_NOTHING, "table.csv")
    content = as_owner.get(page("import", review, import_id=found.pk)).content
    assert b"Not imported, and why" in content
    assert b"2 imported and 1 rejected make 3" in content


def test_the_same_file_again_says_so(as_owner, review, owner):
    found = searched(review, owner, ris())
    response = as_owner.post(page("bring", review, search_id=found.search_id), {"files": upload(ris())}, follow=True)
    assert b"holds the same file already" in response.content


def test_what_is_no_reference_file_says_so(as_owner, review, owner):
    search = a_search(review, owner)
    where = page("bring", review, search_id=search.pk)
    assert as_owner.post(where, {}).status_code == 422
    response = as_owner.post(where, {"files": upload(b"\x7fELF\x02\x01")}, follow=True)
    assert b"export.ris:" in response.content


def test_undo_retire_and_put_away_by_a_click(as_owner, review, owner):
    found = searched(review, owner)
    as_owner.post(page("undo", review, import_id=found.pk))
    found.refresh_from_db()
    assert found.state == ImportState.UNDONE
    waiting = brought(found.search, owner, ris("Else"))
    as_owner.post(page("discard", review, import_id=waiting.pk))
    assert not Import.objects.filter(pk=waiting.pk).exists()
    response = as_owner.post(page("discard", review, import_id=found.pk), follow=True)
    assert b"was read, already" in response.content
    again = read(brought(found.search, owner, ris("Third")), owner)
    response = as_owner.post(page("retire", review, import_id=again.pk), {"reason": ""})
    assert response.status_code == 422
    response = as_owner.post(page("retire", review, import_id=again.pk), {"reason": "Wrong."}, follow=True)
    assert b"undo it" in response.content


def test_the_file_comes_back_as_it_came_and_never_runs(as_owner, review, owner):
    found = searched(review, owner, ris())
    response = as_owner.get(page("file", review, import_id=found.pk))
    assert b"".join(response.streaming_content) == ris().encode()
    assert response["Content-Disposition"].startswith("attachment")
    assert "sandbox" in response["Content-Security-Policy"]


# --- Records ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def filled(review, owner):
    searched(review, owner, ris("Cells for lungs") + ris("Cells for hearts", year=2019))
    searched(review, owner, ris("RETRACTED: Cells for all", year=2023), source="Embase")
    return review


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({}, ["RETRACTED: Cells for all", "Cells for hearts", "Cells for lungs"]),
        ({"words": "cells heart"}, ["Cells for hearts"]),
        ({"source": "PubMed", "order": "oldest"}, ["Cells for lungs", "Cells for hearts"]),
        ({"first_year": "2020", "last_year": "2022"}, ["Cells for lungs"]),
        ({"flag": "retracted"}, ["RETRACTED: Cells for all"]),
        ({"order": "first-year"}, ["Cells for hearts", "Cells for lungs", "RETRACTED: Cells for all"]),
        ({"stage": "duplicate"}, []),
        ({"stage": "waiting", "words": "lungs"}, ["Cells for lungs"]),
        (
            {"first_year": "soon", "page": "x", "stage": "nothing"},
            ["RETRACTED: Cells for all", "Cells for hearts", "Cells for lungs"],
        ),
    ],
)
def test_records_are_found_by_what_the_address_says(as_owner, filled, asked, titles):
    response = as_owner.get(page("records", filled), asked)
    assert [row["of"].title for row in response.context["rows"]] == titles


def test_while_somebody_types_only_the_list_is_answered(as_owner, filled):
    headers = {"HX-Request": "true", "HX-Target": "list"}
    content = as_owner.get(page("records", filled), {"words": "lungs"}, headers=headers).content
    assert content.lstrip().startswith(b'<div id="list">')


def test_the_records_of_one_search_or_file(as_owner, filled):
    found = Import.objects.order_by("pk").last()
    for narrowed in ({"file": found.pk}, {"run": found.search_id}):
        response = as_owner.get(page("records", filled), narrowed)
        assert len(response.context["rows"]) == 1
        assert response.context["within"]


def test_a_page_of_records_has_a_ceiling_of_statements(as_owner, review, owner, django_assert_max_num_queries):
    searched(review, owner, "".join(ris(f"Title {n}") for n in range(60)))
    with django_assert_max_num_queries(16):
        as_owner.get(page("records", review))
    with django_assert_max_num_queries(18):
        as_owner.get(page("overview", review))


def test_a_record_shows_its_raw_text_and_its_corrections(as_owner, filled):
    record = Record.objects.get(title="Cells for lungs")
    where = page("correct_record", filled, record_id=record.pk)
    assert as_owner.get(where).status_code == 200
    said = as_owner.get(where).context["form"].initial | {
        name: field.initial
        for name, field in as_owner.get(where).context["form"].fields.items()
        if field.initial is not None
    }
    assert as_owner.post(where, said | {"title": "Cells for mice", "reason": ""}).status_code == 422
    assert as_owner.post(where, said | {"year": "21", "reason": "A slip."}).status_code == 422
    as_owner.post(where, said | {"title": "Cells for mice", "reason": "A slip."})
    content = as_owner.get(page("record", filled, record_id=record.pk)).content
    assert b"Cells for mice" in content
    assert b"<del>Cells for lungs</del>" in content
    assert b"TI  - Cells for lungs" in content


def test_a_record_of_another_review_is_not_there(as_owner, filled, outsider):
    other = outsider.memberships.get().review
    record = Record.objects.create(review=other, source="PubMed", raw="x")
    assert as_owner.get(page("record", filled, record_id=record.pk)).status_code == 404
    assert as_owner.get(page("export", filled, format="exe")).status_code == 404


def test_a_reader_sees_everything_and_no_button(client, reader, filled):
    client.force_login(reader)
    found = Import.objects.first()
    for where in (
        page("overview", filled),
        page("search", filled, search_id=found.search_id),
        page("import", filled, import_id=found.pk),
        page("record", filled, record_id=found.records.first().pk),
    ):
        content = client.get(where).content
        for button in (b"Write a search down", b"Look into the files", b"Undo this import", b">Correct<"):
            assert button not in content


def test_a_schedule_without_a_protocol_promises_nothing(as_owner, review, owner):
    assert not Protocol.objects.exists()
    a_search(review, owner)
    response = as_owner.get(page("overview", review))
    assert [each["of"].standing.value for each in response.context["watched"]] == ["unscheduled"]
