"""How a cell of a trial's table is read, and what cannot be true of the people in an arm."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class ArmRole(StrEnum):
    EXPERIMENTAL = "experimental"
    CONTROL = "control"


class Quantity(StrEnum):
    EVENTS = "events"
    TOTAL = "total"
    MEAN = "mean"
    SD = "sd"


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


class Unreadable(ValueError):
    """What was typed cannot be read; the message says what can."""


@dataclass(frozen=True, slots=True)
class Count:
    """People with the event, of people analysed."""

    events: int
    total: int

    def __str__(self) -> str:
        return f"{self.events}/{self.total}"


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
    events, total = (int(re.sub(r"\D", "", part)) for part in found.groups())
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


@dataclass(frozen=True, slots=True)
class ArmCount:
    """An arm's count, by the role that the arm has in the comparison."""

    role: ArmRole
    count: Count


def combined(arms: Sequence[ArmCount], role: ArmRole) -> Count | None:
    """All arms of one role taken together: people add up, so nobody is counted twice. None without such an arm."""
    counts = [arm.count for arm in arms if arm.role is role]
    if not counts:
        return None
    return Count(sum(count.events for count in counts), sum(count.total for count in counts))


def whole(number: Decimal) -> int:
    """A count as the database holds it, back as a whole number.

    Raises:
        ValueError: it has a fraction, so it was never a count.
    """
    if number != number.to_integral_value():
        raise ValueError(f"{number} is not a whole number of people")
    return int(number)
