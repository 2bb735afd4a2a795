r"""Changes from before to after, and crossover trials: what a correlation adds."""

import math

from meta.stats.distributions import t_quantile
from meta.stats.errors import InvalidInput

from .base import Conversion, between, correlation, group_size, not_negative, number, positive

FOLLMANN = "Cochrane Handbook 6.5.2.8; Follmann et al. 1992"
ELBOURNE = "Elbourne et al. 2002, Int J Epidemiol 31:140; Cochrane Handbook 23.2.7"
IMPUTED = "The correlation is assumed: repeat the analysis with others."


def correlation_from_sds(sd_before: float, sd_after: float, sd_change: float) -> Conversion:
    """Correlation between before and after (``r``) from the three standard deviations.

    Args:
        sd_before, sd_after: above 0. sd_change: not negative.

    Raises:
        InvalidInput: the three cannot belong together (the correlation would be beyond -1 or 1).
    """
    b, f = positive("The SD before", sd_before), positive("The SD after", sd_after)
    d = not_negative("The SD of the change", sd_change)
    r = (b**2 + f**2 - d**2) / (2 * b * f)
    if abs(r) > 1:
        raise InvalidInput("These three standard deviations cannot belong together; check the source.")
    return Conversion("correlation_from_sds", {"r": r}, {"sd_before": b, "sd_after": f, "sd_change": d},
                      "r = (SDb² + SDf² − SDΔ²)/(2 SDb SDf)", FOLLMANN, "converted")  # fmt: skip


def change_sd(sd_before: float, sd_after: float, r: float) -> Conversion:
    """Standard deviation of the change (``sd``) from both standard deviations and their correlation ``r``."""
    b, f = not_negative("The SD before", sd_before), not_negative("The SD after", sd_after)
    return Conversion("change_sd", {"sd": _sd(b, f, correlation("r", r))}, {"sd_before": b, "sd_after": f, "r": r},
                      "SDΔ = √(SDb² + SDf² − 2r SDb SDf)", FOLLMANN, "imputed", (IMPUTED,))  # fmt: skip


def _sd(one: float, other: float, r: float) -> float:
    return math.sqrt((one - other) ** 2 + 2 * (1 - r) * one * other)  # never negative, unlike the expanded form


def crossover_difference(
    mean_experimental: float, sd_experimental: float, mean_control: float, sd_control: float, n: float, r: float
) -> Conversion:
    """Paired difference of a crossover trial.

    Args:
        mean_experimental, sd_experimental, mean_control, sd_control: over all participants, by treatment.
        n: participants with both measurements. r: correlation between the two measurements of a person.

    Returns:
        ``difference``, ``sd`` of the differences, ``se``.

    Source: Elbourne et al. 2002.
    """
    size = group_size("n", n)
    one, other = not_negative("The experimental SD", sd_experimental), not_negative("The control SD", sd_control)
    sd = _sd(one, other, correlation("r", r))
    difference = number("The experimental mean", mean_experimental) - number("The control mean", mean_control)
    return Conversion(
        "crossover_difference", {"difference": difference, "sd": sd, "se": sd / math.sqrt(size)},
        {"mean_experimental": mean_experimental, "sd_experimental": one, "mean_control": mean_control,
         "sd_control": other, "n": size, "r": r},
        "MD = mE − mC; SD = √(sE² + sC² − 2r sE sC); SE = SD/√n", ELBOURNE, "imputed",
        (IMPUTED, "If an effect carries over into the second period, use the first period only."),
    )  # fmt: skip


def crossover_correlation(sd_experimental: float, sd_control: float, se: float, n: float) -> Conversion:
    """Correlation between the two measurements of a person (``r``) from the standard error of the paired difference."""
    size, error = group_size("n", n), not_negative("The standard error", se)
    found = correlation_from_sds(sd_experimental, sd_control, error * math.sqrt(size))
    return Conversion("crossover_correlation", {"r": found.value},
                      {"sd_experimental": sd_experimental, "sd_control": sd_control, "se": error, "n": size},
                      "SD = SE√n; r = (sE² + sC² − SD²)/(2 sE sC)", ELBOURNE, "converted")  # fmt: skip


def paired_se_from_p(difference: float, p: float, n: float) -> Conversion:
    """Standard error of a paired difference (``t``, ``se``, ``sd``) from its two-sided p, t with n - 1."""
    size = group_size("n", n)
    t = t_quantile(1 - between("p", p, 0, 1) / 2, size - 1)
    if number("The difference", difference) == 0:
        raise InvalidInput("The difference is 0: it says nothing about the spread.")
    se = abs(difference) / t
    return Conversion("paired_se_from_p", {"t": t, "se": se, "sd": se * math.sqrt(size)},
                      {"difference": difference, "p": p, "n": size}, "t = T⁻¹(1 − p/2; n − 1); SE = |MD|/t", ELBOURNE,
                      "converted")  # fmt: skip


def marginal_odds_ratio(both: float, first_only: float, second_only: float, neither: float) -> Conversion:
    r"""Odds ratio of a crossover trial with events counted by person: first treatment over second.

    .. math:: v = \frac{1}{n p_1 q_1} + \frac{1}{n p_2 q_2} - \frac{2 (p_{11} - p_1 p_2)}{n p_1 q_1 p_2 q_2}

    Args:
        both, first_only, second_only, neither: people with the event under both treatments, one, or none.

    Returns:
        ``log_or``, ``se``.

    Raises:
        InvalidInput: a treatment under which nobody or everybody had the event.

    Source: Becker & Balagtas 1993, J Biom 49:997; Elbourne et al. 2002.
    """
    cells = [not_negative("Every count", cell) for cell in (both, first_only, second_only, neither)]
    n = math.fsum(cells)
    e1, e2 = cells[0] + cells[1], cells[0] + cells[2]
    if not 0 < e1 < n or not 0 < e2 < n:
        raise InvalidInput("Under one treatment nobody or everybody had the event: there is no odds ratio.")
    p1, p2 = e1 / n, e2 / n
    v1, v2 = p1 * (1 - p1), p2 * (1 - p2)
    variance = (1 / v1 + 1 / v2 - 2 * (cells[0] / n - p1 * p2) / (v1 * v2)) / n
    return Conversion(
        "marginal_odds_ratio",
        {"log_or": math.log(e1 / (n - e1)) - math.log(e2 / (n - e2)), "se": math.sqrt(max(0.0, variance))},
        dict(zip(("both", "first_only", "second_only", "neither"), cells, strict=True)),
        "ln OR = logit p1 − logit p2; covariance (p11 − p1p2)/(n p1q1p2q2)", f"Becker & Balagtas 1993; {ELBOURNE}",
        "converted",
    )  # fmt: skip
