"""What exists in the world: records as retrieved, reports, studies, and how they belong together.

A record belongs to a review; reports and studies belong to the team's library and are shared by its reviews.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.base.files.models import StoredFile
from reviews.library.rules import Scheme
from reviews.team.models import Review, Team


class Study(models.Model):
    """A trial. Its label is how people cite it, for example "Monsel 2022"."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="studies")
    label = models.CharField(_("study"), max_length=120)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["year", "label"]
        verbose_name_plural = "studies"
        constraints = [models.UniqueConstraint(fields=["team", "label"], name="study_one_for_each_label_in_a_team")]

    def __str__(self) -> str:
        return self.label


class Characteristic(models.Model):
    """One fact that describes a study, as a source gives it. A change of mind is a new row."""

    study = models.ForeignKey(Study, models.PROTECT, related_name="characteristics")
    name = models.CharField(_("characteristic"), max_length=60)
    text = models.TextField(_("what the source says"))
    source = models.CharField(_("source"), max_length=300, blank=True)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(default=timezone.now)
    is_current = models.BooleanField(default=True)

    class Meta:
        ordering = ["study", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["study", "name"], condition=Q(is_current=True), name="characteristic_one_current_for_each_name"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.text}"


class Report(models.Model):
    """A document: an article, a preprint, a registry entry. One study may have many, and one report many studies."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="reports")
    citation = models.TextField(_("citation"))
    published_on = models.CharField(
        _("published"), max_length=10, blank=True, help_text=_("As far as it is known: 2022, 2022-02 or 2022-02-21.")
    )
    studies = models.ManyToManyField(Study, through="StudyReport", related_name="reports")
    files = models.ManyToManyField(StoredFile, related_name="+")
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["published_on", "pk"]

    def __str__(self) -> str:
        return self.citation


class Identifier(models.Model):
    """A number that a report is known by. No two reports of a library share one."""

    team = models.ForeignKey(Team, models.PROTECT, related_name="+")
    report = models.ForeignKey(Report, models.CASCADE, related_name="identifiers")
    scheme = models.CharField(max_length=10, choices=[(scheme.value, scheme.value) for scheme in Scheme])
    value = models.CharField(max_length=200)

    class Meta:
        ordering = ["report", "scheme"]
        constraints = [
            models.UniqueConstraint(fields=["team", "scheme", "value"], name="identifier_belongs_to_one_report"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme} {self.value}"


class StudyReport(models.Model):
    study = models.ForeignKey(Study, models.PROTECT, related_name="report_links")
    report = models.ForeignKey(Report, models.PROTECT, related_name="study_links")
    is_primary = models.BooleanField(default=False)

    class Meta:
        ordering = ["study", "-is_primary", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["study", "report"], name="study_report_linked_once"),
            models.UniqueConstraint(
                fields=["study"], condition=Q(is_primary=True), name="study_report_one_primary_for_each_study"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.report} of {self.study}"


class Record(models.Model):
    """What one source gave, kept raw for ever. A duplicate points at the record kept; nothing is deleted.

    The fields hold what is shown; where a person corrected one, `corrections` says what it was. `raw` never changes.
    `authors`, `keywords`, `links`, `publication_types` and `registrations` hold one on each line; `flags` holds words
    with a space on both sides of each, so that one can be asked for.
    """

    review = models.ForeignKey(Review, models.PROTECT, related_name="records")
    source = models.CharField(_("source"), max_length=120)
    brought_in = models.ForeignKey("reviews.Import", models.PROTECT, null=True, related_name="records")
    position = models.PositiveIntegerField(null=True, help_text=_("Which start of a record of its file it is, from 1."))
    line = models.PositiveIntegerField(null=True, help_text=_("The line of the file on which it begins, from 1."))
    raw = models.TextField()
    kind = models.CharField(_("kind"), max_length=40, blank=True)
    title = models.TextField(_("title"), blank=True)
    authors = models.TextField(_("authors"), blank=True)
    year = models.PositiveSmallIntegerField(_("year"), null=True, blank=True)
    journal = models.TextField(_("journal"), blank=True)
    volume = models.CharField(_("volume"), max_length=60, blank=True)
    issue = models.CharField(_("issue"), max_length=60, blank=True)
    pages = models.CharField(_("pages"), max_length=60, blank=True)
    doi = models.CharField(_("DOI"), max_length=300, blank=True)
    pmid = models.CharField(_("PubMed number"), max_length=12, blank=True)
    pmcid = models.CharField(_("PubMed Central number"), max_length=16, blank=True)
    registrations = models.TextField(_("registrations"), blank=True)
    abstract = models.TextField(_("abstract"), blank=True)
    language = models.CharField(_("language"), max_length=60, blank=True)
    publication_types = models.TextField(_("publication types"), blank=True)
    keywords = models.TextField(_("keywords"), blank=True)
    links = models.TextField(_("links"), blank=True)
    flags = models.CharField(_("flags"), max_length=200, blank=True)
    extra = models.JSONField(_("what else the file says"), default=dict, blank=True)
    report = models.ForeignKey(Report, models.PROTECT, null=True, related_name="records")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="copies")
    retrieved_at = models.DateTimeField(default=timezone.now)
    brought_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True, help_text=_("Its import was undone: it counts nowhere from then on."))
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", help_text=_("Empty: a tool.")
    )
    retired_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["review", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duplicate_of=None) | ~Q(duplicate_of=models.F("pk")),
                name="record_is_no_duplicate_of_itself",
            ),
            models.UniqueConstraint(fields=["brought_in", "position"], name="record_one_for_each_start_in_an_import"),
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_reason="") | (Q(retired_at__isnull=False) & ~Q(retired_reason="")),
                name="record_retired_with_a_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["review", "year"], name="record_by_year"),
            models.Index(fields=["review", "doi"], condition=~Q(doi=""), name="record_by_doi"),
            models.Index(fields=["review", "pmid"], condition=~Q(pmid=""), name="record_by_pmid"),
        ]

    def __str__(self) -> str:
        return self.title or f"Record {self.pk}"

    @property
    def author_list(self) -> list[str]:
        return self.authors.splitlines()

    @property
    def registration_list(self) -> list[str]:
        return self.registrations.splitlines()

    @property
    def flag_list(self) -> list[str]:
        return self.flags.split()


class Correction(models.Model):
    """A person's correction of one field of a record, with its reason. Never changed: the next one is a new row."""

    record = models.ForeignKey(Record, models.PROTECT, related_name="corrections")
    field = models.CharField(max_length=20)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    corrected_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    corrected_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["record", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="correction_of_a_record_has_a_reason")]

    def __str__(self) -> str:
        return f"{self.field} of record {self.record_id}"
