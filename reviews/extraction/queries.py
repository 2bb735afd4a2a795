"""The numbers of trials: as a table for people, as evidence for the analysis."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from reviews.extraction import rules
from reviews.extraction.models import Arm, Value
from reviews.extraction.rules import ArmCount, ArmRole, Count, Quantity
from reviews.library.models import Characteristic, Study
from reviews.protocol.models import Outcome, Timepoint
from reviews.screening import queries as screening
from reviews.team.models import Membership, Review, User
from reviews.team.rules import Role


@dataclass(frozen=True, slots=True)
class ArmEvidence:
    """One arm's confirmed count for one outcome, with the rows that say so."""

    arm_id: int
    label: str
    role: ArmRole
    count: Count
    values: tuple[int, int]


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """What a trial contributes to one outcome at one time; `arms` may lack a side."""

    study_id: int
    label: str
    year: int | None
    arms: tuple[ArmEvidence, ...]

    def side(self, role: ArmRole) -> Count | None:
        return rules.combined([ArmCount(arm.role, arm.count) for arm in self.arms], role)


@dataclass(frozen=True, slots=True)
class Cell:
    """One arm's cell of a trial's table: the newest numbers, and what stands in evidence where that differs."""

    arm: Arm
    text: str
    values: tuple[Value, ...]
    in_evidence: str
    history: tuple[Value, ...]

    @property
    def is_confirmed(self) -> bool:
        return bool(self.values) and all(value.is_evidence for value in self.values)

    @property
    def seen(self) -> str:
        """The ids on show, for a form to send back."""
        return ",".join(f"{value.quantity}:{value.pk}" for value in self.values)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """An outcome at a time: a row of the table, one cell an arm."""

    outcome: Outcome
    timepoint: Timepoint
    cells: tuple[Cell, ...]

    @property
    def waiting(self) -> tuple[Value, ...]:
        """What a second person has not confirmed yet."""
        return tuple(value for cell in self.cells for value in cell.values if not value.is_evidence)


def evidence(review: Review, outcome: Outcome, timepoint: Timepoint) -> list[StudyEvidence]:
    """Every included study with at least one complete, confirmed arm; oldest first, arms in their order."""
    studies = {study.pk: study for study in screening.included(review)}
    values = (
        Value.objects.filter(
            outcome=outcome, timepoint=timepoint, is_evidence=True, arm__study__in=studies, number__isnull=False
        )
        .select_related("arm")
        .order_by("arm__study_id", "arm__position", "pk")
    )
    numbers: dict[Arm, dict[str, Value]] = defaultdict(dict)
    for value in values:
        numbers[value.arm][value.quantity] = value
    arms: dict[int, list[ArmEvidence]] = defaultdict(list)
    for arm, found in numbers.items():
        events, total = found.get(Quantity.EVENTS), found.get(Quantity.TOTAL)
        if events is None or total is None or events.number is None or total.number is None:
            continue
        count = Count(rules.whole(events.number), rules.whole(total.number))
        arms[arm.study_id].append(ArmEvidence(arm.pk, arm.label, ArmRole(arm.role), count, (events.pk, total.pk)))
    return [
        StudyEvidence(study.pk, study.label, study.year, tuple(arms[study.pk]))
        for study in studies.values()
        if study.pk in arms
    ]


def evidence_count(arm: Arm, outcome: Outcome, timepoint: Timepoint) -> Count | None:
    """The confirmed count of one arm; None unless both its halves are confirmed."""
    values = Value.objects.filter(arm=arm, outcome=outcome, timepoint=timepoint, is_evidence=True, number__isnull=False)
    found = {value.quantity: value.number for value in values if value.number is not None}
    if Quantity.EVENTS not in found or Quantity.TOTAL not in found:
        return None
    return Count(rules.whole(found[Quantity.EVENTS]), rules.whole(found[Quantity.TOTAL]))


def awaiting_confirmation(study: Study) -> QuerySet[Value]:
    return Value.objects.filter(arm__study=study, is_current=True, is_evidence=False).order_by("arm__position", "pk")


def studies(review: Review, *, only_waiting: bool = False) -> QuerySet[Study]:
    """The review's studies, oldest first; or only those with numbers that await their second person."""
    found = screening.included(review)
    return found.filter(pk__in=_unconfirmed(review).values("arm__study")) if only_waiting else found


def waiting_in(review: Review) -> int:
    """How many studies of a review have numbers that await a second person."""
    return studies(review, only_waiting=True).count()


def waiting_for(review: Review, person: User) -> int:
    """How many studies have waiting numbers that this person did not enter and so could confirm."""
    if not Membership.objects.filter(review=review, user=person, role=Role.EXTRACTOR).exists():
        return 0
    of_others = _unconfirmed(review).exclude(entered_by=person).values("arm__study")
    return screening.included(review).filter(pk__in=of_others).count()


def _unconfirmed(review: Review) -> QuerySet[Value]:
    return Value.objects.filter(
        arm__study__in=screening.included(review), is_current=True, is_evidence=False
    ).order_by()


def table(study: Study, wanted: Sequence[tuple[Outcome, Timepoint]]) -> list[ResultRow]:
    """The trial as a table: the wanted outcomes first, then any others that have numbers."""
    arms = list(study.arms.all())
    values = (
        Value.objects.filter(arm__study=study)
        .select_related("arm", "outcome", "timepoint", "entered_by", "confirmation__confirmed_by", "report")
        .order_by("pk")
    )
    cells: dict[tuple[int, int, int], list[Value]] = defaultdict(list)
    rows = {(outcome.pk, timepoint.pk): (outcome, timepoint) for outcome, timepoint in wanted}
    for value in values:
        rows.setdefault((value.outcome_id, value.timepoint_id), (value.outcome, value.timepoint))
        cells[value.outcome_id, value.timepoint_id, value.arm_id].append(value)
    return [
        ResultRow(outcome, timepoint, tuple(_cell(arm, cells[outcome.pk, timepoint.pk, arm.pk]) for arm in arms))
        for outcome, timepoint in rows.values()
    ]


def cell(arm: Arm, timepoint: Timepoint) -> Cell:
    """One cell with its whole history."""
    values = (
        Value.objects.filter(arm=arm, timepoint=timepoint)
        .select_related("entered_by", "confirmation__confirmed_by")
        .order_by("pk")
    )
    return _cell(arm, list(values))


@dataclass(frozen=True, slots=True)
class StudyLine:
    """A study in a list: what is known of it and what waits."""

    study_id: int
    label: str
    year: int | None
    about: str
    results: int
    waiting: int
    for_me: bool


def overview(studies: Sequence[Study], *, person: User | None) -> list[StudyLine]:
    """The studies of a page in their order; `for_me` where this person may confirm (None: may not confirm at all)."""
    ids = [study.pk for study in studies]
    current = Value.objects.filter(arm__study__in=ids, is_current=True).order_by()
    waiting: dict[int, set[int]] = defaultdict(set)
    counts: dict[int, set[tuple[int, int]]] = defaultdict(set)
    numbers: dict[int, int] = defaultdict(int)
    for study_id, outcome, timepoint, is_evidence, entered_by in current.values_list(
        "arm__study", "outcome", "timepoint", "is_evidence", "entered_by"
    ):
        counts[study_id].add((outcome, timepoint))
        if not is_evidence:
            numbers[study_id] += 1
            waiting[study_id].add(entered_by)
    about: dict[int, dict[str, str]] = defaultdict(dict)
    for fact in Characteristic.objects.filter(study__in=ids, is_current=True, name__in=["Country", "Product"]):
        about[fact.study_id][fact.name] = fact.text
    return [
        StudyLine(
            study_id=study.pk,
            label=study.label,
            year=study.year,
            about=", ".join(text for name in ("Product", "Country") if (text := about[study.pk].get(name))),
            results=len(counts[study.pk]),
            waiting=numbers[study.pk],
            for_me=person is not None and bool(waiting[study.pk] - {person.pk}),
        )
        for study in studies
    ]


def provenance(study_ids: Sequence[int]) -> QuerySet[Value]:
    """All numbers in evidence of these studies, for a document that shows where each came from."""
    return (
        Value.objects.filter(arm__study__in=study_ids, is_evidence=True)
        .select_related("arm", "outcome", "timepoint", "entered_by", "confirmation__confirmed_by")
        .order_by("arm__study_id", "outcome__name", "timepoint__label", "arm__position", "quantity")
    )


def values(review: Review, *, which: str) -> QuerySet[Value]:
    """The numbers of the review's studies, in the order in which they were entered.

    Args:
        which: `evidence` (confirmed, used by analyses), `current` (the newest), `waiting` (not confirmed yet), `all`.
    """
    wanted = {
        "evidence": Q(is_evidence=True),
        "current": Q(is_current=True),
        "waiting": Q(is_current=True, is_evidence=False),
        "all": Q(),
    }
    return (
        Value.objects.filter(wanted[which], arm__study__in=screening.included(review))
        .select_related("arm__study", "outcome", "timepoint", "entered_by", "confirmation__confirmed_by")
        .order_by("pk")
    )


def _cell(arm: Arm, values: Sequence[Value]) -> Cell:
    current = tuple(value for value in values if value.is_current)
    standing = [value for value in values if value.is_evidence]
    confirmed = _text(standing)
    newest = _text(current)
    return Cell(arm, newest, current, confirmed if confirmed != newest else "", tuple(reversed(values)))


def _text(values: Sequence[Value]) -> str:
    """`10/20`, from the rows of a cell."""
    by_quantity = {value.quantity: value.as_printed for value in values}
    if Quantity.EVENTS in by_quantity and Quantity.TOTAL in by_quantity:
        return f"{by_quantity[Quantity.EVENTS]}/{by_quantity[Quantity.TOTAL]}"
    return ", ".join(value.as_printed or value.state for value in values)
