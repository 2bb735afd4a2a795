"""Confidence intervals of one study's proportion, on the scale of the proportion."""

import math

from meta.stats.distributions import critical_value, special
from meta.stats.errors import UnknownOption
from meta.stats.results import Interval

PROPORTION_INTERVALS: dict[str, str] = {
    "CP": "Clopper-Pearson: exact, never too narrow.",
    "WS": "Wilson score: close to the level asked for, also with few events.",
    "AC": "Agresti-Coull: Wald around the Wilson midpoint.",
    "SA": "Simple asymptotic (Wald): poor with few events.",
    "NAsm": "Normal approximation on the logit scale.",
}
"""Every interval with one sentence on when it is right."""


def proportion_interval(events: float, participants: float, *, method: str = "CP", level: float = 0.95) -> Interval:
    """Limits of events/participants, within 0 and 1.

    Source: Clopper & Pearson 1934; Wilson 1927; Agresti & Coull 1998; Newcombe 1998.

    Raises:
        UnknownOption: no such interval.
    """
    if method not in PROPORTION_INTERVALS:
        raise UnknownOption(f"There is no interval {method!r}; known are {', '.join(PROPORTION_INTERVALS)}.")
    x, n, z = events, participants, critical_value(level)
    p = x / n
    if method == "CP":
        tail = 0.5 * (1 - level)
        lower = 0.0 if x == 0 else float(special().betaincinv(x, n - x + 1, tail))
        upper = 1.0 if x == n else float(special().betaincinv(x + 1, n - x, 1 - tail))
        return Interval(lower, upper, level, method)
    if method == "WS":
        centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        half = z / (1 + z * z / n) * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    elif method == "AC":
        size = n + z * z
        centre = (x + 0.5 * z * z) / size
        half = z * math.sqrt(centre * (1 - centre) / size)
    elif method == "SA":
        centre, half = p, z * math.sqrt(p * (1 - p) / n)
    else:
        add = 0.5 if x in (0, n) else 0.0
        logit = math.log((x + add) / (n - x + add))
        half = z * math.sqrt(1 / (x + add) + 1 / (n - x + add))
        return Interval(1 / (1 + math.exp(-(logit - half))), 1 / (1 + math.exp(-(logit + half))), level, method)
    return Interval(max(0.0, centre - half), min(1.0, centre + half), level, method)
