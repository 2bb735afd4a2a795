"""The choices of one analysis, checked once and hashable, so that a plan can be stored and used again."""

from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any, Literal

from .continuity import Continuity, continuity
from .errors import UnknownOption
from .measures import Measure, measure
from .pooling.intervals import INTERVALS, PREDICTIONS
from .tau2 import ESTIMATORS

Model = Literal["common", "random"]

METHODS: dict[str, str] = {
    "MH": "Mantel-Haenszel: for sparse data; the default of Cochrane for events.",
    "PETO": "Peto: for rare events (below 1 %), small effects and arms of similar size.",
    "IV": "Inverse variance: the general method, and the basis of every random-effects model.",
    "COCHRAN": "Observed over expected events: for incidence rate ratios.",
    "SSW": "Sample-size weights: weights do not depend on the events; for rare events with balanced studies.",
}
"""Every way of pooling with one sentence on when it is right."""

MODELS: dict[str, str] = {
    "common": "Common effect: every study estimates the same effect.",
    "random": "Random effects: true effects differ between studies, and the mean of them is estimated.",
}

DEFAULT_MEASURES = {
    "binary": "OR",
    "continuous": "MD",
    "rates": "IRR",
    "proportion": "PLO",
    "rate": "IRLN",
    "correlation": "ZCOR",
    "mean": "MN",
    "paired": "MC",
    "generic": "GEN",
}

MANTEL_HAENSZEL = frozenset({"OR", "RR", "RD", "IRR", "IRD"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What to compute. ``tau2`` is an estimator's name or a number (then tau2 is not estimated).

    ``q_centre``: Q, and with it RevMan's DerSimonian-Laird tau2, around the pooled estimate of the method ("pooled",
    RevMan 5 and metafor's rma.mh) or always around the inverse-variance mean ("inverse-variance", meta's default).
    ``variance``: of the Mantel-Haenszel risk difference. ``variant``: of the measure's formula.
    """

    measure: Measure
    method: str
    model: Model
    tau2: str | float
    continuity: Continuity
    interval: str
    prediction: str
    level: float
    q_centre: str
    difference_variance: str
    variant: str | None

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe settings by name."""
        settings = asdict(self)
        settings["measure"] = self.measure.code
        settings["continuity"] = self.continuity.name
        return settings


def _one_of(value: object, known: object, what: str) -> None:
    if value not in known:  # type: ignore[operator]
        raise UnknownOption(f"There is no {what} {value!r}; known are {', '.join(map(str, known))}.")  # type: ignore[call-overload]


@lru_cache(maxsize=512)
def plan(
    kind: str,
    measure_code: str | Measure | None,
    method: str | None,
    model: str,
    tau2: str | float,
    rule: str | Continuity,
    interval: str,
    prediction: str,
    level: float,
    q_centre: str,
    difference_variance: str,
    variant: str | None,
) -> Plan:
    """A checked plan.

    Raises:
        UnknownOption: a name is not known, or does not go with the others.
    """
    chosen = measure(measure_code or DEFAULT_MEASURES[kind])
    if chosen.kind != kind:
        raise UnknownOption(f"{chosen.name} ({chosen.code}) needs {chosen.kind} data, not {kind} data.")
    if method is None:
        method = "PETO" if chosen.code == "PETO" else "MH" if chosen.code in MANTEL_HAENSZEL else "IV"
    method = {"PETO": "PETO", "INVERSE": "IV"}.get(method.upper(), method.upper())
    _one_of(method, METHODS, "pooling method")
    _one_of(model, MODELS, "model")
    _one_of(interval, INTERVALS, "interval")
    _one_of(prediction, PREDICTIONS, "prediction interval")
    _one_of(q_centre, ("pooled", "inverse-variance"), "centre of Q")
    _one_of(difference_variance, ("greenland-robins", "sato"), "variance of a risk difference")
    if isinstance(tau2, str):
        _one_of(tau2, ESTIMATORS, "tau2 estimator")
    elif not 0 <= tau2 < float("inf"):
        raise UnknownOption("A fixed tau2 must be a number that is not negative.")
    if not 0 < level < 1:
        raise UnknownOption("A confidence level lies between 0 and 1.")
    if method == "PETO" and chosen.code not in ("OR", "PETO"):
        raise UnknownOption("Peto's method pools odds ratios only.")
    if method == "PETO":
        chosen = measure("PETO")
    if method == "MH" and chosen.code not in MANTEL_HAENSZEL:
        raise UnknownOption(f"Mantel-Haenszel does not pool the {chosen.name}; use IV.")
    if method == "COCHRAN" and chosen.code != "IRR":
        raise UnknownOption("Cochran's method pools incidence rate ratios only.")
    if method == "SSW" and kind != "binary":
        raise UnknownOption("Sample-size weights are for events in two arms.")
    return Plan(
        chosen,
        method,
        "random" if model == "random" else "common",
        tau2,
        continuity(rule),
        interval,
        prediction,
        level,
        q_centre,
        difference_variance,
        variant,
    )
