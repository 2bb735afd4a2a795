"""What every test may ask for. People and reviews are made by `tests.factories`."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from celery import Celery
from django.core.cache import cache
from django.db.backends.sqlite3.base import DatabaseWrapper

from reviews.team.models import Review, User
from reviews.team.rules import Role
from tests.factories import ReviewFactory, UserFactory, member
from tests.living import Living, living_review


@dataclass
class Sent:
    """What the broker was told, as pairs of a task's name and its arguments."""

    tasks: list[tuple[str, list[Any]]] = field(default_factory=list)
    is_down: bool = False


@pytest.fixture(autouse=True)
def sent(monkeypatch: pytest.MonkeyPatch) -> Sent:
    """No test talks to a broker; what would have been sent is written down."""
    told = Sent()

    def send_task(self: Celery, name: str, args: Any = None, **options: Any) -> None:
        if told.is_down:
            raise OSError("The broker cannot be reached.")
        told.tasks.append((name, list(args or [])))

    monkeypatch.setattr(Celery, "send_task", send_task)
    return told


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """Rate limits count in the cache; no test inherits another's count."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture(autouse=True, scope="session")
def flush_empties_append_only_tables() -> Iterator[None]:
    """Tests with real transactions empty all tables at their end; on SQLite the triggers would refuse.

    PostgreSQL empties by TRUNCATE, which its row triggers do not see.
    """
    operations = DatabaseWrapper.ops_class
    as_django_does = operations.execute_sql_flush

    def execute_sql_flush(self: Any, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _sql in triggers:
                cursor.execute(f"DROP TRIGGER {name}")
            as_django_does(self, statements)
            for _name, sql in triggers:
                cursor.execute(sql)

    operations.execute_sql_flush = execute_sql_flush
    yield
    operations.execute_sql_flush = as_django_does


@pytest.fixture
def review(db: None) -> Review:
    return ReviewFactory()


@pytest.fixture
def owner(review: Review) -> User:
    return member(review, Role.OWNER, name="Ada Okafor")


@pytest.fixture
def extractor(review: Review) -> User:
    return member(review, Role.EXTRACTOR, name="Ben Ito")


@pytest.fixture
def second_extractor(review: Review) -> User:
    return member(review, Role.EXTRACTOR, name="Cleo Marsh")


@pytest.fixture
def reader(review: Review) -> User:
    return member(review, Role.READER, name="Fay Lind")


@pytest.fixture
def outsider(db: None) -> User:
    """Somebody with an account, and with a review of their own elsewhere."""
    return member(ReviewFactory(), Role.OWNER, name="Otto Weber")


@pytest.fixture
def administrator(db: None) -> User:
    return UserFactory(name="Sam Root", is_staff=True)


@pytest.fixture
def living(review: Review, owner: User, extractor: User, second_extractor: User) -> Living:
    """A review with a released protocol and people to work on it; trials are the test's own."""
    return living_review(review, owner, extractor, second_extractor)
