r"""Beta-binomial regression of events in two arms: risks differ between arms of different studies by a beta distribution.

.. math:: \operatorname{logit} \mu = \beta_0 + \beta_1 [\text{experimental}], \qquad
    \mathrm{var}(y) = n \mu (1 - \mu) (1 + (n - 1) \rho)

with one intraclass correlation :math:`\rho` for all arms. Arms without events take part as they are. Treatment and control
arm of a study are taken as independent, so what is compared are the arms' marginal risks.

Source: Kuss 2015; Griffiths 1973.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats.arrays import Array
from meta.stats.distributions import special
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.inputs import BinaryArms
from meta.stats.measures import measure
from meta.stats.pooling.intervals import pooled
from meta.stats.results import NotEstimable, Pooled, estimated, plain

from .families import binomial
from .maximise import Convergence, best_of

RHO_STARTS = (0.3, 0.05, 0.002)
"""Intraclass correlations to start from."""

LEAST_LOGIT = -16.0
"""Below a correlation of about 1e-7 the beta-binomial is a binomial."""

STIRLING = 15.0
"""From here on the series of the log-gamma function is exact to double precision."""

EMPTY = NotEstimable("One arm has no events, or nothing but events, in any study.")


@dataclass(frozen=True, slots=True)
class BetaBinomial:
    """The pooled log odds ratio, the control arms' logit ``intercept``, the correlation ``rho`` and how it was found."""

    pooled: Pooled
    intercept: float
    rho: float
    log_likelihood: float
    convergence: Convergence
    arms: int

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            *self.convergence.notes(),
            "Arms are compared across studies as if they were independent, which breaks the randomisation within studies.",
        )

    def display(self, x: float) -> float:
        """A log odds ratio as odds ratio."""
        return measure("OR").display(x)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        shown = {name: self.display(getattr(self.pooled, name)) for name in ("estimate", "lower", "upper")}
        return {**found, "display": shown, "notes": list(self.notes)}


def beta_binomial(arms: BinaryArms, *, interval: str = "wald", level: float = 0.95) -> BetaBinomial | NotEstimable:
    """Fit by maximum likelihood from three starts.

    Args:
        arms: events and totals in two arms; all studies take part, double-zero ones included.
        interval: "wald" or "t" (2k - 2 degrees of freedom).
        level: confidence level.

    Raises:
        InvalidInput: not two arms with events.
        UnknownOption: no such interval or level.
    """
    if not isinstance(arms, BinaryArms):
        raise InvalidInput("A beta-binomial model needs events in two arms.")
    if interval not in ("wald", "t"):
        raise UnknownOption(f"There is no interval {interval!r} here; known are wald, t.")
    if not 0 < level < 1:
        raise UnknownOption("A confidence level lies between 0 and 1.")
    a, n1, c, n2 = (column[arms.complete] for column in arms.columns)
    sums = float(a.sum()), float(n1.sum()), float(c.sum()), float(n2.sum())
    if 0.0 in (sums[0], sums[2]) or sums[0] == sums[1] or sums[2] == sums[3]:
        return EMPTY
    y, n = np.concatenate((a, c)), np.concatenate((n1, n2))
    treated = np.concatenate((np.ones(len(a)), np.zeros(len(c))))
    control = math.log(sums[2] / (sums[3] - sums[2]))
    effect = math.log(sums[0] / (sums[1] - sums[0])) - control
    constant = special().gammaln(n + 1) - special().gammaln(y + 1) - special().gammaln(n - y + 1)

    def f(shared: Array, _: Array) -> Array:
        return _log_density(
            y, n, constant, shared[0] + shared[1] * treated, float(np.clip(shared[2], LEAST_LOGIT, 12.0))
        )

    none = np.zeros(0)
    starts = tuple((np.array([control, effect, math.log(r / (1 - r))]), none) for r in RHO_STARTS)
    best, convergence = best_of(f, starts)
    rho = float(special().expit(best.shared[2]))
    plain_family = binomial(y, n)
    without, alone = best_of(
        lambda shared, _: plain_family(shared[0] + shared[1] * treated)[0], ((np.array([control, effect]), none),)
    )
    if without.value >= best.value - 1e-9:
        best, rho = without, 0.0
        convergence = Convergence(
            f"{convergence.method}, then without spread", convergence.starts, convergence.starts, convergence.steps,
            alone.slope, alone.converged, True,
        )  # fmt: skip
    if best.covariance is None:
        return NotEstimable("The likelihood has no highest point.")
    k = len(a)
    df = float(2 * k - 2) if interval == "t" else None
    if df == 0:
        return NotEstimable("With one study there is no degree of freedom for a t distribution.")
    answer = estimated(pooled(
        float(best.shared[1]), math.sqrt(float(best.covariance[1, 1])), df=df, level=level, k=k, method=interval
    ))  # fmt: skip
    return BetaBinomial(answer, float(best.shared[0]), rho, best.value, convergence, len(y))


def _log_density(y: Array, n: Array, constant: Array, logit: Array, logit_rho: float) -> Array:
    r"""With :math:`s = (1-\rho)/\rho`: ways, times the binomial, times :math:`\prod (1 + j/(s\mu))
    \prod (1 + j/(s(1-\mu))) / \prod (1 + j/s)`."""
    expit = special().expit
    size = math.exp(-logit_rho)
    mu, rest = expit(logit), expit(-logit)
    simple = constant + y * logit - n * np.logaddexp(0.0, logit)
    found: Array = simple + _rising(size * mu, y) + _rising(size * rest, n - y) - _rising(np.full_like(n, size), n)
    return found


def _rising(x: Array, m: Array) -> Array:
    r""":math:`\sum_{j<m} \log(1 + j/x) = \log\Gamma(x+m) - \log\Gamma(x) - m \log x` without loss of digits for large x."""
    gammaln = special().gammaln
    small = x < STIRLING
    safe = np.where(small, x, 1.0)
    low = gammaln(safe + m) - gammaln(safe) - m * np.log(safe)
    large = np.where(small, STIRLING, x)
    high = (large + m - 0.5) * np.log1p(m / large) - m + _series(large + m) - _series(large)
    found: Array = np.where(small, low, high)
    return found


def _series(x: Array) -> Array:
    inverse = 1.0 / (x * x)
    found: Array = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)))) / x
    return found
