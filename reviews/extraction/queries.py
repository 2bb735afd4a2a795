"""The numbers of trials: as a table for people, as evidence for the analysis."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db.models import Q, QuerySet

from reviews.extraction import rules
from reviews.extraction.models import Arm, ArmChoice, Value
from reviews.extraction.rules import (
    ArmHandling,
    ArmResult,
    ArmRole,
    Count,
    Measurement,
    MedianRule,
    Method,
    Quantity,
    Result,
    Summary,
    ValueState,
)
from reviews.library.models import Characteristic, Study
from reviews.protocol.models import Outcome, Timepoint
from reviews.screening import queries as screening
from reviews.team.models import Membership, Review, User
from reviews.team.rules import Role


@dataclass(frozen=True, slots=True)
class ArmEvidence:
    """One arm's confirmed result for one outcome, how its numbers came about, and the rows that say so."""

    arm_id: int
    label: str
    role: ArmRole
    result: Result
    methods: frozenset[Method]
    values: tuple[int, ...]

    @property
    def is_estimated(self) -> bool:
        """Whether any number was estimated, so that a sensitivity analysis leaves it out."""
        return bool(self.methods & rules.ESTIMATED)


@dataclass(frozen=True, slots=True)
class StudyEvidence:
    """What a trial contributes to one outcome at one time; `arms` may lack a side.

    Where the review splits a trial there is one of these for each experimental arm, `part` names the arm, and the
    control group is shared out among `shares` of them.
    """

    study_id: int
    label: str
    year: int | None
    arms: tuple[ArmEvidence, ...]
    handling: ArmHandling = ArmHandling.COMBINE
    part: str = ""
    shares: int = 1

    @property
    def is_estimated(self) -> bool:
        """Whether any of its numbers was estimated."""
        return any(arm.is_estimated for arm in self.arms)

    def side(self, role: ArmRole) -> Result | None:
        """All arms of one role taken together, or the share of the control group that this part has."""
        shares = self.shares if role is ArmRole.CONTROL else 1
        return rules.combined([ArmResult(arm.role, arm.result) for arm in self.arms], role, shares=shares)


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
    def is_corrected(self) -> bool:
        return any(value.replaces_id for value in self.history)

    @property
    def summary(self) -> Summary | None:
        """The mean or median that stands here, with the way it was read; None for a count and for no number."""
        return summary_of(self.values)

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


def evidence(
    review: Review, outcome: Outcome, timepoint: Timepoint, *, drafts: Sequence[StudyEvidence] = ()
) -> list[StudyEvidence]:
    """Every included study with at least one complete, confirmed arm; oldest first, arms in their order.

    Args:
        drafts: what somebody is typing and nobody confirmed: each stands in the place of its study's evidence, and a
            trial that is not there yet (``study_id`` 0) comes last.
    """
    studies = {study.pk: study for study in screening.included(review)}
    values = (
        Value.objects.filter(outcome=outcome, timepoint=timepoint, is_evidence=True, arm__study__in=studies)
        .select_related("arm")
        .order_by("arm__study_id", "arm__position", "pk")
    )
    rows: dict[Arm, list[Value]] = defaultdict(list)
    for value in values:
        rows[value.arm].append(value)
    arms: dict[int, list[ArmEvidence]] = defaultdict(list)
    for arm, found in rows.items():
        result = result_of(found)
        if result is not None:
            methods = frozenset(Method(value.method) for value in found if value.number is not None)
            ids = tuple(value.pk for value in found if value.quantity in USED)
            arms[arm.study_id].append(ArmEvidence(arm.pk, arm.label, ArmRole(arm.role), result, methods, ids))
    choices = {choice.study_id: choice for choice in _arm_choices(review)}
    drafted = {draft.study_id: draft for draft in drafts}
    answer: list[StudyEvidence] = []
    for study in studies.values():
        if study.pk in drafted:
            answer += parts(drafted[study.pk], choices.get(study.pk))
        elif study.pk in arms:
            whole = StudyEvidence(study.pk, study.label, study.year, tuple(arms[study.pk]))
            answer += parts(whole, choices.get(study.pk))
    return answer + [draft for draft in drafts if draft.study_id not in studies]


def parts(whole: StudyEvidence, choice: ArmChoice | None) -> list[StudyEvidence]:
    """A trial as the review pools it: in one, without the arms that were not chosen, or an arm at a time."""
    if choice is None or choice.handling == ArmHandling.COMBINE:
        return [whole]
    experimental = [arm for arm in whole.arms if arm.role is ArmRole.EXPERIMENTAL]
    control = tuple(arm for arm in whole.arms if arm.role is ArmRole.CONTROL)
    if choice.handling == ArmHandling.CHOOSE:
        chosen = {arm.pk for arm in choice.arms.all()}
        kept = tuple(arm for arm in experimental if arm.arm_id in chosen)
        return [replace(whole, arms=(*kept, *control), handling=ArmHandling.CHOOSE)]
    return [
        replace(whole, arms=(arm, *control), handling=ArmHandling.SPLIT, part=arm.label, shares=len(experimental))
        for arm in experimental
    ]


def arm_choice(review: Review, study: Study) -> ArmChoice | None:
    """How a review pools the arms of a trial; None: together, because nobody said otherwise."""
    return _arm_choices(review).filter(study=study).first()


def arm_choices(review: Review, study: Study) -> QuerySet[ArmChoice]:
    """Every choice that was made, newest first."""
    return (
        ArmChoice.objects.filter(review=review, study=study)
        .select_related("chosen_by")
        .prefetch_related("arms")
        .order_by("-pk")
    )


def _arm_choices(review: Review) -> QuerySet[ArmChoice]:
    return (
        ArmChoice.objects.filter(review=review, is_current=True)
        .select_related("chosen_by")
        .prefetch_related("arms")
        .order_by("study")
    )


USED = frozenset({Quantity.EVENTS, Quantity.TOTAL, Quantity.MEAN, Quantity.SD})
"""The quantities that an analysis reads; the others are what these were worked out from."""


def result_of(values: Sequence[Value]) -> Result | None:
    """What an arm's rows say; None unless all of it is there."""
    numbers = {Quantity(value.quantity): value.number for value in values if value.number is not None}
    total = numbers.get(Quantity.TOTAL)
    if total is None:
        return None
    if (events := numbers.get(Quantity.EVENTS)) is not None:
        return Count(rules.whole(events), rules.whole(total))
    mean, sd = numbers.get(Quantity.MEAN), numbers.get(Quantity.SD)
    if mean is None or sd is None:
        return None
    return Measurement(float(mean), float(sd), rules.whole(total))


def evidence_result(arm: Arm, outcome: Outcome, timepoint: Timepoint) -> Result | None:
    """The confirmed result of one arm; None unless all its parts are confirmed."""
    return result_of(list(Value.objects.filter(arm=arm, outcome=outcome, timepoint=timepoint, is_evidence=True)))


def newest_result(arm: Arm, outcome: Outcome, timepoint: Timepoint) -> Result | None:
    """The newest numbers of one arm, confirmed or not."""
    return result_of(list(Value.objects.filter(arm=arm, outcome=outcome, timepoint=timepoint, is_current=True)))


def exclusive_counts(arm: Arm, outcome: Outcome, timepoint: Timepoint) -> list[tuple[str, Count]]:
    """The arm's newest counts, over the same time, of the outcomes that nobody can have besides this one."""
    values = (
        Value.objects.filter(
            arm=arm, outcome__in=outcome.excludes.all(), timepoint__label=timepoint.label, is_current=True
        )
        .select_related("outcome")
        .order_by("outcome__name", "pk")
    )
    rows: dict[Outcome, list[Value]] = defaultdict(list)
    for value in values:
        rows[value.outcome].append(value)
    found = ((other.happened or other.name, result_of(entries)) for other, entries in rows.items())
    return [(words, count) for words, count in found if isinstance(count, Count)]


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
    confirmed = text_of(standing)
    newest = text_of(current)
    return Cell(arm, newest, current, confirmed if confirmed != newest else "", tuple(reversed(values)))


def summary_of(values: Sequence[Value]) -> Summary | None:
    rows = {Quantity(value.quantity): value for value in values if value.number is not None}
    printed = {quantity: value.as_printed for quantity, value in rows.items() if value.as_printed}
    total = rows.get(Quantity.TOTAL)
    for form, parts in rules.PRINTED.items():
        if total is not None and set(parts) <= printed.keys():
            found = Summary(form, tuple(printed[part] for part in parts), rules.whole(total.number or Decimal(0)))
            by_table = replace(found, median_rule=MedianRule.TABLE)
            worked_out, spread = rules.derived(by_table), rows.get(Quantity.SD)
            is_by_table = worked_out is not None and spread is not None and spread.note == worked_out.note
            return by_table if is_by_table else found
    return None


STATES = {
    ValueState.MISSING: "missing",
    ValueState.NOT_REPORTED: "not reported",
    ValueState.NOT_APPLICABLE: "not applicable",
}


def text_of(values: Sequence[Value]) -> str:
    """`10/20`, `11.2 (3.4)` or `11 (8–14)`, from the rows of a cell: what was printed, not what was worked out."""
    rows = {Quantity(value.quantity): value for value in values if value.number is not None}
    printed = {quantity: value.as_printed for quantity, value in rows.items() if value.as_printed}
    if Quantity.EVENTS in printed and Quantity.TOTAL in printed:
        return f"{printed[Quantity.EVENTS]}/{printed[Quantity.TOTAL]}"
    for form in rules.PRINTED.values():
        if set(form) <= printed.keys():
            first, *rest = (printed[quantity] for quantity in form)
            people = printed.get(Quantity.TOTAL)
            return f"{first} ({'–'.join(rest)})" + (f" n={people}" if people else "")
    if printed:
        return ", ".join(printed.values())
    return next((STATES[ValueState(value.state)] for value in values), "")
