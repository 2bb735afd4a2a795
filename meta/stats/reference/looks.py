"""Answers on repeated looks: boundaries, futility, required information, cumulative z."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from meta.stats import sequential as sq
from meta.stats.errors import InvalidInput
from meta.stats.results import NotEstimable

from . import sensitivity
from .data import Columns

Answer = dict[str, Any]
Options = Mapping[str, Any]
SETTLED = 8
"""Rounds after which RTSA's inflation no longer changes; each gains two digits or more."""
USUAL_DIVERSITY = (25, 50, 80)
EARLY, CLOSE = 0.05, 0.01
"""RTSA draws no boundary before the first of these fractions, nor for less than the second of new information."""


def shown(bounds: Sequence[float | None]) -> list[Any]:
    """Bounds with R's word for those that do not exist."""
    return ["Infinity" if bound is None else bound for bound in bounds]


def _error(options: Options) -> dict[str, Any]:
    return {"alpha": float(options.get("alpha", 0.05)), "sides": int(options.get("sides", options.get("side", 2)))}


def spending_of(case: Mapping[str, Any]) -> str:
    """The spending function that a case is about, from its options or its name."""
    named = str(case["options"].get("spending", case["options"].get("type", case["id"]))).lower()
    if "poc" in named:
        return "pocock"
    return "hsd" if "hsd" in named or "gamma" in case["options"] else "obf"


def gamma_of(case: Mapping[str, Any]) -> float | None:
    """The parameter of Hwang, Shih & DeCani's spending, gsDesign's -4 where the case does not say."""
    return float(case["options"].get("gamma", -4.0)) if spending_of(case) == "hsd" else None


def bounds(case: Mapping[str, Any], options: Options) -> Answer:
    """Boundaries under both ways to spend, in the words of several programs."""
    spending, times = spending_of(case), [float(t) for t in options["timing"]]
    gamma = gamma_of(case)
    both = {
        name: sq.boundaries(times, spending=spending, gamma=gamma, convention=name, **_error(options))
        for name in ("per_side", "overall")
    }
    own = both["per_side"]
    answer: Answer = {
        "z": shown(own.upper),
        "alpha_cum": list(own.alpha),
        "z_overall": shown(both["overall"].upper),
        "alpha_cum_overall": list(both["overall"].alpha),
        "z_per_tail": shown(own.upper),
        "alpha_cum_per_tail": list(own.alpha),
        "nominal_p_two_sided_per_tail": [p if p is not None else 0.0 for p in own.nominal_p],
        "gsDesign_per_tail": shown(own.upper),
        "ldbounds_per_tail": shown(own.upper),
    }
    if abs(times[-1] - 1) < 1e-9:
        answer |= {
            f"gsDesign_information_inflation_power{100 * power:.0f}": sq.inflation(own, power) for power in (0.8, 0.9)
        }
    return answer


def rtsa_bounds(options: Options) -> Answer:
    """RTSA::boundaries: alpha, and futility with negative bounds left out."""
    error, beta = _error(options), float(options.get("beta", 0.2))
    times = [float(t) for t in options["timing"]]
    own = sq.boundaries(times, **error)
    plan = sq.futility(times, beta=beta, suppress_negative=True, **error)
    upper = shown(own.upper)
    return {
        "upper": upper,
        "root": sq.inflation(own, 1 - beta),
        "nonbinding": {"alpha_upper": upper, "beta_upper": list(plan.bounds), "root": plan.inflation},
    }


def size(options: Options, asked: Mapping[str, Any]) -> Answer:
    """Required information size, and what diversity or inconsistency make of it."""
    errors: dict[str, Any] = {"alpha": float(options.get("alpha", 0.05)), "beta": float(options.get("beta", 0.2))}
    if "delta" in options:
        found = sq.required_for_means(float(options["delta"]), float(options["sd"]), **errors)
    else:
        effect: dict[str, Any] = (
            {"rrr": float(options["rrr"])} if "rrr" in options else {"odds_ratio": float(options["or"])}
        )
        found = sq.required_for_risks(float(options["control_risk"]), **effect, **errors)
    answer: Answer = {"ris": found.unadjusted, "ris_ceiling": math.ceil(found.unadjusted - 1e-9)}
    for kind in ("D2", "I2"):
        names = asked.get(f"adj_{kind}", [f"{kind}_{share}" for share in USUAL_DIVERSITY])
        shares = [int(name.split("_")[1]) for name in names]
        answer[f"adj_{kind}"] = {f"{kind}_{share}": found.unadjusted / (1 - share / 100) for share in shares}
    return answer


def _tables(columns: Columns) -> dict[str, Sequence[Any]]:
    names = {"ai": "eI", "n1i": "nI", "ci": "eC", "n2i": "nC"}
    return {ours: columns[theirs] for ours, theirs in names.items()}


def cumulative(columns: Columns, method: str, measure: str = "RR") -> Answer:
    """Cumulative effects as metafor's cumul gives them."""
    options = {"measure": measure, "tau2_method": method}
    # complete counts with some events have an effect at the last look, so the answer is never a reason
    found = cast("Answer", sensitivity.CASES["cumul"](_tables(columns), options, {"results": {}}))
    return {
        "z": found["stat"],
        "estimate": found["estimate"],
        "se": found["se"],
        "tau2": found["tau2"],
        "Q": found["Q"],
    }


def _risk_and_size(columns: Columns, options: Options, reduction: float) -> tuple[float, float, float, Answer, Answer]:
    if any(value is None for name in ("eI", "nI", "eC", "nC") for value in columns[name]):
        raise InvalidInput("A look lacks a number, so that nothing after it can be accumulated.")
    people = math.fsum(columns["nC"])
    if not people > 0:
        raise InvalidInput("There is nobody in the control groups.")
    control = math.fsum(columns["eC"]) / people
    errors: dict[str, Any] = {"alpha": float(options.get("alpha", 0.05)), "beta": float(options.get("beta", 0.2))}
    needed = sq.required_for_risks(control, rrr=reduction, **errors).unadjusted
    common, random = cumulative(columns, "EE"), cumulative(columns, "DL")
    share = sq.diversity(common["se"][-1] ** 2, random["se"][-1] ** 2)
    return control, needed, share, common, random


def _so_far(columns: Columns) -> list[float]:
    total, found = 0.0, []
    for one, other in zip(columns["nI"], columns["nC"], strict=True):
        total += one + other
        found.append(total)
    return found


def z_curve(columns: Columns, options: Options) -> Answer:
    """Cumulative z, and boundaries at every look below full information and at the end."""
    control, needed, share, common, random = _risk_and_size(columns, options, float(options["rrr"]))
    k, q = len(columns["eI"]), common["Q"][-1]
    adjusted = needed / (1 - share)
    people = _so_far(columns)
    fractions = [n / adjusted for n in people]
    below = [i for i, t in enumerate(fractions) if t < 1]
    times = [fractions[i] for i in below] + [1.0]
    answer: Answer = {
        "CE": common,
        "DL": random,
        "REML": cumulative(columns, "REML"),
        "D2": share,
        "I2_from_Q_pct": 100 * max(0.0, (q - (k - 1)) / q) if q > 0 else 0.0,
        "control_risk": control,
        "ris": needed,
        "ris_D2": adjusted,
        "cum_n": people,
        "info_fraction": fractions,
        "looks_below_1": [i + 1 for i in below],
    }
    for name, convention in (("overall", "overall"), ("per_tail", "per_side")):
        found = shown(sq.boundaries(times, convention=convention, **_error(options)).upper)
        answer |= {f"obf_bound_{name}_at_looks": found[:-1], f"obf_bound_{name}_final_at_1": found[-1]}
    return answer


def rtsa(columns: Columns, options: Options) -> Answer:
    """RTSA::RTSA, retrospective: sizes rounded up at each step, boundaries for looks that are neither early nor close."""
    reduction = 1 - float(options["mc"]) if "mc" in options else float(options["rrr"])
    _, needed, share, common, random = _risk_and_size(columns, options, reduction)
    whole = math.ceil(needed)
    adjusted = math.ceil(whole / (1 - share))
    people = _so_far(columns)
    fractions = [n / adjusted for n in people]
    chosen = [i for i in sq.evaluable(fractions, earliest=EARLY, closest=CLOSE) if fractions[i] < 1]
    root = 1.0
    for _ in range(SETTLED):  # looks are counted in shares of the size that they themselves inflate
        found = sq.boundaries([fractions[i] / root for i in chosen] + [1.0], **_error(options))
        root = sq.inflation(found, 1 - float(options.get("beta", 0.2)))
    upper: list[float | None] = [None] * len(people)
    for i, bound in zip(chosen, found.upper, strict=False):
        upper[i] = bound
    upper.append(found.upper[-1])
    return {
        "RIS": whole,
        "HARIS": adjusted,
        "SMA_HARIS": math.ceil(adjusted * root),
        "AIS": round(people[-1]),
        "z_fixed": [*common["z"], None],
        "z_random": [*random["z"], None],
        "timing": [*fractions, root],
        "upper": upper,
        "lower": [None if bound is None else -bound for bound in upper],
    }


def answer(case: Mapping[str, Any], columns: Columns, options: Options) -> Answer | NotEstimable | None:
    """The answer to a case on repeated looks, or None if it is about something else."""
    method = str(case.get("method"))
    if method == "RTSA::boundaries":
        return rtsa_bounds(options)
    if "timing" in options:
        return bounds(case, options)
    if method == "RTSA::RTSA":
        return rtsa(columns, options)
    if "eI" in columns and "rrr" in options:
        return z_curve(columns, options)
    if method == "formula" and ("control_risk" in options or {"delta", "sd"} <= set(options)):
        return size(options, case.get("results", {}))
    return None
