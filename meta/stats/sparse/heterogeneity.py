r"""Do the studies share one effect? The model in which each has its own, against the model in which all have one.

Likelihood ratio: twice the difference of their log-likelihoods. Wald:
:math:`\sum w_i (\theta_i - \bar\theta)^2` with the studies' own maximum-likelihood effects
and their information. A study whose own effect is infinite adds nothing to the Wald test.
"""

import numpy as np

from meta.stats.arrays import Array
from meta.stats.distributions import chi2_upper, special
from meta.stats.pooling.tables import ChiSquare
from meta.stats.results import NotEstimable

from .families import Binomial, Pair, Poisson
from .hypergeometric import Tables
from .maximise import FAR, Optimum, best_of
from .quadrature import over_line

NO_TEST = NotEstimable("A test of heterogeneity needs at least two studies.")
FLAT = 1e-7
"""Information below this: the study's own effect has run off to infinity."""

MAX_STEPS = 200


def heterogeneity(
    data: Pair | Binomial | Poisson | Tables, model: str, common: Optimum, nodes: int
) -> tuple[ChiSquare | NotEstimable, ChiSquare | NotEstimable]:
    """Wald and likelihood-ratio test of one effect for all studies.

    Args:
        common: the optimum of the model with one effect.
    """
    k = len(data)
    if k < 2:
        return NO_TEST, NO_TEST
    if isinstance(data, Pair) and model == "UM.RS":
        wald, value = _random_studies(data, common, nodes)
    else:
        value, theta, information = _own(data)
        wald = _spread(theta, np.diag(information))
    ratio = max(0.0, 2.0 * (value - common.value))
    return ChiSquare(wald, k - 1, chi2_upper(wald, k - 1)), ChiSquare(ratio, k - 1, chi2_upper(ratio, k - 1))


def _own(data: Pair | Binomial | Poisson | Tables) -> tuple[float, Array, Array]:
    """The highest log-likelihood with an effect for each study; the finite ones of these and their information."""
    if isinstance(data, Tables):
        return _own_tables(data)
    if isinstance(data, Pair):
        one, one_level, one_spread = _saturated(data.experimental)
        other, other_level, other_spread = _saturated(data.control)
        theta, spread = one_level - other_level, one_spread + other_spread
        value = one + other
    else:
        value, theta, spread = _saturated(data)
    keep = np.isfinite(theta) & np.isfinite(spread)
    return value, theta[keep], 1.0 / spread[keep]


def _saturated(family: Binomial | Poisson) -> tuple[float, Array, Array]:
    """Log-likelihood at the observed proportions or rates, these as predictors, and their variances."""
    xlogy = special().xlogy
    y = family.events
    with np.errstate(all="ignore"):
        if isinstance(family, Poisson):
            value = family.constant + xlogy(y, y) - y
            return float(value.sum()), np.log(y) - family.log_time, 1.0 / y
        n = family.total
        value = family.constant + xlogy(y, y / n) + xlogy(n - y, (n - y) / n)
        return float(value.sum()), np.log(y / (n - y)) - family.offset, 1.0 / y + 1.0 / (n - y)


def _own_tables(tables: Tables) -> tuple[float, Array, Array]:
    """Each table's own conditional odds ratio: Newton's method, kept within limits."""
    inside = (tables.events > tables.lowest) & (tables.events < tables.highest)
    theta = np.zeros(len(tables))
    for _ in range(MAX_STEPS):
        _, slope, curve = tables(theta)
        step = np.where(inside, np.clip(slope / np.maximum(-curve, FLAT), -1.0, 1.0), 0.0)
        theta = np.clip(theta + step, -FAR, FAR)
        if float(np.abs(step).max(initial=0.0)) < 1e-11:
            break
    value, _, curve = tables(theta)
    return float(value[inside].sum()), theta[inside], -curve[inside]


def _random_studies(pair: Pair, common: Optimum, nodes: int) -> tuple[float, float]:
    """The same with random study effects: controls from one distribution, an effect of its own for each study."""
    k = len(pair)

    def f(shared: Array, own: Array) -> Array:
        return over_line(pair.by_centre(own), shared[0] + 0.5 * own, float(shared[1]), nodes)

    alpha, theta, sigma = (float(x) for x in common.shared[:3])
    best, _ = best_of(f, ((np.array([alpha - 0.5 * theta, max(sigma, 0.2)]), np.full(k, theta)),))
    shared, cross, own = best.curvature
    keep = -own > FLAT
    # information of the effects after the shared parameters are eliminated
    inner = np.diag(-own[keep]) + cross[keep] @ np.linalg.pinv(shared) @ cross[keep].T
    return _spread(best.own[keep], inner), best.value


def _spread(theta: Array, information: Array) -> float:
    """Weighted squared distance from the common mean with this information matrix; 0 where no study is left."""
    ones = np.ones(len(theta))
    weights = information @ ones
    total = float(weights.sum())
    if total <= 0:
        return 0.0
    away = theta - float(weights @ theta) / total
    return max(0.0, float(away @ information @ away))
