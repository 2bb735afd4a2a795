r"""How much of the error may be spent by an information fraction t, from nothing at 0 to all of it at 1."""

import math

from meta.stats.distributions import normal_quantile, special
from meta.stats.errors import InvalidInput, UnknownOption

SPENDING = ("obf", "pocock", "hsd")
CONVENTIONS = ("per_side", "overall")


def spent(t: float, error: float, function: str = "obf", *, gamma: float | None = None) -> float:
    r"""Error spent by information fraction t.

    ``obf``: :math:`2 - 2\Phi(z_{1-a/2}/\sqrt t)` (O'Brien-Fleming type); ``pocock``: :math:`a \ln(1 + (e - 1) t)`;
    ``hsd``: :math:`a (1 - e^{-\gamma t})/(1 - e^{-\gamma})`, :math:`a t` for gamma 0.

    Args:
        t: information fraction, 0 or more; above 1 all is spent. error: a, between 0 and 1.
        function: ``obf``, ``pocock`` or ``hsd``. gamma: of ``hsd``, negative to save error for later.

    Source: Lan & DeMets 1983; Hwang, Shih & DeCani 1990.
    """
    if not 0 < error < 1:
        raise InvalidInput("The error to be spent must lie between 0 and 1, both excluded.")
    if not t >= 0:
        raise InvalidInput("Information fractions must not be negative.")
    if function not in SPENDING:
        raise UnknownOption(f"spending = {function!r} is not known; there are: {', '.join(SPENDING)}.")
    if (gamma is None) == (function == "hsd"):
        raise UnknownOption("gamma goes with spending = 'hsd', and with nothing else.")
    if t == 0:
        return 0.0
    t = min(t, 1.0)
    if function == "obf":
        return 2.0 * float(special().ndtr(-normal_quantile(1 - error / 2) / math.sqrt(t)))
    if function == "pocock":
        return error * math.log1p((math.e - 1) * t)
    if not gamma:
        return error * t
    return error * (math.expm1(-gamma * t) / math.expm1(-gamma))
