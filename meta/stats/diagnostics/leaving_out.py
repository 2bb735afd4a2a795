r"""How much single studies hold up the result: what changes when each is left out.

With :math:`\hat\beta`, covariance :math:`C`, fitted value :math:`\hat y_i` and leverage :math:`h_i` of the full model, and the
same with :math:`(-i)` of the model without study i (whose tau2 is estimated anew):

.. math::
    \text{rstudent} = \frac{y_i - \hat y_{i(-i)}}{\sqrt{s^2_{(-i)}(v_i + \tau^2_{(-i)}) + x_i C_{(-i)} x_i'}}, \qquad
    \text{DFFITS} = \frac{\hat y_i - \hat y_{i(-i)}}{\sqrt{s^2_{(-i)} h_i (v_i + \tau^2_{(-i)})}}

    D = (\hat\beta - \hat\beta_{(-i)})' C^{-1} (\hat\beta - \hat\beta_{(-i)}), \qquad
    \text{covariance ratio} = |C_{(-i)}| / |C|

    \text{DFBETAS}_j = \frac{\hat\beta_j - \hat\beta_{j(-i)}}{\sqrt{s^2_{(-i)} [(X'W_{(-i)}X)^{-1}]_{jj}}}

where :math:`s^2` is Knapp and Hartung's factor (else 1) and :math:`W_{(-i)}` the weights of all studies at the deleted tau2.

Source: Viechtbauer & Cheung 2010; the definitions are those of R's metafor.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.distributions import special
from meta.stats.regression.design import LEAST_SINGULAR, Design, Moderator
from meta.stats.regression.weighted import fit
from meta.stats.results import plain
from meta.stats.shown_when import ShownWhen

from .base import Array, Model, model, scale_of, spread_of
from .deletion import without_each

LARGE_DFFITS = 3.0
"""Times the root of p/(k - p). Viechtbauer & Cheung 2010."""

LARGE_COOK = 0.5
"""Lower tail of chi-square with p degrees of freedom: the estimate moves to the edge of its 50 percent region."""

LARGE_HAT = 3.0
"""Times p/k, the mean leverage."""

LARGE_DFBETAS = 1.0
"""One standard error."""

UNFIT = "Without this study the model cannot be fitted."


@dataclass(frozen=True, slots=True)
class StudyInfluence:
    """One study; the numbers are None where ``not_estimable`` says why. ``weight_percent`` is its share of the weight.

    ``tau2_deleted`` and ``q_deleted`` belong to the model without the study; ``flagged`` if any limit of
    Viechtbauer & Cheung is passed. ``dfbetas`` has one number per coefficient.
    """

    label: str
    rstudent: float | None
    dffits: float | None
    cook_distance: float | None
    covariance_ratio: float | None
    tau2_deleted: float | None
    q_deleted: float | None
    hat: float
    weight_percent: float
    dfbetas: tuple[float, ...] | None
    flagged: bool
    deleted_residual: float | None
    deleted_standard_error: float | None
    not_estimable: str | None = None


@dataclass(frozen=True, slots=True)
class Influence:
    """Diagnostics of all studies. ``coefficients`` and ``names`` are those of the full model."""

    studies: tuple[StudyInfluence, ...]
    names: tuple[str, ...]
    coefficients: tuple[float, ...]
    tau2: float
    tau2_method: str | float | None
    interval: str
    shown: ShownWhen

    @property
    def flagged(self) -> tuple[str, ...]:
        """Labels of the studies that pass a limit."""
        return tuple(study.label for study in self.studies if study.flagged)

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        notes = ["An influential study is a reason to look at it again, not a reason to leave it out."]
        notes += self.shown.unmet
        missing = [study.label for study in self.studies if study.not_estimable]
        if missing:
            notes.append(f"Without {', '.join(missing)} the model cannot be fitted.")
        return tuple(notes)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        return {**found, "flagged": list(self.flagged), "notes": list(self.notes)}

    def summary(self) -> str:
        """The result in plain words."""
        if not self.flagged:
            return f"None of the {len(self.studies)} studies alone has an unusual influence on the result."
        return f"Unusual influence on the result: {', '.join(self.flagged)}."


def influence(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None = "REML",
    interval: str = "wald",
    moderators: Mapping[str, Moderator] | Design | None = None,
    labels: Sequence[str] | None = None,
) -> Influence:
    """Influence diagnostics of every study.

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 2.
        tau2: an estimator's name, a number, or None for the common effect.
        interval: "wald", "t", "hk" or "hk-se".
        moderators: of a meta-regression, as ``regress`` takes them.
        labels: of the studies.

    Raises:
        InvalidInput, TooFewStudies, SingularDesign: the studies cannot be fitted.
        UnknownOption: a name is not known.
    """
    full = model(
        estimate, variance, tau2=tau2, interval=interval, level=0.95, moderators=moderators, labels=labels
    )  # fmt: skip
    return of_model(full)


def of_model(full: Model) -> Influence:
    """Influence diagnostics of a fitted model."""
    moved = deletions(full)
    k, p = full.k, full.p
    w = full.fit.weights
    with np.errstate(all="ignore"):
        residual = full.y - moved.predicted
        own = moved.scale * (full.v + moved.tau2)
        error = np.sqrt(own + moved.predicted_variance)
        rstudent = residual / error
        dffits = (full.fitted - moved.predicted) / np.sqrt(own * full.hat)
        change = full.fit.coefficients - moved.coefficients
        cook = np.einsum("ip,pq,iq->i", change, np.linalg.inv(full.fit.inverse), change) / full.scale
        ratio = moved.determinant / np.linalg.det(full.covariance)
        dfbetas = change / np.sqrt(moved.scale[:, None] * _variances_of_all(full, moved.tau2))
        flagged = (
            (np.abs(dffits) > LARGE_DFFITS * math.sqrt(p / max(k - p, 1)))
            | (special().chdtr(p, np.where(cook > 0, cook, 0.0)) > LARGE_COOK)
            | (full.hat > LARGE_HAT * p / k)
            | (np.abs(dfbetas) > LARGE_DFBETAS).any(axis=1)
        )
    known = moved.known & np.isfinite(rstudent + dffits + cook + ratio + dfbetas.sum(axis=1))
    share = (100 * w / w.sum()).tolist()
    columns = zip(
        full.labels, known.tolist(), rstudent.tolist(), dffits.tolist(), cook.tolist(), ratio.tolist(),
        moved.tau2.tolist(), moved.q.tolist(), full.hat.tolist(), share, dfbetas.tolist(), flagged.tolist(),
        residual.tolist(), error.tolist(), strict=True,
    )  # fmt: skip
    studies = tuple(
        StudyInfluence(label, r, d, c, g, t, q, h, s, tuple(b), f, e, se)
        if ok
        else StudyInfluence(label, None, None, None, None, None, None, h, s, None, False, None, None, UNFIT)
        for label, ok, r, d, c, g, t, q, h, s, b, f, e, se in columns
    )
    return Influence(
        studies, full.design.names, tuple(full.fit.coefficients.tolist()), full.tau2, full.tau2_method, full.interval,
        shown_when.influence(k),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Deletions:
    """The models without each study, row by row; ``predicted`` is what each says of the study left out."""

    known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]
    coefficients: Array
    tau2: Array
    q: Array
    scale: Array
    determinant: Array
    predicted: Array
    predicted_variance: Array


def deletions(full: Model) -> Deletions:
    """Fit the model without each study: side by side without moderators, one by one with them."""
    if full.p == 1 and full.design.intercept:
        return _means(full)
    return _regressions(full)


def _means(full: Model) -> Deletions:
    found = without_each(full.y, full.v, tau2=full.tau2_method, interval=full.interval, level=full.level)
    variance = found.standard_error**2
    with np.errstate(all="ignore"):
        classic = 1.0 / _sum_of_others(full, found.tau2)
        scale = np.where(found.estimable, variance / classic, 1.0)
    return Deletions(
        found.estimable, found.estimate[:, None], found.tau2, found.q, scale, variance, found.estimate, variance
    )


def _sum_of_others(full: Model, tau2: Array) -> Array:
    w = 1.0 / (full.v + tau2[:, None])
    np.fill_diagonal(w, 0.0)
    found: Array = w.sum(axis=1)
    return found


def _regressions(full: Model) -> Deletions:
    k, p = full.k, full.p
    x = full.design.matrix
    known = np.zeros(k, dtype=np.bool_)
    beta = np.zeros((k, p))
    tau2, q, scale, determinant, predicted, spread = (np.zeros(k) for _ in range(6))
    rows = np.arange(k)
    for i in range(k):
        keep = rows != i
        if not _fits(x[keep]):
            continue
        known[i] = True
        y, v, xs = full.y[keep], full.v[keep], x[keep]
        tau2[i] = spread_of(y, v, xs, full.tau2_method)
        found = fit(y, v, xs, tau2[i])
        scale[i] = scale_of(found.q, k - 1 - p, full.interval)
        covariance = found.inverse * scale[i]
        beta[i], q[i] = found.coefficients, fit(y, v, xs, 0.0).q
        determinant[i] = np.linalg.det(covariance)
        predicted[i], spread[i] = x[i] @ beta[i], x[i] @ covariance @ x[i]
    return Deletions(known, beta, tau2, q, scale, determinant, predicted, spread)


def _fits(x: Array) -> bool:
    lengths = np.sqrt((x * x).sum(axis=0))
    return not (lengths == 0).any() and bool(np.linalg.svd(x / lengths, compute_uv=False)[-1] >= LEAST_SINGULAR)


def _variances_of_all(full: Model, tau2: Array) -> Array:
    """Diagonal of (X'WX)^-1 over all studies at each deleted tau2, (k, p)."""
    w = 1.0 / (full.v + tau2[:, None])
    x = full.design.matrix
    if full.p == 1:
        alone: Array = 1.0 / (w @ (x * x))
        return alone
    crossed = np.einsum("bk,kp,kq->bpq", w, x, x)
    found: Array = np.diagonal(np.linalg.inv(crossed), axis1=1, axis2=2)
    return found
