r"""Mean and standard deviation from a median with quartiles, extremes, or both, if the data are roughly normal.

Scenarios, by what is known besides the median m: S1 the extremes a, b; S2 the quartiles q1, q3; S3 both.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal

from meta.stats.distributions import normal_quantile
from meta.stats.errors import InvalidInput, UnknownOption

from .base import Conversion, number
from .order_statistics import SPREADS, Eta, quartiles_in_sds, range_in_sds

Scenario = Literal["S1", "S2", "S3"]

SMALLEST = 3
"""Below this the formulas have no meaning: there is no quartile of two numbers."""


@dataclass(frozen=True, slots=True)
class Summary:
    """A median, its company and the number of participants; checked, in order of size."""

    median: float
    n: float
    q1: float | None
    q3: float | None
    minimum: float | None
    maximum: float | None

    @property
    def scenario(self) -> Scenario:
        """S1, S2 or S3."""
        if self.q1 is None:
            return "S1"
        return "S2" if self.minimum is None else "S3"

    @property
    def extremes(self) -> tuple[float, float]:
        """Smallest and largest value, in S1 and S3."""
        return _pair(self.minimum, self.maximum)

    @property
    def quartiles(self) -> tuple[float, float]:
        """First and third quartile, in S2 and S3."""
        return _pair(self.q1, self.q3)

    @property
    def points(self) -> tuple[float, ...]:
        """All that is known, in order of size."""
        known = (self.minimum, self.q1, self.median, self.q3, self.maximum)
        return tuple(value for value in known if value is not None)

    def transformed(self, function: Callable[[float], float]) -> "Summary":
        """The summary of increasingly transformed data."""

        def of(value: float | None) -> float | None:
            return None if value is None else function(value)

        return Summary(
            function(self.median), self.n, of(self.q1), of(self.q3), of(self.minimum), of(self.maximum)
        )  # fmt: skip

    def inputs(self, **others: Any) -> dict[str, Any]:
        """What a lineage keeps of it."""
        named = {"minimum": self.minimum, "q1": self.q1, "median": self.median, "q3": self.q3,
                 "maximum": self.maximum, "n": self.n}  # fmt: skip
        return {name: value for name, value in named.items() if value is not None} | others


def _pair(low: float | None, high: float | None) -> tuple[float, float]:
    if low is None or high is None:
        raise InvalidInput("This needs limits that were not given.")
    return low, high


def summary(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
) -> Summary:
    """A checked summary.

    Raises:
        InvalidInput: neither both quartiles nor both extremes, values out of order or all equal, n below 3.
    """
    for low, high, what in ((q1, q3, "quartiles"), (minimum, maximum, "extremes")):
        if (low is None) != (high is None):
            raise InvalidInput(f"Both {what} are needed, or neither.")
    if q1 is None and minimum is None:
        raise InvalidInput("A median alone has no spread: give the quartiles, the extremes, or both.")
    number("The median", median)
    given = [number("Every value", value) for value in (minimum, q1, median, q3, maximum) if value is not None]
    if any(later < earlier for earlier, later in pairwise(given)):
        raise InvalidInput("The values must not fall: minimum, first quartile, median, third quartile, maximum.")
    if number("n", n) < SMALLEST:
        raise InvalidInput(f"n must be at least {SMALLEST}.")
    if given[0] == given[-1]:
        raise InvalidInput("All values are equal: there is no spread to convert.")
    found = Summary(
        float(median), float(n), *(None if x is None else float(x) for x in (q1, q3, minimum, maximum))
    )  # fmt: skip
    if found.scenario != "S1" and found.q1 == found.q3:
        raise InvalidInput("The quartiles are equal: there is no spread to convert.")
    return found


def luo_mean(s: Summary) -> float:
    """Optimally weighted mean of mid-range, mid-quartiles and median. Source: Luo et al. 2018, equations 7, 11, 15."""
    n, m = s.n, s.median
    w: float
    if s.scenario == "S1":
        w = 4 / (4 + n**0.75)
        return w * sum(s.extremes) / 2 + (1 - w) * m
    if s.scenario == "S2":
        w = 0.7 + 0.39 / n
        return w * sum(s.quartiles) / 2 + (1 - w) * m
    w1: float = 2.2 / (2.2 + n**0.75)
    w2: float = 0.7 - 0.72 / n**0.55
    return w1 * sum(s.extremes) / 2 + w2 * sum(s.quartiles) / 2 + (1 - w1 - w2) * m


def wan_mean(s: Summary) -> float:
    """The older means with fixed weights. Source: Wan et al. 2014, equations 3, 14 and 10 (the last is Bland's)."""
    if s.scenario == "S1":
        return (sum(s.extremes) + 2 * s.median) / 4
    if s.scenario == "S2":
        return (sum(s.quartiles) + s.median) / 3
    return (sum(s.extremes) + 2 * sum(s.quartiles) + 2 * s.median) / 8


HOZO_LARGE = 25
"""Above this many participants Hozo takes the median for the mean."""


def hozo_mean(s: Summary) -> float:
    """(a + 2m + b)/4 for up to 25 participants, the median for more (S1). Source: Hozo et al. 2005."""
    return s.median if s.n > HOZO_LARGE else wan_mean(s)


def wan_sd(s: Summary, form: Eta = "closed") -> float:
    """Range over ξ(n), interquartile range over η(n), or the mean of the two. Source: Wan et al. 2014."""
    found = []
    if s.scenario != "S2":
        low, high = s.extremes
        found.append((high - low) / range_in_sds(s.n, form))
    if s.scenario != "S1":
        low, high = s.quartiles
        found.append((high - low) / quartiles_in_sds(s.n, form))
    return math.fsum(found) / len(found)


def shi_sd(s: Summary) -> float:
    """Optimally weighted sum of range and interquartile range (S3). Source: Shi, Luo, Weng et al. 2020."""
    (a, b), (q1, q3), n = s.extremes, s.quartiles, s.n
    theta1: float = (2 + 0.14 * n**0.6) * normal_quantile((n - 0.375) / (n + 0.25))
    theta2: float = (2 + 2 / (0.07 * n**0.6)) * normal_quantile((0.75 * n - 0.125) / (n + 0.25))
    return (b - a) / theta1 + (q3 - q1) / theta2


MEANS: dict[str, tuple[Callable[[Summary], float], str]] = {
    "luo": (luo_mean, "Luo et al. 2018, Stat Methods Med Res 27:1785"),
    "wan": (wan_mean, "Wan et al. 2014, BMC Med Res Methodol 14:135"),
    "hozo": (hozo_mean, "Hozo et al. 2005, BMC Med Res Methodol 5:13"),
}
WAN = "Wan et al. 2014, BMC Med Res Methodol 14:135"
SHI = "Shi et al. 2020, Res Synth Methods 11:641"
SDS = ("wan", "shi")


def mean_sd_from_median(
    *,
    median: float,
    n: float,
    q1: float | None = None,
    q3: float | None = None,
    minimum: float | None = None,
    maximum: float | None = None,
    mean: str = "luo",
    sd: str = "wan",
    eta: Eta = "closed",
) -> Conversion:
    r"""Mean and standard deviation behind a median, its quartiles or extremes (or both), and n.

    Args:
        median, q1, q3, minimum, maximum: in the units of the outcome, in order of size.
        n: participants behind them, at least 3.
        mean: ``luo`` (optimal weights) or ``wan`` (fixed weights) or ``hozo`` (extremes only).
        sd: ``wan``, or ``shi`` where quartiles and extremes are both known.
        eta: how many standard deviations the interval spans, ``closed`` (formula) or ``table`` (order statistics).

    Returns:
        ``mean`` and ``sd``, and a note where the skewness test speaks against the conversion.

    Raises:
        InvalidInput: values out of order, a missing partner, n below 3.
        UnknownOption: a name that does not exist, or ``shi`` without both pairs.

    Source: Luo et al. 2018; Wan et al. 2014; Shi et al. 2020.
    """
    from .skewness import skewed_note

    s = summary(median=median, n=n, q1=q1, q3=q3, minimum=minimum, maximum=maximum)
    if mean not in MEANS:
        raise UnknownOption(f"mean = {mean!r} is not known; there are: {', '.join(MEANS)}.")
    if sd not in SDS:
        raise UnknownOption(f"sd = {sd!r} is not known; there are: {', '.join(SDS)}.")
    if eta not in SPREADS:
        raise UnknownOption(f"eta = {eta!r} is not known; there are: {', '.join(SPREADS)}.")
    if sd == "shi" and s.scenario != "S3":
        raise UnknownOption("sd = 'shi' needs quartiles and extremes; without both, use 'wan'.")
    if mean == "hozo" and s.scenario != "S1":
        raise UnknownOption("mean = 'hozo' is for extremes without quartiles; use 'luo' or 'wan'.")
    centre, cited = MEANS[mean]
    value, spread_source = (wan_sd(s, eta), WAN) if sd == "wan" else (shi_sd(s), SHI)
    return Conversion(
        "mean_sd_from_median",
        {"mean": centre(s), "sd": value},
        s.inputs(mean=mean, sd=sd, eta=eta),
        EXPRESSIONS[mean, s.scenario] + "; " + SPREAD_EXPRESSIONS[sd, s.scenario],
        "; ".join(dict.fromkeys((cited, spread_source))),
        "estimated",
        skewed_note(s),
    )


EXPRESSIONS = {
    ("luo", "S1"): "w(a+b)/2 + (1−w)m, w = 4/(4+n^0.75)",
    ("luo", "S2"): "w(q1+q3)/2 + (1−w)m, w = 0.7 + 0.39/n",
    ("luo", "S3"): "w1(a+b)/2 + w2(q1+q3)/2 + (1−w1−w2)m, w1 = 2.2/(2.2+n^0.75), w2 = 0.7 − 0.72/n^0.55",
    ("wan", "S1"): "(a + 2m + b)/4",
    ("wan", "S2"): "(q1 + m + q3)/3",
    ("wan", "S3"): "(a + 2q1 + 2m + 2q3 + b)/8",
    ("hozo", "S1"): "(a + 2m + b)/4, or m if n > 25",
}
SPREAD_EXPRESSIONS = {
    ("wan", "S1"): "SD = (b−a)/ξ(n)",
    ("wan", "S2"): "SD = (q3−q1)/η(n)",
    ("wan", "S3"): "SD = ((b−a)/ξ(n) + (q3−q1)/η(n))/2",
    ("shi", "S3"): "SD = (b−a)/θ1(n) + (q3−q1)/θ2(n)",
}
