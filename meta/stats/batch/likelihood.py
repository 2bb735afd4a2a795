"""ML and REML for many analyses at once (the mathematics is that of ``meta.stats.tau2.likelihood``)."""

import math

import numpy as np
import numpy.typing as npt

from meta.stats.tau2.likelihood import GRID_RATIO, MAX_GRID

Array = npt.NDArray[np.float64]
Rows = slice | npt.NDArray[np.intp]

CELLS = 2_000_000
"""Largest (rows, grid, studies) array made at once; more rows are done in blocks."""

MAX_STEPS = 100
RELATIVE_STEP = 1e-13
LAST_STEP = 1e-8
"""Newton's method doubles the correct digits: a step this small is the last one that changes anything."""


def maximum_likelihood(y: Array, v: Array, m: Array, *, restricted: bool) -> Array:
    """tau2 at the highest peak, shape (B,).

    Args:
        y, v: effects and variances, shape (B, k), any finite number where ``m`` is 0.
        m: 1 where a study belongs to the analysis, else 0; at least two per row.
    """
    w = m / v
    y = (y - (np.einsum("bk,bk->b", w, y) / w.sum(axis=1))[:, None]) * m
    v_min = np.where(m > 0, v, np.inf).min(axis=1)
    v_max = np.where(m > 0, v, 0.0).max(axis=1)
    top, low = np.where(m > 0, y, -np.inf).max(axis=1), np.where(m > 0, y, np.inf).min(axis=1)
    span = top - low
    bound = np.maximum(span * span, span * np.sqrt(v_max))
    points = grids(v_min, bound)
    slopes = np.empty_like(points)
    block = max(1, CELLS // (points.shape[1] * y.shape[1]))
    for start in range(0, len(y), block):
        part = slice(start, start + block)
        slopes[part] = _slopes(y[part], v[part], m[part], points[part], restricted=restricted)
    return peaks(y, v, m, points, slopes, restricted=restricted)


def grids(v_min: Array, bound: Array) -> Array:
    """One grid per analysis, shape (B, G), from 0 to its bound, even in log(tau2 + v_min)."""
    ends = np.log1p(bound / v_min)
    count = int(min(MAX_GRID, max(6, math.ceil(float(ends.max()) / math.log(GRID_RATIO)) + 1)))
    grid: Array = v_min[:, None] * np.expm1(ends[:, None] * np.linspace(0.0, 1.0, count))
    return grid


def _slopes(y: Array, v: Array, m: Array, points: Array, *, restricted: bool) -> Array:
    w = m[:, None, :] / (v[:, None, :] + points[:, :, None])
    columns = np.stack((np.ones_like(y), y, y * y), axis=2)
    one = w @ columns[:, :, :2]
    np.multiply(w, w, out=w)
    two = w @ columns
    mean = one[:, :, 1] / one[:, :, 0]
    slope = two[:, :, 2] - 2.0 * mean * two[:, :, 1] + mean * mean * two[:, :, 0] - one[:, :, 0]
    answer: Array = slope + two[:, :, 0] / one[:, :, 0] if restricted else slope
    return answer


def peaks(y: Array, v: Array, m: Array, points: Array, slopes: Array, *, restricted: bool) -> Array:
    """From slopes on the grids to the highest peak of each analysis, shape (B,). ``y`` is centred, 0 where m is 0."""
    rising = slopes > 0
    best = np.where(rising[:, -1], points[:, -1], 0.0)
    rows, columns = np.nonzero(rising[:, :-1] & ~rising[:, 1:])
    if not len(rows):
        return best
    found = refine(y[rows], v[rows], m[rows], points[rows, columns], points[rows, columns + 1], restricted=restricted)
    count = np.bincount(rows, minlength=len(y)) + ~rising[:, 0]
    single = (count == 1)[rows]
    best[rows[single]] = found[single]
    for row in np.unique(rows[~single]):
        candidates = [0.0] if not rising[row, 0] else []
        candidates += found[rows == row].tolist()
        best[row] = max(
            candidates,
            key=lambda t, r=row: log_likelihood(y[r], v[r], m[r], t, restricted=restricted),  # type: ignore[misc]
        )
    return best


def log_likelihood(y: Array, v: Array, m: Array, t: float, *, restricted: bool) -> float:
    """The log-likelihood of one analysis without its constants."""
    w = m / (v + t)
    total = float(w.sum())
    r = y - float(w.dot(y)) / total
    value = float(np.log(np.where(m > 0, w, 1.0)).sum()) - float((w * r).dot(r))
    return value - math.log(total) if restricted else value


def refine(y: Array, v: Array, m: Array, low: Array, high: Array, *, restricted: bool) -> Array:
    """Zeros of the slope inside brackets, shape (N,): Newton steps, halving where they would leave the bracket."""
    low, high = low.copy(), high.copy()
    t = 0.5 * (low + high)
    active: Rows = slice(None)
    for _ in range(MAX_STEPS):
        ya, ta = y[active], t[active]
        w = m[active] / (v[active] + ta[:, None])
        s1 = w.sum(axis=1)
        r = ya - (np.einsum("bk,bk->b", w, ya) / s1)[:, None]
        w2 = w * w
        w2r = w2 * r
        s2 = w2.sum(axis=1)
        first = np.einsum("bk,bk->b", w2r, r) - s1
        tilt = w2r.sum(axis=1)
        second = -2.0 * np.einsum("bk,bk,bk->b", w2r, w, r) + 2.0 * tilt * tilt / s1 + s2
        if restricted:
            first += s2 / s1
            second += -2.0 * np.einsum("bk,bk->b", w2, w) / s1 + (s2 / s1) ** 2
        up = first > 0
        low[active] = np.where(up, ta, low[active])
        high[active] = np.where(up, high[active], ta)
        with np.errstate(all="ignore"):
            new = ta - first / second
        inside = (second < 0) & (new > low[active]) & (new < high[active])
        new = np.where(inside, new, 0.5 * (low[active] + high[active]))
        t[active] = new
        moving = np.abs(new - ta) > np.where(inside, LAST_STEP, RELATIVE_STEP) * new
        if not moving.any():
            break
        if isinstance(active, slice):
            active = np.arange(len(t))
        active = active[moving]
    return t
