"""The same plan on many selections of the same studies (all but one, the first so many, any others), at once.

Where the sums over the studies allow it, all selections are computed by matrix products with a (B, k) table of zeros
and ones; what does not fit (corrections that depend on the other studies, rarely used intervals) is refitted one by one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.batch.likelihood import peaks
from meta.stats.batch.many import Many, finish, pool, with_q
from meta.stats.continuity import corrected, left_out
from meta.stats.inputs import BinaryArms, Table
from meta.stats.pairwise import Pairwise, analyse
from meta.stats.plan import Plan
from meta.stats.results import NotEstimable, Pooled, plain
from meta.stats.tau2.likelihood import grid, upper_bound

Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Row:
    """One selection: its label, the pooled effect or why there is none, and the spread between its studies."""

    label: str
    k: int
    pooled: Pooled | NotEstimable
    q: float
    q_p_value: float
    i2: float | None
    tau2: float | None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """Results of many selections, one ``Row`` each, by one plan. ``kind`` says how they were selected."""

    kind: str
    plan: Plan
    rows: tuple[Row, ...]

    def display(self, x: float) -> float:
        """A number of the analysis scale on the scale that people read."""
        return self.plan.measure.display(x)

    def range(self) -> tuple[float, float] | NotEstimable:
        """Smallest and largest pooled estimate, on the scale of analysis."""
        known = [row.pooled.estimate for row in self.rows if isinstance(row.pooled, Pooled)]
        return (min(known), max(known)) if known else NotEstimable("No selection of the studies could be pooled.")

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {"kind": self.kind, "settings": self.plan.to_dict(), "rows": [plain(row) for row in self.rows]}


def evaluate(arms: Table, plan: Plan, masks: Array, labels: Sequence[str], kind: str) -> Sensitivity:
    """Results of every row of ``masks``, shape (B, k), 1 where a study is in."""
    whole = analyse(arms, plan)
    usual = plan.interval in ("wald", "t", "hk", "hk-se") and plan.method != "SSW"
    if not usual or plan.continuity.studies.to == "if0all" or plan.continuity.pooled.to == "if0all":
        return Sensitivity(kind, plan, tuple(_refitted(arms, plan, masks, labels)))
    if plan.method == "MH" and isinstance(arms, BinaryArms):
        return Sensitivity(kind, plan, tuple(_mantel_haenszel(arms, whole, masks, labels)))
    if plan.method == "MH":
        return Sensitivity(kind, plan, tuple(_refitted(arms, plan, masks, labels)))
    tau2 = plan.tau2 if plan.model == "random" else None
    found = inverse_variance(whole, masks, tau2, plan.interval, plan.level)
    return Sensitivity(kind, plan, tuple(_rows(found, labels, plan)))


def inverse_variance(
    whole: Pairwise, masks: Array, tau2: str | float | Array | None, interval: str, level: float
) -> Many:
    """Inverse-variance results of all selections."""
    effects = whole.effects
    keep = masks[:, effects.estimable]
    y, v = effects.usable
    shape = keep.shape
    if isinstance(tau2, str) and tau2 in ("REML", "ML") and len(y):
        tau2 = tau2_of_selections(y, v, keep, restricted=tau2 == "REML")
    return pool(np.broadcast_to(y, shape), np.broadcast_to(v, shape), keep, tau2=tau2, interval=interval, level=level)


def tau2_of_selections(y: Array, v: Array, masks: Array, *, restricted: bool) -> Array:
    """REML or ML tau2 of all selections: slopes on one grid by matrix products, then refined side by side."""
    several = masks.sum(axis=1) > 1
    answer = np.zeros(len(masks))
    m = masks[several]
    if not len(m):
        return answer
    centred = y - float((y / v).sum()) / float((1.0 / v).sum())
    points = grid(float(v.min()), upper_bound(y, v))
    w = 1.0 / (v + points[:, None])
    w2 = w * w
    t = m.T
    s1, s1y = w @ t, (w * centred) @ t
    s2, s2y, s2yy = w2 @ t, (w2 * centred) @ t, (w2 * centred * centred) @ t
    mean = s1y / s1
    slopes = s2yy - 2.0 * mean * s2y + mean * mean * s2 - s1
    if restricted:
        slopes += s2 / s1
    shape = m.shape
    answer[several] = peaks(
        np.broadcast_to(centred, shape) * m,
        np.broadcast_to(v, shape),
        m,
        np.broadcast_to(points, (len(m), len(points))),
        slopes.T,
        restricted=restricted,
    )
    return answer


def _mantel_haenszel(arms: BinaryArms, whole: Pairwise, masks: Array, labels: Sequence[str]) -> list[Row]:
    """Mantel-Haenszel of all selections from the studies' own terms, and random effects centred on it."""
    plan = whole.plan
    terms, rows = mantel_haenszel_terms(arms, plan)
    sums = masks[:, rows] @ terms
    with np.errstate(all="ignore"):
        estimate, variance = COMBINE[plan.measure.code](sums, plan.difference_variance == "sato")
        known = np.isfinite(estimate) & np.isfinite(variance) & (variance > 0)
        centre = np.where(known, estimate, 0.0)
    common = inverse_variance(whole, masks, None, "wald", plan.level)
    y, v = whole.effects.usable
    keep = masks[:, whole.effects.estimable]
    q = common.q
    if plan.q_centre == "pooled" and len(y):
        q = np.einsum("bk,bk->b", keep / v, (y - centre[:, None]) ** 2)
        q = np.where(known & (common.k > 1), q, np.where(common.k > 1, common.q, 0.0))
    if plan.model == "common":
        k = masks[:, rows] @ (whole.weights[rows] > 0).astype(np.float64)
        found = finish(
            k,
            known,
            centre,
            np.sqrt(np.where(known, variance, 1.0)),
            q,
            common.k,
            plan.level,
        )
        return _rows(found, labels, plan)
    tau2: str | float | Array = plan.tau2
    if plan.tau2 == "DL" and plan.q_centre == "pooled" and len(y):
        w = keep / v
        with np.errstate(all="ignore"):
            s1 = w.sum(axis=1)
            raw = (q - (common.k - 1)) / (s1 - np.einsum("bk,bk->b", w, w) / s1)
        tau2 = np.where(common.k > 1, np.maximum(raw, 0.0), 0.0)
    found = inverse_variance(whole, masks, tau2, plan.interval, plan.level)
    return _rows(found, labels, plan, q=q)


def mantel_haenszel_terms(arms: BinaryArms, plan: Plan) -> tuple[Array, npt.NDArray[np.bool_]]:
    """What each study adds to the sums, shape (k, terms), and which studies take part."""
    rule = plan.continuity.pooled
    cells = arms.cells
    used = corrected(cells, rule)
    rows = arms.complete
    ratio = plan.measure.code != "RD"
    if used is not cells or rule.drop_double_zero == "always":
        rows = rows & ~left_out(cells, rule, plan.measure.code)
    a, b, c, d = (cell[rows] for cell in used)
    n1, n2 = a + b, c + d
    total = n1 + n2
    if plan.measure.code == "OR":
        r, s, p = a * d / total, b * c / total, (a + d) / total
        return np.column_stack((r, s, p * r, p * s + (1 - p) * r, (1 - p) * s)), rows
    if ratio:
        top = (n1 * n2 * (a + c) - a * c * total) / total**2
        return np.column_stack((a * n2 / total, c * n1 / total, top)), rows
    f1, f2 = n1 / total, n2 / total
    sato_p = c * f1**2 - a * f2**2 + f1 * f2 * (n2 - n1) / 2
    sato_q = (a * (n2 - c) + c * (n1 - a)) / total / 2
    greenland = (a * b * n2**3 + c * d * n1**3) / (n1 * n2 * total**2)
    w = n1 * n2 / total
    sa, sb, sc, sd = (cell[rows] for cell in (cells if rule.keep_difference else used))
    return np.column_stack((w * (sa / (sa + sb) - sc / (sc + sd)), w, sato_p, sato_q, greenland)), rows


def _odds(s: Array, _: bool) -> tuple[Array, Array]:
    r, t = s[:, 0], s[:, 1]
    return np.log(r / t), 0.5 * (s[:, 2] / r**2 + s[:, 3] / (r * t) + s[:, 4] / t**2)


def _risks(s: Array, _: bool) -> tuple[Array, Array]:
    return np.log(s[:, 0] / s[:, 1]), s[:, 2] / (s[:, 0] * s[:, 1])


def _difference(s: Array, sato: bool) -> tuple[Array, Array]:
    estimate = s[:, 0] / s[:, 1]
    return estimate, (estimate * s[:, 2] + s[:, 3]) / s[:, 1] ** 2 if sato else s[:, 4] / s[:, 1] ** 2


COMBINE: dict[str, Callable[[Array, bool], tuple[Array, Array]]] = {"OR": _odds, "RR": _risks, "RD": _difference}


def _rows(found: Many, labels: Sequence[str], plan: Plan, q: Array | None = None) -> list[Row]:
    if q is not None:
        found = with_q(found, q)
    random = plan.model == "random"
    normal = plan.interval == "wald" or found.interval == "wald"
    rows = []
    columns = (
        found.k.tolist(), found.estimable.tolist(), found.estimate.tolist(), found.standard_error.tolist(),
        found.lower.tolist(), found.upper.tolist(), found.statistic.tolist(), found.p_value.tolist(),
        found.q.tolist(), found.q_p_value.tolist(), found.i2.tolist(), found.tau2.tolist(),
    )  # fmt: skip
    for label, k, ok, y, se, lower, upper, z, p, q_, q_p, i2, tau2 in zip(labels, *columns, strict=True):
        value: Pooled | NotEstimable = NotEstimable("The studies left give no effect that could be pooled.")
        if ok:
            tested = se > 0
            df = None if normal else float(k - 1)
            value = Pooled(
                y, se, lower, upper, z if tested else None, p if tested else None, "z" if normal else "t", df,
                plan.level, k, found.interval,
            )  # fmt: skip
        rows.append(Row(label, k, value, q_, q_p, i2 if k > 1 else None, tau2 if random and k > 1 else None))
    return rows


def _refitted(arms: Table, plan: Plan, masks: Array, labels: Sequence[str]) -> list[Row]:
    rows = []
    for label, mask in zip(labels, masks, strict=True):
        result = analyse(arms.take(np.flatnonzero(mask)), plan)
        spread = result.heterogeneity
        rows.append(Row(label, result.k, result.pooled, spread.q, spread.p_value, spread.i2, spread.tau2))
    return rows
