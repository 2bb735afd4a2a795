"""The worker's door: a task takes an id and calls one service."""

from celery import shared_task

from reviews.dedup import services


@shared_task(name="reviews.dedup.compare")
def compare(import_id: str) -> int:
    """How many copies were merged by this run."""
    return services.compare(import_id=int(import_id))
