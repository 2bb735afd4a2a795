"""How numbers are printed, everywhere: two decimals, a true minus sign, P values that never pretend to be zero."""

from math import isfinite

MINUS = "\u2212"

TOO_LONG = 100_000
"""From here on two decimals only make a column wide; three figures and a power of ten say as much."""

P_FLOOR = 0.00001
"""RevMan prints `P < 0.00001` below this."""

TAU2_NONE = 0.000001
"""Below this, tau2 is what an iteration leaves behind."""

TAU2_FINE = 0.1
"""Below this two decimals hide the size of tau2."""


def decimal(value: float, places: int = 2) -> str:
    """The value with a fixed number of decimals; never ``-0.00``.

    Raises:
        ValueError: NaN or an infinity, which no figure may show.
    """
    if not isfinite(value):
        raise ValueError(f"{value} is not a number that can be printed.")
    if abs(value) >= TOO_LONG:
        mantissa, exponent = f"{value:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        text = f"{value:.{places}f}"
    if float(text) == 0:
        return text.removeprefix("-")
    return text.replace("-", MINUS)


def bracketed(lower: float, upper: float) -> str:
    """An interval as forest plots print it: ``[0.49, 1.06]``."""
    return f"[{decimal(lower)}, {decimal(upper)}]"


def estimate(value: float, lower: float, upper: float) -> str:
    """As forest plots print it: ``0.72 [0.49, 1.06]``."""
    return f"{decimal(value)} {bracketed(lower, upper)}"


def in_words(value: float, lower: float, upper: float) -> str:
    """As a sentence prints it: ``0.72 (0.49 to 1.06)``."""
    return f"{decimal(value)} ({decimal(lower)} to {decimal(upper)})"


def weight(percentage: float) -> str:
    """A study's share of the pooled result: ``52.3%``."""
    return f"{decimal(percentage, 1)}%"


def whole_percent(percentage: float) -> str:
    """I² and the like: ``40%``."""
    return f"{decimal(percentage, 0)}%"


def p_value(p: float) -> str:
    """Two significant figures, at least two decimals, no idle zeros after them: ``P = 0.13``, ``P = 0.001``."""
    if p < P_FLOOR:
        return "P < 0.00001"
    if p >= 0.1:
        return f"P = {p:.2f}"
    whole, digits = f"{float(f'{p:.2g}'):.6f}".split(".")
    return f"P = {whole}.{digits.rstrip('0').ljust(2, '0')}"


def tau_squared(value: float) -> str:
    """The variance between studies: ``0.010``; a trace of it is not printed as none."""
    if value < TAU2_NONE:
        return "0.00"
    if value < 0.001:
        return f"{value:.6f}".rstrip("0")
    return decimal(value, 3 if value < TAU2_FINE else 2)


def level(confidence: float) -> str:
    """A confidence level as a percentage: ``0.95`` gives ``95%``."""
    return f"{100 * confidence:.4g}%"
