r"""How many standard deviations a range or an interquartile range of n normal observations spans."""

import math
from functools import lru_cache
from typing import Literal

import numpy as np

from meta.stats.distributions import normal_quantile, special

Eta = Literal["closed", "table"]
"""``closed``: Wan's formula, Blom's approximation at this n. ``table``: Wan's tables, whose entries are expected
normal order statistics; that of the quartiles exists for n = 4Q + 1 only, so the nearest Q is taken."""

SPREADS: tuple[Eta, ...] = ("closed", "table")

_GRID = np.linspace(-40.0, 40.0, 8001)
"""In standard deviations of the order statistic; its tails fall at least like an exponential."""


@lru_cache(maxsize=1024)
def expected_order_statistic(rank: int, n: int) -> float:
    r"""Expected value of the ``rank``-th smallest of ``n`` standard normal observations.

    .. math:: \frac{n!}{(r-1)!\,(n-r)!} \int z\, \Phi(z)^{r-1} (1 - \Phi(z))^{n-r} \varphi(z)\, dz

    The integrand is smooth and vanishes at both ends, so the trapezium rule is exact to rounding.
    Source: David & Nagaraja 2003, Order Statistics, 3.1.
    """
    log_ndtr = special().log_ndtr
    p = (rank - 0.375) / (n + 0.25)
    centre = normal_quantile(p)
    width = math.sqrt(2 * math.pi * p * (1 - p) / n) * math.exp(0.5 * centre**2)
    z = centre + width * _GRID
    log_weight = (rank - 1) * log_ndtr(z) + (n - rank) * log_ndtr(-z) - 0.5 * z**2
    weight = np.exp(log_weight - log_weight.max())  # the factor before the integral is whatever makes it sum to 1
    return float((z * weight).sum() / weight.sum())


def range_in_sds(n: float, form: Eta = "closed") -> float:
    """ξ(n): the expected range of n normal observations, in standard deviations.

    Source: Wan et al. 2014, equation 7 (closed) and Table 1.
    """
    if form == "table":
        whole = max(2, round(n))
        return 2.0 * expected_order_statistic(whole, whole)
    return 2.0 * normal_quantile((n - 0.375) / (n + 0.25))


def quartiles_in_sds(n: float, form: Eta = "closed") -> float:
    """η(n): the expected interquartile range of n normal observations, in standard deviations.

    Source: Wan et al. 2014, equation 15 (closed) and Table 2, where the quartiles of 4Q + 1 observations are the
    (Q + 1)-th and the (3Q + 1)-th.
    """
    if form == "table":
        q = max(1, round((n - 1) / 4))
        return 2.0 * expected_order_statistic(3 * q + 1, 4 * q + 1)
    return 2.0 * normal_quantile((0.75 * n - 0.125) / (n + 0.25))
