"""The arm data of a review as rows of a file, and what a file would change."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from reviews.base.audit.rules import digest
from reviews.extraction import queries, rules
from reviews.extraction.entry.rules import Entry, Printed, read_entry
from reviews.extraction.models import Arm, Value
from reviews.extraction.rules import Count, Method, Quantity, Unreadable
from reviews.extraction.sheets.rules import Line, Problem, read_sheet, tidy
from reviews.library.models import Study
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome, Timepoint
from reviews.protocol.rules import OutcomeType, name_key
from reviews.screening import queries as screening
from reviews.team.models import Review

Place = tuple[int, int]
"""A cell: the arm's id and the timepoint's."""


def rows(review: Review) -> Iterator[Mapping[str, str]]:
    """The newest numbers of the review under the names of the file's columns, a row for each cell, in the order of the
    studies; cells that the protocol asks for and nobody filled come empty, ready to be filled."""
    stands = standing(Value.objects.filter(arm__study__in=screening.included(review), is_current=True))
    asked = {one.timepoint_id: (one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)}
    arms = list(
        Arm.objects.filter(study__in=screening.included(review))
        .select_related("study")
        .order_by("study__year", "study__label", "study_id", "position")
    )
    others: dict[int, dict[int, tuple[Outcome, Timepoint]]] = defaultdict(dict)
    for (arm_id, timepoint_id), values in stands.items():
        first = next(iter(values.values()))
        if timepoint_id not in asked:
            others[arm_id][timepoint_id] = (first.outcome, first.timepoint)
    for arm in arms:
        for outcome, timepoint in (*asked.values(), *others[arm.pk].values()):
            found = tuple(stands.get((arm.pk, timepoint.pk), {}).values())
            yield _row(arm, outcome, timepoint, found)


def _row(arm: Arm, outcome: Outcome, timepoint: Timepoint, values: Sequence[Value]) -> Mapping[str, str]:
    row = {"study": arm.study.label, "arm": arm.label, "outcome": outcome.name, "timepoint": timepoint.label}
    if not values:
        return row
    first, summary = values[0], queries.summary_of(values)
    return row | {
        "result": queries.text_of(values),
        "numbers_are": Printed.of(summary).value if summary else "",
        "source": first.source,
        "place": first.place,
        "method": first.method,
        "measured_at": first.measured_at,
        "note": first.note,
    }


def standing(values: QuerySet[Value]) -> dict[Place, dict[Quantity, Value]]:
    """Current values by cell and quantity, in one statement."""
    found: dict[Place, dict[Quantity, Value]] = defaultdict(dict)
    for value in values.select_related("outcome", "timepoint").order_by("pk"):
        found[value.arm_id, value.timepoint_id][Quantity(value.quantity)] = value
    return found


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a file that can be entered."""

    line: Line
    arm: Arm
    outcome: Outcome
    timepoint: Timepoint
    entry: Entry
    method: Method
    stands: Mapping[Quantity, Value]

    @property
    def place(self) -> Place:
        return self.arm.pk, self.timepoint.pk


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says, or what is wrong with it. `seal` changes when the file or what stands in its cells does."""

    file: str
    wanted: list[Wanted] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seal: str = ""


class _Names:
    """What the names in a file mean in this review: read beforehand, in four statements."""

    def __init__(self, review: Review) -> None:
        studies = list(screening.included(review))
        self.studies: dict[str, Study] = {name_key(study.label): study for study in studies}
        self.arms = {
            (arm.study_id, name_key(arm.label)): arm
            for arm in Arm.objects.filter(study__in=studies).select_related("study")
        }
        found = Timepoint.objects.filter(outcome__team=review.team).select_related("outcome")
        self.timepoints = {
            (name_key(timepoint.outcome.name), name_key(timepoint.label)): timepoint
            for timepoint in found.prefetch_related("outcome__excludes")
        }
        self.outcomes = {outcome for outcome, _ in self.timepoints}
        self.stands = standing(Value.objects.filter(arm__study__in=studies, is_current=True))


def reading(review: Review, text: str, *, file: str) -> Reading:
    """Every line of a file checked as a person's entry would be. With any problem nothing of the file can be entered."""
    text = tidy(text)
    lines, problems = read_sheet(text, file=file)
    if problems:
        return Reading(file, problems=problems)
    names = _Names(review)
    wanted: dict[Place, Wanted] = {}
    for line in lines:
        if not line["result"]:
            continue
        found = _line(line, names, file)
        if isinstance(found, Problem):
            problems.append(found)
        elif found.place in wanted:
            says = f"Line {wanted[found.place].line.number} says something of this cell already. Leave one of them out."
            problems.append(Problem(file, line.number, "", says))
        else:
            wanted[found.place] = found
    problems += _together(wanted, names, file)
    problems.sort(key=lambda problem: problem.line)
    ids = sorted(value.pk for one in wanted.values() for value in one.stands.values())
    return Reading(file, list(wanted.values()), problems, digest([text, ids]))


def _line(line: Line, names: _Names, file: str) -> Wanted | Problem:
    def refused(column: str, says: str) -> Problem:
        return Problem(file, line.number, column, says)

    study = names.studies.get(name_key(line["study"]))
    if study is None:
        return refused(
            "study", f"The review has no study “{line['study']}”. Add it first, or spell it as the review does."
        )
    arm = names.arms.get((study.pk, name_key(line["arm"])))
    if arm is None:
        labels = ", ".join(one.label for (study_id, _), one in names.arms.items() if study_id == study.pk)
        return refused("arm", f"{study} has no arm “{line['arm']}”. Its arms are {labels or 'not described yet'}.")
    outcome_key = name_key(line["outcome"])
    if outcome_key not in names.outcomes:
        return refused("outcome", f"There is no outcome “{line['outcome']}”. Spell it as the protocol does.")
    timepoint = names.timepoints.get((outcome_key, name_key(line["timepoint"])))
    if timepoint is None:
        labels = ", ".join(one.label for (outcome, _), one in names.timepoints.items() if outcome == outcome_key)
        return refused("timepoint", f"It is not read at “{line['timepoint']}”. Its times are {labels}.")
    try:
        method = Method(line["method"] or Method.REPORTED)
    except ValueError:
        return refused("method", f"“{line['method']}” is none. Write one of {', '.join(Method)}.")
    try:
        printed = Printed(line["numbers_are"])
    except ValueError:
        choices = ", ".join(one for one in Printed if one)
        return refused("numbers_are", f"“{line['numbers_are']}” is none. Write one of {choices}, or nothing.")
    is_count = timepoint.outcome.type == OutcomeType.DICHOTOMOUS
    try:
        entry = read_entry(line["result"], is_count=is_count, printed=printed, randomised=arm.randomised)
    except Unreadable as refusal:
        return refused("result", str(refusal))
    if not line["source"]:
        return refused("source", "Say where the number comes from: the report, and the page, table or figure.")
    stands = names.stands.get((arm.pk, timepoint.pk), {})
    return Wanted(line, arm, timepoint.outcome, timepoint, entry, method, stands)


def _together(wanted: Mapping[Place, Wanted], names: _Names, file: str) -> Iterator[Problem]:
    """Outcomes that exclude each other, with the file entered: each pair is said once, at its later line."""
    for (arm_id, _timepoint_id), one in wanted.items():
        if not isinstance(one.entry, Count):
            continue
        for other in one.outcome.excludes.all():
            timepoint = names.timepoints.get((name_key(other.name), name_key(one.timepoint.label)))
            if timepoint is None:
                continue
            beside = wanted.get((arm_id, timepoint.pk))
            if beside is not None and beside.line.number > one.line.number:
                continue
            entry = (
                beside.entry
                if beside
                else queries.result_of(list(names.stands.get((arm_id, timepoint.pk), {}).values()))
            )
            if isinstance(entry, Count):
                counts = {one.outcome.happened or one.outcome.name: one.entry, other.happened or other.name: entry}
                for says in rules.exclusive_problems(counts):
                    yield Problem(file, one.line.number, "result", f"{says} Look at both lines again.")
