"""Hear of records that arrive and leave."""

from typing import Any

from django.db.models import Q, QuerySet

from reviews.base.work import services as work
from reviews.dedup import queries, services
from reviews.dedup.models import Answer
from reviews.dedup.rules import Answered
from reviews.library.models import Record
from reviews.signals import judged_among, records_arrived, records_leaving
from reviews.team.models import Review, User

TASK = "reviews.dedup.compare"


def connect() -> None:
    work.register(kind=queries.COMPARE, task=TASK)
    records_arrived.connect(owe_comparing, dispatch_uid="reviews.dedup.arrived")
    records_leaving.connect(let_go, dispatch_uid="reviews.dedup.leaving")
    judged_among.connect(answered_among, dispatch_uid="reviews.dedup.judged")


def owe_comparing(sender: Any, *, import_id: int, **kwargs: Any) -> None:
    work.owe(kind=queries.COMPARE, key=str(import_id))


def let_go(sender: Any, *, records: QuerySet[Record], review_id: int, actor: User, **kwargs: Any) -> None:
    services.let_go(review=Review.objects.get(pk=review_id), records=records, actor=actor)


def answered_among(sender: Any, *, records: QuerySet[Record], **kwargs: Any) -> bool:
    """A person's answer about two records is a judgement of both; the tool's merges are none.

    When this room itself asks, it asks what the others know.
    """
    if sender is Answer:
        return False
    review = records.first()
    if review is None:
        return False
    stands = queries.standing(review.review).exclude(answered_by=None).exclude(answer=Answered.UNDONE)
    return stands.filter(Q(left__in=records) | Q(right__in=records)).exists()
