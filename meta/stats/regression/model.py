"""Meta-regression: do characteristics of the studies explain why their effects differ?"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats.distributions import chi2_quantile, chi2_upper, critical_value, f_upper, two_sided
from meta.stats.errors import UnknownOption
from meta.stats.results import Interval, NotEstimable, plain
from meta.stats.tau2 import ESTIMATORS, Tau2

from .design import INTERCEPT, Array, Design, Moderator, check, design
from .tau2 import estimate_tau2, log_likelihood, solve_q
from .weighted import fit, traces

TESTS: dict[str, str] = {
    "z": "Normal distribution (Wald).",
    "hk": "Knapp-Hartung: t and F with k - p degrees of freedom; right when there are few studies.",
    "hk-se": "Knapp-Hartung, its variances never smaller than the classic ones.",
    "t": "Classic variances with t and F of k - p degrees of freedom.",
}
"""Every test of coefficients with one sentence on when it is right."""

STUDIES_PER_MODERATOR = 10
"""Cochrane Handbook 10.11.5.1: at least ten studies for each characteristic modelled."""


@dataclass(frozen=True, slots=True)
class Coefficient:
    """One coefficient on the scale of analysis, per unit of its moderator (or against the reference level)."""

    name: str
    estimate: float
    standard_error: float
    lower: float
    upper: float
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Omnibus:
    """The test of all coefficients but the intercept: chi-square (``df_residual`` None) or F."""

    statistic: float
    df: int
    df_residual: int | None
    p_value: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Log-likelihood of the model and the criteria made from it (REML or ML)."""

    log_likelihood: float
    aic: float
    bic: float
    aicc: float
    method: str


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A fitted meta-regression. ``vcov`` holds the covariance of the coefficients, (p, p).

    ``r2`` is the percentage of the between-study variance that the moderators explain.
    """

    design: Design
    estimate: Array
    variance: Array
    coefficients: tuple[Coefficient, ...]
    vcov: tuple[tuple[float, ...], ...]
    test: str
    level: float
    tau2: Tau2 | None
    i2: float
    h2: float
    r2: float | None
    q_residual: float
    df_residual: int
    q_residual_p: float
    omnibus: Omnibus | None
    fit: Fit | None

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.estimate)

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        moderators = len(self.coefficients) - self.design.intercept
        notes = ["Differences between studies are not randomised: other characteristics may explain them."]
        if moderators and self.k < STUDIES_PER_MODERATOR * moderators:
            notes.append(
                f"{self.k} studies for {moderators} coefficients: fewer than ten each, so chance finds patterns."
            )
        if self.tau2 is not None and "several peaks" in self.tau2.search:
            notes.append("The likelihood of tau² has several peaks; the highest was taken.")
        return tuple(notes)

    def predict(self, rows: Sequence[Sequence[float]]) -> tuple[tuple[float, float, Interval, Interval], ...]:
        """Expected effect, its standard error, confidence and prediction interval, for rows of the design.

        Args:
            rows: one value per column of the design, the intercept's 1 left out.
        """
        df = None if self.test == "z" else float(self.df_residual)
        c = critical_value(self.level, df)
        covariance = np.array(self.vcov)
        beta = np.array([item.estimate for item in self.coefficients])
        spread = 0.0 if self.tau2 is None else self.tau2.value
        answers = []
        for row in rows:
            x = np.array([1.0, *row] if self.design.intercept else row, dtype=np.float64)
            mean, se = float(x @ beta), math.sqrt(float(x @ covariance @ x))
            half, wide = c * se, c * math.sqrt(se * se + spread)
            answers.append(
                (
                    mean,
                    se,
                    Interval(mean - half, mean + half, self.level, self.test),
                    Interval(mean - wide, mean + wide, self.level, self.test),
                )
            )
        return tuple(answers)

    def tau2_interval(self, level: float | None = None) -> Interval:
        """Q-profile limits of the residual tau2."""
        chosen = self.level if level is None else level
        tail = 0.5 * (1.0 - chosen)
        args = self.estimate, self.variance, self.design.matrix
        low, high = (solve_q(*args, chi2_quantile(p, self.df_residual)) for p in (1.0 - tail, tail))
        return Interval(low, high, chosen, "Q-profile")

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        names = ("coefficients", "vcov", "test", "level", "tau2", "i2", "h2", "r2", "q_residual", "df_residual")
        more = ("q_residual_p", "omnibus", "fit", "k", "notes")
        shown = {name: plain(getattr(self, name)) for name in (*names, *more)}
        return {"names": list(self.design.names), **shown}

    def summary(self) -> str:
        """The result in plain words."""
        from meta.stats.text import number, p_text

        parts = [f"Meta-regression of {self.k} studies."]
        parts += [
            f"{item.name}: {number(item.estimate, 3)} ({number(item.lower, 3)} to {number(item.upper, 3)}), "
            f"{p_text(item.p_value)}."
            for item in self.coefficients
            if item.name != INTERCEPT
        ]
        if self.r2 is not None:
            parts.append(f"The moderators explain {self.r2:.0f} % of the differences between studies.")
        return " ".join(parts)


def regress(
    estimate: Array | Sequence[float],
    variance: Array | Sequence[float],
    moderators: Mapping[str, Moderator] | Design,
    *,
    tau2: str | float | None = "REML",
    test: str = "hk",
    level: float = 0.95,
    interactions: Sequence[tuple[str, str]] = (),
    intercept: bool = True,
) -> Regression | NotEstimable:
    r"""Weighted regression of effects on moderators, :math:`y = X\beta + u + e`, var(u) = tau2, var(e) = v.

    Args:
        estimate, variance: effects and positive variances, shape (k,).
        moderators: name to values (text makes a factor), or a ready ``Design``.
        tau2: an estimator's name, a number, or None for a common-effect regression.
        test: a key of ``TESTS``.

    Raises:
        SingularDesign: too few studies for the coefficients, or moderators that cannot be told apart.
        UnknownOption: a name is not known.

    Source: Berkey et al. 1995; Knapp & Hartung 2003; Viechtbauer et al. 2015.
    """
    y, v = np.asarray(estimate, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    if test not in TESTS:
        raise UnknownOption(f"There is no test {test!r}; known are {', '.join(TESTS)}.")
    if isinstance(tau2, str) and tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    if not ((v > 0).all() and np.isfinite(y).all() and np.isfinite(v).all()):
        return NotEstimable("Every study in a meta-regression needs an effect and a positive variance.")
    chosen = (
        moderators
        if isinstance(moderators, Design)
        else design(moderators, len(y), interactions=interactions, intercept=intercept)
    )
    x = chosen.matrix
    check(x)
    k, p = x.shape
    spread = _spread(y, v, x, tau2)
    value = 0.0 if spread is None else spread.value
    weighted = fit(y, v, x, value)
    scale = 1.0
    if test in ("hk", "hk-se"):
        scale = weighted.q / (k - p)
        scale = max(1.0, scale) if test == "hk-se" else scale
    if scale <= 0:
        return NotEstimable("The moderators explain the effects without any remainder, so nothing can be tested.")
    covariance = weighted.inverse * scale
    df = None if test == "z" else float(k - p)
    common = fit(y, v, x, 0.0)
    typical = (k - p) / traces(common)[0]
    if spread is None:
        i2, h2 = max(0.0, 100 * (common.q - (k - p)) / common.q) if common.q > 0 else 0.0, common.q / (k - p)
    else:
        i2, h2 = 100 * value / (value + typical), value / typical + 1
    return Regression(
        chosen, y, v,
        _coefficients(chosen, weighted.coefficients, covariance, df, level),
        tuple(tuple(float(z) for z in row) for row in covariance),
        test, level, spread, i2, h2, _explained(y, v, x, tau2, spread, chosen),
        common.q, k - p, chi2_upper(common.q, k - p),
        _omnibus(chosen, weighted.coefficients, covariance, None if df is None else k - p),
        _criteria(y, v, x, spread),
    )  # fmt: skip


def _spread(y: Array, v: Array, x: Array, tau2: str | float | None) -> Tau2 | None:
    if tau2 is None:
        return None
    return estimate_tau2(y, v, x, tau2) if isinstance(tau2, str) else Tau2(tau2, None, "fixed", "given by the user")


def _coefficients(
    chosen: Design, beta: Array, covariance: Array, df: float | None, level: float
) -> tuple[Coefficient, ...]:
    c = critical_value(level, df)
    errors = np.sqrt(np.diag(covariance)).tolist()
    return tuple(
        Coefficient(name, b, se, b - c * se, b + c * se, b / se, two_sided(b / se, df))
        for name, b, se in zip(chosen.names, beta.tolist(), errors, strict=True)
    )


def _omnibus(chosen: Design, beta: Array, covariance: Array, df_residual: int | None) -> Omnibus | None:
    first = 1 if chosen.intercept and len(beta) > 1 else 0
    b = beta[first:]
    m = len(b)
    q = float(b @ np.linalg.solve(covariance[first:, first:], b))
    if df_residual is None:
        return Omnibus(q, m, None, chi2_upper(q, m))
    return Omnibus(q / m, m, df_residual, f_upper(q / m, m, df_residual))


def _explained(
    y: Array, v: Array, x: Array, tau2: str | float | None, spread: Tau2 | None, chosen: Design
) -> float | None:
    r"""Percent of tau2 explained, or for a common-effect model the adjusted R2 of the weighted regression.

    Source: Raudenbush 2009; metafor for the common-effect case.
    """
    ones = np.ones((len(y), 1))
    if not chosen.intercept or x.shape[1] == 1:
        return None
    if spread is None:
        k, p = x.shape
        total, left = fit(y, v, ones, 0.0).q, fit(y, v, x, 0.0).q
        return max(0.0, 100 * (1 - (left / (k - p)) / (total / (k - 1)))) if total > 0 else None
    if not isinstance(tau2, str):
        return None
    without = estimate_tau2(y, v, ones, tau2).value
    return 100 * max(0.0, (without - spread.value) / without) if without > 0 else None


def _criteria(y: Array, v: Array, x: Array, spread: Tau2 | None) -> Fit | None:
    if spread is None or spread.method not in ("REML", "ML"):
        return None
    restricted = spread.method == "REML"
    k, p = x.shape
    value = log_likelihood(y, v, x, spread.value, restricted=restricted)
    return criteria(value, k, p, spread.method)


def criteria(value: float, k: int, p: int, method: str) -> Fit:
    """Information criteria of a model with p coefficients and tau2; REML counts k - p observations."""
    parameters, observations = p + 1, k - p if method == "REML" else k
    n = max(observations, parameters + 2)
    aicc = -2 * value + 2 * parameters * n / (n - parameters - 1)
    bic = -2 * value + parameters * math.log(observations)
    return Fit(value, -2 * value + 2 * parameters, bic, aicc, method)


def likelihood_ratio(full: Regression, reduced: Regression) -> Omnibus:
    """Test of the moderators that ``full`` has beyond ``reduced``; both fitted by ML to the same studies.

    Raises:
        UnknownOption: a model was not fitted by ML.
    """
    if full.fit is None or reduced.fit is None or {full.fit.method, reduced.fit.method} != {"ML"}:
        raise UnknownOption("A likelihood-ratio test of moderators needs both models fitted with tau2 ML.")
    df = len(full.coefficients) - len(reduced.coefficients)
    statistic = max(0.0, 2 * (full.fit.log_likelihood - reduced.fit.log_likelihood))
    return Omnibus(statistic, df, None, chi2_upper(statistic, df))
