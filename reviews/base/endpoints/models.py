"""Answers that are kept, so that a request which is sent twice is done once."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class Answered(models.Model):
    """What a POST with an `Idempotency-Key` was answered, written in the transaction of what it did."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=80)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="answered_once_for_each_key")]
        indexes = [models.Index(fields=["at"], name="answered_by_age")]

    def __str__(self) -> str:
        return f"{self.key}: {self.status}"
