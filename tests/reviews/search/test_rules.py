"""What is late, which source a schedule names, and what a record is by what its source says of it."""

import datetime as dt

import pytest

from reviews.search import rules
from reviews.search.rules import Promise, Standing

MONTHLY = Promise("PubMed", 30, 40)
TODAY = dt.date(2026, 3, 1)


def test_a_line_of_the_schedule_promises_each_source_that_it_names():
    found = rules.promises(
        [("PubMed, Embase; CENTRAL", 30, 40), ("Retractions and corrections", 7, 14), ("pubmed", 1, 2)]
    )
    assert [(each.name, each.every_days) for each in found] == [
        ("PubMed", 30),
        ("Embase", 30),
        ("CENTRAL", 30),
        ("Retractions and corrections", 7),
    ]


def test_an_empty_line_promises_nothing():
    assert rules.promises([("  ", 30, 40), (", ", 1, 2)]) == ()


@pytest.mark.parametrize(
    ("source", "promised", "is_it"),
    [
        ("PubMed", "PubMed", True),
        ("Cochrane CENTRAL", "CENTRAL", True),
        ("CENTRAL", "Cochrane CENTRAL", True),
        ("WHO ICTRP", "ICTRP", True),
        ("Embase", "PubMed", False),
        ("Ovid MEDLINE", "Ovid Embase", False),
        ("…", "PubMed", False),
    ],
)
def test_a_source_is_named_by_its_words(source, promised, is_it):
    assert rules.is_named(source, promised) is is_it


def test_the_exact_name_goes_before_a_longer_one():
    longer, exact = Promise("Ovid MEDLINE", 7, 9), Promise("MEDLINE", 30, 40)
    assert rules.promise_for("medline", [longer, exact]) is exact
    assert rules.promise_for("MEDLINE ALL", [longer, exact]) is exact
    assert rules.promise_for("Scopus", [longer, exact]) is None


@pytest.mark.parametrize(
    ("days", "promise", "standing"),
    [
        (0, MONTHLY, Standing.FRESH),
        (29, MONTHLY, Standing.FRESH),
        (30, MONTHLY, Standing.DUE),
        (40, MONTHLY, Standing.DUE),
        (41, MONTHLY, Standing.LATE),
        (None, MONTHLY, Standing.NEVER),
        (None, None, Standing.NEVER),
        (4000, None, Standing.UNSCHEDULED),
    ],
)
def test_a_source_is_late_after_what_was_promised(days, promise, standing):
    last = None if days is None else TODAY - dt.timedelta(days=days)
    assert rules.standing(last, promise, TODAY) is standing


def test_an_import_adds_up_or_not():
    assert rules.adds_up(starts=3, imported=2, rejected=1)
    assert not rules.adds_up(starts=3, imported=3, rejected=1)


@pytest.mark.parametrize(
    ("said", "flags"),
    [
        ({"publication_types": ["Journal Article", "Retracted Publication"]}, ["retracted"]),
        ({"publication_types": ["Retraction of Publication"]}, ["correction"]),
        ({"links": ["retraction_in"]}, ["retracted"]),
        ({"links": ["retraction_of"]}, ["correction"]),
        ({"title": "RETRACTED: Cells for lungs"}, ["retracted"]),
        ({"title": "[Retracted] Cells for lungs"}, ["retracted"]),
        ({"title": "Erratum to: Cells for lungs"}, ["correction"]),
        ({"title": "Correction of a deformity"}, ["correction"]),
        ({"title": "Corrections in prisons"}, []),
        ({"publication_types": ["Preprint"]}, ["preprint"]),
        ({"kind": "Trial registration"}, ["registration"]),
        ({"publication_types": ["Conference Abstract"]}, ["abstract"]),
        ({"title": " "}, ["no-title"]),
        ({}, []),
    ],
)
def test_a_record_is_marked_by_what_its_source_says(said, flags):
    plain = {"kind": "article", "title": "Cells for lungs", "publication_types": [], "links": []}
    assert rules.flags_of(**(plain | said)) == flags


def test_years_of_print_are_years():
    assert rules.is_year(1665)
    assert not rules.is_year(21)
    assert not rules.is_year(20211)
