r"""The distribution of a positive combination of chi-square variables, :math:`Q = \sum \lambda_j \chi^2_1`.

It is what Cochran's Q follows when studies differ or weights are not the inverse variances.
"""

import math

import numpy as np
import numpy.typing as npt

from .distributions import special

Array = npt.NDArray[np.float64]

MAX_TERMS = 20_000
SMOOTH = 8
"""From this many terms on, the characteristic function falls fast enough to be summed directly."""


def upper_tail(x: float, weights: Array) -> float:
    r"""P(Q > x) for positive ``weights`` :math:`\lambda_j`, shape (m,), to about 1e-10.

    Few weights: Ruben's mixture of chi-square distributions, all terms positive. Many: the midpoint sum of Imhof's
    integral, whose error is the probability of values far beyond any that matter.

    Source: Ruben 1962; Farebrother 1984 (AS 204); Imhof 1961; Davies 1980.
    """
    if x <= 0:
        return 1.0
    weights = np.sort(weights[weights > 1e-14 * weights.max()])
    if weights[-1] <= weights[0] * (1 + 1e-12):
        return float(special().chdtrc(len(weights), x / weights[0]))
    if len(weights) < SMOOTH or weights[-1] / weights[0] < 4:
        return _ruben(x, weights)
    return _imhof(x, weights)


def _ruben(x: float, weights: Array) -> float:
    beta = 0.90625 * float(weights[0])
    shrink = 1.0 - beta / weights
    m = len(weights)
    coefficients = np.zeros(MAX_TERMS)
    powers = np.zeros(MAX_TERMS)
    coefficients[0] = math.exp(0.5 * float(np.log(beta / weights).sum()))
    tail = special().chdtrc
    total = coefficients[0]
    answer = coefficients[0] * float(tail(m, x / beta))
    running = np.ones(m)
    for n in range(1, MAX_TERMS):
        running = running * shrink
        powers[n] = 0.5 * float(running.sum())
        coefficients[n] = float(powers[n:0:-1].dot(coefficients[:n])) / n
        total += coefficients[n]
        answer += coefficients[n] * float(tail(m + 2 * n, x / beta))
        if 1.0 - total < 1e-12:
            break
    return float(min(1.0, answer + max(0.0, 1.0 - total)))


def _imhof(x: float, weights: Array) -> float:
    mean, spread = float(weights.sum()), math.sqrt(2.0 * float(weights.dot(weights)))
    reach = max(x, mean) + 30.0 * spread + 60.0 * float(weights[-1])
    step = 2.0 * math.pi / reach
    total = 0.0
    done = 0
    while done < 400_000:
        u = (np.arange(done, done + 512) + 0.5) * step
        arms = 0.5 * u[:, None] * weights * 2.0
        angle = 0.5 * np.arctan(arms).sum(axis=1) - 0.5 * x * u
        size = np.exp(0.25 * np.log1p(arms * arms).sum(axis=1))
        terms = np.sin(angle) / ((np.arange(done, done + 512) + 0.5) * size)
        total += float(terms.sum())
        done += 512
        if 1.0 / size[-1] < 1e-13:
            break
    return min(1.0, max(0.0, 0.5 + total / math.pi))
