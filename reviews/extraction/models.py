"""Arms, and every number with where it came from."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.extraction.rules import ArmHandling, ArmRole, Method, Quantity, ValueState
from reviews.library.models import Report, Study
from reviews.protocol.models import Outcome, Timepoint
from reviews.team.models import Review


class Arm(models.Model):
    """One group of a trial, in the order of its report."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="arms")
    position = models.PositiveSmallIntegerField()
    label = models.CharField(_("arm"), max_length=120)
    role = models.CharField(_("role"), max_length=20, choices=[(role.value, role.value) for role in ArmRole])
    randomised = models.PositiveIntegerField(_("randomised"), null=True, blank=True)

    class Meta:
        ordering = ["study", "position"]
        constraints = [
            models.UniqueConstraint(fields=["study", "position"], name="arm_one_for_each_place"),
            models.UniqueConstraint(fields=["study", "label"], name="arm_one_for_each_label"),
            models.CheckConstraint(condition=Q(role__in=[role.value for role in ArmRole]), name="arm_role_is_known"),
        ]

    def __str__(self) -> str:
        return self.label


class Value(models.Model):
    """One number, or the statement that there is none, with its provenance. A correction is a new row with a reason.

    `is_current` marks the newest entry of a cell; `is_evidence` the newest that a second person confirmed, which is what
    analyses use. The two differ while a correction waits for its second person.
    """

    arm = models.ForeignKey(Arm, models.PROTECT, related_name="values")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="values")
    timepoint = models.ForeignKey(Timepoint, models.PROTECT, related_name="values")
    quantity = models.CharField(max_length=20, choices=[(quantity.value, quantity.value) for quantity in Quantity])
    state = models.CharField(
        max_length=20, choices=[(state.value, state.value) for state in ValueState], default=ValueState.GIVEN
    )
    as_printed = models.CharField(_("as printed"), max_length=80, blank=True)
    number = models.DecimalField(max_digits=20, decimal_places=8, null=True)
    measured_at = models.CharField(_("time of measurement"), max_length=120, blank=True)
    source = models.CharField(_("source"), max_length=400, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="+")
    place = models.CharField(_("place"), max_length=120, blank=True, help_text=_("Page, table or figure."))
    method = models.CharField(_("method"), max_length=20, choices=[(method.value, method.value) for method in Method])
    note = models.TextField(_("note"), blank=True)
    reason = models.TextField(_("reason for the correction"), blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)
    is_evidence = models.BooleanField(default=False)

    class Meta:
        ordering = ["arm", "outcome", "timepoint", "quantity", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["arm", "outcome", "timepoint", "quantity"],
                condition=Q(is_current=True),
                name="value_one_current_for_each_cell",
            ),
            models.UniqueConstraint(
                fields=["arm", "outcome", "timepoint", "quantity"],
                condition=Q(is_evidence=True),
                name="value_one_in_evidence_for_each_cell",
            ),
            models.CheckConstraint(
                condition=Q(state=ValueState.GIVEN, number__isnull=False)
                | (~Q(state=ValueState.GIVEN) & Q(number=None)),
                name="value_is_a_number_or_says_why_not",
            ),
            models.CheckConstraint(condition=Q(replaces=None) | ~Q(reason=""), name="value_correction_has_a_reason"),
            models.CheckConstraint(
                condition=~Q(quantity__in=[Quantity.EVENTS, Quantity.TOTAL]) | Q(number=None) | Q(number__gte=0),
                name="value_counts_are_not_negative",
            ),
            models.CheckConstraint(
                condition=~Q(quantity__in=[Quantity.SD, Quantity.STANDARD_ERROR]) | Q(number=None) | Q(number__gte=0),
                name="value_spread_is_not_negative",
            ),
        ]
        indexes = [
            models.Index(fields=["outcome", "timepoint"], condition=Q(is_evidence=True), name="value_in_evidence")
        ]

    def __str__(self) -> str:
        return f"{self.arm}, {self.outcome} {self.timepoint}, {self.quantity}: {self.as_printed or self.state}"


class Confirmation(models.Model):
    """A second person read the source and agrees with a value."""

    value = models.OneToOneField(Value, models.PROTECT, related_name="confirmation")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["value"]
        constraints = [
            models.CheckConstraint(condition=~Q(entered_by=F("confirmed_by")), name="confirmation_by_a_second_person"),
        ]

    def __str__(self) -> str:
        return f"{self.value} confirmed by {self.confirmed_by}"


class ArmChoice(models.Model):
    """How a review pools a trial with several experimental arms. A change of mind is a new row with a reason."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="arm_choices")
    study = models.ForeignKey(Study, models.PROTECT, related_name="arm_choices")
    handling = models.CharField(max_length=10, choices=[(one.value, one.value) for one in ArmHandling])
    arms = models.ManyToManyField(Arm, related_name="+")
    reason = models.TextField(_("reason"))
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["review", "study", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "study"], condition=Q(is_current=True), name="arm_choice_one_current_for_each_study"
            ),
            models.CheckConstraint(
                condition=Q(handling__in=[one.value for one in ArmHandling]), name="arm_choice_handling_is_known"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="arm_choice_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.study}: {self.handling}"
