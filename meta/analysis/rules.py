"""What a plan says, what a result means in absolute numbers, and when two inputs are the same."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self

from meta.stats.measures import MEASURES

SIGNIFICANT_DIGITS = 12
"""Digits kept of a number that is hashed: enough to tell any two inputs apart, few enough to survive a database."""

LARGEST_INTEGER = 10**15
"""Beyond it a fraction comes back from PostgreSQL as a whole number, so both are hashed as fractions."""

PER = 1000
"""Absolute effects are said per 1,000 people (Cochrane Handbook, chapter 14)."""


class Model(StrEnum):
    COMMON = "common"
    RANDOM = "random"


SWITCH = "switch"
"""The rule that looks at the heterogeneity before it chooses between the two models."""

SWITCH_P = 0.10
"""Q's P value below which trials count as heterogeneous: Q has little power with few trials, so 0.05 is too strict."""

SWITCH_I2 = 50.0
"""Per cent of I² above which they do; the rule of Chen 2022."""


def is_heterogeneous(*, p_value: float, i2: float | None) -> bool:
    """Whether the rule takes random effects. On unrounded values: an I² printed as 50 % may lie on either side.

    Args:
        i2: None where there are fewer than two trials, which cannot differ.
    """
    return i2 is not None and (p_value < SWITCH_P or i2 > SWITCH_I2)


class Check(StrEnum):
    """What a plan asks to be computed beside the result, to see how much hangs on one choice."""

    LEAVE_ONE_OUT = "leave-one-out"
    CUMULATIVE = "cumulative"
    WITHOUT_ESTIMATED = "without-estimated"
    ALTERNATIVES = "alternatives"
    EVERY_STUDY = "every-study"


CHECKS: Mapping[Check, str] = {
    Check.LEAVE_ONE_OUT: "Without each trial in turn: whether the result hangs on one of them.",
    Check.CUMULATIVE: "Trial after trial, oldest first: how the result came to be what it is.",
    Check.WITHOUT_ESTIMATED: "Without trials whose numbers were estimated, from medians or figures, say.",
    Check.ALTERNATIVES: "By the usual other measures, methods and models of the same data.",
    Check.EVERY_STUDY: "With the trials that the plan leaves out.",
}
"""Every check with one sentence on what it tells."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A study of the review that an analysis does not pool, and why."""

    study_id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Grouped:
    """A study's subgroup, where the plan assigns it by name."""

    study_id: int
    group: str


@dataclass(frozen=True, slots=True)
class Settings:
    """How an analysis is computed; the names are those of ``meta.stats.pairwise``.

    ``prediction`` and ``variant`` are empty where none is asked for; ``subgroups_by`` names a characteristic, and
    ``groups`` goes before it for the studies that it names.
    """

    measure: str = "OR"
    method: str = "MH"
    model: str = Model.COMMON
    tau2: str = "DL"
    zero_cells: str = "revman5"
    level: float = 0.95
    interval: str = "wald"
    prediction: str = ""
    variant: str = ""
    subgroups_by: str = ""
    groups: tuple[Grouped, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    checks: tuple[str, ...] = tuple(Check)

    def to_dict(self) -> dict[str, Any]:
        """JSON. What came later than the first plans is named only where a plan differs from them, so that the digest of
        a plan that nobody changed stays what it was."""
        plain = {name: [*value] if isinstance(value, tuple) else value for name, value in asdict(self).items()}
        return {
            field.name: plain[field.name]
            for field in fields(self)
            if field.name not in LATER or getattr(self, field.name) != field.default
        }

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> Self:
        """The settings that ``to_dict`` wrote down."""
        return cls(
            **{
                **plain,
                "groups": tuple(Grouped(**one) for one in plain.get("groups", ())),
                "left_out": tuple(LeftOut(**one) for one in plain.get("left_out", ())),
                "checks": tuple(plain.get("checks", tuple(Check))),
            }
        )

    @property
    def has_subgroups(self) -> bool:
        return bool(self.subgroups_by or self.groups)


LATER = frozenset({"interval", "prediction", "variant", "subgroups_by", "groups", "left_out", "checks"})

REVMAN_5 = Settings()
"""RevMan 5: Mantel-Haenszel, 0.5 in every cell of a study with a zero, DerSimonian-Laird, Wald intervals."""


def usual_method(measure: str) -> str:
    """The engine's own choice: Mantel-Haenszel where a measure of two arms has it, Peto for its own, else inverse
    variance."""
    if measure == "PETO":
        return "PETO"
    return "MH" if measure in {"OR", "RR", "RD"} else "IV"


@dataclass(frozen=True, slots=True)
class Preset:
    """A named way of computing, with the words in which it is offered."""

    key: str
    name: str
    sentence: str
    model: str
    tau2: str
    interval: str
    prediction: str = ""

    def settings(self, *, continuous: bool) -> Settings:
        """The settings for one type of outcome."""
        return Settings(
            measure="MD" if continuous else "OR",
            method="IV" if continuous or self.interval == "hk" else "MH",
            model=self.model,
            tau2=self.tau2,
            interval=self.interval,
            prediction=self.prediction,
        )


PRESETS: Mapping[str, Preset] = {
    preset.key: preset
    for preset in (
        Preset(
            "revman-5",
            "RevMan 5",
            "Common effect, Mantel-Haenszel for events, DerSimonian-Laird, Wald intervals: to compare with reviews of its "
            "time.",
            Model.COMMON,
            "DL",
            "wald",
        ),
        Preset(
            "chen-2022",
            "Chen 2022",
            "RevMan 5, and random effects as soon as Q's P lies below 0.10 or I² above 50 %: to recompute that review.",
            SWITCH,
            "DL",
            "wald",
        ),
        Preset(
            "cochrane-2025",
            "Cochrane since 2025",
            "Random effects by inverse variance, REML, Hartung-Knapp and a prediction interval: for a new review with at "
            "least three trials.",
            Model.RANDOM,
            "REML",
            "hk",
            "t_km1",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Absolute:
    """People per 1,000 with the event: without the intervention, and with it (estimate and interval)."""

    without: int
    with_it: int
    lower: int
    upper: int


def absolute(measure: str, *, baseline: float, estimate: float, lower: float, upper: float) -> Absolute | None:
    """A relative effect at a baseline risk, per 1,000 people; None for measures that have no such form.

    The interval is that of the relative effect only; the baseline is taken as known (GRADE's convention).

    Args:
        baseline: risk without the intervention, 0 to 1.
        estimate, lower, upper: the effect on its display scale (a ratio, or a difference of risks).

    Source: Cochrane Handbook 14.1.5.
    """
    match measure:
        case "OR" | "PETO":
            risks = [ratio * baseline / (1 - baseline + ratio * baseline) for ratio in (estimate, lower, upper)]
        case "RR":
            risks = [ratio * baseline for ratio in (estimate, lower, upper)]
        case "RD":
            risks = [baseline + difference for difference in (estimate, lower, upper)]
        case _:
            return None
    with_it, least, most = (round(PER * min(max(risk, 0.0), 1.0)) for risk in risks)
    return Absolute(round(PER * baseline), with_it, least, most)


def null_of(measure: str) -> float:
    """The value of no difference, on the scale that people read."""
    null = MEASURES[measure].null
    return 0.0 if null is None else null


class Direction(StrEnum):
    """What an estimate with its interval says about the people treated."""

    BENEFIT = "benefit"
    HARM = "harm"
    UNSURE = "unsure"


def direction(measure: str, *, benefit_is: str, lower: float, upper: float) -> Direction:
    """Benefit or harm where the whole interval lies on one side of no difference, else unsure.

    Args:
        lower, upper: the interval on the display scale.
    """
    null = null_of(measure)
    if lower <= null <= upper:
        return Direction.UNSURE
    is_lower = upper < null
    return Direction.BENEFIT if is_lower == (benefit_is == "lower") else Direction.HARM


def rounded(value: Any) -> Any:
    """The value with its fractions cut to twelve significant digits, so that equal inputs hash alike everywhere."""
    match value:
        case bool() | str() | None:
            return value
        case int() if abs(value) < LARGEST_INTEGER:
            return value
        case int() | float():
            return float(f"{float(value):.{SIGNIFICANT_DIGITS}g}") + 0.0  # PostgreSQL knows no negative zero
        case Mapping():
            return {str(key): rounded(item) for key, item in value.items()}
        case _:
            return [rounded(item) for item in value]


def digest(value: Any) -> str:
    """SHA-256 over the canonical JSON of a value, in hexadecimal.

    Raises:
        ValueError: it holds NaN or an infinity, which no result may.
    """
    text = json.dumps(rounded(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()
