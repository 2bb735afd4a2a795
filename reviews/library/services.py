"""Put studies and their reports into a team's library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from reviews.base.audit import services as audit
from reviews.base.files import services as files
from reviews.base.files.models import StoredFile
from reviews.library import rules
from reviews.library.models import Characteristic, Correction, Identifier, Record, Report, Study, StudyReport
from reviews.library.rules import Scheme
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action


@dataclass(frozen=True, slots=True)
class NewReport:
    """A document as somebody cites it, with the numbers it is known by."""

    citation: str
    published_on: str = ""
    identifiers: Mapping[Scheme, str] = field(default_factory=dict)


@transaction.atomic
def add_study(
    *,
    review: Review,
    actor: User,
    label: str,
    year: int | None = None,
    reports: Sequence[NewReport] = (),
    characteristics: Mapping[str, str] | None = None,
    characteristics_source: str = "",
) -> Study:
    """Add a trial to the library of the review's team, with its reports; the first report is the primary one.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: the label is taken, or an identifier is not one.
    """
    role = require(actor, review, Action.EXTRACT)
    label = " ".join(label.split())
    if not label:
        raise ValidationError({"label": "Name the study as it is cited, for example Monsel 2022."})
    if Study.objects.filter(team=review.team, label__iexact=label).exists():
        raise ValidationError(
            {"label": f"The library has a study called {label} already. Open it there, or add a letter: {label}b."}
        )
    study = Study.objects.create(team=review.team, label=label, year=year, created_by=actor)
    for number, report in enumerate(reports):
        _link(review, actor, study, report, is_primary=number == 0)
    for name, text in (characteristics or {}).items():
        Characteristic.objects.create(
            study=study, name=name, text=text, source=characteristics_source, entered_by=actor
        )
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="added study",
        subject=study,
        after={
            "label": label,
            "year": year,
            "reports": [report.citation for report in reports],
            "characteristics": dict(characteristics or {}),
        },
    )
    return study


@transaction.atomic
def link_report(*, review: Review, actor: User, study: Study, report: NewReport, is_primary: bool = False) -> Report:
    """Link a report to a study, by an identifier the library knows already or as a new one.

    The record of where it came from (somebody's hand) is kept with the review.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: an identifier is not one, two of them belong to different reports, or the study is not in the
            library of the review's team.
    """
    role = require(actor, review, Action.EXTRACT)
    if study.team_id != review.team_id:
        raise ValidationError("The study is not in this team's library.")
    kept = _link(review, actor, study, report, is_primary=is_primary)
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="linked report",
        subject=study,
        after={"report": kept.pk, "citation": report.citation, "identifiers": dict(report.identifiers)},
    )
    return kept


def _link(review: Review, actor: User, study: Study, report: NewReport, *, is_primary: bool) -> Report:
    identifiers = _checked(report.identifiers)
    known = {
        identifier.report
        for scheme, value in identifiers.items()
        for identifier in Identifier.objects.filter(team=review.team, scheme=scheme, value=value).select_related(
            "report"
        )
        if scheme is not Scheme.REGISTRY
    }
    if len(known) > 1:
        raise ValidationError("These identifiers belong to different reports of the library; check them.")
    kept = known.pop() if known else None
    if kept is None:
        kept = Report.objects.create(
            team=review.team, citation=report.citation.strip(), published_on=report.published_on, created_by=actor
        )
    for scheme, value in identifiers.items():
        Identifier.objects.get_or_create(team=review.team, scheme=scheme, value=value, defaults={"report": kept})
    StudyReport.objects.get_or_create(study=study, report=kept, defaults={"is_primary": is_primary})
    Record.objects.create(
        review=review,
        source="Added by hand",
        raw="\n".join([report.citation, *(f"{scheme}: {value}" for scheme, value in identifiers.items())]),
        title=report.citation,
        report=kept,
        brought_by=actor,
    )
    return kept


@transaction.atomic
def correct_record(
    *, review: Review, actor: User, record: Record, changes: Mapping[str, str], reason: str
) -> list[Correction]:
    """Correct what a record says; its raw text stays as it came. What is the same already adds nothing.

    Args:
        changes: the new text of each field, by its name; lists (authors, keywords, registrations) one on each line.

    Raises:
        PermissionDenied: the person does not import records in this review.
        ValidationError: no reason, a field that cannot be corrected, or a text that the field cannot hold.
    """
    role = require(actor, review, Action.SEARCH)
    if record.review_id != review.pk:
        raise ValidationError("The record belongs to another review.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why: what does the source itself say?"})
    unknown = [name for name in changes if name not in rules.CORRECTABLE]
    if unknown:
        raise ValidationError(f"This cannot be corrected: {', '.join(unknown)}.")
    kept = Record.objects.select_for_update().get(pk=record.pk)
    made, problems = [], {}
    for name, text in changes.items():
        try:
            after = rules.checked_field(name, text)
        except rules.Unrecognised as refusal:
            problems[name] = str(refusal)
            continue
        longest = getattr(Record._meta.get_field(name), "max_length", None)
        if longest and len(str(after)) > longest:
            problems[name] = f"At most {longest} characters fit here."
            continue
        before = getattr(kept, name)
        if after != before:
            setattr(kept, name, after)
            made.append(
                Correction(
                    record=kept,
                    field=name,
                    before="" if before is None else str(before),
                    after="" if after is None else str(after),
                    reason=reason.strip(),
                    corrected_by=actor,
                )
            )
    if problems:
        raise ValidationError(problems)
    if not made:
        return []
    kept.save(update_fields=[each.field for each in made])
    for each in made:
        each.save()
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="corrected record",
        subject=kept,
        before={each.field: each.before for each in made},
        after={each.field: each.after for each in made},
        reason=reason.strip(),
    )
    return made


@transaction.atomic
def attach_file(*, review: Review, actor: User, report: Report, upload: "UploadedFile[bytes]") -> StoredFile:
    """Keep a report's file with it. The same content a second time adds nothing.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: the file is empty, too large or of a kind that is not taken, or the report is another team's.
    """
    role = require(actor, review, Action.EXTRACT)
    if report.team_id != review.team_id:
        raise ValidationError("The report is not in this team's library.")
    stored = files.store(upload=upload, actor=actor)
    same = report.files.filter(sha256=stored.sha256).first()
    if same is not None:
        files.discard(stored)
        return same
    report.files.add(stored)
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="attached file",
        subject=report,
        after={"file": stored.pk, "name": stored.original_name, "size": stored.size, "sha256": stored.sha256},
    )
    return stored


def _checked(identifiers: Mapping[Scheme, str]) -> dict[Scheme, str]:
    checked, problems = {}, {}
    for scheme, text in identifiers.items():
        if not text.strip():
            continue
        try:
            checked[scheme] = rules.canonical(scheme, text)
        except rules.Unrecognised as refusal:
            problems[scheme.value] = str(refusal)
    if problems:
        raise ValidationError(problems)
    return checked
