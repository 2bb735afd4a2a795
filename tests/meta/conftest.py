"""The demo review, loaded once for the tests of a file that ask for it; each test's own changes are rolled back."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from meta.demo.load import Loaded, load


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Loaded]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield load()
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded: Loaded, db: None) -> Loaded:
    """The demo as a visitor finds it, with its eight versions."""
    return loaded
