"""The effect measures: code, name, scale of analysis, and the way back to the scale that people read."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from .errors import UnknownOption

Kind = Literal["binary", "continuous", "rates", "proportion", "rate", "correlation", "mean", "paired", "generic"]


def _expit(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= 0 else math.exp(x) / (1.0 + math.exp(x))


def _sine_squared(x: float) -> float:
    return math.sin(min(max(x, 0.0), 0.5 * math.pi)) ** 2


def _exp(x: float) -> float:
    return math.exp(min(x, 700.0))


BACK: dict[str, Callable[[float], float]] = {
    "none": float,
    "exp": _exp,
    "expit": _expit,
    "sin(x)^2": _sine_squared,
    "tanh": math.tanh,
    "square": lambda x: max(x, 0.0) ** 2,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One effect measure.

    ``scale`` is what is analysed, ``back`` the transformation from there to what is displayed, ``unit`` what the
    displayed number is counted in, ``null`` the displayed value that means "no difference" (None: there is none).
    """

    code: str
    name: str
    kind: Kind
    scale: str
    back: str
    unit: str
    null: float | None

    @property
    def is_ratio(self) -> bool:
        """Whether it is analysed on the log scale and displayed as a ratio."""
        return self.back == "exp" and self.null == 1.0

    def display(self, x: float) -> float:
        """A number of the analysis scale on the scale that people read (log OR -0.5 gives OR 0.61)."""
        return BACK[self.back](x)


_RATIO = ("log", "exp", "ratio", 1.0)
_RAW = ("raw", "none", "units of the outcome", 0.0)
_PURE = ("raw", "none", "no unit", 0.0)

_TABLE: tuple[tuple[str, str, Kind, tuple[str, str, str, float | None]], ...] = (
    ("OR", "odds ratio", "binary", _RATIO),
    ("RR", "risk ratio", "binary", _RATIO),
    ("RD", "risk difference", "binary", ("raw", "none", "probability", 0.0)),
    ("PETO", "Peto odds ratio", "binary", _RATIO),
    ("AS", "arcsine difference", "binary", ("arcsine", "none", "radians", 0.0)),
    ("PHI", "phi coefficient", "binary", _PURE),
    ("YUQ", "Yule's Q", "binary", _PURE),
    ("PBIT", "probit difference", "binary", _PURE),
    ("OR2DL", "odds ratio as standardised mean difference (logistic)", "binary", _PURE),
    ("OR2DN", "odds ratio as standardised mean difference (normal)", "binary", _PURE),
    ("MD", "mean difference", "continuous", _RAW),
    ("SMD", "standardised mean difference (Hedges g)", "continuous", ("raw", "none", "standard deviations", 0.0)),
    (
        "SMDH",
        "standardised mean difference, unequal variances",
        "continuous",
        ("raw", "none", "standard deviations", 0.0),
    ),
    ("SMD1", "standardised mean difference (Glass delta)", "continuous", ("raw", "none", "standard deviations", 0.0)),
    ("ROM", "ratio of means", "continuous", _RATIO),
    ("CVR", "coefficient of variation ratio", "continuous", _RATIO),
    ("VR", "variability ratio", "continuous", _RATIO),
    ("IRR", "incidence rate ratio", "rates", _RATIO),
    ("IRD", "incidence rate difference", "rates", ("raw", "none", "events per person-time", 0.0)),
    ("IRSD", "square root incidence rate difference", "rates", ("square root", "none", "root of a rate", 0.0)),
    ("PR", "proportion", "proportion", ("raw", "none", "proportion", None)),
    ("PLN", "log proportion", "proportion", ("log", "exp", "proportion", None)),
    ("PLO", "logit proportion", "proportion", ("logit", "expit", "proportion", None)),
    ("PAS", "arcsine proportion", "proportion", ("arcsine", "sin(x)^2", "proportion", None)),
    ("PFT", "Freeman-Tukey proportion", "proportion", ("double arcsine", "sin(x)^2", "proportion", None)),
    ("IR", "incidence rate", "rate", ("raw", "none", "events per person-time", None)),
    ("IRLN", "log incidence rate", "rate", ("log", "exp", "events per person-time", None)),
    ("IRS", "square root incidence rate", "rate", ("square root", "square", "events per person-time", None)),
    ("IRFT", "Freeman-Tukey incidence rate", "rate", ("double square root", "square", "events per person-time", None)),
    ("COR", "correlation", "correlation", _PURE),
    ("UCOR", "correlation, bias-corrected", "correlation", _PURE),
    ("ZCOR", "correlation (Fisher's z)", "correlation", ("Fisher z", "tanh", "correlation", 0.0)),
    ("MN", "mean", "mean", ("raw", "none", "units of the outcome", None)),
    ("MNLN", "log mean", "mean", ("log", "exp", "units of the outcome", None)),
    ("SDLN", "log standard deviation", "mean", ("log", "exp", "units of the outcome", None)),
    ("CVLN", "log coefficient of variation", "mean", ("log", "exp", "no unit", None)),
    ("MC", "mean change", "paired", _RAW),
    ("SMCC", "standardised mean change (change score)", "paired", ("raw", "none", "standard deviations", 0.0)),
    ("SMCR", "standardised mean change (raw score)", "paired", ("raw", "none", "standard deviations", 0.0)),
    ("SMCRH", "standardised mean change, unequal variances", "paired", ("raw", "none", "standard deviations", 0.0)),
    ("ROMC", "ratio of means over time", "paired", _RATIO),
    ("HR", "hazard ratio", "generic", _RATIO),
    ("GENLOG", "ratio given as its logarithm", "generic", _RATIO),
    ("GEN", "effect as given", "generic", ("raw", "none", "units as given", 0.0)),
)

MEASURES: dict[str, Measure] = {code: Measure(code, name, kind, *rest) for code, name, kind, rest in _TABLE}

ALIASES = {"ASD": "AS", "PLOGIT": "PLO", "PRAW": "PR", "POR": "PETO", "PETO_OR": "PETO"}
"""Names that R's meta package and others give to the same measures."""


def measure(code: str | Measure) -> Measure:
    """The measure of a code such as ``"OR"``.

    Raises:
        UnknownOption: no measure has this code.
    """
    if isinstance(code, Measure):
        return code
    found = MEASURES.get(code) or MEASURES.get(ALIASES.get(code, code).upper())
    if found is None:
        raise UnknownOption(f"There is no effect measure {code!r}; known are {', '.join(MEASURES)}.")
    return found
