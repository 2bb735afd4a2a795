r"""Effects that depend on each other: several levels, several outcomes, shared controls; V is known."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import chi2_upper, critical_value, f_upper, two_sided
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.regression.design import Design, check
from meta.stats.results import Interval, plain

from .components import Random, parts
from .covariance import column, sampling_covariance
from .likelihood import Problem, Solution, maximise, solve, weighted_squares

Array = npt.NDArray[np.float64]
METHODS = ("REML", "ML")
TESTS = ("z", "t")
INTERCEPT = "(Intercept)"
FEW_GROUPS = 5
"""Below this many groups a variance between them is hardly known."""
NOTHING = 1e-7
"""A standard deviation below this share of the typical standard error is tried as 0."""


@dataclass(frozen=True, slots=True)
class Effect:
    """One coefficient, its standard error, interval and test against 0."""

    name: str
    estimate: float
    standard_error: float
    lower: float
    upper: float
    statistic: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Variance:
    """A variance of true effects: of a level, or of one inner level (outcome, arm) of a joint covariance."""

    name: str
    value: float
    groups: int


@dataclass(frozen=True, slots=True, eq=False)
class Multilevel:
    """A fitted model. ``variances`` in the order of the random terms; ``correlations`` of the joint covariances
    (upper triangle by rows). ``q`` is the residual Q with V alone; ``omnibus`` tests all coefficients but an
    intercept (the intercept itself where it is alone): chi-square, or F with ``test="t"``. ``i2`` (percent, total and
    by variance) stands for models of levels only, ``prediction`` for those with an intercept alone.
    """

    coefficients: tuple[Effect, ...]
    covariance: tuple[tuple[float, ...], ...]
    variances: tuple[Variance, ...]
    correlations: tuple[float, ...]
    q: float
    q_df: int
    q_p_value: float
    omnibus: float
    omnibus_df: int
    omnibus_p_value: float
    log_likelihood: float
    parameters: int
    k: int
    method: str | None
    test: str
    level: float
    typical_variance: float
    i2: float | None
    i2_by_variance: tuple[float, ...]
    prediction: Interval | None
    notes: tuple[str, ...]
    _problem: Problem = field(repr=False)
    _free: Array = field(repr=False)
    _at: Solution = field(repr=False)

    @property
    def aic(self) -> float:
        """Akaike's criterion: -2 log L + 2 (coefficients + variance parameters)."""
        return -2 * self.log_likelihood + 2 * (len(self.coefficients) + self.parameters)

    @property
    def df_residual(self) -> int:
        """Effects minus coefficients."""
        return self.k - len(self.coefficients)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return {**plain(self), "aic": self.aic}


def intercept_only(k: int) -> Design:
    """A column of ones."""
    return Design((INTERCEPT,), np.ones((k, 1)), True)


def multilevel(
    estimate: Sequence[float],
    covariance: Sequence[Sequence[float]] | Array,
    random: Sequence[Random] = (),
    *,
    design: Design | None = None,
    method: str = "REML",
    test: str = "z",
    level: float = 0.95,
) -> Multilevel:
    r"""Pool effects that are not independent.

    .. math:: y = X\beta + \sum_j Z_j u_j + e, \qquad u_j \sim N(0, G_j), \; e \sim N(0, V)

    Args:
        estimate: effects on the scale of analysis, shape (k,).
        covariance: V, shape (k, k), or variances, shape (k,). See ``covariance`` for V of shared groups.
        random: ``Level`` and ``Correlated`` terms; without any, generalised least squares with V alone.
        design: columns as of ``meta.stats.regression.design``; an intercept if left out.
        method: ``REML`` or ``ML``. test: ``z``, or ``t`` with k - p degrees of freedom. level: of intervals.

    Raises:
        InvalidInput: columns of the wrong length, a V that is no covariance matrix.
        SingularDesign: moderators that cannot be told apart. UnknownOption: a name that does not exist.

    Source: Berkey et al. 1998; Konstantopoulos 2011; Gleser & Olkin 2009; as metafor ``rma.mv``.
    """
    if method not in METHODS:
        raise UnknownOption(f"method = {method!r} is not known; there are: {', '.join(METHODS)}.")
    if test not in TESTS:
        raise UnknownOption(f"test = {test!r} is not known; there are: {', '.join(TESTS)}.")
    if not 0 < level < 1:
        raise InvalidInput("level must lie between 0 and 1, both excluded.")
    y = column("estimate", estimate)
    k = len(y)
    chosen = design if design is not None else intercept_only(k)
    if chosen.matrix.shape[0] != k:
        raise InvalidInput("The design must have one row per effect.")
    check(chosen.matrix)
    v = sampling_covariance(covariance, k)
    try:
        np.linalg.cholesky(v)
    except np.linalg.LinAlgError as error:
        raise InvalidInput("V cannot be inverted: some effects follow from others.") from error
    problem = Problem(y, v, chosen.matrix, parts(random, k), method == "REML")
    free, at = _fit(problem)
    return _result(problem, free, at, chosen, method if random else None, test, level)


def starts(problem: Problem) -> list[Array]:
    """Where the search begins: standard deviations of the size of the effects' spread, larger and smaller."""
    spread = max(float(np.std(problem.y)), 1e-3 * math.sqrt(float(np.diag(problem.v).mean())))
    return [
        np.concatenate([part.start(spread * factor) for part in problem.parts]) if problem.parts else np.zeros(0)
        for factor in ((0.6, 0.1, 2.0) if problem.parts else (1.0,))
    ]


def _fit(problem: Problem) -> tuple[Array, Solution]:
    free, at = maximise(problem, starts(problem))
    small = NOTHING * math.sqrt(float(np.diag(problem.v).mean()))
    place = 0
    for part in problem.parts:
        if part.structure == "ID" and abs(free[place]) < small * 1e3:
            tried = free.copy()
            tried[place] = 0.0
            other = solve(problem, tried)
            as_likely = other.log_likelihood >= at.log_likelihood - 1e-9
            free, at = (tried, other) if as_likely else (free, at)
        place += part.size
    return free, at


def typical_variance(v: Array, x: Array) -> float:
    """Typical sampling variance (k - p)/tr(P) with weights from V. Source: Higgins & Thompson 2002, as metafor."""
    w = np.linalg.inv(v)
    wx = w @ x
    trace = float(np.trace(w)) - float(np.trace(np.linalg.solve(x.T @ wx, wx.T @ wx)))
    return float((len(v) - x.shape[1]) / trace)


def _result(
    problem: Problem, free: Array, at: Solution, design: Design, method: str | None, test: str, level: float
) -> Multilevel:
    k, p = problem.x.shape
    df = k - p
    t_df = float(df) if test == "t" else None
    critical = critical_value(level, t_df)
    se = np.sqrt(np.diag(at.covariance))
    effects = tuple(
        Effect(name, float(b), float(s), float(b - critical * s), float(b + critical * s), float(b / s),
               two_sided(float(b / s), t_df))
        for name, b, s in zip(design.names, at.beta, se, strict=True)
    )  # fmt: skip
    tested = list(range(1, p)) if design.intercept and p > 1 else list(range(p))
    b, c = at.beta[tested], at.covariance[np.ix_(tested, tested)]
    omnibus = float(b @ np.linalg.solve(c, b))
    m = len(tested)
    omnibus_p = chi2_upper(omnibus, m) if test == "z" else f_upper(omnibus / m, m, df)
    alone = Problem(problem.y, problem.v, problem.x, (), problem.restricted)
    plain_fit = solve(alone, np.zeros(0))
    q = weighted_squares(alone, plain_fit.residual, plain_fit.inverses)
    variances, correlations = _variances(problem, free)
    levels_only = all(part.structure == "ID" for part in problem.parts)
    typical = typical_variance(problem.v, problem.x)
    total = sum(one.value for one in variances)
    by = tuple(100 * one.value / (total + typical) for one in variances) if levels_only else ()
    prediction = None
    if levels_only and problem.parts and p == 1 and design.intercept:
        half = critical * math.sqrt(total + float(at.covariance[0, 0]))
        prediction = Interval(float(at.beta[0]) - half, float(at.beta[0]) + half, level, "Riley", t_df)
    notes = tuple(
        f"The variance of {one.name or 'the effects'} rests on {one.groups} groups only."
        for one in variances
        if one.groups < FEW_GROUPS
    )
    return Multilevel(
        effects, tuple(tuple(float(x) for x in row) for row in at.covariance), variances, correlations, q, df,
        chi2_upper(q, df), omnibus if test == "z" else omnibus / m, m, omnibus_p, at.log_likelihood, problem.size, k,
        method, test, level, typical, 100 * total / (total + typical) if levels_only and problem.parts else None, by,
        prediction, notes, problem, free, at,
    )  # fmt: skip


def _variances(problem: Problem, free: Array) -> tuple[tuple[Variance, ...], tuple[float, ...]]:
    variances: list[Variance] = []
    correlations: list[float] = []
    for part, own in zip(problem.parts, problem.split(free), strict=True):
        sd, r = part.sds_and_correlations(own)
        shown = 1 if part.structure in ("ID", "CS") else len(sd)
        for i in range(shown):
            rows = part.outer if shown == 1 else part.outer[part.inner == i]
            name = part.name if shown == 1 else str(part.levels[i])
            variances.append(Variance(name, float(sd[i] ** 2), len(np.unique(rows))))
        if part.structure in ("CS", "HCS"):
            correlations.append(float(r[0]))
        elif part.structure == "UN":
            correlations += [float(x) for x in r]
    return tuple(variances), tuple(correlations)
