"""What a check says: do printed numbers agree with each other? Never who is to blame."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Literal

from meta.stats.errors import InvalidInput
from meta.stats.results import plain

Status = Literal["pass", "warn", "fail", "not_applicable"]
CHECK_SOURCE = "The numbers do not agree; check the source."


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its status, a sentence, and the numbers behind it.

    ``fail``: no data could give these numbers as printed. ``warn``: they are unlikely, or the check itself errs now
    and then. ``not_applicable``: the numbers are too coarse, or too many people, for the check to tell anything.
    """

    name: str
    status: Status
    sentence: str
    evidence: Mapping[str, Any]
    source: str

    @property
    def is_consistent(self) -> bool | None:
        """True or False, None where the check does not apply."""
        return None if self.status == "not_applicable" else self.status == "pass"

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return dict(plain(self))


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as printed: the exact value, and half a unit of its last digit."""

    text: str
    value: Fraction
    half: Fraction
    decimals: int

    @property
    def lower(self) -> Fraction:
        """Smallest number that could have been rounded to this."""
        return self.value - self.half

    @property
    def upper(self) -> Fraction:
        """Largest number that could have been rounded to this."""
        return self.value + self.half


def printed(text: str, name: str = "The number") -> Printed:
    """A number from its printed form; trailing zeros count, so it comes as text.

    Raises:
        InvalidInput: no plain decimal number.
    """
    clean = str(text).strip().replace("−", "-").replace("·", ".")
    try:
        value = Decimal(clean)
    except InvalidOperation as error:
        raise InvalidInput(f"{name} must be a decimal number as printed; {text!r} is not.") from error
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or not value.is_finite():
        raise InvalidInput(f"{name} must be a decimal number as printed; {text!r} is not.")
    decimals = max(0, -exponent)
    return Printed(clean, Fraction(value), Fraction(1, 2 * 10**decimals), decimals)


def people(n: float, least: int = 1) -> int:
    """A whole number of people, at least ``least``."""
    if n != int(n) or n < least:
        raise InvalidInput(f"n must be a whole number, at least {least}.")
    return int(n)
