"""What a review pools and how, and every result that was ever computed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meta.analysis.rules import Check
from reviews.models import Outcome, Review, Timepoint


def every_check() -> list[str]:
    """What a plan asks for beside its result, unless it says otherwise."""
    return [check.value for check in Check]


class Analysis(models.Model):
    """One pooled question of a review: an outcome at a timepoint, under a plan."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="analyses")
    key = models.SlugField(max_length=60)
    title = models.CharField(_("title"), max_length=160)
    position = models.PositiveSmallIntegerField(default=1)
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    timepoint = models.ForeignKey(Timepoint, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "position", "pk"]
        verbose_name_plural = "analyses"
        constraints = [models.UniqueConstraint(fields=["review", "key"], name="analysis_one_for_each_key")]

    def __str__(self) -> str:
        return self.title

    @property
    def work_key(self) -> str:
        return str(self.pk)


class Plan(models.Model):
    """How an analysis is computed, written before it runs. An amendment is a new row with a reason."""

    analysis = models.ForeignKey(Analysis, models.PROTECT, related_name="plans")
    number = models.PositiveIntegerField()
    measure = models.CharField(_("measure"), max_length=5)
    method = models.CharField(_("method"), max_length=5)
    model = models.CharField(_("model"), max_length=10)
    tau2 = models.CharField(_("between-study variance"), max_length=5)
    zero_cells = models.CharField(_("zero cells"), max_length=20)
    level = models.DecimalField(_("confidence level"), max_digits=4, decimal_places=3)
    interval = models.CharField(_("confidence interval"), max_length=10, default="wald")
    prediction = models.CharField(_("prediction interval"), max_length=10, blank=True)
    variant = models.CharField(_("formula of the measure"), max_length=20, blank=True)
    subgroups_by = models.CharField(_("subgroups by"), max_length=60, blank=True)
    groups = models.JSONField(_("subgroups, one by one"), default=list)
    left_out = models.JSONField(_("studies left out, with reasons"), default=list)
    checks = models.JSONField(_("checks"), default=every_check)
    experimental = models.CharField(_("name of the experimental group"), max_length=60)
    control = models.CharField(_("name of the control group"), max_length=60)
    reason = models.TextField(_("reason for the amendment"), blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["analysis", "number"]
        constraints = [
            models.UniqueConstraint(fields=["analysis", "number"], name="plan_one_for_each_number"),
            models.UniqueConstraint(fields=["analysis"], condition=Q(is_current=True), name="plan_one_current"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="plan_amendment_has_a_reason"),
            models.CheckConstraint(condition=Q(level__gt=0, level__lt=1), name="plan_level_is_a_fraction"),
        ]

    def __str__(self) -> str:
        return f"Plan {self.number} of {self.analysis}"


class Snapshot(models.Model):
    """One analysis, computed once: inputs, settings, engine, result, and the digest of what went in.

    Never changed and never deleted: triggers refuse it (see the migrations).
    """

    analysis = models.ForeignKey(Analysis, models.PROTECT, related_name="snapshots")
    number = models.PositiveIntegerField()
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="snapshots")
    inputs = models.JSONField()
    settings = models.JSONField()
    engine = models.CharField(max_length=40)
    result = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["analysis", "number"]
        constraints = [models.UniqueConstraint(fields=["analysis", "number"], name="snapshot_one_for_each_number")]

    def __str__(self) -> str:
        return f"Snapshot {self.number} of {self.analysis}"
