r"""Limit meta-analysis: shrink the studies' effects towards what infinitely precise studies would show.

With :math:`s_i^2 = v_i + \tau^2`, the line :math:`y_i/s_i = \alpha + \beta/s_i` is drawn through the radial plot (unweighted);
the adjusted effect is its expectation for a study with :math:`v \to 0`:

.. math::
    \hat\mu = \beta + \tau\alpha, \qquad \mathrm{SE}^2 = \frac{(1 - \tau\bar x)^2}{\sum (x_i - \bar x)^2} + \frac{\tau^2}{k},
    \quad x_i = 1/s_i

G² is the share of the variation of the limit effects :math:`\beta + \tau/s_i (y_i - \beta)` in the radial plot that the line
through it leaves unexplained: heterogeneity beyond small-study effects.

Source: Rücker et al. 2011.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Numbers, effects_and_variances
from meta.stats.distributions import chi2_upper
from meta.stats.errors import UnknownOption
from meta.stats.pooling.intervals import pooled
from meta.stats.pooling.inverse_variance import cochran_q, weighted_mean
from meta.stats.results import Pooled, estimated, plain
from meta.stats.shown_when import ShownWhen
from meta.stats.tau2 import ESTIMATORS, Tau2, estimate_tau2

from .line import line, own_dispersion


@dataclass(frozen=True, slots=True)
class LimitMetaAnalysis:
    """The adjusted effect, the line (``alpha``, ``beta``), and Q split into small-study effects and the rest.

    ``g2`` is between 0 and 1. ``shrunken`` holds the studies' limit effects.
    """

    pooled: Pooled
    alpha: float
    beta: float
    tau2: float
    q_small: float
    q_small_p: float
    q_residual: float
    q_residual_p: float
    g2: float
    shrunken: tuple[float, ...]
    shown: ShownWhen

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            *self.shown.unmet,
            "The adjustment assumes that the effects of small studies are biased along one line.",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def limit_meta_analysis(
    estimate: Numbers, variance: Numbers, *, tau2: str | float = "REML", level: float = 0.95
) -> LimitMetaAnalysis:
    """The effect adjusted for small-study effects (beta0).

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 3.
        tau2: an estimator's name, or a number.
        level: of the interval.

    Raises:
        TooFewStudies, SingularDesign: no line can be drawn.
        UnknownOption: no such estimator.
    """
    if isinstance(tau2, str) and tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    y, v = effects_and_variances(estimate, variance, least=3, what="A limit meta-analysis")
    found = estimate_tau2(y, v, tau2) if isinstance(tau2, str) else tau2
    spread = found.value if isinstance(found, Tau2) else float(found)  # type: ignore[arg-type]
    tau = math.sqrt(spread)
    x = 1.0 / np.sqrt(v + spread)
    radial, unit = own_dispersion(y * x, x)
    alpha, beta = radial.intercept, radial.slope
    variance_of = float(unit[1, 1]) + spread * float(unit[0, 0]) + 2.0 * tau * float(unit[0, 1])
    k = len(y)
    error = math.sqrt(max(0.0, variance_of))
    answer = estimated(pooled(beta + tau * alpha, error, df=None, level=level, k=k, method="limit"))
    common = weighted_mean(y, v)
    q = cochran_q(y, common.weights, common.estimate)
    q_residual = line(y, 1.0 / v, np.sqrt(v)).residual
    shrunken = beta + tau * x * (y - beta)
    scaled = shrunken / np.sqrt(v)
    total = float(((scaled - scaled.mean()) ** 2).sum())
    left = line(scaled, np.ones(k), 1.0 / np.sqrt(v)).residual
    return LimitMetaAnalysis(
        answer, alpha, beta, spread, q - q_residual, chi2_upper(q - q_residual, 1), q_residual,
        chi2_upper(q_residual, k - 2), left / total if total > 0 else 0.0, tuple(shrunken.tolist()),
        shown_when.selection(k),
    )  # fmt: skip
