"""Weights that depend on the sizes of the arms only."""

import math

from meta.stats.effects.base import Effects
from meta.stats.inputs import BinaryArms

from .inverse_variance import Array, Weighted


def sample_size_weights(arms: BinaryArms, effects: Effects, y: Array, v: Array, tau2: float) -> Weighted:
    r"""Sample-size weighted mean.

    .. math:: w_i = \frac{n_{1i} n_{2i}}{n_{1i} + n_{2i}}, \qquad \hat\mu = \frac{\sum w_i y_i}{\sum w_i}, \qquad
        v = \frac{\sum w_i^2 (v_i + \tau^2)}{(\sum w_i)^2}

    Source: Bakbergenuly et al. 2020.
    """
    _, n1, _, n2 = (column[effects.estimable] for column in arms.columns)
    w = n1 * n2 / (n1 + n2)
    total = float(w.sum())
    variance = float((w * w).dot(v + tau2)) / total**2
    return Weighted(w, total, float(w.dot(y)) / total, math.sqrt(variance))
