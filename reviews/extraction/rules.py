"""How a cell of a trial's table is read, what cannot be true of the people in an arm, and how arms are taken together."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from meta.stats import conversions
from meta.stats.errors import StatsError


class ArmRole(StrEnum):
    EXPERIMENTAL = "experimental"
    CONTROL = "control"


class Quantity(StrEnum):
    EVENTS = "events"
    TOTAL = "total"
    MEAN = "mean"
    SD = "sd"
    STANDARD_ERROR = "standard_error"
    CI_LOWER = "ci_lower"
    CI_UPPER = "ci_upper"
    MEDIAN = "median"
    LOWER_QUARTILE = "lower_quartile"
    UPPER_QUARTILE = "upper_quartile"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"


class ValueState(StrEnum):
    """Four things that are not the same, and none of them is zero."""

    GIVEN = "given"
    MISSING = "missing"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"


class Method(StrEnum):
    """How the number came about."""

    REPORTED = "reported"
    CALCULATED = "calculated"
    CONVERTED = "converted"
    ESTIMATED = "estimated"
    BACK_CALCULATED = "back_calculated"
    AUTHOR_CONTACT = "author_contact"


ESTIMATED = frozenset({Method.ESTIMATED})
"""Methods behind numbers that a sensitivity analysis leaves out."""


class ArmHandling(StrEnum):
    """How several experimental arms of a trial are pooled. The control group is never counted twice."""

    COMBINE = "combine"
    SPLIT = "split"
    CHOOSE = "choose"


class Unreadable(ValueError):
    """What was typed cannot be read; the message says what can."""


@dataclass(frozen=True, slots=True)
class Count:
    """People with the event, of people analysed."""

    events: float
    total: float

    def __str__(self) -> str:
        return f"{self.events:.12g}/{self.total:.12g}"


@dataclass(frozen=True, slots=True)
class Measurement:
    """Mean and standard deviation, in the outcome's unit, of the people measured."""

    mean: float
    sd: float
    total: float

    def __str__(self) -> str:
        return f"{self.mean:g} ({self.sd:g}), n = {self.total:.12g}"


Result = Count | Measurement

_WHOLE = r"(\d{1,3}(?:[ ,\u202f\u00a0]\d{3}){1,4}|\d{1,15})"
"""Spaces and commas are read between groups of three digits only: `1,5` is no number of people."""
_COUNT = re.compile(rf"{_WHOLE}\s*(?:/|of|von)\s*{_WHOLE}", re.IGNORECASE)
MOST_PEOPLE = 10_000_000
"""More than any trial ever had: beyond it, somebody pasted an identifier."""


def read_count(text: str) -> Count:
    """Read `10/20` (or `10 of 20`) as people with the event of people analysed.

    Raises:
        Unreadable: it is something else, or more people had the event than there were.
    """
    found = _COUNT.fullmatch(text.strip())
    if not found:
        raise Unreadable(f"“{text.strip()}” is not a count. Write events and total as 10/20.")
    events, total = (_whole_of(part) for part in found.groups())
    problems = count_problems(Count(events, total), randomised=None)
    if problems:
        raise Unreadable(problems[0])
    return Count(events, total)


def count_problems(count: Count, *, randomised: int | None) -> list[str]:
    """What cannot be true of a count, in sentences; none when all is well."""
    problems = []
    if min(count.events, count.total) < 0:
        problems.append("A number of people cannot be negative.")
    if count.total == 0:
        problems.append("The total is 0; an arm without people has no result.")
    if count.total > MOST_PEOPLE:
        problems.append(f"A total of {count.total} people cannot be right.")
    if count.events > count.total:
        problems.append(f"{count.events} of {count.total} people cannot have had the event.")
    if randomised is not None and count.total > randomised:
        problems.append(f"{count.total} people were analysed, but only {randomised} were randomised to this arm.")
    return problems


def _whole_of(text: str) -> int:
    return int(re.sub(r"\D", "", text))


# Means and medians


class SummaryForm(StrEnum):
    """What the numbers of a cell are: the first, and what stands in the brackets behind it."""

    MEAN_SD = "mean_sd"
    MEAN_SE = "mean_se"
    MEAN_CI = "mean_ci"
    MEDIAN_IQR = "median_iqr"
    MEDIAN_RANGE = "median_range"


PRINTED: Mapping[SummaryForm, tuple[Quantity, ...]] = {
    SummaryForm.MEAN_SD: (Quantity.MEAN, Quantity.SD),
    SummaryForm.MEAN_SE: (Quantity.MEAN, Quantity.STANDARD_ERROR),
    SummaryForm.MEAN_CI: (Quantity.MEAN, Quantity.CI_LOWER, Quantity.CI_UPPER),
    SummaryForm.MEDIAN_IQR: (Quantity.MEDIAN, Quantity.LOWER_QUARTILE, Quantity.UPPER_QUARTILE),
    SummaryForm.MEDIAN_RANGE: (Quantity.MEDIAN, Quantity.MINIMUM, Quantity.MAXIMUM),
}
"""The quantities behind the numbers of each form, in their order."""

BY_LENGTH = {2: SummaryForm.MEAN_SD, 3: SummaryForm.MEDIAN_IQR}
"""What a cell holds where nobody says: `11 (3)` is a mean with its SD, `11 (8–14)` a median with its quartiles."""


class MedianRule(StrEnum):
    """How the SD is worked out from quartiles or extremes: Wan's formula, or his table of normal order statistics."""

    CLOSED = "closed"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Summary:
    """What a paper prints of a continuous outcome in one arm: its numbers as printed, and how many people."""

    form: SummaryForm
    printed: tuple[str, ...]
    total: int
    median_rule: MedianRule = MedianRule.CLOSED
    total_is_printed: bool = True
    """False where the people randomised stand in for those measured, because the report does not say."""

    def numbers(self) -> dict[Quantity, Decimal]:
        """What was printed, by quantity."""
        return dict(zip(PRINTED[self.form], map(_decimal, self.printed), strict=True))

    def __str__(self) -> str:
        first, *rest = self.printed
        return f"{first} ({'–'.join(rest)}), n = {self.total}"


@dataclass(frozen=True, slots=True)
class Derived:
    """A mean and an SD that nobody printed, with the way they were worked out."""

    mean: float
    sd: float
    method: Method
    note: str


_NUMBER = r"[-−–]?\d+(?:[.,·]\d+)?"
_SUMMARY = re.compile(
    rf"({_NUMBER})\s*(?:[(\[]\s*({_NUMBER})(?:\s*(?:to|[-–—,;/]|\.\.)\s*({_NUMBER}))?\s*[)\]]|(?:±|\+/-|\+-)\s*({_NUMBER}))"
    rf"(?:\s*[,;/]?\s*(?:n\s*=?\s*)?{_WHOLE})?",
    re.IGNORECASE,
)


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace("–", "-").replace(",", ".").replace("·", "."))


def read_summary(
    text: str,
    *,
    form: SummaryForm | None = None,
    people: int | None = None,
    median_rule: MedianRule = MedianRule.CLOSED,
) -> Summary:
    """Read `11.2 (3.4)`, `11 (8–14)` or `11 [8, 14] n=29`.

    Args:
        form: what the numbers are; None takes two as mean (SD) and three as median (quartiles).
        people: how many were measured where the cell does not say; usually those randomised.

    Raises:
        Unreadable: it is something else, the numbers cannot be true, or nobody says how many people were measured.
    """
    found = _SUMMARY.fullmatch(text.strip())
    if not found:
        raise Unreadable(
            f"“{text.strip()}” is not a mean or a median. Write 11.2 (3.4) or 11 (8–14), and n=29 behind it if need be."
        )
    first, second, third, plus_minus, size = found.groups()
    printed = tuple(part for part in (first, second or plus_minus, third) if part)
    if second and not third and "," in second and "," not in first:
        raise Unreadable(
            f"Is {second} one number or two? Write {second.replace(',', '.')} or {second.replace(',', '–')}."
        )
    chosen = form or BY_LENGTH[len(printed)]
    if len(printed) != len(PRINTED[chosen]):
        wanted = "one number" if len(PRINTED[chosen]) == 2 else "two numbers"
        raise Unreadable(f"“{text.strip()}” needs {wanted} in the brackets.")
    total = _whole_of(size) if size else people
    if total is None:
        raise Unreadable("Say how many people were measured: write n=29 behind the numbers.")
    summary = Summary(chosen, printed, total, median_rule, total_is_printed=bool(size))
    problems = summary_problems(summary, randomised=None)
    if problems:
        raise Unreadable(problems[0])
    return summary


def summary_problems(summary: Summary, *, randomised: int | None) -> list[str]:
    """What cannot be true of a mean or a median, in sentences; none when all is well."""
    numbers = summary.numbers()
    problems = []
    if summary.total < 1:
        problems.append("Nobody was measured; an arm without people has no result.")
    elif summary.total > MOST_PEOPLE:
        problems.append(f"A total of {summary.total} people cannot be right.")
    if randomised is not None and summary.total > randomised:
        problems.append(f"{summary.total} people were measured, but only {randomised} were randomised to this arm.")
    if any(numbers.get(spread, Decimal(0)) < 0 for spread in (Quantity.SD, Quantity.STANDARD_ERROR)):
        problems.append("A standard deviation or error cannot be negative.")
    if len(numbers) == 3:
        middle, low, high = numbers.values()
        if not low <= middle <= high:
            problems.append(f"{summary.printed[0]} does not lie between {summary.printed[1]} and {summary.printed[2]}.")
    if not problems and derived(summary) is None and summary.form is not SummaryForm.MEAN_SD:
        problems.append("From these numbers no standard deviation can be worked out: look at them again.")
    return problems


def derived(summary: Summary) -> Derived | None:
    """Mean and SD worked out from what was printed; None where they were printed, or cannot be worked out.

    Source: Cochrane Handbook 6.5.2; medians by Luo et al. 2018 and Wan et al. 2014 (see ``meta.stats.conversions``).
    """
    numbers = {quantity: float(number) for quantity, number in summary.numbers().items()}
    try:
        match summary.form:
            case SummaryForm.MEAN_SD:
                return None
            case SummaryForm.MEAN_SE:
                done = conversions.sd_from_se(numbers[Quantity.STANDARD_ERROR], summary.total)
            case SummaryForm.MEAN_CI:
                done = conversions.sd_from_ci(numbers[Quantity.CI_LOWER], numbers[Quantity.CI_UPPER], summary.total)
            case _:
                done = _from_median(summary, numbers)
    except StatsError:
        return None
    is_estimated = Quantity.MEDIAN in numbers
    mean = done["mean"] if is_estimated else numbers[Quantity.MEAN]
    sd = done["sd"] if is_estimated else done.value
    note = " ".join([f"{done.expression}. {done.source}.", *done.notes])
    return Derived(mean, sd, Method.ESTIMATED if is_estimated else Method.CONVERTED, note)


def _from_median(summary: Summary, numbers: Mapping[Quantity, float]) -> conversions.Conversion:
    # With the table of order statistics the mean is Wan's too, so that a published analysis can be made again.
    of_wan = summary.median_rule is MedianRule.TABLE
    return conversions.mean_sd_from_median(
        median=numbers[Quantity.MEDIAN],
        n=summary.total,
        q1=numbers.get(Quantity.LOWER_QUARTILE),
        q3=numbers.get(Quantity.UPPER_QUARTILE),
        minimum=numbers.get(Quantity.MINIMUM),
        maximum=numbers.get(Quantity.MAXIMUM),
        mean="wan" if of_wan else "luo",
        sd="wan",
        eta="table" if of_wan else "closed",
    )


# Arms taken together


@dataclass(frozen=True, slots=True)
class ArmResult:
    """An arm's result, by the role that the arm has in the comparison."""

    role: ArmRole
    result: Result


def combined(arms: Sequence[ArmResult], role: ArmRole, *, shares: int = 1) -> Result | None:
    """All arms of one role taken together, so that nobody is counted twice. None without such an arm.

    Args:
        shares: into how many equal parts the people are shared out, where a control group serves several comparisons.

    Source: Cochrane Handbook 6.5.2.10 and 23.3.4.
    """
    results = [arm.result for arm in arms if arm.role is role]
    if not results:
        return None
    counts = [result for result in results if isinstance(result, Count)]
    if counts:
        events, total = sum(one.events for one in counts), sum(one.total for one in counts)
        return Count(events, total) if shares == 1 else Count(events / shares, total / shares)
    measured = [result for result in results if isinstance(result, Measurement)]
    if len(measured) == 1:
        one = measured[0]
        return one if shares == 1 else Measurement(one.mean, one.sd, one.total / shares)
    done = conversions.combine_arms(
        [one.total for one in measured], [one.mean for one in measured], [one.sd for one in measured]
    )
    return Measurement(done["mean"], done["sd"], done["n"] / shares)


# Outcomes that exclude each other


def exclusive_problems(counts: Mapping[str, Count]) -> list[str]:
    """What cannot be true of outcomes of which a person can have only one, in sentences.

    Args:
        counts: by what happened to the people, in the words of the outcome ("died", "improved").
    """
    if len(counts) < 2:
        return []
    people = max(count.total for count in counts.values())
    events = sum(count.events for count in counts.values())
    if events <= people:
        return []
    parts = [f"{count.events:.12g} {words}" for words, count in counts.items()]
    return [f"{', '.join(parts[:-1])} and {parts[-1]} make {events:.12g} of {people:.12g} people."]


# What the database holds


def whole(number: Decimal) -> int:
    """A count as the database holds it, back as a whole number.

    Raises:
        ValueError: it has a fraction, so it was never a count.
    """
    if number != number.to_integral_value():
        raise ValueError(f"{number} is not a whole number of people")
    return int(number)
