"""Say which task reads imports."""

from reviews.base.work import services as work
from reviews.search import queries

TASK = "reviews.search.read_import"


def connect() -> None:
    work.register(kind=queries.READ_IMPORT, task=TASK)
