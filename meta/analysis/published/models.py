"""What other publications printed as the result of the same analysis."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meta.analysis.models import Analysis
from meta.analysis.published.rules import Claim
from meta.analysis.rules import Model


class PublishedResult(models.Model):
    """A result as printed, digit for digit. Whether it is reproduced is worked out, never stored.

    A correction of our reading is a new row with a reason; the one before stays with `is_current=False`.
    """

    analysis = models.ForeignKey(Analysis, models.PROTECT, related_name="published_results")
    label = models.CharField(_("name of the result"), max_length=120)
    subgroup = models.CharField(_("subgroup"), max_length=60, blank=True)
    model = models.CharField(
        _("model"), max_length=10, blank=True, choices=[(model.value, model.value) for model in Model]
    )
    estimate = models.CharField(_("estimate"), max_length=20)
    lower = models.CharField(_("lower limit"), max_length=20, blank=True)
    upper = models.CharField(_("upper limit"), max_length=20, blank=True)
    i2 = models.CharField(_("I²"), max_length=10, blank=True)
    experimental = models.CharField(_("experimental side"), max_length=21, blank=True)
    control = models.CharField(_("control side"), max_length=21, blank=True)
    source = models.CharField(_("source"), max_length=300)
    url = models.URLField(_("address"), max_length=300, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    note = models.TextField(_("our remark"), blank=True)
    reason = models.TextField(_("reason for the correction"), blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["analysis", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(estimate=""), name="published_result_has_an_estimate"),
            models.CheckConstraint(condition=~Q(source=""), name="published_result_has_a_source"),
            models.CheckConstraint(
                condition=Q(lower="", upper="") | (~Q(lower="") & ~Q(upper="")),
                name="published_result_has_both_limits_or_none",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""), name="published_result_correction_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["analysis", "label", "source"],
                condition=Q(is_current=True),
                name="published_result_one_current_for_each_label",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label}: {self.estimate}" + (f" ({self.lower} to {self.upper})" if self.lower else "")

    @property
    def claim(self) -> Claim:
        return Claim(
            estimate=self.estimate,
            lower=self.lower,
            upper=self.upper,
            i2=self.i2,
            experimental=self.experimental,
            control=self.control,
        )
