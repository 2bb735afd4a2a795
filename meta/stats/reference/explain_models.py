"""Proofs that a reference value of a model fitted by a general optimiser is not what it claims to be (docs/methods.md)."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from meta.stats.arrays import Array
from meta.stats.pooling.inverse_variance import weighted_mean
from meta.stats.regression.weighted import fit, traces
from meta.stats.small_study import limit_meta_analysis
from meta.stats.small_study.selection import contributions
from meta.stats.small_study.weights import selection_of
from meta.stats.sparse.counts import density, likelihood, usable
from meta.stats.sparse.families import Binomial, Pair, Poisson
from meta.stats.sparse.hypergeometric import Tables
from meta.stats.sparse.maximise import Contributions, Optimum, best_of, climb

from .data import Columns, arms_of
from .metafor import effects

STOPPED = "the reference stopped at a change of 1e-5 in tau²: with the tau² at which that happens, its numbers come out"
NOT_AT_THE_TOP = "the reference is not at the top: its likelihood is higher at the engine's values ({:.3g} more)"
NOISY_HESSIAN = (
    "the reference's standard error comes from differences of a likelihood with few digits; "
    "the likelihood's profile has the engine's"
)
EXACT_INFORMATION = (
    "the information is a sum of exact variances of the tables, which the reference approximates by differences"
)

DEFAULT_THRESHOLD = 1e-5
"""metafor stops here; the reference file was made with this for the functions that refit inside."""

MAX_STEPS = 1000
REFITTED = 1e-6
PROFILE_STEP = 0.05
"""In standard errors."""

PROFILE_TOLERANCE = 2e-3
MODELS = ("rma.glmm", "own integration", "selmodel")
REFITS = ("trimfill", "fsn", "metasens::limitmeta", "meta::metabias")
OF_ERRORS = ("se", "se_tau2", "ci_lo", "ci_hi", "stat", "p", "se_delta")


def concerns(case: Mapping[str, Any]) -> bool:
    """Whether this module, and no other, has to explain a difference."""
    method = str(case["method"])
    if method == "meta::metabias":
        return bool(case["options"].get("method") == "Thompson")
    return method in REFITS or method.startswith(MODELS)


def explanation(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why the reference is wrong, or None if that cannot be shown."""
    if str(case["method"]) in REFITS:
        return _stopped(case, answer, columns)
    return _optimum(case, answer, columns, wrong)


def stopped(y: Array, v: Array, x: Array) -> float:
    """The REML tau2 at which Fisher scoring first changes by less than 1e-5, as metafor starts and stops."""
    k, p = x.shape
    flat = fit(y, np.ones(k), x, 0.0)
    hat = (flat.basis**2).sum(axis=1)
    tau2: float = max(0.0, (flat.q - float(v.dot(1.0 - hat))) / (k - p))
    for _ in range(MAX_STEPS):
        weighted = fit(y, v, x, tau2)
        u = weighted.weights * weighted.residuals
        one, two = traces(weighted)
        step = (float(u.dot(u)) - one) / two
        while tau2 + step < 0:
            step *= 0.5
        tau2 = tau2 + step
        if abs(step) <= DEFAULT_THRESHOLD:
            break
    return tau2


def _stopped(case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns) -> str | None:
    options, results = case["options"], case["results"]
    y, v = effects(columns, {"measure": "GEN", **options}).usable
    ones = np.ones((len(y), 1))
    method = str(case["method"])
    again: dict[str, Any] = {}
    if method == "meta::metabias":
        x = np.column_stack((ones, np.sqrt(v)))
        weighted = fit(y, v, x, stopped(y, v, x))
        bias, error = float(weighted.coefficients[1]), math.sqrt(float(weighted.inverse[1, 1]))
        again = {"statistic": bias / error, "estimate": [bias, error]}
    elif method == "fsn":
        spread = stopped(y, v, ones)
        mean = weighted_mean(y, v, spread)
        again = {
            "average": mean.estimate,
            "p_observed": math.erfc(abs(mean.estimate / mean.standard_error) / math.sqrt(2)),
        }
    elif method == "metasens::limitmeta":
        limit = limit_meta_analysis(y, v, tau2=stopped(y, v, ones))
        value = limit.pooled
        again = {
            "estimate": value.estimate, "se": value.standard_error, "ci_lo": value.lower, "ci_hi": value.upper,
            "alpha_r": limit.alpha, "beta_r": limit.beta, "Q_small": limit.q_small, "Q_resid": limit.q_residual,
            "G2": limit.g2,
        }  # fmt: skip
    elif len(results.get("filled_yi", ())) == len(answer["filled_yi"]):
        y = np.concatenate((y, np.array(results["filled_yi"], dtype=float)))
        v = np.concatenate((v, np.array(results["filled_vi"], dtype=float)))
        spread = stopped(y, v, np.ones((len(y), 1)))
        mean = weighted_mean(y, v, spread)
        again = {"estimate": mean.estimate, "se": mean.standard_error, "tau2": spread, "k0": answer["k0"]}
    same = [_near(results[key], value) for key, value in again.items() if results.get(key) is not None]
    return STOPPED if same and all(same) else None


def _near(want: Any, got: Any) -> bool:
    if isinstance(want, list):
        return all(_near(one, other) for one, other in zip(want, got, strict=True))
    return bool(abs(want - got) <= REFITTED * max(abs(want), 1e-3))


def _optimum(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    made = _selected if str(case["method"]) == "selmodel" else _counts
    f, at_reference, start, size, places = made(case, columns)
    best, _ = best_of(f, (start,))
    told: list[str] = []
    for one in wrong:
        key = str(one["key"]).removeprefix("back.").split(".")[0]
        if key in OF_ERRORS:
            reason = _of_error(case, answer, f, best, size, places, key)
        elif key.startswith("Q_wald"):
            reason = EXACT_INFORMATION if case["options"].get("model") == "CM.EL" else NOISY_HESSIAN
        else:
            gain = best.value - at_reference
            reason = NOT_AT_THE_TOP.format(gain) if gain > 0 else None
        if reason is None:
            return None
        told.append(reason)
    return "; ".join(dict.fromkeys(told))


def _of_error(
    case: Mapping[str, Any], answer: Mapping[str, Any], f: Contributions, best: Optimum, size: float,
    places: Mapping[str, int], key: str,
) -> str | None:  # fmt: skip
    """A standard error, or what is made from it: does the profile of the likelihood fall as the engine says?"""
    results = case["results"]
    if key in ("ci_lo", "ci_hi", "stat", "p"):
        key = "se"
    if key == "se_delta" or results.get(key) is None or answer.get(key) is None:
        fixed = _fixed(answer)
        both = list(zip(results["se_delta"], answer["se_delta"], strict=True))[fixed:]
        pairs = [(theirs, ours, places["delta"] + i) for i, (theirs, ours) in enumerate(both)]
        scales = list(answer["delta"][fixed:])
    else:
        pairs = [(results[key], answer[key], places["tau" if key == "se_tau2" else "theta"])]
        tau = math.sqrt(answer["tau2"])
        scales = [2.0 * tau * size if key == "se_tau2" else size]
    for (theirs, ours, j), scale in zip(pairs, scales, strict=True):
        profile = _profile_error(f, best, j) * scale
        if not abs(profile - ours) <= max(PROFILE_TOLERANCE * ours, abs(profile - theirs)):
            return None
    return NOISY_HESSIAN


def _fixed(answer: Mapping[str, Any]) -> int:
    """How many of the weights are fixed and therefore no parameters."""
    return sum(value is None for value in answer.get("se_delta", ()))


def _profile_error(f: Contributions, best: Optimum, j: int) -> float:
    """The standard error of a shared parameter from how the likelihood falls when it is held aside."""
    assert best.covariance is not None  # noqa: S101 - the engine has answered
    step = PROFILE_STEP * math.sqrt(float(best.covariance[j, j]))
    others = np.delete(best.shared, j)
    drops = []
    for sign in (-1.0, 1.0):
        held = float(best.shared[j]) + sign * step

        def without(shared: Array, own: Array, held: float = held) -> Array:
            return f(np.insert(shared, j, held), own)

        drops.append(best.value - climb(without, others, best.own).value)
    return step / math.sqrt(drops[0] + drops[1])


Made = tuple[Contributions, float, tuple[Array, Array], float, dict[str, int]]


def _counts(case: Mapping[str, Any], columns: Columns) -> Made:
    results = case["results"]
    data, model, random, nodes = _of_counts(case, columns)
    boundary = random and results["tau2"] < 1e-6
    ready = likelihood(data, model, random=random and not boundary, nodes=nodes)
    best, _ = best_of(ready.f, ready.starts)
    held = {ready.theta: results["estimate"]}
    if ready.tau is not None:
        held[ready.tau] = math.sqrt(results["tau2"])
    free = [i for i in range(len(best.shared)) if i not in held]

    def at(shared: Array, own: Array) -> Array:
        full = np.zeros(len(best.shared))
        for i, value in held.items():
            full[i] = value
        full[free] = shared
        return ready.f(full, own)

    reference = climb(at, best.shared[free], best.own).value
    places = {"theta": ready.theta, "tau": ready.tau if ready.tau is not None else ready.theta}
    return ready.f, reference, (best.shared, best.own), 1.0, places


def _of_counts(case: Mapping[str, Any], columns: Columns) -> tuple[Pair | Binomial | Poisson | Tables, str, bool, int]:
    options = case["options"]
    measure = options.get("measure", "OR")
    arms = arms_of(columns, measure)
    model = "one-group" if measure in ("PLO", "IRLN") else str(options.get("model", "UM.FS"))
    _, rows, _ = usable(arms)
    exact = model == "CM.EL" and measure == "OR"
    return (
        density(arms, rows, model),
        model,
        options.get("tau2_method") not in ("EE", "FE", "CE"),
        (35 if exact else int(options.get("nAGQ", 7))),
    )


def _selected(case: Mapping[str, Any], columns: Columns) -> Made:
    options, results = case["options"], case["results"]
    y, v = effects(columns, {"measure": "GEN", **options}).usable
    unit = math.sqrt(float(np.median(v)))
    steps = options.get("steps")
    kind = options.get("type", "stepfun")
    ends = tuple(sorted({*([steps] if isinstance(steps, int | float) else steps), 1.0})) if kind == "stepfun" else None
    shape = selection_of(kind, y / unit, v / unit**2, options.get("alternative", "greater"), ends)
    without, with_spread = contributions(shape)
    free = [math.log(max(d, 1e-12)) for d in results["delta"][kind == "stepfun" :]]
    spread = math.sqrt(results["tau2"]) / unit
    mean = results["estimate"] / unit
    none = np.zeros(0)
    at_zero = results.get("se_tau2") is None
    f = without if at_zero else with_spread
    start = np.array([mean, *([] if at_zero else [spread]), *free])
    reference = float(with_spread(np.array([mean, spread, *free]), none).sum())
    return f, reference, (start, none), unit, {
        "theta": 0, "tau": 1, "delta": 1 if at_zero else 2,
    }  # fmt: skip
