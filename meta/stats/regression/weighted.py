r"""Weighted least squares at one tau2, with the traces of P that every estimator of tau2 needs.

:math:`P = W - WX(X'WX)^{-1}X'W`, so that :math:`y'Py` is the residual Q.
"""

from dataclasses import dataclass

import numpy as np

from .design import Array


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """A fit at one tau2: weights (k,), (X'WX)^-1 (p, p), coefficients (p,), residuals (k,), residual Q, log|X'WX|."""

    weights: Array
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
    coefficients = np.linalg.solve(r, q.T @ (root * y))
    inverse_r = np.linalg.inv(r)
    residuals: Array = y - x @ coefficients
    return Weighted(
        w,
        inverse_r @ inverse_r.T,
        coefficients,
        residuals,
        float((w * residuals).dot(residuals)),
        2.0 * float(np.log(np.abs(np.diag(r))).sum()),
    )


def project(weighted: Weighted, x: Array, column: Array) -> Array:
    """P times a column."""
    w = weighted.weights
    wc = w * column
    projected: Array = wc - w * (x @ (weighted.inverse @ (x.T @ wc)))
    return projected


def traces(weighted: Weighted, x: Array) -> tuple[float, float]:
    """tr(P) and tr(PP)."""
    w = weighted.weights
    m = weighted.inverse
    second = m @ ((x.T * w**2) @ x)
    third = m @ ((x.T * w**3) @ x)
    return (
        float(w.sum()) - float(np.trace(second)),
        float(w.dot(w)) - 2.0 * float(np.trace(third)) + float((second * second.T).sum()),
    )


def traces_with(weighted: Weighted, x: Array, v: Array) -> tuple[float, float, float]:
    """tr(PV), tr(PVPV) and tr(PVP), V = diag(v)."""
    w = weighted.weights
    m = weighted.inverse
    wv = w * v

    def inner(diagonal: Array) -> Array:
        product: Array = m @ ((x.T * diagonal) @ x)
        return product

    one_v, two = inner(w * w * v), inner(w * w)
    pv = float(wv.sum()) - float(np.trace(one_v))
    pvpv = float(wv.dot(wv)) - 2.0 * float(np.trace(inner(w * wv * wv))) + float((one_v * one_v.T).sum())
    pvp = float((w * wv).sum()) - 2.0 * float(np.trace(inner(w**3 * v))) + float((one_v * two.T).sum())
    return pv, pvpv, pvp
