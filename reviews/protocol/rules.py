"""What a protocol is made of, the defaults of living mode, and how two versions differ."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeVar

from reviews.base.audit.rules import digest

Key = TypeVar("Key")


class ProtocolState(StrEnum):
    DRAFT = "draft"
    RELEASED = "released"


class CriterionKind(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"


class OutcomeType(StrEnum):
    DICHOTOMOUS = "dichotomous"
    CONTINUOUS = "continuous"


class Benefit(StrEnum):
    """Which way is good for the patient."""

    LOWER = "lower"
    HIGHER = "higher"


class Importance(StrEnum):
    CRITICAL = "critical"
    IMPORTANT = "important"
    LIMITED = "limited"


class Measure(StrEnum):
    ODDS_RATIO = "OR"
    RISK_RATIO = "RR"
    RISK_DIFFERENCE = "RD"
    MEAN_DIFFERENCE = "MD"
    STANDARDISED_MEAN_DIFFERENCE = "SMD"


MEASURES_OF: dict[OutcomeType, tuple[Measure, ...]] = {
    OutcomeType.DICHOTOMOUS: (Measure.ODDS_RATIO, Measure.RISK_RATIO, Measure.RISK_DIFFERENCE),
    OutcomeType.CONTINUOUS: (Measure.MEAN_DIFFERENCE, Measure.STANDARDISED_MEAN_DIFFERENCE),
}


class UpdateModel(StrEnum):
    """When a new version is published (Cochrane's guidance on living reviews, 2019)."""

    IMPACT = "impact"
    INTERVAL = "interval"


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a kind of source is searched, in days, and from when on that is late."""

    source: str
    every_days: int
    late_after_days: int


DEFAULT_SCHEDULES = (
    Schedule("PubMed, Embase, CENTRAL", 30, 40),
    Schedule("ClinicalTrials.gov, ICTRP", 30, 40),
    Schedule("Preprints", 14, 21),
    Schedule("Retractions and corrections of included studies", 7, 14),
)
"""Defaults of this product; a protocol may set others."""


@dataclass(frozen=True, slots=True)
class WantedCriterion:
    """A reason to include or to exclude."""

    kind: CriterionKind
    text: str


@dataclass(frozen=True, slots=True)
class WantedOutcome:
    """An outcome that a protocol asks for: what it is, when it is read, and how it is pooled and judged."""

    name: str
    type: OutcomeType
    measure: Measure
    benefit_is: Benefit
    timepoint: str
    unit: str = ""
    happened: str = ""
    from_day: int | None = None
    to_day: int | None = None
    importance: Importance = Importance.CRITICAL
    important_difference: Decimal | None = None

    @property
    def key(self) -> tuple[str, str]:
        """What makes it the same outcome in two versions."""
        return name_key(self.name), name_key(self.timepoint)


@dataclass(frozen=True, slots=True)
class Content:
    """All that a version of a protocol says."""

    question: str
    population: str = ""
    intervention: str = ""
    comparator: str = ""
    designs: str = ""
    registration: str = ""
    update_model: UpdateModel = UpdateModel.IMPACT
    schedules: tuple[Schedule, ...] = DEFAULT_SCHEDULES
    retirement: str = ""
    criteria: tuple[WantedCriterion, ...] = ()
    outcomes: tuple[WantedOutcome, ...] = ()


TEXTS = ("question", "population", "intervention", "comparator", "designs", "registration", "retirement")
"""The parts of a protocol that are plain text, in the order in which they are read."""


def name_key(name: str) -> str:
    """One spelling for one name: capitals and runs of spaces make no difference."""
    return " ".join(name.split()).casefold()


def tidy(content: Content) -> Content:
    """The same content without stray spaces, its criteria to include before those to exclude."""
    texts = {part: getattr(content, part).strip() for part in TEXTS}
    criteria = tuple(
        WantedCriterion(kind, " ".join(criterion.text.split()))
        for kind in CriterionKind
        for criterion in content.criteria
        if criterion.kind == kind
    )
    outcomes = tuple(
        replace(
            one,
            name=" ".join(one.name.split()),
            timepoint=" ".join(one.timepoint.split()),
            unit=one.unit.strip(),
            happened=one.happened.strip(),
        )
        for one in content.outcomes
    )
    schedules = tuple(replace(one, source=" ".join(one.source.split())) for one in content.schedules)
    return replace(content, **texts, criteria=criteria, outcomes=outcomes, schedules=schedules)


class Problem(StrEnum):
    NO_QUESTION = "question"
    REPEATED_CRITERION = "criteria"
    OUTCOME = "outcomes"
    SCHEDULE = "schedules"


def problems(content: Content) -> Iterator[tuple[Problem, str]]:
    """What a protocol may not say, in the order of its parts; each with a sentence for its author."""
    if not content.question.strip():
        yield Problem.NO_QUESTION, "Write the question that the review answers."
    for kind in CriterionKind:
        texts = [name_key(criterion.text) for criterion in content.criteria if criterion.kind == kind]
        for text in _repeated(texts):
            yield Problem.REPEATED_CRITERION, f"The criterion to {kind} “{text}” stands there twice."
    for outcome in content.outcomes:
        yield from ((Problem.OUTCOME, sentence) for sentence in _problems_of_outcome(outcome))
    for name, timepoint in _repeated([outcome.key for outcome in content.outcomes]):
        yield Problem.OUTCOME, f"The outcome “{name}” at “{timepoint}” stands there twice."
    for schedule in content.schedules:
        if not 1 <= schedule.every_days <= schedule.late_after_days:
            yield (
                Problem.SCHEDULE,
                f"“{schedule.source}”: a search is due after one day or more, and late no sooner than it is due.",
            )


def _problems_of_outcome(outcome: WantedOutcome) -> Iterator[str]:
    if not outcome.name.strip() or not outcome.timepoint.strip():
        yield "An outcome needs a name and a timepoint."
        return
    if outcome.measure not in MEASURES_OF[outcome.type]:
        allowed = " or ".join(MEASURES_OF[outcome.type])
        yield f"“{outcome.name}” is {outcome.type}, so its measure can be {allowed}, not {outcome.measure}."
    if outcome.from_day is not None and outcome.to_day is not None and outcome.from_day > outcome.to_day:
        yield f"“{outcome.name}” at “{outcome.timepoint}”: the window begins after its end."
    if outcome.important_difference is not None and outcome.important_difference <= 0:
        yield f"“{outcome.name}”: the minimal important difference is above zero; the direction says which way is good."


def _repeated(keys: Sequence[Key]) -> list[Key]:
    """Each key that stands there more than once, in order."""
    return [key for place, key in enumerate(keys) if keys[:place].count(key) == 1]


def obstacles(content: Content) -> Iterator[str]:
    """What a draft still lacks before it can be released."""
    if not any(criterion.kind == CriterionKind.INCLUDE for criterion in content.criteria):
        yield "Write at least one criterion to include."
    if not content.outcomes:
        yield "Write at least one outcome."


class Change(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that two versions of a protocol say differently. `part` is a field of ``Content``."""

    part: str
    what: str
    change: Change
    old: str
    new: str


def differences(old: Content, new: Content) -> tuple[Difference, ...]:
    """What the new version says differently, in the order of its parts; nothing when they agree."""
    found = [
        _changed(part, part, getattr(old, part), getattr(new, part))
        for part in (*TEXTS, "update_model")
        if getattr(old, part) != getattr(new, part)
    ]
    for kind in CriterionKind:
        found += _differences_of(
            "criteria",
            {name_key(item.text): item.text for item in old.criteria if item.kind == kind},
            {name_key(item.text): item.text for item in new.criteria if item.kind == kind},
            what=kind.value,
        )
    found += _differences_of(
        "outcomes",
        {item.key: _told(item) for item in old.outcomes},
        {item.key: _told(item) for item in new.outcomes},
        what="outcome",
    )
    found += _differences_of(
        "schedules",
        {name_key(item.source): _told(item) for item in old.schedules},
        {name_key(item.source): _told(item) for item in new.schedules},
        what="schedule",
    )
    return tuple(found)


def _changed(part: str, what: str, old: Any, new: Any) -> Difference:
    change = Change.ADDED if not old else Change.CHANGED if new else Change.REMOVED
    return Difference(part, what, change, str(old), str(new))


def _differences_of(part: str, old: Mapping[Any, str], new: Mapping[Any, str], *, what: str) -> list[Difference]:
    removed = [Difference(part, what, Change.REMOVED, text, "") for key, text in old.items() if key not in new]
    added = [Difference(part, what, Change.ADDED, "", text) for key, text in new.items() if key not in old]
    changed = [
        Difference(part, what, Change.CHANGED, text, new[key])
        for key, text in old.items()
        if key in new and new[key] != text
    ]
    found = [*removed, *changed, *added]
    before, after = [key for key in old if key in new], [key for key in new if key in old]
    if before != after and part == "criteria":  # the first reason that fails is the one recorded, so order matters
        places = _numbered(old[key] for key in before), _numbered(new[key] for key in after)
        found.append(Difference(part, what, Change.MOVED, *places))
    return found


def _numbered(texts: Iterable[str]) -> str:
    return "\n".join(f"{place}. {text}" for place, text in enumerate(texts, start=1))


def _told(item: WantedOutcome | Schedule) -> str:
    """An item as one line, with what is set and nothing else."""
    if isinstance(item, Schedule):
        return f"{item.source}: every {item.every_days} days, late after {item.late_after_days}"
    window = (
        "" if item.from_day is None and item.to_day is None else f" (day {_day(item.from_day)} to {_day(item.to_day)})"
    )
    told = [
        f"{item.name}, {item.timepoint}{window}",
        str(item.measure),
        f"{item.benefit_is} is better",
        str(item.importance),
    ]
    told += [f"in {item.unit}"] if item.unit else []
    told += [f"in a sentence: {item.happened}"] if item.happened else []
    told += (
        [f"important from {item.important_difference.normalize():f}"] if item.important_difference is not None else []
    )
    return "; ".join(told)


def _day(day: int | None) -> str:
    return "…" if day is None else str(day)


def as_plain(content: Content) -> dict[str, Any]:
    """The content as plain values, for the audit trail, the release document and the API."""
    plain: dict[str, Any] = {part: str(getattr(content, part)) for part in (*TEXTS, "update_model")}
    for part in ("schedules", "criteria", "outcomes"):
        plain[part] = [
            {field.name: _plain(getattr(item, field.name)) for field in fields(item)} for item in getattr(content, part)
        ]
    return plain


def seal(content: Content) -> str:
    """A short name for exactly this content, to see whether a colleague changed it in the meantime."""
    return digest(as_plain(content))


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.value if isinstance(value, StrEnum) else value
