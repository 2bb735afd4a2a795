r"""Standard deviations and standard errors from what is printed beside means: SE, intervals, t, p.

``distribution`` is ``t`` (exact for normal data, the default) or ``z`` (for large groups, or where the paper used it).
"""

import math

from meta.stats.distributions import critical_value, normal_quantile, t_quantile
from meta.stats.errors import InvalidInput, UnknownOption

from .base import Conversion, between, group_size, limits, not_negative, number, positive

HANDBOOK_ONE_GROUP = "Cochrane Handbook 6.5.2.2"
HANDBOOK_TWO_GROUPS = "Cochrane Handbook 6.5.2.3"
IQR_IN_SDS = 1.35
"""Interquartile range of a normal distribution in standard deviations (exactly 1.349), as the Handbook rounds it."""

BOUND_NOTE = "Only a bound of p is known: the true spread is smaller than this; keep it out of the main analysis."


def quantile(probability: float, df: float, distribution: str) -> float:
    """Upper quantile of Student's t or the normal distribution."""
    if distribution == "t":
        return t_quantile(probability, df)
    if distribution == "z":
        return normal_quantile(probability)
    raise UnknownOption(f"distribution = {distribution!r} is not known; there are: t, z.")


def _half_width(lower: float, upper: float, level: float, df: float, distribution: str) -> float:
    low, high = limits(lower, upper)
    return (high - low) / (2 * quantile(0.5 + 0.5 * between("level", level, 0, 1), df, distribution))


def sd_from_se(se: float, n: float) -> Conversion:
    """Standard deviation of a group from the standard error of its mean: SE √n.

    Args:
        se: not negative. n: participants, at least 1.
    """
    error, size = not_negative("The standard error", se), group_size("n", n, 1)
    return Conversion("sd_from_se", {"sd": error * math.sqrt(size)}, {"se": error, "n": size}, "SD = SE × √n",
                      HANDBOOK_ONE_GROUP, "converted")  # fmt: skip


def sd_from_ci(lower: float, upper: float, n: float, *, level: float = 0.95, distribution: str = "t") -> Conversion:
    """Standard deviation of a group from the confidence interval of its mean.

    Args:
        lower, upper: limits. n: participants, at least 2.
        level: of the interval, as a fraction. distribution: ``t`` with n - 1 degrees of freedom, or ``z``.

    Returns:
        ``sd`` and ``divisor``, the number of standard errors that the interval spans.
    """
    size = group_size("n", n)
    se = _half_width(lower, upper, level, size - 1, distribution)
    return Conversion(
        "sd_from_ci",
        {"sd": se * math.sqrt(size), "divisor": (upper - lower) / se},
        {"lower": lower, "upper": upper, "n": size, "level": level, "distribution": distribution},
        "SD = √n × (U − L) / (2 × quantile)",
        HANDBOOK_ONE_GROUP,
        "converted",
    )


def sd_from_iqr(q1: float, q3: float) -> Conversion:
    """Standard deviation from an interquartile range: a fallback where n or the median is unknown.

    Args:
        q1, q3: quartiles in order.
    """
    low, high = limits(q1, q3)
    return Conversion(
        "sd_from_iqr", {"sd": (high - low) / IQR_IN_SDS}, {"q1": low, "q3": high}, "SD = (q3 − q1)/1.35",
        "Cochrane Handbook 6.5.2.5", "estimated",
        ("A fallback for large normal groups; with median and n, convert from these.",),
    )  # fmt: skip


def se_from_difference_ci(
    lower: float, upper: float, n1: float, n2: float, *, level: float = 0.95, distribution: str = "t"
) -> Conversion:
    """Standard error of a difference of two means from its interval, and the standard deviation common to both groups.

    Args:
        lower, upper: limits of the difference. n1, n2: participants.
        level, distribution: as ``sd_from_ci``; t has n1 + n2 - 2 degrees of freedom.

    Returns:
        ``se`` and ``sd``.
    """
    sizes = group_size("n1", n1, 1), group_size("n2", n2, 1)
    se = _half_width(lower, upper, level, _df(*sizes), distribution)
    return _difference("se_from_difference_ci", {"se": se}, se, *sizes, "SE = (U − L)/(2 × quantile)",
                       {"lower": lower, "upper": upper, "level": level, "distribution": distribution})  # fmt: skip


def se_from_difference_t(difference: float, t: float, n1: float, n2: float) -> Conversion:
    """Standard error of a difference of two means from its t statistic, and the common standard deviation.

    Args:
        difference: of the means, not 0. t: not 0 (its sign plays no part). n1, n2: participants.

    Returns:
        ``se`` and ``sd``.
    """
    sizes = group_size("n1", n1, 1), group_size("n2", n2, 1)
    se = abs(_not_zero("The difference", difference) / _not_zero("t", t))
    return _difference("se_from_difference_t", {"se": se}, se, *sizes, "SE = |MD/t|",
                       {"difference": difference, "t": t})  # fmt: skip


def se_from_difference_p(
    difference: float, p: float, n1: float, n2: float, *, distribution: str = "t", p_is_bound: bool = False
) -> Conversion:
    """Standard error of a difference of two means from its two-sided p, and the common standard deviation.

    Args:
        difference: of the means, not 0. p: two-sided, between 0 and 1. n1, n2: participants.
        distribution: ``t`` with n1 + n2 - 2 degrees of freedom, or ``z``.
        p_is_bound: the paper prints "p < 0.05" or the like; the result then carries a note.

    Returns:
        ``t`` (or z), ``se`` and ``sd``.
    """
    sizes = group_size("n1", n1, 1), group_size("n2", n2, 1)
    t = quantile(1 - between("p", p, 0, 1) / 2, _df(*sizes), distribution)
    se = abs(_not_zero("The difference", difference)) / t
    return _difference(
        "se_from_difference_p", {"t": t, "se": se}, se, *sizes, "t = T⁻¹(1 − p/2); SE = |MD|/t",
        {"difference": difference, "p": p, "distribution": distribution, "p_is_bound": p_is_bound},
        (BOUND_NOTE,) if p_is_bound else (),
    )  # fmt: skip


def _df(n1: float, n2: float) -> float:
    if n1 + n2 <= 2:
        raise InvalidInput("Two participants in all leave no degrees of freedom.")
    return n1 + n2 - 2


def _not_zero(name: str, value: float) -> float:
    found = number(name, value)
    if found == 0:
        raise InvalidInput(f"{name} is 0: it says nothing about the spread.")
    return found


def _difference(
    formula: str, values: dict[str, float], se: float, n1: float, n2: float, expression: str, inputs: dict[str, object],
    notes: tuple[str, ...] = (),
) -> Conversion:  # fmt: skip
    return Conversion(
        formula, {**values, "sd": se / math.sqrt(1 / n1 + 1 / n2)}, {**inputs, "n1": n1, "n2": n2},
        f"{expression}; SD = SE/√(1/n1 + 1/n2)", HANDBOOK_TWO_GROUPS, "converted", notes,
    )  # fmt: skip


def log_ratio_from_ci(lower: float, upper: float, *, estimate: float | None = None, level: float = 0.95) -> Conversion:
    """Log of a ratio and its standard error from the interval of the ratio.

    Args:
        lower, upper: limits on the ratio scale, above 0. level: of the interval, as a fraction.
        estimate: the ratio itself, above 0; the geometric middle of the limits if left out.

    Returns:
        ``estimate`` (natural log) and ``se``; a note where the estimate is far from the middle of the limits.

    Source: Cochrane Handbook 6.3.2.
    """
    low, high = limits(positive("The lower limit", lower), positive("The upper limit", upper))
    se = (math.log(high) - math.log(low)) / (2 * critical_value(between("level", level, 0, 1)))
    middle = 0.5 * (math.log(low) + math.log(high))
    y = middle if estimate is None else math.log(positive("The estimate", estimate))
    notes: tuple[str, ...] = ()
    if abs(y - middle) > OFF_CENTRE * se:
        notes = ("The estimate is not in the middle of its limits on the log scale; check the source.",)
    return Conversion(
        "log_ratio_from_ci", {"estimate": y, "se": se},
        {"lower": low, "upper": high, "estimate": estimate, "level": level}, "SE = (ln U − ln L)/(2z)",
        "Cochrane Handbook 6.3.2", "converted", notes,
    )  # fmt: skip


OFF_CENTRE = 0.25
"""Standard errors between estimate and middle of the limits: more than printed digits usually explain."""


def log_ratio_from_p(estimate: float, p: float, *, p_is_bound: bool = False) -> Conversion:
    """Log of a ratio and its standard error from the ratio and its two-sided p.

    Args:
        estimate: on the ratio scale, above 0, not 1. p: between 0 and 1. p_is_bound: as ``se_from_difference_p``.

    Returns:
        ``estimate`` (natural log) and ``se``.

    Source: Cochrane Handbook 6.3.2.
    """
    y = _not_zero("The log of the ratio", math.log(positive("The estimate", estimate)))
    se = abs(y) / normal_quantile(1 - between("p", p, 0, 1) / 2)
    return Conversion(
        "log_ratio_from_p", {"estimate": y, "se": se}, {"estimate": estimate, "p": p, "p_is_bound": p_is_bound},
        "SE = |ln ratio|/z", "Cochrane Handbook 6.3.2", "converted", (BOUND_NOTE,) if p_is_bound else (),
    )  # fmt: skip
