r"""Sampling covariances of effects that share people: several outcomes, or several arms against one control.

Every function gives a matrix V of shape (k, k), on the scale of the effects' variances.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats.errors import InvalidInput, UnknownOption

Array = npt.NDArray[np.float64]
NEGATIVE_EIGENVALUE = -1e-10
"""Relative to the largest: a smaller eigenvalue than this is no rounding, and V is no covariance matrix."""


def column(name: str, values: Sequence[float], k: int | None = None) -> Array:
    """A finite column of numbers, of length k if that is given."""
    try:
        found = np.array(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"{name} must hold numbers.") from error
    if found.ndim != 1 or not np.isfinite(found).all() or (k is not None and len(found) != k):
        raise InvalidInput(f"{name} must hold one finite number per effect.")
    return found


def codes(name: str, values: Sequence[Any], k: int) -> npt.NDArray[np.intp]:
    """Whole numbers for the groups of a list, in order of first appearance."""
    if len(values) != k or any(value is None for value in values):
        raise InvalidInput(f"{name} must name one group per effect.")
    place: dict[Any, int] = {}
    return np.array([place.setdefault(value, len(place)) for value in values], dtype=np.intp)


def sampling_covariance(covariance: Sequence[Sequence[float]] | Array, k: int) -> Array:
    """A checked V: a column of variances makes a diagonal matrix.

    Raises:
        InvalidInput: wrong shape, not symmetric, variances not above 0, or not positive semidefinite.
    """
    try:
        v = np.array(covariance, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise InvalidInput("V must hold numbers.") from error
    if v.shape == (k,):
        v = np.diag(v)
    if v.shape != (k, k) or not np.isfinite(v).all():
        raise InvalidInput("V must have one row and one column per effect.")
    if not np.allclose(v, v.T, rtol=1e-9, atol=0) or (np.diag(v) <= 0).any():
        raise InvalidInput("V must be symmetric, with variances above 0.")
    scale = np.sqrt(np.diag(v))
    eigenvalues = np.linalg.eigvalsh(v / np.outer(scale, scale)) if np.count_nonzero(v) > k else np.ones(1)
    if eigenvalues[0] < NEGATIVE_EIGENVALUE * eigenvalues[-1]:
        raise InvalidInput("V is no covariance matrix: some combination of effects would have a negative variance.")
    return v


def constant_correlation(variance: Sequence[float], clusters: Sequence[Any], rho: float) -> Array:
    r"""V with the same correlation between all effects of a cluster: :math:`V_{ij} = \rho \sqrt{v_i v_j}`.

    Args:
        variance: of the effects, shape (k,). clusters: one label per effect. rho: from -1 to 1.

    Source: the working model of Pustejovsky & Tipton 2022 (CHE); metafor ``vcalc(..., rho)``.
    """
    v = column("variance", variance)
    if not -1 <= rho <= 1 or (v <= 0).any():
        raise InvalidInput("Variances must be above 0 and the correlation between -1 and 1.")
    group, root = codes("clusters", clusters, len(v)), np.sqrt(v)
    found: Array = np.where(group[:, None] == group[None, :], rho * np.outer(root, root), 0.0)
    np.fill_diagonal(found, v)
    return found


def shared_group_correlation(
    variance: Sequence[float], studies: Sequence[Any], n_experimental: Sequence[float], n_control: Sequence[float]
) -> Array:
    r"""V of arms against one control, from sizes alone.

    .. math:: \rho_{ij} = \frac{1/n_C}{\sqrt{(1/n_i + 1/n_C)(1/n_j + 1/n_C)}}

    Args:
        variance: of the effects. studies: effects of one study share its control.
        n_experimental, n_control: sizes behind each effect.

    Source: metafor ``vcalc`` with ``grp1``, ``grp2``, ``w1``, ``w2``.
    """
    v = column("variance", variance)
    k = len(v)
    group, n1, n2 = (
        codes("studies", studies, k),
        column("n_experimental", n_experimental, k),
        column("n_control", n_control, k),
    )
    if (v <= 0).any() or (n1 <= 0).any() or (n2 <= 0).any():
        raise InvalidInput("Variances and sizes must be above 0.")
    total = np.sqrt(1 / n1 + 1 / n2)
    shared = np.sqrt(np.outer(1 / n2, 1 / n2)) / np.outer(total, total)
    found: Array = np.where(group[:, None] == group[None, :], shared * np.sqrt(np.outer(v, v)), 0.0)
    np.fill_diagonal(found, v)
    return found


def shared_control_covariance(
    measure: str, variance: Sequence[float], studies: Sequence[Any], control: dict[str, Sequence[float]]
) -> Array:
    r"""V of arms against one control, from the control group's own data.

    The covariance of two effects is what the control contributes to both: log OR 1/c + 1/d, log RR 1/c - 1/n2, RD
    p(1 - p)/n2, MD s²/n2, log ROM s²/(n2 m²), SMD 1/n2 + g_i g_j/(2N) with N all participants of the study.

    Args:
        measure: ``OR``, ``RR``, ``RD``, ``MD``, ``ROM`` or ``SMD``.
        variance: of the effects, shape (k,). studies: effects of one study share its control.
        control: columns per effect: ``events`` and ``total``; or ``mean``, ``sd``, ``total``; for ``SMD`` ``total``,
            ``effect`` and ``study_total``.

    Raises:
        UnknownOption: another measure. InvalidInput: a missing column, or no events in a control.

    Source: Gleser & Olkin 2009; Cochrane Handbook 23.3.4.
    """
    v = column("variance", variance)
    k = len(v)
    group = codes("studies", studies, k)
    if measure not in SHARED:
        raise UnknownOption(f"measure = {measure!r} is not known here; there are: {', '.join(SHARED)}.")
    missing = [name for name in SHARED[measure] if name not in control]
    if missing:
        raise InvalidInput(f"The covariance of {measure} needs the control's {', '.join(missing)}.")
    c = {name: column(name, control[name], k) for name in SHARED[measure]}
    if (c["total"] <= 0).any():
        raise InvalidInput("A control group has no participants.")
    if measure == "SMD":
        shared = np.sqrt(np.outer(1 / c["total"], 1 / c["total"])) + np.outer(c["effect"], c["effect"]) / (
            2 * np.sqrt(np.outer(c["study_total"], c["study_total"]))
        )
    else:
        own = _contribution(measure, c)
        shared = np.sqrt(np.outer(own, own))
    found: Array = np.where(group[:, None] == group[None, :], shared, 0.0)
    np.fill_diagonal(found, v)
    return found


SHARED: dict[str, tuple[str, ...]] = {
    "OR": ("events", "total"), "RR": ("events", "total"), "RD": ("events", "total"), "MD": ("sd", "total"),
    "ROM": ("mean", "sd", "total"), "SMD": ("effect", "total", "study_total"),
}  # fmt: skip


def _contribution(measure: str, c: dict[str, Array]) -> Array:
    """What the control adds to the variance of each effect."""
    n = c["total"]
    if measure == "MD":
        return np.asarray(c["sd"] ** 2 / n)
    if measure == "ROM":
        if (c["mean"] == 0).any():
            raise InvalidInput("A control mean of 0 has no ratio.")
        return np.asarray(c["sd"] ** 2 / (n * c["mean"] ** 2))
    x = c["events"]
    if (x < 0).any() or (x > n).any():
        raise InvalidInput("Events must lie between 0 and the participants.")
    if measure == "RD":
        return np.asarray(x * (n - x) / n**3)
    if (x == 0).any() or (measure == "OR" and (x == n).any()):
        raise InvalidInput("A control without events (or with events only) needs corrected counts first.")
    return np.asarray(1 / x + 1 / (n - x) if measure == "OR" else 1 / x - 1 / n)


def aggregate(
    estimate: Sequence[float], covariance: Sequence[Sequence[float]] | Array, clusters: Sequence[Any]
) -> tuple[tuple[Any, ...], Array, Array]:
    r"""One effect per cluster, weighted by the inverse of V: the labels, the effects and their variances.

    .. math:: y = \frac{1' V_c^{-1} y_c}{1' V_c^{-1} 1}, \qquad v = \frac{1}{1' V_c^{-1} 1}

    Args:
        estimate: shape (k,). covariance: V, shape (k, k). clusters: one label per effect.

    Raises:
        InvalidInput: V of a cluster cannot be inverted (a correlation of 1).

    Source: metafor ``aggregate.escalc``.
    """
    y = column("estimate", estimate)
    v, group = sampling_covariance(covariance, len(y)), codes("clusters", clusters, len(y))
    labels = tuple(dict.fromkeys(clusters))
    effects, variances = np.zeros(len(labels)), np.zeros(len(labels))
    for i in range(len(labels)):
        rows = np.flatnonzero(group == i)
        try:
            w = np.linalg.solve(v[np.ix_(rows, rows)], np.ones(len(rows)))
        except np.linalg.LinAlgError as error:
            raise InvalidInput("Effects of a cluster are perfectly correlated: their V cannot be inverted.") from error
        if not w.sum() > 0:
            raise InvalidInput("Effects of a cluster are perfectly correlated: their V cannot be inverted.")
        effects[i], variances[i] = float(w @ y[rows] / w.sum()), 1 / float(w.sum())
    return labels, effects, variances
