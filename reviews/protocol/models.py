"""The question and the rules that a team set before it looked, version by version."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.protocol.rules import Benefit, CriterionKind, Importance, Measure, OutcomeType, ProtocolState, UpdateModel
from reviews.team.models import Review, Team


def choices(kind: type) -> list[tuple[str, str]]:
    return [(item.value, item.value) for item in kind]  # type: ignore[attr-defined]  # enums only


class Protocol(models.Model):
    """One version. A draft may be edited; once released it stays as it is, and an amendment is the next version."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="protocols")
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=choices(ProtocolState), default=ProtocolState.DRAFT)
    question = models.TextField(_("question"))
    population = models.TextField(_("population"), blank=True)
    intervention = models.TextField(_("intervention"), blank=True)
    comparator = models.TextField(_("comparator"), blank=True)
    designs = models.TextField(_("study designs"), blank=True)
    registration = models.CharField(
        _("registration"), max_length=200, blank=True, help_text=_("For example PROSPERO CRD42021288552.")
    )
    update_model = models.CharField(
        _("publishing"), max_length=10, choices=choices(UpdateModel), default=UpdateModel.IMPACT
    )
    schedules = models.JSONField(_("search schedule"), default=list)
    retirement = models.TextField(_("when living mode ends"), blank=True)
    amendment_reason = models.TextField(_("reason for the amendment"), blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["review", "number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="protocol_one_for_each_version"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(state=ProtocolState.DRAFT), name="protocol_one_draft_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(amendment_reason=""), name="protocol_amendment_has_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state=ProtocolState.DRAFT, released_at=None)
                | Q(state=ProtocolState.RELEASED, released_at__isnull=False, released_by__isnull=False),
                name="protocol_released_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"Protocol {self.number} of {self.review}"

    @property
    def is_released(self) -> bool:
        return self.state == ProtocolState.RELEASED


class Criterion(models.Model):
    """One reason to include or to exclude, in the team's order: the first that fails is the one recorded."""

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="criteria")
    kind = models.CharField(max_length=10, choices=choices(CriterionKind))
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["protocol", "kind", "position"]
        constraints = [
            models.UniqueConstraint(fields=["protocol", "kind", "position"], name="criterion_one_for_each_place"),
        ]

    def __str__(self) -> str:
        return self.text


class Outcome(models.Model):
    """What is measured, defined once for a team's library and chosen by its reviews."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="outcomes")
    name = models.CharField(_("name"), max_length=120)
    type = models.CharField(_("type"), max_length=20, choices=choices(OutcomeType))
    unit = models.CharField(_("unit"), max_length=40, blank=True)
    benefit_is = models.CharField(_("benefit is"), max_length=10, choices=choices(Benefit))
    happened = models.CharField(
        _("in a sentence"),
        max_length=60,
        blank=True,
        help_text=_("What happened to a person with the event, for sentences like “217 of 1,000 died”: died."),
    )
    excludes = models.ManyToManyField(
        "self",
        blank=True,
        verbose_name=_("excludes"),
        help_text=_("Outcomes that nobody can have besides this one, so that together they are at most everybody."),
    )

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["team", "name"], name="outcome_one_for_each_name_in_a_team")]

    def __str__(self) -> str:
        return self.name


class Timepoint(models.Model):
    """When an outcome is read: a window of days, or a description where trials do not say."""

    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="timepoints")
    label = models.CharField(_("timepoint"), max_length=80)
    from_day = models.PositiveIntegerField(_("from day"), null=True, blank=True)
    to_day = models.PositiveIntegerField(_("to day"), null=True, blank=True)

    class Meta:
        ordering = ["outcome", "from_day", "label"]
        constraints = [
            models.UniqueConstraint(fields=["outcome", "label"], name="timepoint_one_for_each_label"),
            models.CheckConstraint(
                condition=Q(from_day=None) | Q(to_day=None) | Q(from_day__lte=models.F("to_day")),
                name="timepoint_window_is_forward",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class OutcomeOfInterest(models.Model):
    """An outcome that this version of the protocol asks for, with how it will be pooled and judged."""

    protocol = models.ForeignKey(Protocol, models.CASCADE, related_name="outcomes")
    position = models.PositiveSmallIntegerField()
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+")
    timepoint = models.ForeignKey(Timepoint, models.PROTECT, related_name="+")
    measure = models.CharField(_("measure"), max_length=5, choices=choices(Measure))
    importance = models.CharField(
        _("importance"), max_length=10, choices=choices(Importance), default=Importance.CRITICAL
    )
    important_difference = models.DecimalField(
        _("minimal important difference"),
        max_digits=12,
        decimal_places=4,
        null=True,
        blank=True,
        help_text=_("For events: per 1000 people. For means: in the outcome's unit."),
    )

    class Meta:
        ordering = ["protocol", "position"]
        constraints = [
            models.UniqueConstraint(fields=["protocol", "position"], name="outcome_of_interest_one_for_each_place"),
            models.UniqueConstraint(
                fields=["protocol", "outcome", "timepoint"], name="outcome_of_interest_once_for_each_timepoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome}, {self.timepoint}"
