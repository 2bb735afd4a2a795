"""What earlier reviews of the same question printed, kept beside our own results and never mixed into them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meta.earlier.rules import COUNTED, OF_A_STUDY, Kind
from reviews.models import Review, Study


class Statement(models.Model):
    """One thing that an earlier review states. A correction of our reading is a new row with a reason."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="statements")
    kind = models.CharField(_("kind"), max_length=20, choices=[(kind.value, kind.value) for kind in Kind])
    subject = models.CharField(_("of what"), max_length=160)
    study = models.ForeignKey(Study, models.PROTECT, null=True, blank=True, related_name="+")
    says = models.TextField(_("what is stated"), blank=True)
    number = models.PositiveIntegerField(_("number"), null=True, blank=True)
    source = models.CharField(_("stated by"), max_length=300)
    url = models.URLField(_("address"), max_length=300, blank=True)
    place = models.CharField(_("place"), max_length=160, blank=True)
    note = models.TextField(_("our remark"), blank=True)
    reason = models.TextField(_("reason for the correction"), blank=True)
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=[kind.value for kind in Kind]), name="statement_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(OF_A_STUDY), study__isnull=False)
                | (~Q(kind__in=sorted(OF_A_STUDY)) & Q(study=None)),
                name="statement_of_bias_names_its_study",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=sorted(COUNTED), number__isnull=False)
                | (~Q(kind__in=sorted(COUNTED)) & Q(number=None) & ~Q(says="")),
                name="statement_is_a_number_or_words",
            ),
            models.CheckConstraint(
                condition=Q(replaces=None) | ~Q(reason=""), name="statement_correction_has_a_reason"
            ),
            models.UniqueConstraint(
                fields=["review", "kind", "subject", "source"],
                condition=Q(is_current=True, study=None),
                name="statement_one_current_for_each_subject",
            ),
            models.UniqueConstraint(
                fields=["review", "kind", "subject", "source", "study"],
                condition=Q(is_current=True, study__isnull=False),
                name="statement_one_current_for_each_study",
            ),
        ]

    def __str__(self) -> str:
        of = f"{self.study}, {self.subject}" if self.study_id else self.subject
        return f"{of}: {self.says or self.number}"
