"""Which studies a review includes."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reviews.library.models import Study
from reviews.screening.rules import Verdict
from reviews.team.models import Review


class Inclusion(models.Model):
    """A decision that a study belongs to a review, or no longer does. A change of mind is a new row."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="inclusions")
    study = models.ForeignKey(Study, models.PROTECT, related_name="inclusions")
    verdict = models.CharField(max_length=10, choices=[(verdict.value, verdict.value) for verdict in Verdict])
    reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["review", "study", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "study"], condition=Q(is_current=True), name="inclusion_one_current_for_each_study"
            ),
            models.CheckConstraint(
                condition=~Q(verdict=Verdict.EXCLUDE) | ~Q(reason=""), name="inclusion_says_why_a_study_is_excluded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.verdict}"
