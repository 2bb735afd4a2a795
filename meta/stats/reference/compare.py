"""Does an answer agree with the reference, within the tolerances that its README suggests?"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

from . import second_half

CLOSED, CLOSED_ZERO = 1e-10, 1e-12
ITERATED = 1e-6
STANDARD_ERROR_OF_TAU2 = 1e-5
SEARCHED = 1e-4
"""Absolute, for limits of tau2: the root tolerance of the reference."""
MEDIAN_UNBIASED = 1e-3
SEARCH_BOUND = 100.0
LOGIT_OF_ROUNDING = 34.0
"""A limit of 1 that rounding put just below it has a logit of about 36.7 instead of infinity."""

MODELS_OF_COUNTS, EXACT_CONDITIONAL = 1e-4, 1e-3
SELECTION_MODELS = 1e-4

INFINITIES = {"Infinity": math.inf, "-Infinity": -math.inf}
ITERATIVE = frozenset({"REML", "ML", "EB", "PM"})


def differences(case: Mapping[str, Any], answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every number of the case's ``results`` that the answer gives otherwise (missing keys count)."""
    return list(_walk(case, case["results"], answer, ()))


def _walk(case: Mapping[str, Any], want: Any, got: Any, path: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    if isinstance(want, Mapping):
        for key, value in want.items():
            # How a program's own optimiser fared is not a statistic.
            if key == "metafor" or key.startswith(("metafor_", "check_", "max_abs_diff_own")):
                continue
            if not isinstance(got, Mapping) or key not in got:
                yield {"key": ".".join((*path, key)), "reference": value, "engine": "missing"}
            else:
                yield from _walk(case, value, got[key], (*path, key))
    elif isinstance(want, list):
        if not isinstance(got, list | tuple) or len(got) != len(want):
            yield {"key": ".".join(path), "reference": want, "engine": got}
            return
        for i, (one, other) in enumerate(zip(want, got, strict=True)):
            yield from _walk(case, one, other, (*path, str(i)))
    elif not agree(case, path, want, got):
        yield {"key": ".".join(path), "reference": want, "engine": got}


def agree(case: Mapping[str, Any], path: tuple[str, ...], wanted: Any, given: Any) -> bool:
    """Whether one value agrees; a p-value is as good as its statistic, so its tolerance grows with -2 log p."""
    wanted, given = (INFINITIES.get(x, x) if isinstance(x, str) else x for x in (wanted, given))
    if wanted is None or given is None or isinstance(wanted, str) or isinstance(given, str):
        return bool(wanted == given)
    want, got = float(wanted), float(given)
    if want == got or (math.isinf(got) and got * want > 0 and abs(want) > LOGIT_OF_ROUNDING):
        return True
    if any(part.startswith(("tau2_ci", "tau_ci", "I2_ci_q", "H2_ci_q")) for part in path) or _profile(case):
        return _limit(case, path, want, got)
    relative, absolute = tolerance(case, path)
    if path[-1].endswith(("p", "_p")) or "pval" in path:
        relative *= max(1.0, -2.0 * math.log(max(want, 1e-300)))
    return abs(want - got) <= max(absolute, relative * abs(want))


def _profile(case: Mapping[str, Any]) -> bool:
    return "PL" in str(case.get("method", ""))


def _limit(case: Mapping[str, Any], path: tuple[str, ...], want: float, got: float) -> bool:
    """Limits found by searching: absolute on tau2, and what follows from that on tau, I2 and H2."""
    key = next((part for part in path if part.startswith(("tau", "I2", "H2"))), "tau2_ci")
    if key.startswith("tau_"):
        return abs(want**2 - got**2) <= SEARCHED or (want**2 >= SEARCH_BOUND * (1 - 1e-9) and got >= want)
    limits = case["results"].get("tau2_ci_qprofile")
    index = int(path[-1])
    if key.startswith("tau2") or limits is None:
        bound = want in (0.0, SEARCH_BOUND) or _is_ten_times(case, want)
        return abs(want - got) <= SEARCHED or (bound and (got >= want or want == SEARCH_BOUND))
    if limits[index] in (0, SEARCH_BOUND) or _is_ten_times(case, limits[index]):
        return got >= want - 1e-6 * abs(want) or limits[index] == SEARCH_BOUND
    # H2 = tau2/s2 + 1, I2 = 100 tau2/(tau2 + s2)
    tau2 = float(limits[index])
    s2 = tau2 / (want - 1) if key.startswith("H2") else tau2 * (100 / want - 1)
    moved = [max(0.0, tau2 - SEARCHED), tau2 + SEARCHED]
    ends = [t / s2 + 1 if key.startswith("H2") else 100 * t / (t + s2) for t in moved]
    return ends[0] - 1e-9 <= got <= ends[1] + 1e-9 * ends[1]


def _is_ten_times(case: Mapping[str, Any], value: float) -> bool:
    tau2 = case["results"].get("tau2")
    return isinstance(tau2, int | float) and tau2 > 0 and abs(value - 10 * tau2) <= 1e-6 * value


def tolerance(case: Mapping[str, Any], path: tuple[str, ...]) -> tuple[float, float]:
    """Relative and absolute tolerance of one value."""
    own = second_half.tolerance(case, path)
    if own is not None:
        return own
    options = case.get("options", {})
    method = options.get("tau2_method")
    searched = looking_harder(case)
    if searched is not None:
        return searched
    if case.get("method") == "hc" and path[-1] in ("ci_lo", "ci_hi"):
        return SEARCHED, SEARCHED
    if method == "PMM":
        return MEDIAN_UNBIASED, MEDIAN_UNBIASED
    if "se_tau2" in path and method in ITERATIVE:
        return STANDARD_ERROR_OF_TAU2, CLOSED_ZERO
    if method in ITERATIVE or "nonconv" in str(case.get("id")) or options.get("full"):
        return ITERATED, _iterated_zero(case)
    return CLOSED, CLOSED_ZERO


def _iterated_zero(case: Mapping[str, Any]) -> float:
    """Near 0 an iterated value is as good as the scale of its variances (README, caveats)."""
    results = case["results"]
    se = results.get("se")
    return 1e-6 * abs(se) if isinstance(se, int | float) and se else 1e-8


def looking_harder(case: Mapping[str, Any]) -> tuple[float, float] | None:
    """Tolerances of models that the reference fits by a general optimiser (README: suggested tolerances)."""
    name, options = str(case.get("method", "")), case.get("options", {})
    if name == "selmodel":
        return SELECTION_MODELS, SELECTION_MODELS
    if name.startswith(("rma.glmm", "own integration")):
        exact = options.get("model") == "CM.EL"
        return (EXACT_CONDITIONAL, MODELS_OF_COUNTS) if exact else (MODELS_OF_COUNTS, MODELS_OF_COUNTS)
    if options.get("model") == "betabinomial":
        return ITERATED, ITERATED
    return None
