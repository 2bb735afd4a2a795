"""What a forest plot shows, and nothing about how: the model that releases freeze and every drawing reads."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any, Literal, Self

from meta.plots import numbers

Scale = Literal["log", "linear"]
Data = Literal["dichotomous", "continuous", "generic"]
Mark = Literal["new", "corrected"]

NOT_ESTIMABLE = "Not estimable"

ARM_COLUMNS: Mapping[Data, tuple[str, ...]] = {
    "dichotomous": ("Events", "Total"),
    "continuous": ("Mean", "SD", "Total"),
    "generic": (),
}


class PlotError(ValueError):
    """What was handed over cannot be drawn; the message says why."""


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its confidence interval, on the scale that people read (an odds ratio, not its log)."""

    estimate: float
    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not all(isfinite(value) for value in (self.estimate, self.lower, self.upper)):
            raise PlotError("An estimate and its interval must be finite numbers.")
        if not self.lower <= self.estimate <= self.upper:
            raise PlotError(f"{self.estimate} lies outside its own interval, {self.lower} to {self.upper}.")

    def __str__(self) -> str:
        return numbers.estimate(self.estimate, self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Range:
    """Where the effect in a new setting is expected to lie."""

    lower: float
    upper: float

    def __post_init__(self) -> None:
        if not (isfinite(self.lower) and isfinite(self.upper) and self.lower <= self.upper):
            raise PlotError("A prediction interval must be two finite numbers in order.")


def _check_weight(label: str, weight: float | None) -> None:
    if weight is not None and not (isfinite(weight) and weight >= 0):
        raise PlotError(f"{label}: a weight is a share of the whole, not {weight}.")


@dataclass(frozen=True, slots=True)
class Row:
    """One study. ``experimental`` and ``control`` hold its cells as printed, one for each arm column.

    A study without an effect says why in ``not_estimable`` ("no events in either group").
    """

    label: str
    effect: Interval | None = None
    weight: float | None = None
    experimental: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    not_estimable: str = ""
    mark: Mark | None = None

    def __post_init__(self) -> None:
        _check_weight(self.label, self.weight)
        if (self.effect is None) == (self.not_estimable == ""):
            raise PlotError(f"{self.label}: give either an effect or the reason why there is none.")


@dataclass(frozen=True, slots=True)
class Pooled:
    """A subtotal or a total: a diamond, perhaps with the bar of a prediction interval under it."""

    label: str
    effect: Interval | None = None
    weight: float | None = None
    experimental: tuple[str, ...] = ()
    control: tuple[str, ...] = ()
    prediction: Range | None = None

    def __post_init__(self) -> None:
        _check_weight(self.label, self.weight)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of statistics; "Total events:" also fills cells under the arm columns."""

    text: str
    experimental: tuple[str, ...] = ()
    control: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subgroup:
    """Studies under a heading, with a subtotal and statistics of their own."""

    name: str
    rows: tuple[Row, ...]
    subtotal: Pooled | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class ForestPlot:
    """A forest plot. Everything is worked out already; drawing it needs no arithmetic but that of paper."""

    title: str
    effect_name: str
    method: str
    scale: Scale
    data: Data = "dichotomous"
    experimental: str = "Experimental"
    control: str = "Control"
    rows: tuple[Row, ...] = ()
    subgroups: tuple[Subgroup, ...] = ()
    totals: tuple[Pooled, ...] = ()
    lines: tuple[Line, ...] = ()
    favours_left: str = "Favours experimental"
    favours_right: str = "Favours control"
    footnotes: tuple[str, ...] = ()
    summary: str = ""

    def __post_init__(self) -> None:
        if self.rows and self.subgroups:
            raise PlotError("Studies stand either in subgroups or outside them, not both.")
        if self.scale == "log" and any(bound <= 0 for bound in self.bounds()):
            raise PlotError("Only positive numbers have a place on a logarithmic axis.")

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of one arm."""
        return ARM_COLUMNS[self.data]

    @property
    def null(self) -> float:
        """The value of no difference."""
        return 1.0 if self.scale == "log" else 0.0

    @property
    def studies(self) -> tuple[Row, ...]:
        """Every study, subgroups or not, in order."""
        return self.rows + tuple(row for subgroup in self.subgroups for row in subgroup.rows)

    @property
    def pooled(self) -> tuple[Pooled, ...]:
        """Every subtotal and total, in order."""
        return tuple(group.subtotal for group in self.subgroups if group.subtotal is not None) + self.totals

    @property
    def items(self) -> tuple[Row | Pooled, ...]:
        """Everything that may have an effect."""
        return (*self.studies, *self.pooled)

    def bounds(self) -> Iterator[float]:
        """Every number that has to find a place on the axis."""
        for item in self.items:
            if item.effect is not None:
                yield from (item.effect.lower, item.effect.estimate, item.effect.upper)
        for pooled in self.pooled:
            if pooled.prediction is not None:
                yield from (pooled.prediction.lower, pooled.prediction.upper)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values; ``from_dict`` gives back an equal plot."""
        plain: dict[str, Any] = _plain(asdict(self))
        return plain

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """The plot that ``to_dict`` wrote down.

        Raises:
            PlotError: the document has other fields than a plot has.
        """
        try:
            return cls(
                **{
                    **document,
                    "rows": _rows(document.get("rows", ())),
                    "subgroups": tuple(map(_subgroup, document.get("subgroups", ()))),
                    "totals": tuple(map(_pooled, document.get("totals", ()))),
                    "lines": _lines(document.get("lines", ())),
                    "footnotes": tuple(document.get("footnotes", ())),
                }
            )
        except TypeError as error:
            raise PlotError(f"This is not a forest plot: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _interval(document: Mapping[str, float] | None) -> Interval | None:
    return None if document is None else Interval(**document)


def _cells(document: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    return {arm: tuple(document.get(arm, ())) for arm in ("experimental", "control")}


def _rows(documents: Any) -> tuple[Row, ...]:
    return tuple(
        Row(**{**document, **_cells(document), "effect": _interval(document.get("effect"))}) for document in documents
    )


def _lines(documents: Any) -> tuple[Line, ...]:
    return tuple(Line(**{**document, **_cells(document)}) for document in documents)


def _pooled(document: Mapping[str, Any]) -> Pooled:
    prediction = document.get("prediction")
    return Pooled(
        **{
            **document,
            **_cells(document),
            "effect": _interval(document.get("effect")),
            "prediction": None if prediction is None else Range(**prediction),
        }
    )


def _subgroup(document: Mapping[str, Any]) -> Subgroup:
    subtotal = document.get("subtotal")
    return Subgroup(
        **{
            **document,
            "rows": _rows(document["rows"]),
            "subtotal": None if subtotal is None else _pooled(subtotal),
            "lines": _lines(document.get("lines", ())),
        }
    )
