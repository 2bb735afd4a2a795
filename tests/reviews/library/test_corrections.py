"""A person corrects what a record says; its raw text and every text before stay."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.library import queries, rules, services
from reviews.library.models import Correction, Record
from reviews.library.rules import Unrecognised


@pytest.fixture
def record(review):
    return Record.objects.create(
        review=review, source="PubMed", raw="TI  - Cels for lungs", title="Cels for lungs", year=2021
    )


def correct(record, person, reason="As the article's page says.", **changes):
    return services.correct_record(review=record.review, actor=person, record=record, changes=changes, reason=reason)


def test_a_correction_keeps_what_was_there(record, owner):
    correct(record, owner, title="Cells for lungs", year="2022", authors=" Lind, F. \n\n  Okoro,  E.")
    record.refresh_from_db()
    assert (record.title, record.year, record.author_list) == ("Cells for lungs", 2022, ["Lind, F.", "Okoro, E."])
    assert record.raw == "TI  - Cels for lungs"
    assert {(each.field, each.before, each.after) for each in queries.corrections(record)} == {
        ("title", "Cels for lungs", "Cells for lungs"),
        ("year", "2021", "2022"),
        ("authors", "", "Lind, F.\nOkoro, E."),
    }
    event = Event.objects.get(verb="corrected record")
    assert (event.before["title"], event.after["title"]) == ("Cels for lungs", "Cells for lungs")


def test_the_same_text_adds_nothing(record, owner):
    assert correct(record, owner, title="  Cels  for lungs ") == []
    assert not Correction.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"year": "21"}, "year"),
        ({"doi": "not a doi"}, "doi"),
        ({"pmid": "x"}, "pmid"),
        ({"volume": "9" * 61}, "volume"),
    ],
)
def test_what_a_field_cannot_hold_is_refused_beside_it(record, owner, changes, field):
    with pytest.raises(ValidationError) as refused:
        correct(record, owner, **changes)
    assert list(refused.value.message_dict) == [field]


def test_a_reason_is_needed_and_facts_stay(record, owner):
    with pytest.raises(ValidationError, match="Say why"):
        correct(record, owner, reason=" ", title="Cells")
    for fact in ("raw", "source", "duplicate_of"):
        with pytest.raises(ValidationError, match="cannot be corrected"):
            correct(record, owner, **{fact: "x"})


def test_who_only_reads_corrects_nothing(record, reader, outsider, owner):
    for person in (reader, outsider):
        with pytest.raises(PermissionDenied):
            correct(record, person, title="Cells")


def test_a_record_of_another_review_is_not_corrected_from_here(record, outsider, owner):
    other = outsider.memberships.get().review
    with pytest.raises(ValidationError, match="another review"):
        services.correct_record(review=other, actor=outsider, record=record, changes={"title": "x"}, reason="y")


def test_the_database_keeps_corrections_as_they_are(record, owner):
    [made] = correct(record, owner, title="Cells for lungs")
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Correction.objects.filter(pk=made.pk).update(after="Something else")
    with pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        made.delete()


@pytest.mark.parametrize(
    ("name", "text", "kept"),
    [
        ("year", " 2021 ", 2021),
        ("year", "", None),
        ("doi", "https://doi.org/10.1186/S13054-022-03930-4", "10.1186/s13054-022-03930-4"),
        ("doi", "", ""),
        ("pmcid", "pmc123", "PMC123"),
        ("keywords", "a\n\n b ", "a\nb"),
        ("abstract", " One.\nTwo. ", "One.\nTwo."),
        ("journal", " Critical   Care", "Critical Care"),
    ],
)
def test_a_field_has_one_spelling(name, text, kept):
    assert rules.checked_field(name, text) == kept


def test_what_is_no_year_is_not_recognised():
    with pytest.raises(Unrecognised, match="four digits"):
        rules.checked_field("year", "1399")
