r"""The common-effect estimate with an interval that allows for differences between studies.

Small studies, which are more often biased, get no extra weight as they would under random effects.
"""

import math

import numpy as np

from meta.stats.distributions import special
from meta.stats.results import NotEstimable, Pooled
from meta.stats.roots import bracketed_root, expand_up
from meta.stats.tau2.closed import dersimonian_laird

from .intervals import pooled
from .inverse_variance import Array, weighted_mean

QUADRATURE = 160
"""Gauss-Legendre points for the integral of Henmi and Copas; doubling them changes nothing in 12 digits."""

FEW = NotEstimable("This interval needs at least two studies.")


def ivhet(y: Array, v: Array, *, level: float = 0.95) -> Pooled | NotEstimable:
    r"""Inverse-variance heterogeneity model: common-effect weights, :math:`SE^2 = \sum w^2 (v + \tau^2_{DL})/(\sum w)^2`.

    Source: Doi et al. 2015.
    """
    if len(y) < 2:
        return FEW
    fit = weighted_mean(y, v)
    tau2 = dersimonian_laird(y, v).value
    variance = float((fit.weights**2).dot(v + tau2)) / fit.sum**2
    return pooled(fit.estimate, math.sqrt(variance), df=None, level=level, k=len(y), method="ivhet")


def unweighted(y: Array, v: Array, tau2: float, *, level: float = 0.95) -> Pooled | NotEstimable:
    r"""The plain mean of the effects, :math:`SE^2 = \sum (v + \tau^2)/k^2`: every study counts the same."""
    k = len(y)
    if k < 1:
        return NotEstimable("No study gives an effect that could be pooled.")
    se = math.sqrt(float((v + tau2).sum())) / k
    return pooled(float(y.sum()) / k, se, df=None, level=level, k=k, method="unweighted")


def henmi_copas(y: Array, v: Array, *, level: float = 0.95) -> Pooled | NotEstimable:
    r"""Common-effect estimate; DL tau2; a pivot whose quantile comes from the joint distribution of estimate and Q.

    With :math:`W_1 = \sum w`, :math:`W_j = \sum w^j / W_1`, :math:`V_R = 1 + \tau^2 W_2`, :math:`A = diag(w) - ww'/W_1`,
    Q given :math:`r = \sqrt{W_1}(\hat\mu - \mu)` is taken as gamma with its exact first two moments:

    .. math::
        E = (k-1) + \tau^2 (W_1 - W_2) + \Bigl(\tfrac{r^2}{V_R} - 1\Bigr) G_2, \quad
        Var = 2[T - 2G_1 + G_2^2] + 4\tfrac{r^2}{V_R}[G_1 - G_2^2]

        G_1 = \tfrac{\tau^4}{V_R}[(W_3 - W_2^2) + \tau^2 (W_4 - 2W_2W_3 + W_2^3)], \quad
        G_2 = \tfrac{\tau^4}{V_R} (W_3 - W_2^2), \quad
        T = (k-1) + 2\tau^2(W_1 - W_2) + \tau^4 (W_1W_2 - 2W_3 + W_2^2)

    The half-width is :math:`t_0 \sqrt{V_R}\,\mathrm{SE}`, :math:`\mathrm{SE}^2 = V_R/W_1`, with t0 the solution of
    :math:`\int_t^\infty P(Q < f(r/t) \mid r) \phi(r) dr = \alpha/2`, :math:`f(u) = (W_1/W_2 - 1)(u^2 - 1) + k - 1`.

    Source: Henmi & Copas 2010.
    """
    k = len(y)
    if k < 2:
        return FEW
    fit = weighted_mean(y, v)
    w = fit.weights
    tau2 = dersimonian_laird(y, v).value
    w1 = fit.sum
    w2, w3, w4 = (float((w**j).sum()) / w1 for j in (2, 3, 4))
    ratio = 1 + tau2 * w2
    spread = w3 - w2 * w2
    g1 = tau2**2 / ratio * (spread + tau2 * (w4 - 2 * w2 * w3 + w2**3))
    g2 = tau2**2 / ratio * spread
    trace = (k - 1) + 2 * tau2 * (w1 - w2) + tau2**2 * (w1 * w2 - 2 * w3 + w2 * w2)
    nodes, sizes = np.polynomial.legendre.leggauss(QUADRATURE)
    gammainc = special().gammainc
    alpha = 1.0 - level

    def excess(t: float) -> float:
        r = t + 0.5 * 10.0 * (nodes + 1.0)
        moment = r * r  # r is in units of sqrt(V_R)
        expected = (k - 1) + tau2 * (w1 - w2) + (moment - 1) * g2
        variance = 2 * (trace - 2 * g1 + g2 * g2) + 4 * moment * (g1 - g2 * g2)
        bound = (w1 / w2 - 1) * ((r / t) ** 2 - 1) + (k - 1)
        inside = gammainc(expected**2 / variance, np.maximum(bound, 0.0) * expected / variance)
        density = np.exp(-0.5 * r * r) / math.sqrt(2 * math.pi)
        return float((sizes * inside * density).sum()) * 5.0 - 0.5 * alpha

    high = expand_up(excess, 0.5)
    if high is None:
        return NotEstimable("No quantile could be found for the Henmi-Copas interval.")
    quantile = bracketed_root(excess, 1e-6, high)
    se = math.sqrt(ratio / w1)
    answer = pooled(fit.estimate, se, df=None, level=level, k=k, method="henmi-copas")
    if isinstance(answer, NotEstimable):
        return answer
    half = quantile * math.sqrt(ratio) * se
    return Pooled(
        fit.estimate, se, fit.estimate - half, fit.estimate + half, None, None, "hc", None, level, k, "henmi-copas"
    )
