"""Records are found by their words, on both databases alike, and the index follows every change."""

import pytest
from django.db import connection

from reviews.library import rules, words
from reviews.library.models import Record

TITLES = {
    "cells": "Mesenchymal stromal cells for COVID-19 pneumonia",
    "heart": "Stromal cells for the failing heart",
    "accent": "Étude de Sévérac sur les poumons",
}


@pytest.fixture
def records(review):
    made = {
        key: Record.objects.create(
            review=review,
            source="PubMed",
            raw=title,
            title=title,
            authors="Monsel, Antoine\nŁukasz, Ø.",
            abstract="Lungs.",
        )
        for key, title in TITLES.items()
    }
    Record.objects.filter(title=TITLES["heart"]).update(authors="Adas, Gökhan", abstract="A cohort; n=12.")
    return made


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("stromal", {"cells", "heart"}),
        ("strom", {"cells", "heart"}),
        ("STROMAL cells heart", {"heart"}),
        ('"stromal cells for covid"', {"cells"}),
        ('"cells stromal"', set()),
        ("COVID-19", {"cells"}),
        ("covid19", set()),
        ("severac", {"accent"}),
        ("Séverac etude", {"accent"}),
        ("gokhan", {"heart"}),
        ("monsel", {"cells", "accent"}),
        ("lungs", {"cells", "accent"}),
        ("cohort n=12", {"heart"}),
        ('") OR 1=1 --', set()),
        ("' & | ! ( ) :* <->", {"cells", "heart", "accent"}),
        ("NOT AND OR NEAR", set()),
        ("   ", {"cells", "heart", "accent"}),
    ],
)
def test_words_find_records(records, asked, found):
    hits = words.containing(Record.objects.all(), asked)
    assert {record.title for record in hits} == {TITLES[key] for key in found}


def test_the_index_follows_a_correction_and_a_removal(records):
    record = records["cells"]
    record.title = "Another title altogether"
    record.save()
    assert not words.containing(Record.objects.all(), "mesenchymal").exists()
    assert words.containing(Record.objects.all(), "altogether").get() == record
    record.delete()
    assert not words.containing(Record.objects.all(), "altogether").exists()


def test_triggers_that_a_migration_took_along_are_put_back(records):
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        for name in words.TRIGGERS:
            cursor.execute(f"DROP TRIGGER {name}")
    Record.objects.filter(pk=records["cells"].pk).update(title="Written while nobody looked")
    words.keep_index()
    assert words.containing(Record.objects.all(), "nobody looked").exists()


def test_plain_letters_are_one_for_one():
    assert all(len(letter) == len(plain) == 1 for letter, plain in rules.PLAIN_LETTERS.items())
    assert rules.PLAIN_LETTERS["é"] == "e"


def test_no_more_phrases_are_asked_for_than_help():
    assert len(rules.phrases("word " * 40)) == rules.MOST_PHRASES
