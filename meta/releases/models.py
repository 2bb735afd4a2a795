"""What was published, frozen; and notices beside it."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from meta.releases import formats
from meta.releases.rules import NoticeKind, Version
from reviews.models import Review


class Release(models.Model):
    """A published version: a document with everything its page shows. Triggers refuse to change or delete it."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="releases")
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    patch = models.PositiveIntegerField()
    evidence_date = models.CharField(
        _("evidence as of"),
        max_length=10,
        blank=True,
        help_text=_("When its newest evidence was published, as far as that is known: 2023, 2023-02 or 2023-02-21."),
    )
    note = models.TextField(_("what changed, in a sentence"))
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "major", "minor", "patch"]
        constraints = [
            models.UniqueConstraint(fields=["review", "major", "minor", "patch"], name="release_one_for_each_version")
        ]

    def __str__(self) -> str:
        return f"{self.review} {self.version}"

    @property
    def version(self) -> Version:
        return Version(self.major, self.minor, self.patch)

    @property
    def page(self) -> dict[str, Any]:
        """The document in the present format, whichever it was frozen in; the frozen one is `document`."""
        return formats.present(self.document)


class Notice(models.Model):
    """A public statement about a review or one version of it. Rows are only ever added."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="notices")
    release = models.ForeignKey(Release, models.PROTECT, null=True, related_name="notices")
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in NoticeKind])
    text = models.TextField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "-given_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["release"],
                condition=models.Q(kind=NoticeKind.WITHDRAWN, release__isnull=False),
                name="notice_one_withdrawal_for_each_version",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.text[:60]}"
