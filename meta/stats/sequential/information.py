r"""How much information a meta-analysis would need to answer its question: required size, diversity, trials."""

import math
from dataclasses import dataclass
from typing import Any

from meta.stats.distributions import normal_quantile
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import plain

from .boundaries import SECONDARY

WETTERSLEV = "Wetterslev et al. 2008, J Clin Epidemiol 61:64; 2009, BMC Med Res Methodol 9:86"


@dataclass(frozen=True, slots=True)
class Required:
    """Participants needed in all, two equal groups: as computed, and rounded up to a whole and to an even number.

    ``unadjusted`` is for studies that all estimate the same; ``adjusted`` makes room for diversity.
    """

    unadjusted: float
    adjusted: float
    diversity: float
    alpha: float
    beta: float
    source: str = WETTERSLEV
    note: str = SECONDARY

    @property
    def whole(self) -> int:
        """Adjusted size, rounded up."""
        return math.ceil(self.adjusted - 1e-9)

    @property
    def even(self) -> int:
        """Adjusted size, rounded up to an even number: two groups of whole people."""
        return 2 * math.ceil(self.adjusted / 2 - 1e-9)

    def to_dict(self) -> dict[str, Any]:
        """A JSON-safe copy."""
        return {**plain(self), "whole": self.whole, "even": self.even}


def _quantiles(alpha: float, beta: float, sides: int) -> float:
    if not 0 < alpha < 1 or not 0 < beta < 1:
        raise InvalidInput("alpha and beta must lie between 0 and 1, both excluded.")
    if sides not in (1, 2):
        raise UnknownOption("sides is 1 or 2.")
    return normal_quantile(1 - alpha / sides) + normal_quantile(1 - beta)


def _adjusted(size: float, diversity: float, alpha: float, beta: float) -> Required:
    if not 0 <= diversity < 1:
        raise InvalidInput("Diversity is a share of at least 0 and below 1.")
    return Required(size, size / (1 - diversity), diversity, alpha, beta)


def experimental_risk(control_risk: float, *, rrr: float | None = None, odds_ratio: float | None = None) -> float:
    """Risk in the experimental group under a relative risk reduction or an odds ratio.

    Raises:
        InvalidInput: neither or both, or risks that are not between 0 and 1.
    """
    if (rrr is None) == (odds_ratio is None):
        raise InvalidInput("Give either the relative risk reduction or the odds ratio.")
    if not 0 < control_risk < 1:
        raise InvalidInput("The control risk must lie between 0 and 1, both excluded.")
    if rrr is not None:
        risk = control_risk * (1 - rrr)
    else:
        odds = (odds_ratio or 0.0) * control_risk / (1 - control_risk)
        risk = odds / (1 + odds)
    if not 0 < risk < 1 or risk == control_risk:
        raise InvalidInput("The experimental risk must lie between 0 and 1 and differ from the control risk.")
    return risk


def required_for_risks(
    control_risk: float,
    *,
    rrr: float | None = None,
    odds_ratio: float | None = None,
    alpha: float = 0.05,
    beta: float = 0.2,
    diversity: float = 0.0,
    sides: int = 2,
) -> Required:
    r"""Participants needed to see a difference of risks.

    .. math:: 4 (z_{1-\alpha/2} + z_{1-\beta})^2 \bar p (1 - \bar p)/(p_C - p_E)^2

    Args:
        control_risk: between 0 and 1. rrr: relative risk reduction (negative for harm), or odds_ratio.
        alpha, beta: errors. diversity: D² (or I²) as a share; the size is divided by 1 - D². sides: 1 or 2.

    Source: Wetterslev et al. 2008, 2009.
    """
    experimental = experimental_risk(control_risk, rrr=rrr, odds_ratio=odds_ratio)
    middle = (control_risk + experimental) / 2
    size = 4 * _quantiles(alpha, beta, sides) ** 2 * middle * (1 - middle) / (control_risk - experimental) ** 2
    return _adjusted(size, diversity, alpha, beta)


def required_for_means(
    difference: float, sd: float, *, alpha: float = 0.05, beta: float = 0.2, diversity: float = 0.0, sides: int = 2
) -> Required:
    r"""Participants needed to see a difference of means: :math:`4 (z_{1-\alpha/2} + z_{1-\beta})^2 \sigma^2/\delta^2`.

    Args:
        difference: the least that matters, not 0. sd: of the outcome, above 0. Others as ``required_for_risks``.

    Source: Wetterslev et al. 2009.
    """
    if difference == 0 or not math.isfinite(difference) or not sd > 0:
        raise InvalidInput("The difference must not be 0 and the standard deviation must be above 0.")
    return _adjusted(4 * (_quantiles(alpha, beta, sides) * sd / difference) ** 2, diversity, alpha, beta)


def diversity(variance_common: float, variance_random: float) -> float:
    r"""D², the share of the random-effects variance that stems from differing studies: :math:`(v_R - v_F)/v_R`.

    Args:
        variance_common, variance_random: of the pooled effects, above 0.

    Source: Wetterslev et al. 2009.
    """
    if not variance_common > 0 or not variance_random > 0:
        raise InvalidInput("Variances must be above 0.")
    return max(0.0, (variance_random - variance_common) / variance_random)


@dataclass(frozen=True, slots=True)
class Trials:
    """How many trials a random-effects analysis needs at least, however large, and how large they must then be.

    ``participants`` are per trial, both groups together, with ``trials`` of them.
    """

    least: int
    trials: int
    participants: float
    source: str = "Kulinskaya & Wood 2014, Res Synth Methods 5:313; as RTSA"


def required_trials(
    effect: float, tau2: float, unit_variance: float, *, trials: int | None = None, alpha: float = 0.05,
    beta: float = 0.2, sides: int = 2,
) -> Trials:  # fmt: skip
    r"""Trials needed when true effects differ by tau².

    No number of participants helps unless :math:`k > \tau^2 (z_{1-\alpha/2} + z_{1-\beta})^2/\theta^2`; then
    :math:`n = 2\nu/(k \theta^2/(z + z)^2 - \tau^2)` per trial.

    Args:
        effect: theta on the scale of analysis, not 0. tau2: 0 or more.
        unit_variance: nu, what two groups of one person each add to the variance (``unit_variance_of_risks``).
        trials: k; the least if left out.

    Raises:
        InvalidInput: fewer trials than the least.
    """
    if effect == 0 or tau2 < 0 or not unit_variance > 0:
        raise InvalidInput("The effect must not be 0, tau² not negative, and the unit variance above 0.")
    z = _quantiles(alpha, beta, sides)
    least = math.floor(tau2 * z**2 / effect**2 * (1 + 1e-12)) + 1
    k = least if trials is None else trials
    if k < least:
        raise InvalidInput(f"{k} trials cannot reach this power, however large; at least {least} are needed.")
    return Trials(least, k, 2 * unit_variance / (k * effect**2 / z**2 - tau2))


def unit_variance_of_risks(measure: str, control_risk: float, experimental: float) -> float:
    """What two groups of one person each add to the variance of log RR, log OR or RD.

    Raises:
        UnknownOption: another measure.
    """
    risks = (control_risk, experimental)
    if not all(0 < p < 1 for p in risks):
        raise InvalidInput("Risks must lie between 0 and 1, both excluded.")
    if measure == "RR":
        return math.fsum(1 / p for p in risks) - 2
    if measure == "OR":
        return math.fsum(1 / p + 1 / (1 - p) for p in risks)
    if measure == "RD":
        return math.fsum(p * (1 - p) for p in risks)
    raise UnknownOption(f"measure = {measure!r} is not known here; there are: RR, OR, RD.")
