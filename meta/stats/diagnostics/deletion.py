r"""tau2, mean and Q without each study in turn, by taking its terms out of sums that are formed once.

The slope of the likelihood at one tau2 is made of :math:`\sum w`, :math:`\sum w^2`, :math:`\sum w y`,
:math:`\sum w^2 y` and :math:`\sum w^2 y^2`. Without study i each of them is the sum over all less one term, so the slopes of
all k deletions on a grid of G points cost O(kG) instead of O(k^2 G). Only the peaks between two grid points are refined over
all studies, side by side.
"""

import numpy as np

from meta.stats.batch.likelihood import peaks
from meta.stats.batch.many import Many, pool
from meta.stats.tau2.likelihood import grid, upper_bound

from .base import Array


def without_each(y: Array, v: Array, *, tau2: str | float | None, interval: str, level: float) -> Many:
    """Inverse-variance results without each study, one row per study; tau2 None is the common effect.

    Args:
        y, v: shape (k,), k >= 2.
        interval: "wald", "t", "hk" or "hk-se".
    """
    k = len(y)
    masks = 1.0 - np.eye(k)
    spread: str | float | Array | None = tau2
    if tau2 in ("REML", "ML") and k > 2:
        spread = _likelihood(y, v, masks, restricted=tau2 == "REML")
    return pool(
        np.broadcast_to(y, masks.shape), np.broadcast_to(v, masks.shape), masks, tau2=spread, interval=interval,
        level=level,
    )  # fmt: skip


def _likelihood(y: Array, v: Array, masks: Array, *, restricted: bool) -> Array:
    w = 1.0 / v
    centred = y - float(w.dot(y)) / float(w.sum())
    points = grid(float(v.min()), upper_bound(y, v))
    w = 1.0 / (v[:, None] + points)
    wy = w * centred[:, None]
    w2, w2y, w2yy = w * w, w * wy, wy * wy
    s1, s1y, s2, s2y, s2yy = (terms.sum(axis=0) - terms for terms in (w, wy, w2, w2y, w2yy))
    mean = s1y / s1
    slopes = s2yy - 2.0 * mean * s2y + mean * mean * s2 - s1
    if restricted:
        slopes += s2 / s1
    shape = masks.shape
    return peaks(
        np.broadcast_to(centred, shape) * masks,
        np.broadcast_to(v, shape),
        masks,
        np.broadcast_to(points, (len(y), len(points))),
        slopes,
        restricted=restricted,
    )
