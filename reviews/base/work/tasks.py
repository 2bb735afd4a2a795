"""The sweep that beat starts every few seconds."""

from celery import shared_task

from reviews.base.work import services


@shared_task(name="reviews.base.work.sweep", expires=60)
def sweep() -> int:
    return services.sweep()
