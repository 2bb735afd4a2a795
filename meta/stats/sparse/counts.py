r"""Generalised linear mixed models for counts: no correction of empty cells, no normal approximation within studies.

With u the study and w the treatment effect of a study, and x = 1/2 in the experimental, -1/2 in the control arm:

.. math::
    \text{UM.FS}: \quad \operatorname{logit} p = \gamma_i + (\theta + w_i) x, \qquad w_i \sim N(0, \tau^2)

    \text{UM.RS}: \quad \operatorname{logit} p = \alpha + u_i + (\theta + w_i) x, \qquad u_i \sim N(0, \sigma^2)

    \text{CM.EL}: \quad a_i \mid m_i \sim \text{non-central hypergeometric}(\theta + w_i)

    \text{CM.AL}: \quad a_i \mid m_i \sim \text{binomial}(m_i, \operatorname{logit}^{-1}(\log(n_{1i}/n_{2i}) + \theta + w_i))

Rates have log in place of logit with person-time as offset, and their conditional model is binomial exactly. The likelihood is
integrated over the random effects by adaptive Gauss-Hermite quadrature and maximised from several starts.

Source: Stijnen, Hamza & Ozdemir 2010; Turner et al. 2000; Jackson et al. 2018; the names are those of R's metafor.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from meta.stats.arrays import Array
from meta.stats.continuity import continuity, double_zero
from meta.stats.effects import effects_of
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.inputs import BinaryArms, PersonTimeArms, Proportions, Rates, Table
from meta.stats.measures import Measure, measure
from meta.stats.pooling.intervals import pooled
from meta.stats.pooling.inverse_variance import typical_variance
from meta.stats.results import NotEstimable, estimated

from .families import Binomial, Density, Pair, Poisson, binomial, poisson
from .heterogeneity import heterogeneity
from .hypergeometric import Tables, tables_of
from .maximise import FAR, Contributions, Optimum, best_of
from .quadrature import modes, over_line, over_plane
from .results import MODELS, CountModel

SIGMA_STARTS = (0.15, 0.5, 1.2)
"""Standard deviations between studies to start from: near none, usual, large."""

NODES = {"UM.FS": 25, "UM.RS": 15, "CM.EL": 35, "CM.AL": 25, "one-group": 25}
"""Nodes of the quadrature by default: doubling them changes nothing in six digits of usual data."""

BOUNDARY = 1e-3
"""A standard deviation between studies below this is 0."""

NOTHING = NotEstimable("No study has both events and people without events, so a ratio cannot be estimated.")
ONE_SIDED = NotEstimable(
    "All events that could have been in either arm were in the same arm, so the ratio is zero or infinite."
)


@dataclass(frozen=True, slots=True, eq=False)
class Likelihood:
    """A model made ready: contributions of the studies at shared and own parameters, where to start, and which of the shared
    parameters are the effect, the standard deviations of the effects and of the studies.
    """

    f: Contributions
    starts: tuple[tuple[Array, Array], ...]
    theta: int
    tau: int | None
    sigma: int | None


def glmm(
    arms: Table,
    *,
    model: str | None = None,
    random: bool = True,
    nodes: int | None = None,
    interval: str = "wald",
    level: float = 0.95,
) -> CountModel | NotEstimable:
    """Fit a model of counts.

    Args:
        arms: ``BinaryArms`` (odds ratio), ``PersonTimeArms`` (rate ratio), ``Proportions`` (logit) or ``Rates`` (log).
        model: a key of ``MODELS``; "CM.EL" for two arms and "one-group" for one if left out.
        random: whether effects differ between studies (tau2 by maximum likelihood), or are the same.
        nodes: of the quadrature in each direction; 1 is Laplace's approximation.
        interval: "wald" or "t" (k - 1 degrees of freedom).
        level: confidence level.

    Raises:
        UnknownOption: a name is not known, or does not go with the data.
        InvalidInput: counts that are not whole for "CM.EL", or no node.
    """
    two_arms = isinstance(arms, BinaryArms | PersonTimeArms)
    if not (two_arms or isinstance(arms, Proportions | Rates)):
        raise UnknownOption(f"Models of counts need events, not {arms.kind} data.")
    chosen = model or ("CM.EL" if two_arms else "one-group")
    if chosen not in MODELS or two_arms is (chosen == "one-group"):
        known = [name for name in MODELS if two_arms is not (name == "one-group")]
        raise UnknownOption(f"There is no model {chosen!r} for these data; known are {', '.join(known)}.")
    if isinstance(arms, PersonTimeArms) and chosen == "CM.AL":
        raise UnknownOption("Rates need no approximate conditional model: CM.EL is a binomial there.")
    if interval not in ("wald", "t"):
        raise UnknownOption(f"There is no interval {interval!r} here; known are wald, t.")
    if not 0 < level < 1:
        raise UnknownOption("A confidence level lies between 0 and 1.")
    if nodes is not None and nodes < 1:
        raise InvalidInput("A quadrature needs at least one node.")
    what, rows, reason = usable(arms)
    if reason is not None:
        return reason
    left_out = tuple(label for label, keep in zip(arms.labels, rows, strict=True) if not keep)
    several = nodes or NODES[chosen]
    data = density(arms, rows, chosen)
    return _fitted(
        data, chosen, what, arms, rows, left_out, random=random, nodes=several, interval=interval, level=level
    )


def usable(arms: Table) -> tuple[Measure, npt.NDArray[np.bool_], NotEstimable | None]:
    """The measure, the studies that say something about it, and why it cannot be estimated, if so."""
    rows = arms.complete.copy()
    reason: NotEstimable | None = None
    if isinstance(arms, BinaryArms):
        what = measure("OR")
        rows &= ~double_zero(arms.cells)
        a, b, c, d = (cell[rows] for cell in arms.cells)
        low, high = np.maximum(0.0, a + c - (c + d)), np.minimum(a + b, a + c)
        one_sided = float((a - low).sum()) == 0 or float((high - a).sum()) == 0
    elif isinstance(arms, PersonTimeArms):
        what = measure("IRR")
        x1, _, x2, _ = arms.columns
        rows &= (x1 > 0) | (x2 > 0)
        one_sided = 0 in (float(x1[rows].sum()), float(x2[rows].sum()))
    elif isinstance(arms, Proportions):
        what = measure("PLO")
        x, n = (column[rows] for column in arms.columns)
        one_sided = float(x.sum()) in (0.0, float(n.sum()))
    else:
        what = measure("IRLN")
        one_sided = isinstance(arms, Rates) and float(arms.columns[0][rows].sum()) == 0
    if not rows.any():
        reason = NOTHING
    elif one_sided:
        reason = ONE_SIDED
    return what, rows, reason


def density(arms: Table, rows: npt.NDArray[np.bool_], model: str) -> Pair | Binomial | Poisson | Tables:
    """The density of the counts under a model."""
    if isinstance(arms, BinaryArms):
        a, n1, c, n2 = (column[rows] for column in arms.columns)
        if model == "CM.EL":
            return tables_of(arms, rows)
        if model == "CM.AL":
            return binomial(a, a + c, np.log(n1 / n2))
        return Pair(binomial(a, n1), binomial(c, n2))
    if isinstance(arms, PersonTimeArms):
        x1, t1, x2, t2 = (column[rows] for column in arms.columns)
        if model == "CM.EL":
            return binomial(x1, x1 + x2, np.log(t1 / t2))
        return Pair(poisson(x1, t1), poisson(x2, t2))
    if isinstance(arms, Proportions):
        return binomial(*(column[rows] for column in arms.columns))
    assert isinstance(arms, Rates)  # noqa: S101 - glmm() has looked
    return poisson(*(column[rows] for column in arms.columns))


def _rough(data: Pair | Binomial | Poisson | Tables) -> tuple[Array, Array]:
    """Predictors of each study from corrected counts: centre and difference (the effect itself in ``difference``)."""
    if isinstance(data, Pair):
        one, other = _level(data.experimental), _level(data.control)
        return 0.5 * (one + other), one - other
    if isinstance(data, Tables):
        return np.zeros(len(data)), np.zeros(len(data))
    return np.zeros(len(data)), _level(data)


def _level(family: Binomial | Poisson) -> Array:
    if isinstance(family, Binomial):
        found: Array = np.log((family.events + 0.5) / (family.total - family.events + 0.5)) - family.offset
        return found
    rate: Array = np.log(family.events + 0.5) - family.log_time
    return rate


def likelihood(data: Pair | Binomial | Poisson | Tables, model: str, *, random: bool, nodes: int) -> Likelihood:
    """Contributions as a function of (theta, tau) or (theta,), with what the model adds to them."""
    centre, difference = _rough(data)
    theta = float(np.median(difference))
    sigmas = SIGMA_STARTS if random else (0.0,)
    if isinstance(data, Pair) and model == "UM.FS":
        pair = data

        def fixed(shared: Array, own: Array) -> Array:
            tau = float(shared[1]) if random else 0.0
            return over_line(pair.by_difference(own), np.full(len(pair), shared[0]), tau, nodes)

        starts = tuple((np.array([theta, s][: 1 + random]), centre) for s in sigmas)
        return Likelihood(fixed, starts, 0, 1 if random else None, None)
    if isinstance(data, Pair):
        return _random_studies(data, centre, theta, random=random, nodes=nodes)

    def one_effect(shared: Array, _: Array) -> Array:
        tau = float(shared[1]) if random else 0.0
        return over_line(data, np.full(len(data), shared[0]), tau, nodes)

    none = np.zeros(0)
    starts = tuple((np.array([theta, s][: 1 + random]), none) for s in sigmas)
    return Likelihood(one_effect, starts, 0, 1 if random else None, None)


def _random_studies(pair: Pair, centre: Array, theta: float, *, random: bool, nodes: int) -> Likelihood:
    def both(shared: Array, _: Array) -> Array:
        alpha, at, sigma = (float(x) for x in shared[:3])
        if random:
            return over_plane(pair, alpha, at, (sigma, float(shared[3])), nodes)
        return over_line(pair.by_centre(np.full(len(pair), at)), np.full(len(pair), alpha), sigma, nodes)

    spread = max(0.3, float(centre.std()))
    alpha = float(np.median(centre))
    starts = tuple(
        (np.array([alpha, theta, spread, s][: 3 + random]), np.zeros(0)) for s in (SIGMA_STARTS if random else (0.5,))
    )
    return Likelihood(both, starts, 1, 3 if random else None, 2)


def _fitted(
    data: Pair | Binomial | Poisson | Tables,
    model: str,
    what: Measure,
    arms: Table,
    rows: npt.NDArray[np.bool_],
    left_out: tuple[str, ...],
    *,
    random: bool,
    nodes: int,
    interval: str,
    level: float,
) -> CountModel | NotEstimable:
    k = len(data)
    ready = likelihood(data, model, random=random and k > 1, nodes=nodes)
    best, convergence = best_of(ready.f, ready.starts, FAR)
    if ready.tau is not None and abs(best.shared[ready.tau]) < BOUNDARY:
        without = likelihood(data, model, random=False, nodes=nodes)
        best, alone = best_of(without.f, without.starts, FAR)
        convergence = replace(alone, starts=convergence.starts, agreed=convergence.agreed, boundary=True,
                              method=f"{convergence.method}, then without spread")  # fmt: skip
        tau = 0.0
    else:
        tau = float(best.shared[ready.tau]) if ready.tau is not None else 0.0
    if best.covariance is None or abs(best.shared[ready.theta]) > FAR:
        return NotEstimable("The likelihood has no highest point at a finite effect.")
    estimate = float(best.shared[ready.theta])
    error = math.sqrt(float(best.covariance[ready.theta, ready.theta]))
    df = float(k - 1) if interval == "t" else None
    if df == 0:
        return NotEstimable("With one study there is no degree of freedom for a t distribution.")
    answer = estimated(pooled(estimate, error, df=df, level=level, k=k, method=interval))
    i2, h2 = _relative(arms, what, rows, tau * tau)
    common = best if not random or tau == 0 else best_of(*_common(data, model, nodes), FAR)[0]
    wald, ratio = heterogeneity(data, model, common, nodes)
    return CountModel(
        model, what, random, answer, tau * tau, None if ready.sigma is None else float(best.shared[ready.sigma]) ** 2,
        wald, ratio, i2, h2, best.value, given_effects(data, best, ready, tau), nodes, convergence, left_out,
    )  # fmt: skip


def given_effects(
    data: Pair | Binomial | Poisson | Tables, best: Optimum, ready: Likelihood, tau: float
) -> float | None:
    """The log-density of the counts at the predicted random effects."""
    if ready.tau is None or ready.sigma is not None:
        return None
    of: Density = data.by_difference(best.own) if isinstance(data, Pair) else data
    shift = np.full(len(data), float(best.shared[ready.theta]))
    return float(of(shift + tau * modes(of, shift, tau)[0])[0].sum())


def _common(
    data: Pair | Binomial | Poisson | Tables, model: str, nodes: int
) -> tuple[Contributions, tuple[tuple[Array, Array], ...]]:
    ready = likelihood(data, model, random=False, nodes=nodes)
    return ready.f, ready.starts


def _relative(arms: Table, what: Measure, rows: npt.NDArray[np.bool_], tau2: float) -> tuple[float, float]:
    """tau2 against the typical variance of the studies' own effects (0.5 where a cell is empty)."""
    effects = effects_of(arms, what, continuity("only0-drop00"))
    w = 1.0 / effects.variance[effects.estimable & rows]
    typical = typical_variance(w, float(w.sum())) if len(w) else None
    if typical is None:
        return 0.0, 1.0
    return 100.0 * tau2 / (tau2 + typical), tau2 / typical + 1.0
