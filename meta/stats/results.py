"""What comes out: frozen values with their units, method and caveats. No NaN and no infinity in any of them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from .errors import StatsError


def plain(value: Any) -> Any:
    """A JSON-safe copy: dataclasses to dicts, tuples to lists, numpy numbers to Python's; never NaN or infinity."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise StatsError("A result that is not a finite number was about to leave the library.")
        return float(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in fields(value) if not f.name.startswith("_")}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return [plain(item) for item in value]


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """A number that the data cannot give, and why, in a sentence fit for a page."""

    reason: str

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Interval:
    """Two limits, their level, the method's name, and the degrees of freedom of a t-based one."""

    lower: float
    upper: float
    level: float
    method: str
    df: float | None = None


@dataclass(frozen=True, slots=True)
class StudyEffect:
    """One study on the scale of analysis; the numbers are None where ``not_estimable`` says why."""

    label: str
    estimate: float | None
    variance: float | None
    lower: float | None
    upper: float | None
    weight_percent: float | None
    not_estimable: str | None = None

    @property
    def standard_error(self) -> float | None:
        """Root of the variance."""
        return None if self.variance is None else math.sqrt(self.variance)


@dataclass(frozen=True, slots=True)
class Pooled:
    """A pooled effect on the scale of analysis, its interval and its test against no effect.

    ``distribution`` is "z" or "t" (then with ``df``). ``k`` counts the studies that carry weight.
    """

    estimate: float
    standard_error: float
    lower: float
    upper: float
    statistic: float | None
    p_value: float | None
    distribution: str
    df: float | None
    level: float
    k: int
    method: str


@dataclass(frozen=True, slots=True)
class Heterogeneity:
    """Cochran's Q and what follows from it.

    ``i2`` is 100 max(0, (Q - df)/Q) percent (Higgins; RevMan, meta); ``i2_from_tau2`` is 100 tau2/(tau2 + s2) with
    the typical within-study variance s2 and the tau2 of the chosen estimator (metafor). ``tau2`` is None for a
    common-effect model, ``search`` tells how it was found. With fewer than two studies Q is 0 and I2 None.
    """

    q: float
    df: int
    p_value: float
    i2: float | None
    h2: float | None
    tau2: float | None
    tau2_standard_error: float | None
    tau2_method: str | None
    i2_from_tau2: float | None
    h2_from_tau2: float | None
    search: str | None = None

    @property
    def tau(self) -> float | None:
        """Standard deviation of the true effects between studies."""
        return None if self.tau2 is None else math.sqrt(self.tau2)


def estimated(value: Pooled | NotEstimable) -> Pooled:
    """The pooled effect of numbers that have been checked before.

    Raises:
        StatsError: it is not one after all; the reason is the message.
    """
    if isinstance(value, NotEstimable):
        raise StatsError(value.reason)
    return value
