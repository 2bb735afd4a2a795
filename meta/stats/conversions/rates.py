r"""Events per person-time."""

import math

from .base import Conversion, not_negative, positive

CORRECTION = 0.5
"""Added to both counts where one of them is 0, as the Cochrane Handbook 10.4.4 does for tables."""


def rate_ratio(events1: float, time1: float, events2: float, time2: float) -> Conversion:
    """Log of the rate ratio (``log_ratio``, ``se``, ``ratio``), first group over second.

    Args:
        events1, events2: counts; if one is 0, 0.5 is added to both and a note says so. time1, time2: person-time.

    Source: Rothman, Greenland & Lash 2008; Cochrane Handbook 6.7.
    """
    e1, e2 = not_negative("events1", events1), not_negative("events2", events2)
    t1, t2 = positive("time1", time1), positive("time2", time2)
    notes: tuple[str, ...] = ()
    inputs = {"events1": e1, "time1": t1, "events2": e2, "time2": t2}
    if min(e1, e2) == 0:
        e1, e2 = e1 + CORRECTION, e2 + CORRECTION
        notes = ("One group has no events: 0.5 was added to both counts.",)
    y = math.log(e1 / t1) - math.log(e2 / t2)
    return Conversion("rate_ratio", {"log_ratio": y, "se": math.sqrt(1 / e1 + 1 / e2), "ratio": math.exp(y)}, inputs,
                      "ln((e1/t1)/(e2/t2)); SE = √(1/e1 + 1/e2)", "Cochrane Handbook 6.7", "converted", notes)  # fmt: skip
