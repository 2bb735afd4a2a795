"""Trim and fill: how many studies would have to be missing on one side for the funnel to be symmetric, and the result
with their mirror images added."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Array, Numbers, effects_and_variances
from meta.stats.errors import UnknownOption
from meta.stats.pooling.intervals import INTERVALS, confidence
from meta.stats.pooling.inverse_variance import cochran_q, weighted_mean
from meta.stats.results import NotEstimable, Pooled, estimated, plain
from meta.stats.shown_when import ShownWhen
from meta.stats.tau2 import ESTIMATORS, Tau2, estimate_tau2

from .line import line

COUNTS: dict[str, str] = {
    "L0": "From the ranks of all studies on the heavier side: the usual one.",
    "R0": "From the run of the most extreme studies: robust when few are missing.",
    "Q0": "A quadratic form of L0; cannot always be computed.",
}
"""Every estimator of the number of missing studies with one sentence."""

SIDES = ("left", "right")
MAX_ROUNDS = 100

NOT_SETTLED = NotEstimable("Trim and fill went round in circles: the number of missing studies did not settle.")
NO_COUNT = NotEstimable("The number of missing studies cannot be computed with this estimator on this side.")
ONLY_SENSITIVITY = (
    "Trim and fill assumes that asymmetry comes from missing studies alone; use it as a sensitivity analysis only."
)


@dataclass(frozen=True, slots=True)
class TrimAndFill:
    """Missing studies on ``side``, with a standard error where it is defined, their mirror images, and the filled result.

    ``p_value`` tests that no study is missing (R0 only). ``original`` is the result without them.
    """

    missing: int
    missing_se: float | None
    p_value: float | None
    side: str
    estimator: str
    filled_estimates: tuple[float, ...]
    filled_variances: tuple[float, ...]
    pooled: Pooled
    original: Pooled
    tau2: float
    q: float
    shown: ShownWhen

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (*self.shown.unmet, ONLY_SENSITIVITY)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


@dataclass(frozen=True, slots=True)
class _Fit:
    estimate: float
    pooled: Pooled
    tau2: float
    q: float


def _fit(y: Array, v: Array, tau2: str | float | None, interval: str, level: float) -> _Fit:
    spread = 0.0 if tau2 is None else tau2 if isinstance(tau2, int | float) else 0.0
    if isinstance(tau2, str) and len(y) > 1:
        found = estimate_tau2(y, v, tau2)
        spread = found.value if isinstance(found, Tau2) else 0.0
    common, mean = weighted_mean(y, v), weighted_mean(y, v, spread)
    answer = confidence(y, v, mean, spread, interval=interval, level=level, common_se=common.standard_error)
    return _Fit(mean.estimate, estimated(answer), spread, cochran_q(y, common.weights, common.estimate))


def trim_and_fill(
    estimate: Numbers,
    variance: Numbers,
    *,
    tau2: str | float | None = "REML",
    estimator: str = "L0",
    side: str | None = None,
    interval: str = "wald",
    level: float = 0.95,
) -> TrimAndFill | NotEstimable:
    r"""Estimate the missing studies from ranks, trim as many from the other side, and repeat until the number settles.

    With S the sum of the ranks of :math:`|y_i - \hat\mu|` of studies above the trimmed mean, and G the length of the run of
    the highest ranks there:

    .. math:: L_0 = \frac{4S - k(k+1)}{2k - 1}, \qquad R_0 = G - 1, \qquad
        Q_0 = k - \tfrac12 - \sqrt{2k^2 - 4S + \tfrac14}

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 2.
        tau2: an estimator's name, a number, or None for the common effect; used in every round.
        estimator: a key of ``COUNTS``.
        side: "left" or "right", where studies are missing; where a line through the funnel says if left out.
        interval, level: of the pooled effect.

    Raises:
        UnknownOption: a name is not known.
        TooFewStudies, InvalidInput: the studies cannot be used.

    Source: Duval & Tweedie 2000a, 2000b.
    """
    for value, known, what in (
        (estimator, COUNTS, "estimator of missing studies"),
        (interval, INTERVALS, "interval"),
        (side or "left", SIDES, "side"),
        (tau2 if isinstance(tau2, str) else "DL", ESTIMATORS, "tau2 estimator"),
    ):
        if value not in known:
            raise UnknownOption(f"There is no {what} {value!r}; known are {', '.join(known)}.")
    y, v = effects_and_variances(estimate, variance, least=2, what="Trim and fill")
    chosen = side or _lighter_side(y, v, tau2)
    turned = -y if chosen == "right" else y
    order = np.argsort(turned, kind="stable")
    z, u = turned[order], v[order]
    k = len(z)
    missing, previous, error = 0, -1, None
    for _ in range(MAX_ROUNDS):
        if missing == previous:
            break
        previous = missing
        centre = _fit(z[: k - missing], u[: k - missing], tau2, "wald", level).estimate
        found = _count(z - centre, estimator)
        if found is None:
            return NO_COUNT
        missing, error = found
    else:
        return NOT_SETTLED
    sign = -1.0 if chosen == "right" else 1.0
    filled = sign * (2.0 * centre - z[k - missing :])
    all_y, all_v = np.concatenate((y, filled)), np.concatenate((v, u[k - missing :]))
    result, original = _fit(all_y, all_v, tau2, interval, level), _fit(y, v, tau2, interval, level)
    return TrimAndFill(
        missing, error, 0.5 ** (missing + 1) if estimator == "R0" else None, chosen, estimator,
        tuple(filled.tolist()), tuple(u[k - missing :].tolist()), result.pooled, original.pooled, result.tau2, result.q,
        shown_when.asymmetry(k, v),
    )  # fmt: skip


def _lighter_side(y: Array, v: Array, tau2: str | float | None) -> str:
    """Where small studies are missing: small studies with lower effects leave a gap to the right."""
    if len(y) < 3:
        return "left"
    root = np.sqrt(v)
    if float(np.ptp(root)) == 0:
        return "left"
    if tau2 is None:
        return "right" if line(y, 1.0 / v, root).slope < 0 else "left"
    from meta.stats.regression.tau2 import estimate_tau2 as residual
    from meta.stats.regression.weighted import fit

    x = np.column_stack((np.ones(len(y)), root))
    spread = residual(y, v, x, tau2).value if isinstance(tau2, str) else tau2
    return "right" if fit(y, v, x, spread).coefficients[1] < 0 else "left"


def _count(away: Array, estimator: str) -> tuple[int, float | None] | None:
    """Missing studies on the left and their standard error, from distances to the trimmed mean; None if undefined."""
    k = len(away)
    ranks = np.empty(k)
    ranks[np.argsort(np.abs(away), kind="stable")] = np.arange(1, k + 1)
    if estimator == "R0":
        below = ranks[away < 0]
        if not len(below):
            return None
        number = k - float(below.max()) - 1.0
        return max(0, round(number)), math.sqrt(2.0 * max(0.0, number) + 2.0)
    total = float(ranks[away > 0].sum())
    if estimator == "L0":
        number = (4.0 * total - k * (k + 1)) / (2 * k - 1)
        factor = 4.0 / (2 * k - 1)
    else:
        inside = 2.0 * k * k - 4.0 * total + 0.25
        if inside < 0:
            return None
        number = k - 0.5 - math.sqrt(inside)
        left = (k - 0.5) ** 2 - number * (2 * k - number - 1)
        factor = 2.0 / math.sqrt(left) if left > 0 else math.nan
    spread = (
        k * (k + 1) * (2 * k + 1) + 10 * number**3 + 27 * number**2 + 17 * number
        - 18 * k * number**2 - 18 * k * number + 6 * k * k * number
    ) / 24  # fmt: skip
    error = factor * math.sqrt(spread) if spread >= 0 else math.nan
    return max(0, round(number)), error if math.isfinite(error) else None
