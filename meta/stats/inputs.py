"""What goes in: one frozen table per kind of data, one row per study, checked when it is made.

A cell may be missing (None or NaN): the study then stays in the table and is reported as not estimable.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import Any, ClassVar, Self, cast

import numpy as np
import numpy.typing as npt

from .distributions import critical_value
from .errors import InvalidInput

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Numbers = Sequence[float | None] | Sequence[float] | Sequence[int] | Array


def column(values: Numbers | Iterable[float | None], name: str) -> Array:
    """A read-only float column; None becomes NaN (missing). Infinite numbers are refused."""
    try:
        array = np.array(values if isinstance(values, np.ndarray) else list(values), dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must be a list of numbers.") from error
    if array.ndim != 1:
        raise InvalidInput(f"{name} must be one number per study.")
    if array.size and np.isinf(array).any():
        raise InvalidInput(f"{name} holds an infinite number.")
    array.flags.writeable = False
    return array


def _together(columns: Sequence[Any]) -> tuple[Array, ...] | None:
    """All columns in one array, which is much quicker than one by one; None unless they are plain, finite, equal in
    length and without gaps."""
    try:
        stacked = np.array(columns, dtype=np.float64)
    except (TypeError, ValueError):
        return None
    if stacked.ndim != 2 or not math.isfinite(np.add.reduce(stacked, axis=None)):
        return None
    stacked.flags.writeable = False
    return tuple(stacked)


@cache
def _column_names(table: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(table) if f.init and f.name != "labels")


@dataclass(frozen=True, eq=False)
class Table:
    """Common to all inputs: labels, length, rows missing a number, a choice of rows, JSON."""

    labels: Sequence[str]

    kind: ClassVar[str] = ""
    complete: Flags = field(init=False, repr=False)
    is_complete: bool = field(init=False, repr=False)
    _rows: tuple[Array, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = self.column_names()
        rows = _together([getattr(self, name) for name in names])
        gaps = rows is None
        if rows is None:  # column by column, so that the sentence can name the one that is wrong
            rows = tuple(column(getattr(self, name), name) for name in names)
        labels = tuple(map(str, self.labels)) or tuple(f"Study {i}" for i in range(1, len(rows[0]) + 1))
        if {len(row) for row in rows} != {len(labels)}:
            raise InvalidInput("Every column must hold one number per study, and there must be one label per study.")
        complete = np.isfinite(sum(rows)) if gaps else np.ones(len(labels), dtype=bool)
        is_complete = not gaps or bool(complete.all())
        self.__dict__.update(zip(names, rows, strict=True))
        self.__dict__.update(labels=labels, complete=complete, is_complete=is_complete, _rows=rows)
        self._check()

    def _columns(self) -> tuple[Array, ...]:
        return self._rows

    @classmethod
    def column_names(cls) -> tuple[str, ...]:
        """The columns of this kind of data, in order."""
        return _column_names(cls)  # type: ignore[arg-type]  # a class is hashable, whatever its instances are

    def _check(self) -> None:
        """Refuse numbers that cannot be what they claim to be."""

    def _refuse(self, wrong: npt.NDArray[np.bool_], sentence: str) -> None:
        if wrong.any():
            raise InvalidInput(f"{self.labels[int(np.argmax(wrong))]}: {sentence}")

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def total(self) -> Array:
        """People (or person-time) behind each study, both arms together; NaN-free, 0 where unknown."""
        return np.zeros(len(self))

    def take(self, rows: Sequence[int] | npt.NDArray[np.intp]) -> Self:
        """The same kind of table with these rows, in this order."""
        chosen = [self.labels[i] for i in rows]
        index = np.asarray(rows, dtype=np.intp)
        return type(self)(chosen, *(getattr(self, name)[index] for name in self.column_names()))

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: one list per column, None where missing."""
        columns = {name: [None if x != x else float(x) for x in getattr(self, name)] for name in self.column_names()}
        return {"kind": self.kind, "labels": list(self.labels), **columns}


@dataclass(frozen=True, eq=False)
class BinaryArms(Table):
    """Events and totals in two arms. Counts may be fractional (design-effect corrected clusters)."""

    kind: ClassVar[str] = "binary"
    events_experimental: Numbers
    total_experimental: Numbers
    events_control: Numbers
    total_control: Numbers

    def _check(self) -> None:
        if self.lowest_cell > 0:
            return
        a, n1, c, n2 = self.columns
        self._refuse((a < 0) | (c < 0), "events cannot be negative.")
        self._refuse((n1 <= 0) | (n2 <= 0), "an arm must have at least one participant.")
        self._refuse((a > n1) | (c > n2), "there cannot be more events than participants.")

    @property
    def columns(self) -> tuple[Array, Array, Array, Array]:
        """Events and total of the experimental arm, events and total of the control arm."""
        return cast("tuple[Array, Array, Array, Array]", self._columns())

    @cached_property
    def cells(self) -> tuple[Array, Array, Array, Array]:
        """The 2x2 tables: a, b (experimental: events, none), c, d (control)."""
        a, n1, c, n2 = self.columns
        return a, n1 - a, c, n2 - c

    @cached_property
    def lowest_cell(self) -> float:
        """The smallest cell of all tables (above 0: no rule for empty cells has anything to do); NaN where unknown."""
        if not (len(self) and self.is_complete):
            return math.nan
        return float(np.minimum.reduce(np.minimum(np.minimum(*self.cells[:2]), np.minimum(*self.cells[2:]))))

    @property
    def total(self) -> Array:
        _, n1, _, n2 = self.columns
        return np.nan_to_num(n1 + n2)


@dataclass(frozen=True, eq=False)
class ContinuousArms(Table):
    """Mean, standard deviation and number of participants in two arms."""

    kind: ClassVar[str] = "continuous"
    mean_experimental: Numbers
    sd_experimental: Numbers
    total_experimental: Numbers
    mean_control: Numbers
    sd_control: Numbers
    total_control: Numbers

    def _check(self) -> None:
        _, s1, n1, _, s2, n2 = self.columns
        self._refuse((s1 < 0) | (s2 < 0), "a standard deviation cannot be negative.")
        self._refuse((n1 <= 0) | (n2 <= 0), "an arm must have at least one participant.")

    @property
    def columns(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Mean, SD, total of the experimental arm, then of the control arm."""
        return cast("tuple[Array, Array, Array, Array, Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        columns = self.columns
        return np.nan_to_num(columns[2] + columns[5])


@dataclass(frozen=True, eq=False)
class PersonTimeArms(Table):
    """Events and person-time in two arms."""

    kind: ClassVar[str] = "rates"
    events_experimental: Numbers
    time_experimental: Numbers
    events_control: Numbers
    time_control: Numbers

    def _check(self) -> None:
        x1, t1, x2, t2 = self.columns
        self._refuse((x1 < 0) | (x2 < 0), "events cannot be negative.")
        self._refuse((t1 <= 0) | (t2 <= 0), "person-time must be positive.")

    @property
    def columns(self) -> tuple[Array, Array, Array, Array]:
        """Events and time of the experimental arm, events and time of the control arm."""
        return cast("tuple[Array, Array, Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        columns = self.columns
        return np.nan_to_num(columns[1] + columns[3])


@dataclass(frozen=True, eq=False)
class Proportions(Table):
    """Events among participants of one group."""

    kind: ClassVar[str] = "proportion"
    events: Numbers
    participants: Numbers

    def _check(self) -> None:
        x, n = self.columns
        self._refuse(x < 0, "events cannot be negative.")
        self._refuse(n <= 0, "a group must have at least one participant.")
        self._refuse(x > n, "there cannot be more events than participants.")

    @property
    def columns(self) -> tuple[Array, Array]:
        """Events, participants."""
        return cast("tuple[Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        return np.nan_to_num(self.columns[1])


@dataclass(frozen=True, eq=False)
class Rates(Table):
    """Events during the person-time of one group."""

    kind: ClassVar[str] = "rate"
    events: Numbers
    time: Numbers

    def _check(self) -> None:
        x, t = self.columns
        self._refuse(x < 0, "events cannot be negative.")
        self._refuse(t <= 0, "person-time must be positive.")

    @property
    def columns(self) -> tuple[Array, Array]:
        """Events, person-time."""
        return cast("tuple[Array, Array]", self._columns())


@dataclass(frozen=True, eq=False)
class Correlations(Table):
    """Correlation coefficients and the number of participants behind each."""

    kind: ClassVar[str] = "correlation"
    correlation: Numbers
    participants: Numbers

    def _check(self) -> None:
        r, n = self.columns
        self._refuse((r < -1) | (r > 1), "a correlation lies between -1 and 1.")
        self._refuse(n <= 0, "a study must have at least one participant.")

    @property
    def columns(self) -> tuple[Array, Array]:
        """Correlation, participants."""
        return cast("tuple[Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        return np.nan_to_num(self.columns[1])


@dataclass(frozen=True, eq=False)
class Means(Table):
    """Mean, standard deviation and number of participants of one group."""

    kind: ClassVar[str] = "mean"
    mean: Numbers
    sd: Numbers
    participants: Numbers

    def _check(self) -> None:
        _, s, n = self.columns
        self._refuse(s < 0, "a standard deviation cannot be negative.")
        self._refuse(n <= 0, "a group must have at least one participant.")

    @property
    def columns(self) -> tuple[Array, Array, Array]:
        """Mean, SD, participants."""
        return cast("tuple[Array, Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        return np.nan_to_num(self.columns[2])


@dataclass(frozen=True, eq=False)
class PairedMeans(Table):
    """One group measured twice: after, before, and the correlation between the two."""

    kind: ClassVar[str] = "paired"
    mean_after: Numbers
    sd_after: Numbers
    mean_before: Numbers
    sd_before: Numbers
    participants: Numbers
    correlation: Numbers

    def _check(self) -> None:
        _, s1, _, s2, n, r = self.columns
        self._refuse((s1 < 0) | (s2 < 0), "a standard deviation cannot be negative.")
        self._refuse(n <= 0, "a group must have at least one participant.")
        self._refuse((r < -1) | (r > 1), "a correlation lies between -1 and 1.")

    @property
    def columns(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Mean and SD after, mean and SD before, participants, correlation."""
        return cast("tuple[Array, Array, Array, Array, Array, Array]", self._columns())

    @property
    def total(self) -> Array:
        return np.nan_to_num(self.columns[4])


@dataclass(frozen=True, eq=False)
class GenericEffects(Table):
    """An estimate and its standard error, on the scale of analysis (log hazard ratios, say)."""

    kind: ClassVar[str] = "generic"
    estimate: Numbers
    standard_error: Numbers

    def _check(self) -> None:
        _, se = self.columns
        self._refuse(se < 0, "a standard error cannot be negative.")

    @property
    def columns(self) -> tuple[Array, Array]:
        """Estimate, standard error."""
        return cast("tuple[Array, Array]", self._columns())

    @classmethod
    def from_variances(cls, labels: Sequence[str], estimate: Numbers, variance: Numbers) -> Self:
        """From sampling variances."""
        v = column(variance, "variance")
        if (v < 0).any():
            raise InvalidInput("A variance cannot be negative.")
        return cls(labels, estimate, np.sqrt(v))

    @classmethod
    def from_interval(
        cls, labels: Sequence[str], estimate: Numbers, lower: Numbers, upper: Numbers, *, level: float = 0.95
    ) -> Self:
        """From confidence limits on the scale of analysis: SE = (upper - lower) / (2 z)."""
        width = column(upper, "upper") - column(lower, "lower")
        if (width < 0).any():
            raise InvalidInput("An upper limit lies below its lower limit.")
        return cls(labels, estimate, width / (2.0 * critical_value(level)))

    @classmethod
    def from_observed_minus_expected(cls, labels: Sequence[str], o_minus_e: Numbers, variance: Numbers) -> Self:
        """From log-rank O - E and its variance V: estimate (O - E)/V, variance 1/V. Source: Yusuf et al. 1985."""
        v = column(variance, "variance")
        if (v <= 0).any():
            raise InvalidInput("The variance of O - E must be positive.")
        return cls(labels, column(o_minus_e, "o_minus_e") / v, 1.0 / np.sqrt(v))
