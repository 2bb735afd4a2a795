"""When the demo cannot be loaded nothing of it stays, so that the next start tries again from the beginning."""

import pytest
from django.db import DatabaseError, transaction

from meta.analysis.models import Snapshot
from meta.demo import load as loading
from meta.releases.models import Release
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.extraction.models import Value
from reviews.models import Review, Study, User

pytestmark = pytest.mark.django_db


def assert_nothing_is_there():
    for model in (User, Review, Study, Value, Snapshot, Release, Event, Owed):
        assert not model.objects.exists(), model


def test_the_demo_is_loaded_whole_or_not_at_all(monkeypatch):
    def full_disk(*args, **said):
        raise DatabaseError("database or disk is full")

    monkeypatch.setattr(loading.evidence, "correct", full_disk)
    with pytest.raises(DatabaseError), transaction.atomic():
        loading.load()
    assert_nothing_is_there()


def test_a_demo_that_cannot_be_computed_says_why_and_leaves_nothing(monkeypatch):
    def stumble(inputs, settings, **said):
        raise ArithmeticError("The engine stumbled.")

    monkeypatch.setattr(loading.analysis, "pool", stumble)
    with pytest.raises(RuntimeError, match="The demo could not be computed: ArithmeticError: The engine stumbled"):
        loading.load()
    assert_nothing_is_there()
