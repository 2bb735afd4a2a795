"""Hear that evidence changed, and write down what is now owed."""

from typing import Any

from meta.analysis import queries
from reviews.base.work import services as work
from reviews.screening import queries as screening
from reviews.signals import evidence_changed

TASK = "meta.analysis.recompute"


def connect() -> None:
    work.register(kind=queries.RECOMPUTE, task=TASK)
    evidence_changed.connect(owe_what_it_touches, dispatch_uid="meta.analysis")


def owe_what_it_touches(
    sender: Any, *, study_id: int, outcome_ids: list[int] | None, review_id: int | None, **kwargs: Any
) -> None:
    """Every analysis over the study's reviews and these outcomes is recomputed once, however often it is asked for."""
    reviews = [review_id] if review_id else [review.pk for review in screening.reviews_including(study_id)]
    for analysis in queries.analyses_of(review_ids=reviews, outcome_ids=outcome_ids):
        work.owe(kind=queries.RECOMPUTE, key=analysis.work_key)
