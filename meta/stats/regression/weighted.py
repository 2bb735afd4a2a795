r"""Weighted least squares at one tau2, with the traces of P that every estimator of tau2 needs.

:math:`P = W - WX(X'WX)^{-1}X'W`, so that :math:`y'Py` is the residual Q.
"""

from dataclasses import dataclass

import numpy as np

from .design import Array


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A fit at one tau2.

    ``weights`` (k,), ``basis`` (k, p): orthonormal columns that span sqrt(w) X, ``inverse``: (X'WX)^-1 (p, p),
    ``coefficients`` (p,), ``residuals`` (k,), ``q``: residual Q, ``log_determinant``: log|X'WX|.
    """

    weights: Array
    basis: Array
    inverse: Array
    coefficients: Array
    residuals: Array
    q: float
    log_determinant: float


def fit(y: Array, v: Array, x: Array, tau2: float) -> Weighted:
    """Weighted least squares with weights 1/(v + tau2), through a QR decomposition."""
    w = 1.0 / (v + tau2)
    root: Array = np.sqrt(w)
    q, r = np.linalg.qr(root[:, None] * x)
    z = root * y
    projected = q.T @ z
    inverse_r = np.linalg.inv(r)
    left: Array = z - q @ projected
    return Weighted(
        w,
        q,
        inverse_r @ inverse_r.T,
        inverse_r @ projected,
        left / root,
        float(left.dot(left)),
        2.0 * float(np.log(np.abs(np.diag(r))).sum()),
    )


def project(weighted: Weighted, column: Array) -> Array:
    """P times a column."""
    root: Array = np.sqrt(weighted.weights)
    scaled = root * column
    projected: Array = root * (scaled - weighted.basis @ (weighted.basis.T @ scaled))
    return projected


def _sandwich(weighted: Weighted, diagonal: Array) -> Array:
    """basis' diag(d) basis, (p, p)."""
    product: Array = (weighted.basis.T * diagonal) @ weighted.basis
    return product


def traces(weighted: Weighted) -> tuple[float, float]:
    """tr(P) and tr(PP)."""
    w = weighted.weights
    leverage = (weighted.basis**2).sum(axis=1)
    inner = _sandwich(weighted, w)
    free = 1.0 - leverage
    return float(w.dot(free)), float((w * w).dot(free - leverage)) + float((inner * inner).sum())


def traces_with(weighted: Weighted, v: Array) -> tuple[float, float, float]:
    """tr(PV), tr(PVPV) and tr(PVP), V = diag(v)."""
    w = weighted.weights
    d = w * v
    leverage = (weighted.basis**2).sum(axis=1)
    free = 1.0 - leverage
    inner_d, inner_w = _sandwich(weighted, d), _sandwich(weighted, w)
    return (
        float(d.dot(free)),
        float((d * d).dot(free - leverage)) + float((inner_d * inner_d).sum()),
        float((d * w).dot(free - leverage)) + float((inner_d * inner_w).sum()),
    )
