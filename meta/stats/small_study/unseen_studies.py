"""Fail-safe N: how many unseen studies without effect would overturn the result."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from meta.stats.arrays import Array, Numbers, effects_and_variances
from meta.stats.distributions import normal_quantile, normal_two_sided
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.results import NotEstimable, plain
from meta.stats.shown_when import ALWAYS, ShownWhen
from meta.stats.tau2 import ESTIMATORS, Tau2, estimate_tau2

KINDS: dict[str, str] = {
    "Rosenthal": "Studies with z = 0 until the sum of z-values is no longer significant (one-sided).",
    "Orwin": "Studies without effect until the average falls to a target.",
    "Rosenberg": "Studies without effect, of average weight, until the common effect is no longer significant.",
    "General": "The same for a random-effects model, whose tau² grows with the added studies.",
}
"""Every fail-safe N with one sentence on what it counts."""

WHOLE = 1.5e-8
"""A number this close to a whole one is that one; any other is rounded up."""

MOST = 10_000_000
"""More studies than have been made on anything."""

WEAK = (
    "A fail-safe N says nothing about the size of the effect and assumes that unseen studies average to zero; "
    "Cochrane advises against it."
)
TOO_MANY = NotEstimable("More than ten million studies would be needed.")


@dataclass(frozen=True, slots=True)
class FailSafe:
    """The number of studies; the p-value of the studies seen, their average, and the target, where the kind has them."""

    number: int
    kind: str
    p_value: float | None
    average: float | None
    target: float | None
    alpha: float
    shown: ShownWhen = ALWAYS

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (WEAK,)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def fail_safe(
    estimate: Numbers,
    variance: Numbers,
    *,
    kind: str = "Rosenthal",
    alpha: float = 0.05,
    target: float | None = None,
    tau2: str = "REML",
) -> FailSafe | NotEstimable:
    r"""A fail-safe N.

    .. math:: \text{Rosenthal}: \; k \Bigl(\frac{|\sum z_i|/\sqrt k}{z_\alpha}\Bigr)^2 - k, \qquad
        \text{Orwin}: \; k \frac{\hat\mu - \mu_t}{\mu_t}, \qquad
        \text{Rosenberg}: \; \frac{k}{\sum w} \Bigl[\Bigl(\frac{\sum w y}{z_{\alpha/2}}\Bigr)^2 - \sum w\Bigr]

    General: N studies with mean 0, the harmonic mean of the variances and the same tau2 are added; tau2 of all is that of the
    two groups together, and the smallest N with p >= alpha (or an average at the target) is the answer.

    Args:
        estimate, variance: effects and positive variances, shape (k,).
        kind: a key of ``KINDS``.
        alpha: level of significance.
        target: for Orwin (half of the average if left out) and, if given, for General.
        tau2: the estimator for General.

    Raises:
        UnknownOption: a name is not known.
        InvalidInput, TooFewStudies: the numbers cannot be used, or a target is 0.

    Source: Rosenthal 1979; Orwin 1983; Rosenberg 2005; Viechtbauer, metafor ("General").
    """
    if kind not in KINDS:
        raise UnknownOption(f"There is no fail-safe N {kind!r}; known are {', '.join(KINDS)}.")
    if tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    if not 0 < alpha < 0.5:
        raise UnknownOption("A level of significance lies between 0 and 0.5.")
    y, v = effects_and_variances(estimate, variance, least=1, what="A fail-safe N")
    if kind == "Rosenthal":
        return _rosenthal(y, v, alpha)
    if kind == "Orwin":
        return _orwin(y, v, alpha, target)
    if kind == "Rosenberg":
        return _rosenberg(y, v, alpha)
    return _general(y, v, alpha, target, tau2)


def _up(x: float) -> int:
    return round(x) if abs(x - round(x)) < WHOLE else math.ceil(x)


def _answer(
    x: float, kind: str, p: float | None, average: float | None, target: float | None, alpha: float
) -> FailSafe | NotEstimable:
    return TOO_MANY if x > MOST else FailSafe(_up(max(0.0, x)), kind, p, average, target, alpha)


def _rosenthal(y: Array, v: Array, alpha: float) -> FailSafe | NotEstimable:
    k = len(y)
    z = abs(float((y / v**0.5).sum())) / math.sqrt(k)
    needed = k * (z / normal_quantile(1.0 - alpha)) ** 2 - k
    return _answer(needed, "Rosenthal", 0.5 * normal_two_sided(z), None, None, alpha)


def _aim(average: float, target: float | None) -> float:
    """The target on the side of the average.

    Raises:
        InvalidInput: no number of studies brings an average to 0.
    """
    aim = 0.5 * average if target is None else math.copysign(target, average)
    if aim == 0:
        raise InvalidInput("No number of studies without effect brings the average to 0; give another target.")
    return aim


def _orwin(y: Array, v: Array, alpha: float, target: float | None) -> FailSafe | NotEstimable:
    average = weighted_mean(y, v).estimate
    aim = _aim(average, target)
    return _answer(len(y) * (average - aim) / aim, "Orwin", None, average, aim, alpha)


def _rosenberg(y: Array, v: Array, alpha: float) -> FailSafe | NotEstimable:
    mean = weighted_mean(y, v)
    total = mean.estimate * mean.sum
    needed = ((total / normal_quantile(1.0 - 0.5 * alpha)) ** 2 - mean.sum) * len(y) / mean.sum
    return _answer(
        needed, "Rosenberg", normal_two_sided(mean.estimate / mean.standard_error), mean.estimate, None, alpha
    )


def _general(y: Array, v: Array, alpha: float, target: float | None, method: str) -> FailSafe | NotEstimable:
    k = len(y)
    found = estimate_tau2(y, v, method)
    tau2 = found.value if isinstance(found, Tau2) else 0.0
    mean = weighted_mean(y, v, tau2)
    p = normal_two_sided(mean.estimate / mean.standard_error)
    typical = k / float((1.0 / v).sum())

    def with_more(n: int) -> tuple[float, float]:
        """Estimate and p-value with n studies added."""
        centre = k * mean.estimate / (k + n)
        between = k * (mean.estimate - centre) ** 2 + n * centre**2
        spread = ((k - 1 + max(0, n - 1)) * tau2 + between) / (k + n - 1)
        w = 1.0 / (v + spread)
        total = float(w.sum()) + n / (typical + spread)
        estimate = float(w.dot(y)) / total
        return estimate, normal_two_sided(estimate * math.sqrt(total))

    if target is None:
        if p >= alpha:
            return FailSafe(0, "General", p, mean.estimate, None, alpha)
        number = _first(lambda n: with_more(n)[1] >= alpha)
        aim = None
    else:
        aim = _aim(mean.estimate, target)
        if abs(aim) >= abs(mean.estimate):
            return FailSafe(0, "General", p, mean.estimate, aim, alpha)
        number = _first(lambda n: abs(with_more(n)[0]) <= abs(aim))
    return TOO_MANY if number is None else FailSafe(number, "General", p, mean.estimate, aim, alpha)


def _first(reached: Callable[[int], bool]) -> int | None:
    """The smallest number, by doubling and halving, from which on the aim is reached."""
    high = 1
    while not reached(high):
        high *= 2
        if high > MOST:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
