"""The model whose studies are looked at one by one: with or without moderators, common or random effects."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from meta.stats.arrays import Array, effects_and_variances, names
from meta.stats.distributions import critical_value
from meta.stats.errors import UnknownOption
from meta.stats.regression.design import INTERCEPT, Design, Moderator, check, design
from meta.stats.regression.tau2 import estimate_tau2 as estimate_residual_tau2
from meta.stats.regression.weighted import Weighted, fit
from meta.stats.tau2 import ESTIMATORS, Tau2, estimate_tau2

TESTS = ("wald", "t", "hk", "hk-se")

__all__ = ["Array", "Model", "intercept_only", "model", "scale_of", "spread_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted model: effects ``y``, variances ``v`` (k,), design ``x`` (k, p), its tau2 and weighted fit.

    ``scale`` multiplies the covariance of the coefficients (1 unless Knapp-Hartung); ``covariance`` includes it.
    """

    labels: tuple[str, ...]
    y: Array
    v: Array
    design: Design
    tau2_method: str | float | None
    interval: str
    level: float
    tau2: float
    fit: Weighted
    scale: float

    @property
    def k(self) -> int:
        """Number of studies."""
        return len(self.y)

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.design.matrix.shape[1])

    @property
    def covariance(self) -> Array:
        """Of the coefficients, (p, p)."""
        found: Array = self.fit.inverse * self.scale
        return found

    @property
    def fitted(self) -> Array:
        """Expected effects of the studies, (k,)."""
        found: Array = self.design.matrix @ self.fit.coefficients
        return found

    @property
    def hat(self) -> Array:
        """Leverage of each study, (k,)."""
        found: Array = (self.fit.basis**2).sum(axis=1)
        return found

    @property
    def critical(self) -> float:
        """Critical value of the test at its level."""
        return critical_value(self.level, None if self.interval == "wald" else float(self.k - self.p))


def intercept_only(k: int) -> Design:
    """The design of a plain meta-analysis."""
    return Design((INTERCEPT,), np.ones((k, 1)), intercept=True)


def model(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None,
    interval: str,
    level: float,
    moderators: Mapping[str, Moderator] | Design | None,
    labels: Sequence[str] | None,
) -> Model:
    """Check the options and fit once.

    Raises:
        UnknownOption: a name is not known.
        TooFewStudies, SingularDesign, InvalidInput: the data cannot be fitted.
    """
    if interval not in TESTS:
        raise UnknownOption(f"There is no interval {interval!r} here; known are {', '.join(TESTS)}.")
    if isinstance(tau2, str) and tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    if not 0 < level < 1:
        raise UnknownOption("A confidence level lies between 0 and 1.")
    y, v = effects_and_variances(estimate, variance, least=2, what="A look at single studies")
    k = len(y)
    if moderators is None:
        chosen = intercept_only(k)
    else:
        chosen = moderators if isinstance(moderators, Design) else design(moderators, k)
        check(chosen.matrix)
    spread = spread_of(y, v, chosen.matrix, tau2)
    found = fit(y, v, chosen.matrix, spread)
    return Model(
        names(labels, k), y, v, chosen, tau2, interval, level, spread, found,
        scale_of(found.q, k - chosen.matrix.shape[1], interval),
    )  # fmt: skip


def spread_of(y: Array, v: Array, x: Array, tau2: str | float | None) -> float:
    """tau2 of these studies: 0 for a common effect, and where as many coefficients as studies leave none to see."""
    if tau2 is None:
        return 0.0
    if not isinstance(tau2, str):
        return tau2
    if x.shape[0] <= x.shape[1]:
        return 0.0
    found = estimate_tau2(y, v, tau2) if _only_ones(x) else estimate_residual_tau2(y, v, x, tau2)
    return found.value if isinstance(found, Tau2) else 0.0


def _only_ones(x: Array) -> bool:
    return x.shape[1] == 1 and bool((x == 1.0).all())


def scale_of(q: float, df: int, interval: str) -> float:
    """What Knapp and Hartung multiply the covariance with; 1 for the classic tests."""
    if interval in ("wald", "t") or df < 1:
        return 1.0
    factor = q / df
    return max(1.0, factor) if interval == "hk-se" else factor
