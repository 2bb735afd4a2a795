"""Rank correlation of effects and variances: Begg and Mazumdar's test, and Kendall's statistic behind it."""

import math
from dataclasses import dataclass

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Array, Numbers, effects_and_variances
from meta.stats.distributions import normal_two_sided
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.results import NotEstimable

from .asymmetry import NOT_ONLY_PUBLICATION, AsymmetryTest

TIED = NotEstimable("The studies do not differ in effect or in variance, so ranks cannot be compared.")


@dataclass(frozen=True, slots=True)
class Kendall:
    """Kendall's score S (concordant less discordant pairs), its standard error, tau-b and an exact p-value.

    ``exact_p`` is None where there are ties.
    """

    score: float
    standard_error: float
    tau: float
    exact_p: float | None


def kendall(x: Array, y: Array) -> Kendall | NotEstimable:
    r"""Kendall's rank correlation.

    .. math:: \mathrm{var}(S) = \frac{k(k-1)(2k+5) - \sum t(t-1)(2t+5) - \sum u(u-1)(2u+5)}{18}
        + \frac{\sum t(t-1)(t-2) \sum u(u-1)(u-2)}{9k(k-1)(k-2)} + \frac{\sum t(t-1) \sum u(u-1)}{2k(k-1)}

    with t and u the sizes of the groups of ties. The exact p-value counts permutations by their inversions.

    Source: Kendall 1970; Best & Gipps 1974.
    """
    k = len(x)
    score = float(sum(np.dot(np.sign(x[i] - x[:i]), np.sign(y[i] - y[:i])) for i in range(1, k)))
    ties = [np.unique(column, return_counts=True)[1].astype(np.float64) for column in (x, y)]
    one = [float((t * (t - 1)).sum()) for t in ties]
    two = [float((t * (t - 1) * (t - 2)).sum()) for t in ties]
    three = [float((t * (t - 1) * (2 * t + 5)).sum()) for t in ties]
    pairs = k * (k - 1)
    if pairs in one:
        return TIED
    variance = (pairs * (2 * k + 5) - three[0] - three[1]) / 18 + one[0] * one[1] / (2 * pairs)
    if k > 2:
        variance += two[0] * two[1] / (9 * pairs * (k - 2))
    tau = 2 * score / math.sqrt((pairs - one[0]) * (pairs - one[1]))
    return Kendall(score, math.sqrt(variance), tau, None if sum(one) else _exact(k, score))


def _exact(k: int, score: float) -> float:
    """Two-sided probability of a score at least as far from 0, all orders being equally likely."""
    inversions = np.ones(1)
    for size in range(2, k + 1):
        inversions = np.convolve(inversions, np.full(size, 1.0 / size))
    pairs = k * (k - 1) // 2
    concordant = round((score + pairs) / 2)
    tail = inversions[: concordant + 1] if score < 0 else inversions[concordant:]
    return min(1.0, 2.0 * float(tail.sum()))


def begg(estimate: Numbers, variance: Numbers, *, exact: bool = False) -> AsymmetryTest | NotEstimable:
    r"""Begg and Mazumdar's test: Kendall's correlation of standardised effects with variances.

    .. math:: y_i^* = (y_i - \hat\mu) / \sqrt{v_i - 1/\sum w}, \qquad z = S/\mathrm{SE}(S)

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 3.
        exact: take the p-value from all orders (without ties), as metafor does, in place of the normal one.

    Raises:
        TooFewStudies: fewer than three.

    Source: Begg & Mazumdar 1994.
    """
    y, v = effects_and_variances(estimate, variance, least=3, what="Begg's test")
    pooled = weighted_mean(y, v)
    own = v - 1.0 / pooled.sum
    if not (own > 0).all():
        return NotEstimable("One study has all the weight, so its distance from the pooled effect means nothing.")
    return rank_test("Begg's test", (y - pooled.estimate) / np.sqrt(own), v, v, exact=exact)


def rank_test(title: str, x: Array, y: Array, v: Array | None, *, exact: bool = False) -> AsymmetryTest | NotEstimable:
    """A test by Kendall's correlation of two columns."""
    found = kendall(x, y)
    if isinstance(found, NotEstimable):
        return found
    z = found.score / found.standard_error
    p = found.exact_p if exact and found.exact_p is not None else normal_two_sided(z)
    shown = shown_when.asymmetry(len(x), v)
    weak = "A rank test finds little with fewer than about 25 studies."
    return AsymmetryTest(
        title, len(x), z, None, p, found.score, found.standard_error, None, None, None, None, None, None, shown,
        (*shown.unmet, NOT_ONLY_PUBLICATION, weak),
    )  # fmt: skip
