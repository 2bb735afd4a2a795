"""The lines of statistics under a total, in the wording that reviewers know from RevMan."""

from meta.plots import numbers

NOT_APPLICABLE = "Not applicable"


def heterogeneity(*, q: float, df: int, p: float, i2: float | None, tau2: float | None = None) -> str:
    """``Heterogeneity: Tau² = 0.010; Chi² = 9.95, df = 6 (P = 0.13); I² = 40%``.

    Args:
        tau2: given for random effects only.
    """
    if df < 1:
        return f"Heterogeneity: {NOT_APPLICABLE}"
    variance = "" if tau2 is None else f"Tau² = {numbers.tau_squared(tau2)}; "
    return f"Heterogeneity: {variance}{_chi_squared(q, df, p, i2)}"


def overall_effect(*, statistic: float, p: float, df: float | None = None) -> str:
    """``Test for overall effect: Z = 3.29 (P = 0.001)``; with degrees of freedom it is a t test."""
    size = numbers.decimal(abs(statistic))
    test = f"Z = {size}" if df is None else f"t = {size}, df = {df:g}"
    return f"Test for overall effect: {test} ({numbers.p_value(p)})"


def subgroup_differences(*, q: float, df: int, p: float, i2: float | None) -> str:
    """``Test for subgroup differences: Chi² = 0.26, df = 1 (P = 0.61); I² = 0%``."""
    return f"Test for subgroup differences: {_chi_squared(q, df, p, i2) if df > 0 else NOT_APPLICABLE}"


def _chi_squared(q: float, df: int, p: float, i2: float | None) -> str:
    share = "" if i2 is None else f"; I² = {numbers.whole_percent(i2)}"
    return f"Chi² = {numbers.decimal(q)}, df = {df} ({numbers.p_value(p)}){share}"
