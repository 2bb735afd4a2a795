r"""Integrals over normal random effects by adaptive Gauss-Hermite quadrature; with one node it is Laplace's approximation.

The nodes are centred at the mode :math:`\hat z` of :math:`g(z) = \ell(\sigma z) - z^2/2` and scaled by its curvature:

.. math:: \log \int e^{\ell(\sigma z)} \varphi(z) dz \approx \log \Bigl[ s \sum_q \omega_q
    e^{x_q^2 / 2} e^{g(\hat z + s x_q)} \Bigr], \qquad s = (-g''(\hat z))^{-1/2}

with nodes and weights for the normal density. All densities here are log-concave, so there is one mode.

Source: Pinheiro & Bates 1995; Naylor & Smith 1982.
"""

from functools import cache

import numpy as np

from meta.stats.arrays import Array, log_sum

from .families import Density, Pair

MAX_STEPS = 100
SHORTEST = 1e-12
LONGEST = 5.0


@cache
def nodes_of(count: int) -> tuple[Array, Array]:
    """Nodes for the standard normal density and the logs of their weights times :math:`e^{x^2/2}`."""
    x, w = np.polynomial.hermite_e.hermegauss(count)
    return x, np.log(w / np.sqrt(2.0 * np.pi)) + 0.5 * x * x


def over_line(density: Density, shift: Array, sigma: float, nodes: int) -> Array:
    """Log of the integral over z of each study's density at shift + sigma z, (k,).

    Args:
        density: of the predictors.
        shift: predictors without the random effect, (k,).
        sigma: standard deviation of the random effect; its sign does not matter.
        nodes: of the quadrature.
    """
    if sigma == 0:
        return density(shift)[0]
    z, curve = modes(density, shift, sigma)
    scale = 1.0 / np.sqrt(1.0 - sigma * sigma * curve)
    x, log_w = nodes_of(nodes)
    at = z[:, None] + scale[:, None] * x
    terms = log_w + density(shift[:, None] + sigma * at)[0] - 0.5 * at * at
    found: Array = np.log(scale) + log_sum(terms)
    return found


def modes(density: Density, shift: Array, sigma: float) -> tuple[Array, Array]:
    """The most likely standardised random effect of each study and the density's curvature there, (k,) each."""
    z = np.zeros_like(shift)
    value, slope, curve = density(shift)
    g = value
    for _ in range(MAX_STEPS):
        move = np.clip((sigma * slope - z) / (1.0 - sigma * sigma * curve), -LONGEST, LONGEST)
        if float(np.abs(move).max(initial=0.0)) < SHORTEST:
            break
        new = z + move
        value, slope_new, curve_new = density(shift + sigma * new)
        g_new = value - 0.5 * new * new
        worse = g_new < g - 1e-10 * (1.0 + np.abs(g))
        if worse.any():  # halve the steps that went over the top
            new = np.where(worse, z + 0.25 * move, new)
            value, slope_new, curve_new = density(shift + sigma * new)
            g_new = value - 0.5 * new * new
        z, g, slope, curve = new, g_new, slope_new, curve_new
    return z, curve


def over_plane(pair: Pair, centre: float, difference: float, sigmas: tuple[float, float], nodes: int) -> Array:
    """Log of the integral over independent normal effects on centre and difference of each study, (k,)."""
    s, t = sigmas
    k = len(pair)
    z = np.zeros((2, k))

    def at(where: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        value, c, d, cc, cd, dd = pair.by_both(centre + s * where[0], difference + t * where[1])
        g = value - 0.5 * (where * where).sum(axis=0)
        return g, s * c - where[0], t * d - where[1], 1.0 - s * s * cc, -s * t * cd, 1.0 - t * t * dd

    g, down_c, down_d, cc, cd, dd = at(z)
    for _ in range(MAX_STEPS):
        determinant = cc * dd - cd * cd
        move = np.stack((dd * down_c - cd * down_d, cc * down_d - cd * down_c)) / determinant
        move = np.clip(move, -LONGEST, LONGEST)
        if float(np.abs(move).max(initial=0.0)) < SHORTEST:
            break
        new = z + move
        found = at(new)
        worse = found[0] < g - 1e-10 * (1.0 + np.abs(g))
        if worse.any():
            new = np.where(worse, z + 0.25 * move, new)
            found = at(new)
        z = new
        g, down_c, down_d, cc, cd, dd = found
    # z = mode + R x with R R' the inverse of the curvature: R is lower triangular
    determinant = cc * dd - cd * cd
    first = np.sqrt(dd / determinant)
    mixed = -cd / determinant / first
    last = np.sqrt(1.0 / dd)
    x, log_w = nodes_of(nodes)
    x1, x2 = (grid.ravel() for grid in np.meshgrid(x, x, indexing="ij"))
    weights = (log_w[:, None] + log_w[None, :]).ravel()
    z1 = z[0][:, None] + first[:, None] * x1
    z2 = z[1][:, None] + mixed[:, None] * x1 + last[:, None] * x2
    value = pair.by_both(centre + s * z1, difference + t * z2)[0]
    terms = weights + value - 0.5 * (z1 * z1 + z2 * z2)
    answer: Array = log_sum(terms) - 0.5 * np.log(determinant)
    return answer
