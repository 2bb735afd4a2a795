"""Do small studies show other effects than large ones? What every test of it returns, and the tests on effects alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Array, Numbers, effects_and_variances, numbers
from meta.stats.distributions import critical_value, two_sided
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.regression.design import INTERCEPT, Design
from meta.stats.regression.model import Regression, regress
from meta.stats.results import Interval, NotEstimable, plain
from meta.stats.shown_when import ShownWhen
from meta.stats.tau2 import ESTIMATORS

from .line import Line, line

PREDICTORS: dict[str, str] = {
    "sei": "Standard error: Egger's test.",
    "vi": "Variance: the PEESE form.",
    "ni": "Number of participants: does not follow from the effect itself.",
    "ninv": "One over the number of participants.",
    "sqrtni": "Root of the number of participants.",
    "sqrtninv": "One over the root of the number of participants.",
}
"""What effects can be compared with, each with one sentence."""

TOWARDS_INFINITE_SIZE = frozenset({"sei", "vi", "ninv", "sqrtninv"})
"""Predictors that are 0 for an infinitely large study, so that the intercept is its effect."""

NOT_ONLY_PUBLICATION = (
    "Asymmetry has many causes besides unpublished studies: chance, differences between small and large studies, "
    "poor methods."
)
PERFECT_FIT = NotEstimable("The line goes through every study, so nothing is left to test it with.")
CORRELATED = "Log ratios and standardised differences depend on their own standard errors, which alone makes a funnel asymmetric."


@dataclass(frozen=True, slots=True)
class AsymmetryTest:
    """A test of small-study effects.

    ``bias`` is the slope (or Kendall's score) with its standard error, ``statistic`` is t with ``df`` or normal (df None).
    ``limit`` is the effect that the line gives an infinitely large study, where it gives one, as estimate and interval.
    ``sigma`` is the dispersion of a weighted line, ``tau2`` that of a mixed-effects one.
    """

    name: str
    k: int
    statistic: float
    df: int | None
    p_value: float
    bias: float
    bias_se: float
    intercept: float | None
    intercept_se: float | None
    limit: float | None
    limit_interval: Interval | None
    sigma: float | None
    tau2: float | None
    shown: ShownWhen
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        return found

    def summary(self) -> str:
        """The result in plain words."""
        from meta.stats.text import p_text

        if not self.shown:
            return " ".join(self.shown.unmet)
        verdict = (
            "Small and large studies differ" if self.p_value < 0.1 else "No clear difference of small and large studies"
        )
        return f"{verdict} ({self.name}, {self.k} studies, {p_text(self.p_value)})."


def predictor_of(name: str, v: Array, sizes: Numbers | None) -> Array:
    """The predictor of a regression test.

    Raises:
        UnknownOption: no such predictor.
        InvalidInput: numbers of participants are needed and missing, or not positive.
    """
    if name not in PREDICTORS:
        raise UnknownOption(f"There is no predictor {name!r}; known are {', '.join(PREDICTORS)}.")
    if name == "sei":
        return np.sqrt(v)
    if name == "vi":
        return v
    if sizes is None:
        raise InvalidInput(f"The predictor {name} needs the number of participants of each study.")
    n = numbers(sizes, "Numbers of participants")
    if len(n) != len(v) or not (n > 0).all():
        raise InvalidInput("There must be one positive number of participants for each effect.")
    made: Array = {"ni": n, "ninv": 1.0 / n, "sqrtni": np.sqrt(n), "sqrtninv": 1.0 / np.sqrt(n)}[name]
    return made


def regression_test(
    estimate: Numbers,
    variance: Numbers,
    *,
    predictor: str = "sei",
    model: str = "lm",
    sizes: Sequence[float] | Array | None = None,
    tau2: str = "REML",
    test: str = "z",
    level: float = 0.95,
    name: str | None = None,
) -> AsymmetryTest | NotEstimable:
    """Regress the effects on what stands for the size of their studies.

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 3.
        predictor: a key of ``PREDICTORS``.
        model: "lm" weighs by inverse variance and lets the dispersion free (t, k - 2 degrees of freedom); "rma" is a
            mixed-effects meta-regression.
        sizes: participants of each study, for the predictors made from them.
        tau2, test: of the meta-regression (``regress``).

    Raises:
        TooFewStudies, SingularDesign: no line can be drawn.
        UnknownOption, InvalidInput: a name is not known, or a number is missing.

    Source: Egger 1997; Sterne & Egger 2005; Moreno 2009.
    """
    if model not in ("lm", "rma"):
        raise UnknownOption(f"There is no model {model!r} here; known are lm, rma.")
    y, v = effects_and_variances(estimate, variance)
    x = predictor_of(predictor, v, sizes)
    title = name or (
        "Egger's test" if (predictor, model) == ("sei", "lm") else f"regression test on {predictor} ({model})"
    )
    shown = shown_when.asymmetry(len(y), v)
    limits = predictor in TOWARDS_INFINITE_SIZE
    notes = (*shown.unmet, NOT_ONLY_PUBLICATION)
    if model == "lm":
        return weighted_test(title, line(y, 1.0 / v, x), len(y), shown, notes, limits=limits, level=level)
    if tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    found = regress(
        y, v, Design((INTERCEPT, predictor), np.column_stack((np.ones(len(y)), x)), intercept=True), tau2=tau2,
        test=test, level=level,
    )  # fmt: skip
    if not isinstance(found, Regression):
        return found
    return _mixed(title, found, shown, notes, limits=limits)


def weighted_test(
    title: str, fitted: Line, k: int, shown: ShownWhen, notes: tuple[str, ...], *, limits: bool, level: float = 0.95
) -> AsymmetryTest | NotEstimable:
    """The test of a weighted line's slope by t with k - 2 degrees of freedom."""
    if fitted.slope_se == 0:
        return PERFECT_FIT
    t = fitted.slope / fitted.slope_se
    half = critical_value(level, fitted.df) * fitted.intercept_se
    return AsymmetryTest(
        title, k, t, fitted.df, two_sided(t, fitted.df), fitted.slope, fitted.slope_se, fitted.intercept,
        fitted.intercept_se, fitted.intercept if limits else None,
        Interval(fitted.intercept - half, fitted.intercept + half, level, "t", fitted.df) if limits else None,
        fitted.sigma, None, shown, notes,
    )  # fmt: skip


def _mixed(title: str, found: Regression, shown: ShownWhen, notes: tuple[str, ...], *, limits: bool) -> AsymmetryTest:
    constant, slope = found.coefficients
    normal = found.test == "z"
    return AsymmetryTest(
        title, found.k, slope.statistic, None if normal else found.df_residual, slope.p_value, slope.estimate,
        slope.standard_error, constant.estimate, constant.standard_error, constant.estimate if limits else None,
        Interval(constant.lower, constant.upper, found.level, found.test) if limits else None, None,
        0.0 if found.tau2 is None else found.tau2.value, shown, notes,
    )  # fmt: skip


def egger(estimate: Numbers, variance: Numbers, *, level: float = 0.95) -> AsymmetryTest | NotEstimable:
    """Egger's test: the weighted line of effects on standard errors. Source: Egger 1997."""
    return regression_test(estimate, variance, level=level)


def thompson_sharp(estimate: Numbers, variance: Numbers, *, tau2: str = "REML") -> AsymmetryTest | NotEstimable:
    """Egger's test with additive heterogeneity, classic errors, t with k - 2 degrees of freedom.

    Source: Thompson & Sharp 1999.
    """
    return regression_test(estimate, variance, model="rma", tau2=tau2, test="t", name="Thompson and Sharp's test")


def macaskill(estimate: Numbers, variance: Numbers, sizes: Numbers) -> AsymmetryTest | NotEstimable:
    """The weighted line of effects on numbers of participants. Source: Macaskill, Walter & Irwig 2001."""
    return regression_test(estimate, variance, predictor="ni", sizes=numbers(sizes, "Numbers of participants"),
                           name="Macaskill's test")  # fmt: skip
