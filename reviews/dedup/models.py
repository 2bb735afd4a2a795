"""Pairs of records that may be one, and every answer about them. Both tables only grow."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.dedup.matching import Relation
from reviews.dedup.rules import Answered
from reviews.library.models import Record
from reviews.team.models import Review

RELATIONS = [(relation.value, relation.value.replace("_", " ")) for relation in Relation]


class Candidate(models.Model):
    """Two records that a person should look at, and why. The earlier record is the left one."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="duplicate_candidates")
    left = models.ForeignKey(Record, models.PROTECT, related_name="+")
    right = models.ForeignKey(Record, models.PROTECT, related_name="+")
    score = models.FloatField(help_text="Points of evidence; see docs/duplicates.md.")
    reasons = models.JSONField(default=list)
    differs = models.JSONField(default=list)
    relation = models.CharField(max_length=24, choices=RELATIONS, blank=True)
    is_question = models.BooleanField(
        default=True, help_text="False: surely no duplicate, but the two belong together."
    )
    found_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["left", "right"], name="candidate_one_for_each_two_records"),
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="candidate_has_the_earlier_record_left"),
        ]

    def __str__(self) -> str:
        return f"{self.left} / {self.right}"


class Answer(models.Model):
    """What somebody says of two records. A change of mind is an undo, which is a row too, and a new answer."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="duplicate_answers")
    left = models.ForeignKey(Record, models.PROTECT, related_name="+")
    right = models.ForeignKey(Record, models.PROTECT, related_name="+")
    answer = models.CharField(max_length=10, choices=[(one.value, one.value) for one in Answered])
    relation = models.CharField(_("relation"), max_length=24, choices=RELATIONS, blank=True)
    subject = models.ForeignKey(
        Record,
        models.PROTECT,
        null=True,
        related_name="+",
        help_text="Of two related records, the one that is the … of the other.",
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text="Empty: the tool."
    )
    answered_at = models.DateTimeField(default=timezone.now)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(left__lt=F("right")), name="answer_has_the_earlier_record_left"),
            models.CheckConstraint(
                condition=Q(answer=Answered.UNDONE.value, undoes__isnull=False)
                | (~Q(answer=Answered.UNDONE.value) & Q(undoes=None)),
                name="answer_undoes_one_or_none",
            ),
            models.CheckConstraint(
                condition=(Q(answer=Answered.RELATED.value, subject__isnull=False) & ~Q(relation=""))
                | (~Q(answer=Answered.RELATED.value) & Q(relation="", subject=None)),
                name="answer_related_names_the_relation",
            ),
            models.CheckConstraint(
                condition=Q(subject=None) | Q(subject=F("left")) | Q(subject=F("right")),
                name="answer_subject_is_one_of_the_two",
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=False) | Q(answer__in=[Answered.DUPLICATE.value]),
                name="answer_of_the_tool_merges_only",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer}: {self.left} / {self.right}"
