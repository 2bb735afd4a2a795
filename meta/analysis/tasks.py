"""The worker's door: a task takes an id and calls one service."""

from celery import shared_task

from meta.analysis import services


@shared_task(name="meta.analysis.recompute")
def recompute(analysis_id: str) -> int | None:
    """The id of the newest snapshot; None where there was nothing to do."""
    snapshot = services.recompute(analysis_id=int(analysis_id))
    return snapshot.pk if snapshot else None
