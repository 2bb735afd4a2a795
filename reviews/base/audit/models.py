"""The audit trail: append-only events in one hash chain per review."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from reviews.base.audit.rules import FIRST_HASH


class Event(models.Model):
    """One thing that somebody did. Never updated, never deleted: triggers refuse it (see the migrations)."""

    chain = models.CharField(max_length=80)
    number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="events", help_text=_("Empty: the system.")
    )
    acting_role = models.CharField(max_length=40, blank=True)
    verb = models.CharField(max_length=80)
    object_type = models.CharField(max_length=80)
    object_id = models.CharField(max_length=80)
    object_label = models.CharField(max_length=300, blank=True)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    reason = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ["chain", "number"]
        constraints = [
            models.UniqueConstraint(fields=["chain", "number"], name="event_one_for_each_number_of_a_chain"),
            models.UniqueConstraint(fields=["chain", "previous_hash"], name="event_has_one_successor"),
        ]
        indexes = [models.Index(fields=["chain", "-number"], name="event_newest_first")]

    def __str__(self) -> str:
        return f"{self.chain} #{self.number}: {self.verb} {self.object_label or self.object_id}"


class ChainHead(models.Model):
    """The end of a chain. Its row is locked while an event is added, so that a chain never forks."""

    chain = models.CharField(max_length=80, unique=True)
    number = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=FIRST_HASH)

    def __str__(self) -> str:
        return f"{self.chain} ends at #{self.number}"
