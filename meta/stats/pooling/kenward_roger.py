r"""Kenward-Roger adjustment of the random-effects mean."""

import math

from .inverse_variance import Array


def kenward_roger(v: Array, tau2: float) -> tuple[float, float]:
    r"""Adjusted standard error and degrees of freedom of the mean, with expected information of tau2 from REML.

    With :math:`w_i = 1/(v_i + \tau^2)`, :math:`S_m = \sum w_i^m`:

    .. math:: I_E = \tfrac12 S_2 - \frac{S_3}{S_1} + \tfrac12 \Bigl(\frac{S_2}{S_1}\Bigr)^2, \quad
        SE^2 = \frac{1}{S_1} + \frac{2}{I_E} \frac{S_3 - S_2^2/S_1}{S_1^2}, \quad
        \nu = \frac{2 I_E}{(SE^2 S_2)^2}

    Source: Kenward & Roger 1997; Partlett & Riley 2017, appendix.
    """
    w = 1.0 / (v + tau2)
    w2 = w * w
    s1, s2, s3 = float(w.sum()), float(w2.sum()), float(w2.dot(w))
    information = 0.5 * s2 - s3 / s1 + 0.5 * (s2 / s1) ** 2
    variance = 1.0 / s1 + 2.0 / information * (s3 - s2 * s2 / s1) / s1**2
    return math.sqrt(variance), 2.0 * information / (variance * s2) ** 2
