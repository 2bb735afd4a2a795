"""Inverse-variance analyses by the thousand, and those that differ by one study only."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.distributions import chi2_quantile, critical_value, special
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.tau2 import ESTIMATORS

from .likelihood import maximum_likelihood
from .tables import Array, Flags, table

MAX_STEPS = 200
RELATIVE_STEP = 1e-14


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """Results of B analyses, arrays of shape (B,), on the scale of analysis.

    Where ``estimable`` is False (no study with a positive variance) the numbers are 0 as placeholders. With one study
    Q is 0, its p-value 1, and tau2 0. ``degrees`` is k - 1 for t-based intervals, 0 where the normal is used.
    """

    k: npt.NDArray[np.intp]
    estimable: Flags
    estimate: Array
    standard_error: Array
    lower: Array
    upper: Array
    statistic: Array
    p_value: Array
    q: Array
    q_p_value: Array
    i2: Array
    h2: Array
    tau2: Array
    level: float
    method: str
    interval: str

    def __len__(self) -> int:
        return len(self.estimate)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; None where not estimable."""
        names = "estimate standard_error lower upper statistic p_value q q_p_value i2 h2 tau2".split()  # noqa: SIM905
        columns = {
            name: [x if ok else None for x, ok in zip(getattr(self, name).tolist(), self.estimable, strict=True)]
            for name in names
        }
        return {"k": self.k.tolist(), "level": self.level, "method": self.method, "interval": self.interval, **columns}


def many(
    estimate: npt.ArrayLike,
    variance: npt.ArrayLike,
    *,
    tau2: str | float | None = "DL",
    interval: str = "wald",
    level: float = 0.95,
) -> Many:
    """Pool every row by inverse variance.

    Args:
        estimate, variance: shape (B, k), NaN where an analysis has no such study.
        tau2: an estimator's name, a number, or None for the common effect.
        interval: "wald", "t", "hk" or "hk-se".
        level: confidence level.

    Raises:
        InvalidInput: shapes differ, or a variance is negative.
        UnknownOption: a name is not known.
    """
    y, v = table(estimate, "estimate"), table(variance, "variance")
    if y.shape != v.shape:
        raise InvalidInput("Estimates and variances must have the same shape.")
    if interval not in ("wald", "t", "hk", "hk-se"):
        raise UnknownOption(f"Many analyses at once have the intervals wald, t, hk and hk-se, not {interval!r}.")
    good = np.isfinite(y) & np.isfinite(v) & (v > 0)
    if bool((v < 0).any()):
        raise InvalidInput("A variance cannot be negative.")
    whole = bool(good.all())
    m = np.ones_like(y) if whole else good.astype(np.float64)
    if not whole:
        y, v = np.where(good, y, 0.0), np.where(good, v, 1.0)
    return pool(y, v, m, tau2=tau2, interval=interval, level=level)


def pool(y: Array, v: Array, m: Array, *, tau2: str | float | Array | None, interval: str, level: float) -> Many:
    """As ``many``, with a mask ``m`` (1 or 0) instead of NaN; ``y`` and ``v`` are finite everywhere, v positive.

    tau2 may be an array, one per analysis.
    """
    k = m.sum(axis=1)
    df = np.maximum(k - 1, 0)
    ok = k > 0
    with np.errstate(all="ignore"):
        w = m / v
        s1 = np.where(ok, w.sum(axis=1), 1.0)
        mean = np.einsum("bk,bk->b", w, y) / s1
        r = y - mean[:, None]
        q = np.einsum("bk,bk,bk->b", w, r, r)
        q = np.where(k > 1, q, 0.0)
        spread = _tau2(y, v, m, w, s1, q, k, tau2)
        if tau2 is not None:
            w = m / (v + spread[:, None])
            s1 = np.where(ok, w.sum(axis=1), 1.0)
            mean = np.einsum("bk,bk->b", w, y) / s1
            if interval.startswith("hk"):
                r = y - mean[:, None]
        se = 1.0 / np.sqrt(s1)
        if interval.startswith("hk"):
            factor = np.einsum("bk,bk,bk->b", w, r, r) / np.maximum(df, 1)
            se = se * np.sqrt(np.maximum(factor, 1.0) if interval == "hk-se" else factor)
        normal = interval == "wald"
        if not normal:
            ok = ok & (k > 1)
        statistic = np.where(se > 0, mean / se, 0.0)
        if normal:
            half = critical_value(level) * se
            p = special().erfc(np.abs(statistic) * np.sqrt(0.5))
        else:
            safe = np.maximum(df, 1)
            half = special().stdtrit(safe, 0.5 + 0.5 * level) * se
            p = np.where(se > 0, 2 * special().stdtr(safe, -np.abs(statistic)), 1.0)
    method = "common" if tau2 is None else tau2 if isinstance(tau2, str) else "fixed"
    numbers = {
        "estimate": mean,
        "standard_error": se,
        "lower": mean - half,
        "upper": mean + half,
        "statistic": statistic,
        "p_value": p,
        "tau2": spread,
        **spread_of(q, df),
    }
    return Many(
        k=k.astype(np.intp),
        estimable=ok,
        level=level,
        method=method,
        interval=interval,
        **{name: np.where(ok, x, 0.0) for name, x in numbers.items()},
    )


def _tau2(
    y: Array, v: Array, m: Array, w: Array, s1: Array, q: Array, k: Array, tau2: str | float | Array | None
) -> Array:
    """tau2 of each analysis; 0 with fewer than two studies."""
    if tau2 is None:
        return np.zeros(len(y))
    if not isinstance(tau2, str):
        return np.broadcast_to(np.asarray(tau2, dtype=np.float64), (len(y),)).copy()
    if tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    several = k > 1
    if tau2 in ("REML", "ML", "PM", "EB", "PMM"):
        answer = np.zeros(len(y))
        if several.any():
            part = (y[several], v[several], m[several])
            answer[several] = (
                maximum_likelihood(*part, restricted=tau2 == "REML") if tau2 in ("REML", "ML") else _solve(*part, tau2)
            )
        return answer
    df = np.maximum(k - 1, 1)
    if tau2 == "DL":
        raw = (q - df) / (s1 - np.einsum("bk,bk->b", w, w) / s1)
    elif tau2 in ("HS", "HSk"):
        raw = ((k / df if tau2 == "HSk" else 1.0) * q - k) / s1
    else:
        total = np.maximum(k, 1)
        plain = ((y * m).sum(axis=1) / total)[:, None]
        squares = (m * (y - plain) ** 2).sum(axis=1)
        if tau2 == "HE":
            raw = squares / df - (v * m).sum(axis=1) / total
        else:
            start = squares / total
            ws = m / (v + start[:, None])
            r = y - (np.einsum("bk,bk->b", ws, y) / ws.sum(axis=1))[:, None]
            raw = start * np.einsum("bk,bk,bk->b", ws, r, r) / df
    return np.where(several, np.maximum(raw, 0.0), 0.0)


def _solve(y: Array, v: Array, m: Array, method: str) -> Array:
    """Paule-Mandel and its median-unbiased form: Newton from 0 on a convex function."""
    k = m.sum(axis=1)
    target = k - 1
    if method == "PMM":
        target = np.array([chi2_quantile(0.5, df) for df in target])
    t = np.zeros(len(y))
    active = np.arange(len(y))
    for _ in range(MAX_STEPS):
        ya, ta = y[active], t[active]
        w = m[active] / (v[active] + ta[:, None])
        r = ya - (np.einsum("bk,bk->b", w, ya) / w.sum(axis=1))[:, None]
        wr = w * r
        excess = np.einsum("bk,bk->b", wr, r) - target[active]
        step = np.where(excess > 0, excess / np.einsum("bk,bk->b", wr, wr), 0.0)
        t[active] = ta + step
        active = active[step > RELATIVE_STEP * ta]
        if not len(active):
            break
    return t


def spread_of(q: Array, df: Array) -> dict[str, Array]:
    """Q with its p-value, I2 (percent) and H2."""
    several = np.maximum(df, 1)
    with np.errstate(all="ignore"):
        return {
            "q": q,
            "q_p_value": np.where(df > 0, special().chdtrc(several, q), 1.0),
            "i2": np.where(q > 0, np.maximum(0.0, 100 * (q - df) / q), 0.0),
            "h2": np.where(df > 0, q / several, 0.0),
        }


def with_q(found: Many, q: Array) -> Many:
    """The same results with Q around another centre."""
    spread = spread_of(q, np.maximum(found.k - 1.0, 0.0))
    return replace(found, **spread)  # type: ignore[arg-type]


def finish(
    k: Array, known: Flags, estimate: Array, standard_error: Array, q: Array, k_of_q: npt.NDArray[np.intp], level: float
) -> Many:
    """Common-effect results from estimates made elsewhere (Mantel-Haenszel).

    Args:
        k: studies behind each estimate; ``k_of_q``: studies behind each Q, degrees of freedom plus one.
    """
    half = critical_value(level) * standard_error
    statistic = estimate / standard_error
    numbers = {
        "estimate": estimate,
        "standard_error": standard_error,
        "lower": estimate - half,
        "upper": estimate + half,
        "statistic": statistic,
        "p_value": special().erfc(np.abs(statistic) * np.sqrt(0.5)),
    }
    return Many(
        k=k.astype(np.intp),
        estimable=known,
        tau2=np.zeros(len(q)),
        level=level,
        method="MH",
        interval="wald",
        **spread_of(q, np.maximum(k_of_q - 1.0, 0.0)),
        **{name: np.where(known, x, 0.0) for name, x in numbers.items()},
    )
