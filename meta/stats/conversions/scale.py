r"""Between the raw and the log scale, for quantities that are skewed to the right."""

import math

from meta.stats.distributions import t_quantile

from .base import Conversion, between, group_size, limits, not_negative, number, positive

HIGGINS = "Higgins, White & Anzures-Cabrera 2008, Stat Med 27:6072"


def log_from_raw(mean: float, sd: float) -> Conversion:
    """Mean and SD of the natural logs (``mean``, ``sd``) from those of the raw values; mean above 0."""
    m, s = positive("The mean", mean), not_negative("The standard deviation", sd)
    variance = math.log1p((s / m) ** 2)
    return Conversion("log_from_raw", {"mean": math.log(m) - variance / 2, "sd": math.sqrt(variance)},
                      {"mean": m, "sd": s}, "s_z² = ln(1 + s²/m²); m_z = ln m − s_z²/2", HIGGINS, "estimated")  # fmt: skip


def raw_from_log(mean: float, sd: float) -> Conversion:
    """Mean and SD of the raw values (``mean``, ``sd``) from those of their natural logs."""
    m, s = number("The mean of the logs", mean), not_negative("The standard deviation of the logs", sd)
    centre = math.exp(m + s**2 / 2)
    return Conversion("raw_from_log", {"mean": centre, "sd": centre * math.sqrt(math.expm1(s**2))},
                      {"mean": m, "sd": s}, "m = exp(m_z + s_z²/2); s = m√(exp(s_z²) − 1)", HIGGINS, "estimated")  # fmt: skip


def log_from_geometric_mean(
    geometric_mean: float, lower: float, upper: float, n: float, *, level: float = 0.95
) -> Conversion:
    """Mean and SD of the natural logs (``mean``, ``sd``) from a geometric mean and its interval.

    Args:
        geometric_mean, lower, upper: above 0. n: participants, at least 2. level: of the interval.
    """
    g, size = positive("The geometric mean", geometric_mean), group_size("n", n)
    low, high = limits(positive("The lower limit", lower), positive("The upper limit", upper))
    t = t_quantile(0.5 + between("level", level, 0, 1) / 2, size - 1)
    sd = math.sqrt(size) * (math.log(high) - math.log(low)) / (2 * t)
    return Conversion("log_from_geometric_mean", {"mean": math.log(g), "sd": sd},
                      {"geometric_mean": g, "lower": low, "upper": high, "n": size, "level": level},
                      "m_z = ln g; s_z = √n(ln U − ln L)/(2t)", HIGGINS, "converted")  # fmt: skip
