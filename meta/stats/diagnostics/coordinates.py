r"""Where each study lies in the Baujat and the radial (Galbraith) plot, its residuals and its shrunken effect.

Baujat: :math:`x_i = (y_i - \hat y_i)^2/(v_i + \tau^2)`, :math:`y_i = (\hat y_{i(-i)} - \hat y_i)^2 / \mathrm{var}(\hat
y_{i(-i)})`: what a study adds to heterogeneity against what it does to the result (Baujat et al. 2002).

Radial: :math:`x_i = 1/\sqrt{v_i + \tau^2}`, :math:`y_i = y_i/\sqrt{v_i + \tau^2}`; the slope of a line from the origin is an
effect (Galbraith 1988).

Best linear unbiased prediction: :math:`\lambda_i y_i + (1-\lambda_i) \hat y_i`, :math:`\lambda_i = \tau^2/(\tau^2 + v_i)`, its
variance :math:`\lambda_i v_i + (1-\lambda_i)^2 x_i C x_i'` (Raudenbush & Bryk 1985).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.distributions import critical_value
from meta.stats.regression.design import Design, Moderator
from meta.stats.results import plain
from meta.stats.shown_when import ShownWhen

from .base import Array, model
from .leaving_out import deletions, of_model


@dataclass(frozen=True, slots=True)
class Point:
    """A study in a plot; None where the model cannot be fitted without it."""

    label: str
    x: float
    y: float | None


@dataclass(frozen=True, slots=True)
class Baujat:
    """Points of the Baujat plot: contribution to heterogeneity (x) against influence on the result (y)."""

    points: tuple[Point, ...]
    shown: ShownWhen
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        return found


@dataclass(frozen=True, slots=True)
class Radial:
    """Points of the radial plot, the pooled effect as a slope, and the half-width of the band of 95 % around it."""

    points: tuple[Point, ...]
    slope: float
    half_width: float
    level: float
    shown: ShownWhen
    notes: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        return found


@dataclass(frozen=True, slots=True)
class Residual:
    """One study's residuals: raw, standardised within the model, and against the model without it.

    ``shrunken`` is its best linear unbiased prediction with its standard error and limits.
    """

    label: str
    residual: float
    standard_error: float
    standardised: float | None
    deleted: float | None
    deleted_standard_error: float | None
    rstudent: float | None
    shrunken: float
    shrunken_standard_error: float
    shrunken_lower: float
    shrunken_upper: float


def baujat(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None = None,
    interval: str = "wald",
    moderators: Mapping[str, Moderator] | Design | None = None,
    labels: Sequence[str] | None = None,
) -> Baujat:
    """Coordinates of the Baujat plot; of the common effect unless ``tau2`` is given. Arguments as ``influence``."""
    full = model(
        estimate, variance, tau2=tau2, interval=interval, level=0.95, moderators=moderators, labels=labels
    )  # fmt: skip
    moved = deletions(full)
    distance = full.y - full.fitted
    with np.errstate(all="ignore"):
        x = distance**2 / (full.v + full.tau2)
        y = (moved.predicted - full.fitted) ** 2 / moved.predicted_variance
    known = moved.known & np.isfinite(y)
    points = tuple(
        Point(label, a, b if ok else None)
        for label, a, b, ok in zip(full.labels, x.tolist(), y.tolist(), known.tolist(), strict=True)
    )
    shown = shown_when.influence(full.k)
    return Baujat(points, shown, ("Studies to the upper right differ most and matter most.", *shown.unmet))


def radial(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None = None,
    level: float = 0.95,
    labels: Sequence[str] | None = None,
) -> Radial:
    """Coordinates of the radial plot. Arguments as ``influence``."""
    full = model(
        estimate, variance, tau2=tau2, interval="wald", level=level, moderators=None, labels=labels
    )  # fmt: skip
    root = np.sqrt(full.fit.weights)
    points = tuple(
        Point(label, a, b) for label, a, b in zip(full.labels, root.tolist(), (root * full.y).tolist(), strict=True)
    )
    shown = shown_when.influence(full.k)
    return Radial(points, float(full.fit.coefficients[0]), critical_value(level), level, shown, shown.unmet)


def residuals(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None = "REML",
    interval: str = "wald",
    level: float = 0.95,
    moderators: Mapping[str, Moderator] | Design | None = None,
    labels: Sequence[str] | None = None,
) -> tuple[Residual, ...]:
    """Residuals and shrunken effects of all studies. Arguments as ``influence``."""
    full = model(
        estimate, variance, tau2=tau2, interval=interval, level=level, moderators=moderators, labels=labels
    )  # fmt: skip
    left = full.y - full.fitted
    free = np.maximum(0.0, 1.0 - full.hat)
    error = np.sqrt((full.v + full.tau2) * free)
    share = full.tau2 / (full.tau2 + full.v)
    x = full.design.matrix
    shrunken = share * full.y + (1 - share) * full.fitted
    leverage = np.einsum("kp,pq,kq->k", x, full.covariance, x)
    blup_error = np.sqrt(share * full.v + (1 - share) ** 2 * leverage)
    half = full.critical * blup_error
    rows = zip(
        of_model(full).studies, left.tolist(), error.tolist(), shrunken.tolist(), blup_error.tolist(),
        (shrunken - half).tolist(), (shrunken + half).tolist(), strict=True,
    )  # fmt: skip
    return tuple(
        Residual(
            study.label, e, se, e / se if se > 0 else None, study.deleted_residual, study.deleted_standard_error,
            study.rstudent, b, b_se, low, high,
        )
        for study, e, se, b, b_se, low, high in rows
    )  # fmt: skip
