"""Test of excess significance: are there more significant studies than their power would lead one to expect?"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Array, Numbers, effects_and_variances
from meta.stats.distributions import chi2_upper, normal_quantile, special
from meta.stats.errors import UnknownOption
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.results import plain
from meta.stats.shown_when import ShownWhen
from meta.stats.sparse.quadrature import nodes_of

ALTERNATIVES = ("two.sided", "greater", "less")
TESTS = ("exact", "chi-square")
POWER_NODES = 61


@dataclass(frozen=True, slots=True)
class ExcessSignificance:
    """Significant studies observed and expected, their ratio, and the test ("exact" has no statistic)."""

    observed: int
    expected: float
    ratio: float
    effect: float
    power: tuple[float, ...]
    statistic: float | None
    p_value: float
    test: str
    shown: ShownWhen

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            *self.shown.unmet,
            "Excess significance can come from heterogeneity as well as from selective reporting.",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def excess_significance(
    estimate: Numbers,
    variance: Numbers,
    *,
    alpha: float = 0.05,
    alternative: str = "two.sided",
    excess: str = "greater",
    tau2: float = 0.0,
    effect: float | None = None,
    test: str = "exact",
) -> ExcessSignificance:
    r"""Compare the number of significant studies with the sum of their powers.

    Exact: the number is a sum of independent yes-or-no variables with the powers as probabilities. Chi-square:
    :math:`(O-E)^2/E + (O-E)^2/(k-E)`.

    Args:
        estimate, variance: effects and positive variances, shape (k,).
        alpha, alternative: of the studies' own tests.
        excess: "greater", "less" or "two.sided".
        tau2: between-study variance over which the power is averaged.
        effect: the true effect; the weighted mean if left out.
        test: "exact" or "chi-square".

    Raises:
        UnknownOption: a name is not known.
        InvalidInput, TooFewStudies: the numbers cannot be used.

    Source: Ioannidis & Trikalinos 2007; Francis 2013 (exact).
    """
    for value, known, what in ((alternative, ALTERNATIVES, "alternative"), (excess, ALTERNATIVES, "alternative"),
                               (test, TESTS, "test")):  # fmt: skip
        if value not in known:
            raise UnknownOption(f"There is no {what} {value!r}; known are {', '.join(known)}.")
    if not (0 < alpha < 1 and tau2 >= 0):
        raise UnknownOption("A level of significance lies between 0 and 1, and tau2 is not negative.")
    y, v = effects_and_variances(estimate, variance, least=1, what="A test of excess significance")
    k = len(y)
    theta = weighted_mean(y, v, tau2).estimate if effect is None else effect
    error = np.sqrt(v)
    z = y / error
    power = _power(theta, error, math.sqrt(tau2), alpha, alternative)
    observed = int(_significant(z, alpha, alternative).sum())
    expected = float(power.sum())
    statistic = None
    if test == "exact":
        p = _exact(power, observed, excess)
    else:
        gap = observed - expected
        statistic = gap * gap / expected + gap * gap / (k - expected)
        p = chi2_upper(statistic, 1)
        if excess != "two.sided":
            towards = gap if excess == "greater" else -gap
            p = 0.5 * p if towards > 0 else 1.0 - 0.5 * p
    return ExcessSignificance(
        observed, expected, observed / expected, theta, tuple(power.tolist()), statistic, p, test,
        shown_when.asymmetry(k),
    )  # fmt: skip


def _significant(z: Array, alpha: float, alternative: str) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    if alternative == "two.sided":
        both: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = np.abs(z) >= normal_quantile(1.0 - 0.5 * alpha)
        return both
    bar = normal_quantile(1.0 - alpha)
    one: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = z >= bar if alternative == "greater" else z <= -bar
    return one


def _power(theta: float, error: Array, tau: float, alpha: float, alternative: str) -> Array:
    x, log_w = nodes_of(POWER_NODES if tau > 0 else 1)
    weights = np.exp(log_w - 0.5 * x * x)
    true = (theta + tau * x) / error[:, None]
    ndtr = special().ndtr
    if alternative == "two.sided":
        bar = normal_quantile(1.0 - 0.5 * alpha)
        chance = ndtr(true - bar) + ndtr(-bar - true)
    else:
        bar = normal_quantile(1.0 - alpha)
        chance = ndtr(true - bar) if alternative == "greater" else ndtr(-true - bar)
    found: Array = chance @ weights
    return found


def _exact(power: Array, observed: int, excess: str) -> float:
    counts = np.ones(1)
    for p in power.tolist():
        counts = np.convolve(counts, (1.0 - p, p))
    if excess == "greater":
        return min(1.0, float(counts[observed:].sum()))
    if excess == "less":
        return min(1.0, float(counts[: observed + 1].sum()))
    return min(1.0, float(counts[counts <= counts[observed] * (1 + 1e-7)].sum()))
