r"""Selection models: what would all studies show if the chance of seeing one depended on its p-value?

An observed effect has the density :math:`w(p_i) \varphi(y_i; \mu, v_i + \tau^2) / A_i`, with
:math:`A_i = \int w(p(y)) \varphi(y; \mu, v_i + \tau^2) dy` and w the relative chance of selection:

.. math::
    \text{stepfun}: w = \delta_j \; (p \text{ in step } j, \; \delta_1 = 1) \qquad
    \text{beta}: p^{\delta_1 - 1} (1-p)^{\delta_2 - 1}

    \text{halfnorm}: e^{-\delta p^2} \quad \text{negexp}: e^{-\delta p} \quad
    \text{logistic}: \frac{2 e^{-\delta p}}{1 + e^{-\delta p}} \quad \text{power}: (1-p)^\delta

All parameters are found by maximum likelihood from several starts. For beta and power p is kept within 1e-5 and 1 - 1e-5.

Source: Vevea & Hedges 1995 (stepfun); Citkowicz & Vevea 2017 (beta); Preston, Ashby & Smyth 2004 (the others).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Array, Numbers, effects_and_variances, numbers
from meta.stats.distributions import chi2_upper
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.pooling.intervals import pooled
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.results import NotEstimable, Pooled, estimated, plain
from meta.stats.shown_when import ShownWhen
from meta.stats.sparse.maximise import Contributions, Convergence, Optimum, best_of
from meta.stats.tau2.likelihood import log_likelihood, maximum_likelihood

from .weights import SHAPES, Selection, selection_of

MOST = 100.0
"""A parameter of selection above this has run away."""

LEAST = 1e-5
"""A weight below this stands for 0: no study of that kind is ever seen."""

NO_SPREAD = 0.01
"""A standard deviation between studies below this share of the typical standard error is 0."""

ALL_UNSEEN = 4.0
"""Where every study lies more than this many of its own standard deviations from the mean, the mean has run away with
the selection: the search stopped on a slope that only fades."""

PEAKS = ("highest", "nearest")

TAU_STARTS = (0.1, 1.0)
"""Small and usual, in units of the typical standard error; one of them is far from the estimate without selection."""

RUNAWAY = NotEstimable("The likelihood has no highest point: a parameter of selection runs off to its limit.")
EMPTY_STEP = NotEstimable("No study has a p-value in one of the steps, so its chance of selection cannot be estimated.")


@dataclass(frozen=True, slots=True)
class SelectionModel:
    """The adjusted effect, tau2, the parameters of selection with standard errors (None where fixed or at the boundary).

    ``lrt`` compares with the model without selection, chi-square with ``lrt_df``.
    """

    kind: str
    alternative: str
    steps: tuple[float, ...] | None
    pooled: Pooled
    tau2: float
    tau2_se: float | None
    delta: tuple[float, ...]
    delta_se: tuple[float | None, ...]
    lrt: float
    lrt_df: int
    lrt_p: float
    log_likelihood: float
    convergence: Convergence
    shown: ShownWhen

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            *self.convergence.notes(), *self.shown.unmet,
            "The result depends on the form of selection that is assumed; compare several.",
        )  # fmt: skip

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def selection_model(
    estimate: Numbers,
    variance: Numbers,
    *,
    kind: str = "stepfun",
    steps: Sequence[float] = (0.025,),
    alternative: str = "greater",
    random: bool = True,
    peak: str = "highest",
    level: float = 0.95,
) -> SelectionModel | NotEstimable:
    """Fit a selection model by maximum likelihood.

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 3.
        kind: a key of ``SHAPES``.
        steps: upper ends of the p-value steps of "stepfun" (one-sided unless ``alternative`` is "two.sided").
        alternative: the direction in which effects are selected: "greater", "less" or "two.sided".
        random: whether effects differ between studies.
        peak: "highest" of those that several starts reach, or "nearest" to the model without selection (metafor's).
        level: of the interval.

    Raises:
        UnknownOption: a name is not known.
        InvalidInput, TooFewStudies: numbers that cannot be used.
    """
    if kind not in SHAPES:
        raise UnknownOption(f"There is no selection model {kind!r}; known are {', '.join(SHAPES)}.")
    if alternative not in ("greater", "less", "two.sided"):
        raise UnknownOption(f"There is no alternative {alternative!r}; known are greater, less, two.sided.")
    if not 0 < level < 1:
        raise UnknownOption("A confidence level lies between 0 and 1.")
    if peak not in PEAKS:
        raise UnknownOption(f"There is no peak {peak!r}; known are {', '.join(PEAKS)}.")
    ends = _ends(steps) if kind == "stepfun" else None
    y, v = effects_and_variances(estimate, variance, least=3, what="A selection model")
    unit = math.sqrt(float(np.median(v)))
    scaled_y, scaled_v = y / unit, v / unit**2
    shape = selection_of(kind, scaled_y, scaled_v, alternative, ends)
    if shape.empty_step:
        return EMPTY_STEP
    start = maximum_likelihood(scaled_y, scaled_v, restricted=False).value if random else 0.0
    centre = weighted_mean(scaled_y, scaled_v, start).estimate
    best, convergence = _top(shape, centre, math.sqrt(start), random=random, peak="highest")
    if peak == "nearest" and not _runs_off(best, convergence, random=random):
        best, convergence = _top(shape, centre, math.sqrt(start), random=random, peak=peak)
    tau = abs(float(best.shared[1])) if random and not convergence.boundary else 0.0
    chosen = SHAPES[kind]
    free = _selection(best, convergence, random=random)
    delta = np.exp(free)
    away = np.abs(scaled_y - best.shared[0]) / np.sqrt(scaled_v + tau**2)
    if best.covariance is None or _runs_off(best, convergence, random=random) or float(away.min()) > ALL_UNSEEN:
        return RUNAWAY
    errors = np.sqrt(np.diag(best.covariance))
    answer = estimated(pooled(
        float(best.shared[0]) * unit, float(errors[0]) * unit, df=None, level=level, k=len(y), method="selection"
    ))  # fmt: skip
    jacobian = len(y) * math.log(unit)
    found = best.value - jacobian
    without = log_likelihood(scaled_y, scaled_v, start, restricted=False) - jacobian
    lrt = max(0.0, 2.0 * (found - without))
    spread_se = 2.0 * tau * float(errors[1]) * unit**2 if tau > 0 else None
    delta_errors = (delta * errors[-len(free) :]).tolist()
    fixed = chosen.fixed
    return SelectionModel(
        kind, alternative, ends, answer, (tau * unit) ** 2, spread_se, (*fixed, *delta.tolist()),
        (*(None for _ in fixed), *delta_errors), lrt, len(free), chi2_upper(lrt, len(free)), found, convergence,
        shown_when.selection(len(y)),
    )  # fmt: skip


def _selection(best: Optimum, convergence: Convergence, *, random: bool) -> Array:
    """The logs of the parameters of selection."""
    return best.shared[2 if random and not convergence.boundary else 1 :]


def _runs_off(best: Optimum, convergence: Convergence, *, random: bool) -> bool:
    delta = np.exp(_selection(best, convergence, random=random))
    return not convergence.converged or bool((delta > MOST).any() or (delta < LEAST).any())


def _ends(steps: Sequence[float]) -> tuple[float, ...]:
    """Steps in order, ending in 1.

    Raises:
        InvalidInput: not between 0 and 1, or none below 1.
    """
    given = sorted({float(x) for x in numbers(list(steps), "Steps")} | {1.0})
    if given[0] <= 0 or given[-1] > 1 or len(given) < 2:
        raise InvalidInput("The steps of a selection model lie between 0 and 1.")
    return tuple(given)


def contributions(shape: Selection) -> tuple[Contributions, Contributions]:
    """Log-likelihood of the studies at (mean, log delta) and at (mean, tau, log delta), in units of the typical error."""

    def without(shared: Array, _: Array) -> Array:
        return shape.log_density(float(shared[0]), 0.0, np.exp(np.clip(shared[1:], -30.0, 30.0)))

    def with_spread(shared: Array, _: Array) -> Array:
        return shape.log_density(float(shared[0]), float(shared[1]), np.exp(np.clip(shared[2:], -30.0, 30.0)))

    return without, with_spread


def _top(shape: Selection, centre: float, tau: float, *, random: bool, peak: str) -> tuple[Optimum, Convergence]:
    """The highest point over all starts, or the one reached from no selection; without spread where tau is at 0."""
    none = np.zeros(0)
    without, with_spread = contributions(shape)
    firsts = shape.starts if peak == "highest" else shape.starts[:1]

    flat = [(np.concatenate(([centre], first)), none) for first in firsts]
    if not random:
        return best_of(without, flat)
    near = max(tau, TAU_STARTS[0])
    spreads = [near, TAU_STARTS[1] if near < 0.5 else TAU_STARTS[0]] if peak == "highest" else [near]
    several = [(np.concatenate(([centre, s], first)), none) for s in spreads for first in firsts]
    best, convergence = best_of(with_spread, several)
    at_zero = abs(float(best.shared[1])) < NO_SPREAD
    if peak == "nearest" and not at_zero:
        return best, convergence
    start = [(np.delete(best.shared, 1), none)] if at_zero else flat
    alone, found = best_of(without, start if peak == "nearest" else [*start, *flat])
    if at_zero or alone.value > best.value:
        starts = convergence.starts + found.starts
        agreed = found.agreed + (convergence.agreed if at_zero else 0)
        return alone, Convergence(
            f"{convergence.method}, then without spread", starts, agreed, found.steps, found.slope, found.converged, True,
        )  # fmt: skip
    return best, convergence
