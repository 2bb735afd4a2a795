"""Permutation tests of moderators: p-values that need no distribution, right also with very few studies."""

import math
from dataclasses import dataclass
from itertools import permutations

import numpy as np

from meta.stats.results import NotEstimable

from .design import Design
from .model import Regression, regress

TIE = 1e-10
"""Statistics that differ by less count as equal, so that rounding does not decide a p-value."""


@dataclass(frozen=True, slots=True)
class Permuted:
    """Permutation p-values: one per coefficient and one for all moderators together."""

    p_values: tuple[float, ...]
    p_omnibus: float
    permutations: int
    exact: bool


def permutation_test(fitted: Regression, *, repeats: int = 1000, seed: int = 1) -> Permuted | NotEstimable:
    """Shuffle the rows of the moderators over the studies and refit.

    All k! orders are used if there are no more than ``repeats`` of them, else ``repeats`` random ones (the data's own
    order counts as one of them, so that p is never 0).

    Source: Higgins & Thompson 2004; Follmann & Proschan 1999; Viechtbauer et al. 2015.
    """
    if fitted.omnibus is None:
        return NotEstimable("There is no moderator to permute.")
    k = fitted.k
    exact = k <= 12 and math.factorial(k) <= repeats
    rng = np.random.default_rng(seed)
    orders = (
        (np.array(order) for order in permutations(range(k)))
        if exact
        else (np.arange(k) if i == 0 else rng.permutation(k) for i in range(repeats))
    )
    observed = np.array([abs(item.statistic) for item in fitted.coefficients])
    bar = fitted.omnibus.statistic
    tau2 = None if fitted.tau2 is None else fitted.tau2.value if fitted.tau2.method == "fixed" else fitted.tau2.method
    count, beyond, beyond_all = 0, np.zeros(len(observed)), 0
    for order in orders:
        shuffled = Design(fitted.design.names, fitted.design.matrix[order], fitted.design.intercept)
        refit = regress(fitted.estimate, fitted.variance, shuffled, tau2=tau2, test=fitted.test, level=fitted.level)
        if isinstance(refit, NotEstimable) or refit.omnibus is None:
            continue
        count += 1
        beyond += np.array([abs(item.statistic) for item in refit.coefficients]) >= observed - TIE
        beyond_all += refit.omnibus.statistic >= bar - TIE
    return Permuted(tuple((beyond / count).tolist()), beyond_all / count, count, exact)
