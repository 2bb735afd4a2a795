"""Where a review looks, each search as it was run, and each file that came of it."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.base.files.models import StoredFile
from reviews.search.rules import ImportState, SourceKind
from reviews.team.models import Review


class Source(models.Model):
    """A database, a register, or another place where a review looks, by the name that people use."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="sources")
    name = models.CharField(_("source"), max_length=120)
    kind = models.CharField(
        _("kind"), max_length=10, choices=[(kind.value, kind.value) for kind in SourceKind], default=SourceKind.DATABASE
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "kind", "name"]
        constraints = [
            models.UniqueConstraint(Lower("name"), "review", name="source_one_for_each_name_in_a_review"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in SourceKind]), name="source_kind_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Search(models.Model):
    """One search as a person ran it: its words are kept letter for letter, because a reader may run it again."""

    review = models.ForeignKey(Review, models.PROTECT, related_name="searches")
    source = models.ForeignKey(Source, models.PROTECT, related_name="searches")
    update = models.PositiveSmallIntegerField(
        _("update"), default=0, help_text=_("0 is the first search of the review, 1 its first update, and so on.")
    )
    query = models.TextField(_("query, exactly as it was run"), blank=True)
    platform = models.CharField(_("platform"), max_length=120, blank=True)
    limits = models.CharField(_("limits"), max_length=300, blank=True)
    note = models.TextField(_("note"), blank=True)
    ran_by = models.CharField(_("who ran it"), max_length=120)
    ran_on = models.DateField(_("when it was run"))
    hits = models.PositiveIntegerField(_("hits that the source reported"), null=True, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "-ran_on", "-pk"]
        indexes = [models.Index(fields=["review", "-ran_on"], name="search_newest_first")]

    def __str__(self) -> str:
        return f"{self.source}, {self.ran_on:%-d %b %Y}"


class Import(models.Model):
    """One file of a search, read into records.

    `starts` is how many records begin in it, counted apart from the parser; `read` how many of them were dealt with so
    far, which is where a run goes on after its worker was killed.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="imports")
    search = models.ForeignKey(Search, models.PROTECT, related_name="imports")
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("file"), max_length=255)
    sha256 = models.CharField(max_length=64)
    format = models.CharField(_("format"), max_length=40)
    encoding = models.CharField(_("encoding"), max_length=40)
    mapping = models.JSONField(_("which column is what"), default=dict)
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in ImportState], default=ImportState.PREVIEW
    )
    starts = models.PositiveIntegerField(_("records that begin in the file"), default=0)
    read = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(_("records imported"), default=0)
    rejected = models.PositiveIntegerField(_("records rejected"), default=0)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    brought_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)
    end_reason = models.TextField(_("why it was undone or retired"), blank=True)

    class Meta:
        ordering = ["review", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["review", "sha256"],
                condition=~Q(state__in=[ImportState.PREVIEW.value, ImportState.UNDONE.value]),
                name="import_takes_the_same_file_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[state.value for state in ImportState]), name="import_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(starts=F("imported") + F("rejected"))
                | Q(state__in=[ImportState.PREVIEW.value, ImportState.READING.value, ImportState.UNDONE.value]),
                name="import_accounts_for_every_start_of_a_record",
            ),
            models.CheckConstraint(
                condition=~Q(state=ImportState.RETIRED.value) | ~Q(end_reason=""), name="import_retired_with_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[ImportState.UNDONE.value, ImportState.RETIRED.value], ended_at__isnull=False)
                | Q(
                    state__in=[ImportState.PREVIEW.value, ImportState.READING.value, ImportState.DONE.value],
                    ended_at=None,
                ),
                name="import_ended_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def work_key(self) -> str:
        return str(self.pk)


class Rejection(models.Model):
    """A start of a record of which no record was made: where it is, and why."""

    of = models.ForeignKey(Import, models.CASCADE, related_name="rejections")
    position = models.PositiveIntegerField(help_text="Which start of a record it is, from 1.")
    line = models.PositiveIntegerField(help_text="The line of the file on which it begins, from 1.")
    reason = models.CharField(max_length=300)
    raw = models.TextField(blank=True)

    class Meta:
        ordering = ["of", "position"]
        constraints = [models.UniqueConstraint(fields=["of", "position"], name="rejection_once_for_each_start")]

    def __str__(self) -> str:
        return f"Line {self.line}: {self.reason}"


class ColumnMapping(models.Model):
    """Which column of an unknown table is what, remembered by its header for the next file that has the same."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="+")
    header = models.CharField(max_length=64, help_text="SHA-256 of the names of the columns in their order.")
    mapping = models.JSONField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["review", "pk"]
        constraints = [models.UniqueConstraint(fields=["review", "header"], name="column_mapping_one_for_each_header")]

    def __str__(self) -> str:
        return f"Columns {self.header[:8]}"
