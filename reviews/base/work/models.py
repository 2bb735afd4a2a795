"""What is owed: bookkeeping for Celery, so that a lost message or a killed worker loses nothing."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Owed(models.Model):
    """One piece of work, named by its kind and key. Asking again folds into the same row.

    `wanted` counts how often it was asked for, `done` is the count that the last finished run had seen: it is owed while
    the two differ. A run holds a lease; the token in it is checked in the transaction that writes the run's effect.
    """

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=200)
    wanted = models.PositiveBigIntegerField(default=0)
    done = models.PositiveBigIntegerField(default=0)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    not_before = models.DateTimeField(default=timezone.now)
    parked_at = models.DateTimeField(null=True)
    progress = models.JSONField(default=dict)
    last_error = models.TextField(blank=True)
    asked_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["kind", "key"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "key"], name="owed_once_for_each_kind_and_key"),
            models.CheckConstraint(condition=Q(done__lte=F("wanted")), name="owed_never_done_more_than_wanted"),
        ]
        indexes = [models.Index(fields=["not_before"], condition=~Q(done=F("wanted")), name="owed_and_open")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

    @property
    def is_owed(self) -> bool:
        return self.done < self.wanted
