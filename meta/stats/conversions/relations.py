r"""One effect measure from another: odds ratio, standardised difference, correlation, risks."""

import math

import numpy as np

from meta.stats.effects.continuous import bias_factor
from meta.stats.errors import InvalidInput

from .base import Conversion, between, group_size, not_negative, number, positive

LOGISTIC_SD = math.pi / math.sqrt(3)
"""Standard deviation of the standard logistic distribution, 1.8138: what turns an SMD into a log odds ratio."""

CHINN = "Chinn 2000, Stat Med 19:3127"
BORENSTEIN = "Borenstein et al. 2009, Introduction to Meta-Analysis, chapter 7"
DOICHANGE = "Cochrane Handbook 15.4.4"


def _scaled(
    formula: str, name: str, given: str, value: float, se: float | None, factor: float, shown: str
) -> Conversion:
    values = {name: number(given, value) * factor}
    if se is not None:
        values["se"] = not_negative("The standard error", se) * factor
    inputs = {given: value} | ({} if se is None else {"se": se})
    return Conversion(formula, values, inputs, shown, CHINN, "converted",
                      ("Holds if the outcome is roughly logistic with equal spread in both groups.",))  # fmt: skip


def log_odds_ratio_from_smd(smd: float, se: float | None = None) -> Conversion:
    """Log odds ratio (``log_or``, ``se``) from a standardised mean difference: times π/√3. Source: Chinn 2000."""
    return _scaled("log_odds_ratio_from_smd", "log_or", "smd", smd, se, LOGISTIC_SD, "ln OR = SMD × π/√3; SE likewise")


def smd_from_log_odds_ratio(log_or: float, se: float | None = None) -> Conversion:
    """Standardised mean difference (``smd``, ``se``) from a log odds ratio: times √3/π. Source: Chinn 2000."""
    return _scaled("smd_from_log_odds_ratio", "smd", "log_or", log_or, se, 1 / LOGISTIC_SD,
                   "SMD = ln OR × √3/π; SE likewise")  # fmt: skip


def smd_from_correlation(r: float) -> Conversion:
    """Standardised mean difference (``smd``) from a correlation with equal groups: 2r/√(1 - r²)."""
    given = between("r", r, -1, 1)
    return Conversion("smd_from_correlation", {"smd": 2 * given / math.sqrt(1 - given**2)}, {"r": given},
                      "d = 2r/√(1 − r²)", BORENSTEIN, "converted")  # fmt: skip


def correlation_from_smd(smd: float, n1: float, n2: float) -> Conversion:
    """Point-biserial correlation (``r``) from a standardised mean difference: d/√(d² + a), a = (n1 + n2)²/(n1 n2)."""
    d, sizes = number("The SMD", smd), (group_size("n1", n1, 1), group_size("n2", n2, 1))
    a = sum(sizes) ** 2 / (sizes[0] * sizes[1])
    return Conversion("correlation_from_smd", {"r": d / math.sqrt(d**2 + a)}, {"smd": d, "n1": n1, "n2": n2},
                      "r = d/√(d² + a), a = (n1 + n2)²/(n1 n2)", BORENSTEIN, "converted")  # fmt: skip


def smd_from_t(t: float, n1: float, n2: float) -> Conversion:
    """Standardised mean difference from a two-sample t statistic.

    Args:
        t: with the sign of the difference. n1, n2: participants, four or more in all.

    Returns:
        ``d`` (Cohen), ``J`` (Hedges' exact correction) and ``g`` = J d.
    """
    value, sizes = number("t", t), (group_size("n1", n1, 1), group_size("n2", n2, 1))
    if sum(sizes) < 4:
        raise InvalidInput("Hedges' correction needs four or more participants in all.")
    d = value * math.sqrt(1 / sizes[0] + 1 / sizes[1])
    j = float(bias_factor(np.array([sum(sizes) - 2]))[0])
    return Conversion("smd_from_t", {"d": d, "J": j, "g": j * d}, {"t": value, "n1": n1, "n2": n2},
                      "d = t√(1/n1 + 1/n2); g = J(n1 + n2 − 2) d", BORENSTEIN, "converted")  # fmt: skip


RISK_NOTE = "Holds for the assumed risk only; a limit of an interval is converted with the same risk."


def risks_from_odds_ratio(odds_ratio: float, control_risk: float) -> Conversion:
    """What an odds ratio means at an assumed control risk.

    Args:
        odds_ratio: above 0. control_risk: between 0 and 1.

    Returns:
        ``risk`` (experimental), ``rr``, ``rd``, and ``nnt`` = 1/rd with its sign where the risks differ.

    Source: Cochrane Handbook 15.4.4.
    """
    ratio, p0 = positive("The odds ratio", odds_ratio), between("The control risk", control_risk, 0, 1)
    p1 = ratio * p0 / (1 - p0 + ratio * p0)
    return _risks(
        "risks_from_odds_ratio", p1, p0, {"odds_ratio": ratio, "control_risk": p0}, "p1 = OR p0/(1 − p0 + OR p0)"
    )


def risks_from_hazard_ratio(hazard_ratio: float, control_risk: float) -> Conversion:
    """What a hazard ratio means at an assumed control risk of the event: as ``risks_from_odds_ratio``.

    Source: Cochrane Handbook 15.4.4.3 (proportional hazards).
    """
    ratio, p0 = positive("The hazard ratio", hazard_ratio), between("The control risk", control_risk, 0, 1)
    p1 = -math.expm1(ratio * math.log1p(-p0))
    return _risks(
        "risks_from_hazard_ratio", p1, p0, {"hazard_ratio": ratio, "control_risk": p0}, "p1 = 1 − (1 − p0)^HR"
    )


def _risks(formula: str, p1: float, p0: float, inputs: dict[str, float], expression: str) -> Conversion:
    values = {"risk": p1, "rr": p1 / p0, "rd": p1 - p0}
    if p1 != p0:
        values["nnt"] = 1 / (p1 - p0)
    return Conversion(formula, values, inputs, f"{expression}; RR = p1/p0; RD = p1 − p0; NNT = 1/RD", DOICHANGE,
                      "converted", (RISK_NOTE,))  # fmt: skip


def odds_ratio_from_risk_ratio(risk_ratio: float, control_risk: float) -> Conversion:
    """Odds ratio (``odds_ratio``) from a risk ratio at an assumed control risk.

    Args:
        risk_ratio: above 0; times the control risk it must stay below 1. control_risk: between 0 and 1.
    """
    ratio, p0 = positive("The risk ratio", risk_ratio), between("The control risk", control_risk, 0, 1)
    p1 = between("The experimental risk", ratio * p0, 0, 1)
    return Conversion(
        "odds_ratio_from_risk_ratio", {"odds_ratio": p1 * (1 - p0) / (p0 * (1 - p1))},
        {"risk_ratio": ratio, "control_risk": p0}, "OR = RR(1 − p0)/(1 − RR p0)", DOICHANGE, "converted", (RISK_NOTE,),
    )  # fmt: skip


def cells_from_odds_ratio(odds_ratio: float, total: float, row: float, column: float) -> Conversion:
    r"""The four counts behind an odds ratio and the margins of its table, rounded to whole people.

    The first cell solves :math:`a^2 (1 - \psi) + a (N - r - c + \psi (r + c)) - \psi r c = 0`.

    Args:
        odds_ratio: above 0. total: N. row: total of the first row. column: total of the first column.

    Returns:
        ``a``, ``b`` (first row), ``c``, ``d`` (second row).

    Raises:
        InvalidInput: margins that exceed the total.

    Source: Bonett 2007, Psychol Methods 12:475; metafor ``conv.2x2``.
    """
    ratio = positive("The odds ratio", odds_ratio)
    n, r, c = _margins(total, row, column)
    b = n - r - c + ratio * (r + c)
    root = math.sqrt(max(0.0, b * b + 4 * (1 - ratio) * ratio * r * c))
    a = 2 * ratio * r * c / (b + root)  # the root within the table, free of cancellation, also for a ratio of 1
    return _cells("cells_from_odds_ratio", a, n, r, c, {"odds_ratio": ratio})


def cells_from_phi(phi: float, total: float, row: float, column: float) -> Conversion:
    """The four counts behind a phi coefficient and the margins, as ``cells_from_odds_ratio``."""
    value = between("phi", phi, -1, 1)
    n, r, c = _margins(total, row, column)
    a = (r * c + value * math.sqrt(r * (n - r) * c * (n - c))) / n
    return _cells("cells_from_phi", a, n, r, c, {"phi": value})


def _margins(total: float, row: float, column: float) -> tuple[float, float, float]:
    n, r, c = positive("The total", total), positive("The row total", row), positive("The column total", column)
    if r >= n or c >= n:
        raise InvalidInput("A margin must be smaller than the total.")
    return n, r, c


def _cells(formula: str, first: float, n: float, r: float, c: float, inputs: dict[str, float]) -> Conversion:
    a = float(round(first))
    values = {"a": a, "b": r - a, "c": c - a, "d": n - r - c + a}
    if min(values.values()) < 0:
        raise InvalidInput("No table of counts has these margins and this association.")
    return Conversion(formula, values, inputs | {"total": n, "row": r, "column": c},
                      "a from the association and the margins, rounded", "Bonett 2007, Psychol Methods 12:475",
                      "converted", ("Rounded to whole people: the odds ratio of the cells may differ a little.",))  # fmt: skip
