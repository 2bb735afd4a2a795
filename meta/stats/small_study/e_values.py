r"""E-values: how strongly an unmeasured confounder would have to be tied to treatment and outcome to explain an effect away.

.. math:: E = RR + \sqrt{RR (RR - 1)}, \qquad RR \ge 1 \; (\text{else its inverse})

Source: VanderWeele & Ding 2017; conversions: VanderWeele 2017 (square root of a common odds ratio, hazard ratio), Chinn 2000
(standardised mean difference).
"""

import math
from dataclasses import dataclass
from typing import Any

from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import plain
from meta.stats.shown_when import ALWAYS, ShownWhen

SCALES: dict[str, str] = {
    "RR": "Risk ratio.",
    "OR-rare": "Odds ratio of an outcome below 15 %: taken as a risk ratio.",
    "OR": "Odds ratio of a common outcome: its square root is taken as a risk ratio.",
    "HR-rare": "Hazard ratio of an outcome below 15 %: taken as a risk ratio.",
    "HR": "Hazard ratio of a common outcome.",
}
"""Every scale of a ratio with one sentence on how it becomes a risk ratio."""

SMD_SLOPE, SMD_LIMIT = 0.91, 1.78
"""log RR = 0.91 d, its limits 0.91 d -+ 1.78 SE (= 0.91 x 1.96)."""


@dataclass(frozen=True, slots=True)
class EValue:
    """E-values of the estimate and of the confidence limit nearer to no effect (1 if the interval includes it)."""

    point: float
    limit: float | None
    risk_ratio: float
    scale: str
    shown: ShownWhen = ALWAYS

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            "An E-value says how strong confounding would have to be, not how strong it is; trials that randomise need none.",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def e_value(estimate: float, lower: float | None = None, upper: float | None = None, *, scale: str = "RR") -> EValue:
    """The E-value of a ratio with its confidence limits.

    Args:
        estimate, lower, upper: ratios, positive, in order; the limits may be left out.
        scale: a key of ``SCALES``.

    Raises:
        UnknownOption: no such scale.
        InvalidInput: not ratios in order.
    """
    if scale not in SCALES:
        raise UnknownOption(f"There is no scale {scale!r}; known are {', '.join(SCALES)}.")
    given = [x for x in (lower, estimate, upper) if x is not None]
    if not all(math.isfinite(x) and x > 0 for x in given) or given != sorted(given):
        raise InvalidInput("A ratio and its limits are positive and in order.")
    risk = _risk_ratio(estimate, scale)
    limits = [None if x is None else _risk_ratio(x, scale) for x in (lower, upper)]
    return EValue(_of(risk), _nearest(risk, limits[0], limits[1]), risk, scale)


def e_value_of_difference(difference: float, standard_error: float) -> EValue:
    """The E-value of a standardised mean difference.

    Raises:
        InvalidInput: not finite, or a standard error that is negative.
    """
    if not (math.isfinite(difference) and math.isfinite(standard_error) and standard_error >= 0):
        raise InvalidInput("A difference and its standard error are numbers, the latter not negative.")
    middle, half = SMD_SLOPE * difference, SMD_LIMIT * standard_error
    if abs(middle) + half > 300:
        raise InvalidInput("A standardised mean difference of this size is not one.")
    risk = math.exp(middle)
    return EValue(_of(risk), _nearest(risk, math.exp(middle - half), math.exp(middle + half)), risk, "SMD")


def _risk_ratio(x: float, scale: str) -> float:
    if scale == "OR":
        return math.sqrt(x)
    if scale == "HR":
        root = math.sqrt(x)
        # (1 - 0.5^root) / (1 - 0.5^(1/root))
        return math.expm1(-root * math.log(2)) / math.expm1(-math.log(2) / root)
    return x


def _of(risk: float) -> float:
    ratio = max(risk, 1.0 / risk)
    return ratio + math.sqrt(ratio * (ratio - 1.0))


def _nearest(risk: float, lower: float | None, upper: float | None) -> float | None:
    nearest = lower if risk > 1 else upper
    if lower is not None and upper is not None and lower <= 1.0 <= upper:
        return 1.0
    if nearest is None:
        return None
    return 1.0 if (nearest - 1.0) * (risk - 1.0) <= 0 else _of(nearest)
