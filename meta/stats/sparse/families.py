"""Log-densities of counts as functions of a linear predictor, with their first two derivatives."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from meta.stats.arrays import Array
from meta.stats.distributions import special

Density = Callable[[Array], tuple[Array, Array, Array]]
"""From predictors, one row per study, to log-density, slope and curvature of the same shape."""


def _as_column(values: Array, like: Array) -> Array:
    return values if like.ndim == 1 else values[:, None]


@dataclass(frozen=True, slots=True, eq=False)
class Binomial:
    """Events of so many; the predictor is a logit, to which ``offset`` is added. ``constant``: log of the ways to choose."""

    events: Array
    total: Array
    offset: Array
    constant: Array

    def __call__(self, eta: Array) -> tuple[Array, Array, Array]:
        y, n, constant = (_as_column(column, eta) for column in (self.events, self.total, self.constant))
        logit = eta + _as_column(self.offset, eta)
        p = special().expit(logit)
        value = constant + y * logit - n * np.logaddexp(0.0, logit)
        return value, y - n * p, -n * p * special().expit(-logit)

    def __len__(self) -> int:
        return len(self.events)


def binomial(events: Array, total: Array, offset: Array | None = None) -> Binomial:
    """A binomial family; fractional counts are allowed."""
    gammaln = special().gammaln
    constant = gammaln(total + 1.0) - gammaln(events + 1.0) - gammaln(total - events + 1.0)
    return Binomial(events, total, np.zeros(len(events)) if offset is None else offset, constant)


@dataclass(frozen=True, slots=True, eq=False)
class Poisson:
    """Events in so much time; the predictor is the log of a rate. ``constant``: minus log of the events' factorial."""

    events: Array
    log_time: Array
    constant: Array

    def __call__(self, eta: Array) -> tuple[Array, Array, Array]:
        y, constant = (_as_column(column, eta) for column in (self.events, self.constant))
        log_mean = eta + _as_column(self.log_time, eta)
        mean = np.exp(np.minimum(log_mean, 700.0))
        return constant + y * log_mean - mean, y - mean, -mean

    def __len__(self) -> int:
        return len(self.events)


def poisson(events: Array, time: Array) -> Poisson:
    """A Poisson family with person-time ``time``."""
    return Poisson(events, np.log(time), -special().gammaln(events + 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two arms of each study, at predictors centre + half and centre - half of the difference between them."""

    experimental: Binomial | Poisson
    control: Binomial | Poisson

    def by_difference(self, centre: Array) -> Density:
        """Density of the difference, the centre of each study being known, (k,)."""

        def density(difference: Array) -> tuple[Array, Array, Array]:
            middle = _as_column(centre, difference)
            a, da, dda = self.experimental(middle + 0.5 * difference)
            c, dc, ddc = self.control(middle - 0.5 * difference)
            return a + c, 0.5 * (da - dc), 0.25 * (dda + ddc)

        return density

    def by_centre(self, difference: Array) -> Density:
        """Density of the centre, the difference of each study being known, (k,)."""

        def density(centre: Array) -> tuple[Array, Array, Array]:
            half = 0.5 * _as_column(difference, centre)
            a, da, dda = self.experimental(centre + half)
            c, dc, ddc = self.control(centre - half)
            return a + c, da + dc, dda + ddc

        return density

    def by_both(self, centre: Array, difference: Array) -> tuple[Array, Array, Array, Array, Array, Array]:
        """Log-density with slopes and curvatures: centre, difference; centre twice, mixed, difference twice."""
        a, da, dda = self.experimental(centre + 0.5 * difference)
        c, dc, ddc = self.control(centre - 0.5 * difference)
        return a + c, da + dc, 0.5 * (da - dc), dda + ddc, 0.5 * (dda - ddc), 0.25 * (dda + ddc)

    def __len__(self) -> int:
        return len(self.experimental)
