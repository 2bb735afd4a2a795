r"""Do an estimate, its interval and its p agree; is an SD an SE; are all whiskers alike?"""

import math
from collections.abc import Sequence

from meta.stats.distributions import critical_value, normal_two_sided
from meta.stats.errors import InvalidInput

from .base import CHECK_SOURCE, Check, printed

HANDBOOK = "Cochrane Handbook 6.3 and 6.5.2"
NEAR_TYPICAL = 1.5
"""An SD within this factor of the other trials' is like theirs."""
FAR_FROM_TYPICAL = 2.5
"""An SD smaller than the other trials' by this factor is suspect."""
P_FACTOR = 2.0
"""A p recomputed from the interval may differ by this factor; both are rounded."""
SIGNIFICANT = 0.05


def interval_symmetry(estimate: str, lower: str, upper: str, *, ratio: bool) -> Check:
    """Does the estimate lie in the middle of its interval, within what rounding allows?

    Interval arithmetic: every number may be off by half a unit of its last digit. Ratios are judged on the log scale.

    Args:
        estimate, lower, upper: as printed, as text. ratio: True for odds, risk, rate and hazard ratios.

    Returns:
        ``fail`` where the estimate lies outside, ``warn`` where it is off the middle by more than rounding explains
        (exact and profile intervals are lopsided by nature).
    """
    y, low, high = (
        printed(estimate, "The estimate"),
        printed(lower, "The lower limit"),
        printed(upper, "The upper limit"),
    )
    evidence = {"estimate": y.text, "lower": low.text, "upper": high.text, "ratio": ratio}
    if low.value >= high.value:
        raise InvalidInput("The lower limit must be below the upper limit.")
    if y.upper < low.lower or y.lower > high.upper:
        sentence = f"{y.text} lies outside {low.text} to {high.text}. {CHECK_SOURCE}"
        return Check("CI symmetry", "fail", sentence, evidence, HANDBOOK)
    if ratio and low.value <= 0:
        if low.upper <= 0:
            return Check(
                "CI symmetry", "fail", f"A ratio has no limit of {low.text}. {CHECK_SOURCE}", evidence, HANDBOOK
            )
        return Check(
            "CI symmetry", "not_applicable", "The lower limit is rounded to 0: its log is unknown.", evidence, HANDBOOK
        )

    def scale(value: float) -> float:
        return math.log(max(value, 1e-300)) if ratio else value

    middle = [(scale(float(a)) + scale(float(b))) / 2 for a, b in ((low.lower, high.lower), (low.upper, high.upper))]
    own = [scale(float(y.lower)), scale(float(y.upper))]
    gap = max(0.0, middle[0] - own[1], own[0] - middle[1])
    evidence |= {"middle": [math.exp(m) if ratio else m for m in middle], "gap": gap}
    slack = 1e-12 * max(1.0, *(abs(x) for x in (*middle, *own)))
    if gap <= slack:
        return Check("CI symmetry", "pass", "The estimate lies in the middle of its interval.", evidence, HANDBOOK)
    where = "on the log scale " if ratio else ""
    return Check("CI symmetry", "warn", f"{y.text} is not {where}in the middle of {low.text} to {high.text}, more than "
                 "rounding explains. Check the source.", evidence, HANDBOOK)  # fmt: skip


def p_agrees(estimate: float, lower: float, upper: float, p: float, *, ratio: bool, level: float = 0.95) -> Check:
    """Does the printed p agree with the one that follows from the interval, in size and in the side of 0.05?

    Args:
        estimate, lower, upper: numbers. p: two-sided, from 0 to 1. ratio: compares with 1 on the log scale, else with 0.
        level: of the interval.
    """
    if ratio and min(estimate, lower) <= 0:
        raise InvalidInput("A ratio and its limits must be above 0.")
    if not lower < upper or not 0 <= p <= 1 or not 0 < level < 1:
        raise InvalidInput("The limits must rise, and p and the level lie between 0 and 1.")
    y, low, high = (math.log(x) if ratio else x for x in (estimate, lower, upper))
    z = y / ((high - low) / (2 * critical_value(level)))
    own = normal_two_sided(z)
    evidence = {"p": p, "p_from_interval": own, "z": z}
    same_side = (p < SIGNIFICANT) == (own < SIGNIFICANT)
    near = max(p, 1e-4) <= P_FACTOR * max(own, 1e-4) and max(own, 1e-4) <= P_FACTOR * max(p, 1e-4)
    if near or (same_side and min(p, own) >= SIGNIFICANT):
        return Check("p and CI", "pass", "p and interval agree.", evidence, HANDBOOK)
    return Check("p and CI", "warn" if same_side else "fail", f"The interval gives p = {own:.2g}, printed is {p:g}. "
                 "Check the source.", evidence, HANDBOOK)  # fmt: skip


def sd_or_se(sd: float, n: float, others: Sequence[float]) -> Check:
    r"""Is a printed SD rather a standard error? It is suspect if :math:`s \sqrt n` is like the other trials' SDs and s is not.

    Args:
        sd: as printed, above 0. n: people, at least 2. others: SDs of the same outcome elsewhere, above 0.

    Source: Cochrane Handbook 6.5.2.
    """
    if not sd > 0 or n < 2 or not others or min(others) <= 0:
        raise InvalidInput("Standard deviations must be above 0, and n at least 2.")
    typical = math.exp(math.fsum(math.log(other) for other in others) / len(others))
    as_se = sd * math.sqrt(n)
    gap = abs(math.log(typical / as_se))
    evidence = {"sd": sd, "n": n, "typical": typical, "sd_if_se": as_se, "ratio": typical / sd, "log_ratio_gap": gap}
    if gap < math.log(NEAR_TYPICAL) and math.log(typical / sd) > math.log(FAR_FROM_TYPICAL):
        return Check("SD or SE", "warn", f"{sd:g} looks like a standard error: as such it is an SD of {as_se:.3g}, and "
                     f"other trials have {typical:.3g}. Check the source.", evidence, HANDBOOK)  # fmt: skip
    return Check("SD or SE", "pass", "The SD is not out of line as an SE would be.", evidence, HANDBOOK)


def possible_spread(mean: float, sd: float, n: float, *, low: float, high: float) -> Check:
    r"""Are mean and SD possible on a scale from ``low`` to ``high``?

    The SD of n values in a range with mean m is at most :math:`\sqrt{(m - L)(U - m) n/(n - 1)}`.

    Source: Bhatia & Davis 2000, Am Math Mon 107:353.
    """
    if n < 2 or sd < 0 or low >= high:
        raise InvalidInput("n must be at least 2, the SD not negative, and the scale must have two different ends.")
    evidence = {"mean": mean, "sd": sd, "n": n, "low": low, "high": high}
    if not low <= mean <= high:
        return Check("range", "fail", f"A mean of {mean:g} lies outside the scale. {CHECK_SOURCE}", evidence, HANDBOOK)
    most = math.sqrt((mean - low) * (high - mean) * n / (n - 1))
    evidence["largest_sd"] = most
    if sd > most * (1 + 1e-12):
        return Check("range", "fail", f"With a mean of {mean:g} on this scale the SD is at most {most:.4g}. {CHECK_SOURCE}",
                     evidence, HANDBOOK)  # fmt: skip
    if sd == 0:
        return Check("range", "warn", "An SD of 0 means that everybody is alike; check the source.", evidence, HANDBOOK)
    return Check("range", "pass", "Mean and SD are possible on this scale.", evidence, HANDBOOK)
