"""The worker's door: a task takes an id and calls one service."""

from celery import shared_task

from reviews.search import services


@shared_task(name="reviews.search.read_import")
def read_import(import_id: str) -> int:
    """How many records were brought in by this run."""
    return services.read_import(import_id=int(import_id))
