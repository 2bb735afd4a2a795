"""Enter, correct and confirm the numbers of a trial."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from reviews.base.audit import services as audit
from reviews.extraction import queries, rules
from reviews.extraction.entry.rules import Entry
from reviews.extraction.models import Arm, ArmChoice, Confirmation, Value
from reviews.extraction.rules import ArmHandling, ArmRole, Count, Method, Quantity, Summary, ValueState
from reviews.library import services as library
from reviews.library.models import Report, Study
from reviews.library.services import NewReport
from reviews.protocol.models import Outcome, Timepoint
from reviews.protocol.rules import OutcomeType
from reviews.screening import queries as screening
from reviews.screening import services as screening_services
from reviews.screening.rules import Verdict
from reviews.signals import evidence_changed
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action

COUNTED = (Quantity.EVENTS, Quantity.TOTAL)
MEASURED = (Quantity.MEAN, Quantity.SD, Quantity.TOTAL)
STORED = Decimal("1e-8")
"""The places that the database keeps of a number."""

AS_RANDOMISED = "Taken as the number randomised: the report does not say how many were measured."

STALE = "Somebody entered another number here while you were typing. Look at it, then enter yours again if you still disagree."


@dataclass(frozen=True, slots=True)
class NewArm:
    label: str
    role: ArmRole
    randomised: int | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a number came from and how."""

    source: str
    method: Method
    place: str = ""
    note: str = ""
    measured_at: str = ""
    report: Report | None = None


@dataclass(frozen=True, slots=True)
class NewResult:
    """One row of a trial's table: what stands there for each arm in order, None where nobody has looked yet."""

    outcome: Outcome
    timepoint: Timepoint
    results: Sequence[Entry | None]
    provenance: Provenance


@transaction.atomic
def add_trial(
    *,
    review: Review,
    actor: User,
    label: str,
    year: int | None,
    reports: Sequence[NewReport],
    characteristics: Mapping[str, str],
    characteristics_source: str,
    arms: Sequence[NewArm],
    results: Sequence[NewResult],
) -> Study:
    """Add a trial with its report, arms and numbers, and include it in the review: all of it or nothing.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: anything about it cannot be right; the message says what.
    """
    study = library.add_study(
        review=review,
        actor=actor,
        label=label,
        year=year,
        reports=reports,
        characteristics=characteristics,
        characteristics_source=characteristics_source,
    )
    screening_services.decide_inclusion(review=review, study=study, verdict=Verdict.INCLUDE, actor=actor)
    made = add_arms(review=review, actor=actor, study=study, arms=arms)
    for result in results:
        for arm, entry in zip(made, result.results, strict=True):
            if entry is not None:
                enter_result(
                    review=review,
                    actor=actor,
                    arm=arm,
                    outcome=result.outcome,
                    timepoint=result.timepoint,
                    result=entry,
                    provenance=result.provenance,
                )
    return study


@transaction.atomic
def add_arms(*, review: Review, actor: User, study: Study, arms: Sequence[NewArm]) -> list[Arm]:
    """Describe the groups of a trial, in the order of its report.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: the study has arms already, two share a name, or one side of the comparison is missing.
    """
    role = require(actor, review, Action.EXTRACT)
    _in_review(review, study)
    labels = [" ".join(arm.label.split()) for arm in arms]
    if study.arms.exists():
        raise ValidationError(f"The arms of {study} are there already.")
    if not all(labels) or len({label.casefold() for label in labels}) < len(labels):
        raise ValidationError("Give each arm a name of its own.")
    if {arm.role for arm in arms} != set(ArmRole):
        raise ValidationError("A trial needs at least one experimental arm and one control arm.")
    made = [
        Arm.objects.create(study=study, position=place, label=label, role=arm.role, randomised=arm.randomised)
        for place, (label, arm) in enumerate(zip(labels, arms, strict=True), start=1)
    ]
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="described arms",
        subject=study,
        after=[{"arm": arm.label, "role": arm.role, "randomised": arm.randomised} for arm in made],
    )
    return made


@transaction.atomic
def enter_result(
    *,
    review: Review,
    actor: User,
    arm: Arm,
    outcome: Outcome,
    timepoint: Timepoint,
    result: Entry,
    provenance: Provenance,
    reason: str = "",
    seen: Mapping[Quantity, int] | None = None,
) -> list[Value]:
    """Enter what a report says of one arm. Where something stands already it is a correction and needs a reason.

    Only what differs becomes a new row; what no longer applies is replaced by the statement that it does not. Nothing
    reaches an analysis before a second person confirms it. A mean and an SD that were worked out from other numbers
    are rows of their own beside what was printed.

    Args:
        result: a count for a dichotomous outcome, a summary for a continuous one, or why there is no number.
        seen: the ids of the values that the person saw when they typed, so that nobody overwrites what they never saw;
            None where no page was involved.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: the numbers cannot be true, a reason or a source is missing, or somebody was faster.
    """
    made = write_result(
        review=review,
        actor=actor,
        arm=arm,
        outcome=outcome,
        timepoint=timepoint,
        result=result,
        provenance=provenance,
        reason=reason,
        seen=seen,
    )
    check_together(arm, outcome, timepoint)
    return made


@transaction.atomic
def write_result(
    *,
    review: Review,
    actor: User,
    arm: Arm,
    outcome: Outcome,
    timepoint: Timepoint,
    result: Entry,
    provenance: Provenance,
    reason: str = "",
    seen: Mapping[Quantity, int] | None = None,
) -> list[Value]:
    """One cell of several: as ``enter_result``, but whoever calls it checks the arm's outcomes together at the end."""
    role = require(actor, review, Action.EXTRACT)
    study = Study.objects.select_for_update().get(pk=arm.study_id)
    _in_review(review, study)
    if timepoint.outcome_id != outcome.pk or outcome.team_id != review.team_id:
        raise ValidationError("This outcome and time do not belong together in this review.")
    problems = _problems(arm, outcome, result)
    if not provenance.source.strip():
        problems.append("Say where the numbers come from: the report, and the page, table or figure.")
    if problems:
        raise ValidationError(problems)
    standing = {
        Quantity(value.quantity): value
        for value in Value.objects.filter(arm=arm, outcome=outcome, timepoint=timepoint, is_current=True)
    }
    if seen is not None and dict(seen) != {quantity: value.pk for quantity, value in standing.items()}:
        raise ValidationError(STALE, code="stale")
    changed = changes(standing, result, outcome, provenance)
    if any(quantity in standing for quantity in changed) and not reason.strip():
        raise ValidationError({"reason": "Say why the number is corrected; the old one stays readable beside it."})
    made = []
    for quantity, row in changed.items():
        old = standing.get(quantity)
        if old is not None:
            old.is_current = False
            old.save(update_fields=["is_current"])
        made.append(row.as_value(arm, timepoint, quantity, provenance, reason=reason, replaces=old, actor=actor))
        made[-1].save()
    if made:
        audit.record(
            chain=review.chain,
            actor=actor,
            acting_role=role,
            verb="corrected numbers" if any(value.replaces_id for value in made) else "entered numbers",
            subject=arm,
            before={what: standing[what].as_printed or standing[what].state for what in changed if what in standing}
            or None,
            after={
                "outcome": str(outcome),
                "timepoint": str(timepoint),
                "source": provenance.source,
                "place": provenance.place,
                "method": provenance.method,
                **{quantity: row.told for quantity, row in changed.items()},
            },
            reason=reason.strip(),
        )
    return made


@dataclass(frozen=True, slots=True)
class NewRow:
    """One value to be written."""

    state: ValueState
    as_printed: str
    number: Decimal | None
    method: Method
    note: str

    def is_like(self, value: Value) -> bool:
        """Whether a value already says this. How a number was worked out counts only where it was worked out here."""
        same_way = self.as_printed != "" or self.number is None or value.note == self.note
        return value.state == self.state and value.number == self.number and same_way

    def as_value(
        self,
        arm: Arm,
        timepoint: Timepoint,
        quantity: Quantity,
        provenance: Provenance,
        *,
        reason: str,
        replaces: Value | None,
        actor: User,
    ) -> Value:
        """The row for the database, not saved yet."""
        return Value(
            arm=arm,
            outcome_id=timepoint.outcome_id,
            timepoint=timepoint,
            quantity=quantity,
            state=self.state,
            as_printed=self.as_printed,
            number=self.number,
            measured_at=provenance.measured_at,
            source=provenance.source.strip(),
            report=provenance.report,
            place=provenance.place,
            method=self.method,
            note=self.note,
            reason=reason.strip() if replaces is not None else "",
            replaces=replaces,
            entered_by=actor,
        )

    @property
    def told(self) -> int | str:
        """The row as the audit trail shows it."""
        if self.number is None:
            return str(self.state)
        is_whole = self.number == self.number.to_integral_value()
        return int(self.number) if is_whole else str(self.number.normalize())


def changes(
    standing: Mapping[Quantity, Value], result: Entry, outcome: Outcome, provenance: Provenance
) -> dict[Quantity, NewRow]:
    """The rows that an entry adds to what stands in a cell; what no longer applies is replaced by saying so."""
    wanted = rows_of(result, outcome, provenance)
    for quantity in standing.keys() - wanted.keys():
        wanted[quantity] = NewRow(ValueState.NOT_APPLICABLE, "", None, provenance.method, provenance.note)
    return {
        quantity: row
        for quantity, row in wanted.items()
        if quantity not in standing or not row.is_like(standing[quantity])
    }


def rows_of(result: Entry, outcome: Outcome, provenance: Provenance) -> dict[Quantity, NewRow]:
    """The values that an entry consists of, by quantity."""
    if isinstance(result, Count):
        numbers = {Quantity.EVENTS: Decimal(int(result.events)), Quantity.TOTAL: Decimal(int(result.total))}
        return {quantity: _given(number, str(number), provenance) for quantity, number in numbers.items()}
    if isinstance(result, ValueState):
        core = COUNTED if outcome.type == OutcomeType.DICHOTOMOUS else MEASURED
        return {quantity: NewRow(result, "", None, provenance.method, provenance.note) for quantity in core}
    printed = dict(zip(result.numbers(), result.printed, strict=True))
    rows = {quantity: _given(number, printed[quantity], provenance) for quantity, number in result.numbers().items()}
    rows[Quantity.TOTAL] = (
        _given(Decimal(result.total), str(result.total), provenance)
        if result.total_is_printed
        else NewRow(ValueState.GIVEN, "", Decimal(result.total), Method.CALCULATED, AS_RANDOMISED)
    )
    worked_out = rules.derived(result)
    if worked_out is not None:
        for quantity, number in ((Quantity.MEAN, worked_out.mean), (Quantity.SD, worked_out.sd)):
            if quantity not in rows:
                exact = Decimal(repr(number)).quantize(STORED)
                rows[quantity] = NewRow(ValueState.GIVEN, "", exact, worked_out.method, worked_out.note)
    return rows


def _given(number: Decimal, printed: str, provenance: Provenance) -> NewRow:
    return NewRow(ValueState.GIVEN, printed, number, provenance.method, provenance.note)


def check_together(arm: Arm, outcome: Outcome, timepoint: Timepoint) -> None:
    """Refuse what an arm's newest counts make impossible together.

    Raises:
        ValidationError: more people than there are had outcomes that exclude each other.
    """
    mine = queries.newest_result(arm, outcome, timepoint)
    if not isinstance(mine, Count):
        return
    problems = []
    for other, count in queries.exclusive_counts(arm, outcome, timepoint):
        problems += rules.exclusive_problems({outcome.happened or outcome.name: mine, other: count})
    if problems:
        raise ValidationError(problems)


def _problems(arm: Arm, outcome: Outcome, result: Entry) -> list[str]:
    """What cannot be true of an entry by itself."""
    if isinstance(result, ValueState):
        return [] if result is not ValueState.GIVEN else ["Enter the number, or say why there is none."]
    is_count = outcome.type == OutcomeType.DICHOTOMOUS
    if is_count != isinstance(result, Count):
        wanted = "events and total, as 10/20" if is_count else "a mean or a median, as 11.2 (3.4) or 11 (8–14)"
        return [f"{outcome} is entered as {wanted}."]
    if isinstance(result, Summary):
        return rules.summary_problems(result, randomised=arm.randomised)
    return rules.count_problems(result, randomised=arm.randomised)


@transaction.atomic
def choose_arms(
    *, review: Review, actor: User, study: Study, handling: ArmHandling, arms: Sequence[Arm] = (), reason: str
) -> ArmChoice:
    """Say how this review pools a trial with several experimental arms: together, each against its share of the control
    group, or only those chosen. The analyses that use the trial are computed again.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: there is nothing to choose, no reason, or an arm is not an experimental arm of the trial.
    """
    role = require(actor, review, Action.EXTRACT)
    study = Study.objects.select_for_update().get(pk=study.pk)
    _in_review(review, study)
    experimental = list(study.arms.filter(role=ArmRole.EXPERIMENTAL))
    if len(experimental) < 2:
        raise ValidationError(f"{study} has one experimental arm, so there is nothing to choose.")
    if not reason.strip():
        raise ValidationError({"reason": "Say why the arms are pooled this way."})
    if handling is ArmHandling.CHOOSE and (not arms or not set(arms) <= set(experimental)):
        raise ValidationError({"arms": "Choose at least one of the experimental arms."})
    before = queries.arm_choice(review, study)
    ArmChoice.objects.filter(review=review, study=study, is_current=True).update(is_current=False)
    made = ArmChoice.objects.create(
        review=review, study=study, handling=handling, reason=reason.strip(), chosen_by=actor
    )
    made.arms.set(arms if handling is ArmHandling.CHOOSE else ())
    audit.record(
        chain=review.chain,
        actor=actor,
        acting_role=role,
        verb="chose how arms are pooled",
        subject=study,
        before={"handling": before.handling, "arms": [str(arm) for arm in before.arms.all()]} if before else None,
        after={"handling": handling, "arms": [str(arm) for arm in made.arms.all()]},
        reason=reason.strip(),
    )
    evidence_changed.send(sender=ArmChoice, study_id=study.pk, outcome_ids=None, review_id=review.pk)
    return made


@transaction.atomic
def confirm_result(
    *,
    review: Review,
    actor: User,
    study: Study,
    outcome: Outcome,
    timepoint: Timepoint,
    seen: Sequence[int] | None = None,
) -> list[Value]:
    """Agree, as a second person, with the unconfirmed numbers of a trial for one outcome and time.

    They replace what stood in evidence, and those who compute from it are told, all in one transaction. Numbers that the
    person entered themselves keep waiting for somebody else. Confirming twice adds nothing.

    Args:
        seen: ids of the waiting values that the person had before them; None where no page was involved.

    Raises:
        PermissionDenied: the person does not extract in this review, or entered all of the numbers.
        ValidationError: the numbers are no longer those that the person saw, or half of a count would contradict the
            confirmed other half.
    """
    role = require(actor, review, Action.EXTRACT)
    study = Study.objects.select_for_update().get(pk=study.pk)
    _in_review(review, study)
    unconfirmed = list(queries.awaiting_confirmation(study).filter(outcome=outcome, timepoint=timepoint))
    if seen is not None and set(seen) != {value.pk for value in unconfirmed}:
        if not unconfirmed:
            return []
        raise ValidationError(STALE, code="stale")
    waiting = [value for value in unconfirmed if value.entered_by_id != actor.pk]
    if unconfirmed and not waiting:
        raise PermissionDenied("A second person confirms: you entered these numbers yourself.")
    for value in waiting:
        Value.objects.filter(
            arm_id=value.arm_id, outcome=outcome, timepoint=timepoint, quantity=value.quantity, is_evidence=True
        ).update(is_evidence=False)
        value.is_evidence = True
        value.save(update_fields=["is_evidence"])
        Confirmation.objects.create(value=value, entered_by_id=value.entered_by_id, confirmed_by=actor)
    _check_evidence(study, outcome, timepoint)
    if waiting:
        audit.record(
            chain=review.chain,
            actor=actor,
            acting_role=role,
            verb="confirmed numbers",
            subject=study,
            after={
                "outcome": str(outcome),
                "timepoint": str(timepoint),
                "values": [{"id": value.pk, "says": str(value)} for value in waiting],
            },
        )
        evidence_changed.send(sender=Value, study_id=study.pk, outcome_ids=[outcome.pk], review_id=None)
    return waiting


def _check_evidence(study: Study, outcome: Outcome, timepoint: Timepoint) -> None:
    """Where two people each corrected half of a count, one half alone may contradict the other."""
    for arm in study.arms.all():
        count = queries.evidence_result(arm, outcome, timepoint)
        problems = rules.count_problems(count, randomised=arm.randomised) if isinstance(count, Count) else []
        if problems:
            raise ValidationError([*problems, "Its two halves must be confirmed together: ask a third person."])


def _in_review(review: Review, study: Study) -> None:
    if not screening.included(review).filter(pk=study.pk).exists():
        raise ValidationError(f"{study} is not included in this review.")
