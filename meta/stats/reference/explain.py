"""Known disagreements: where the reference can be shown to miss its own definition (docs/methods.md has the proofs)."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from meta.stats.regression.tau2 import log_likelihood as regression_log_likelihood
from meta.stats.regression.weighted import fit
from meta.stats.results import NotEstimable
from meta.stats.tau2.likelihood import log_likelihood
from meta.stats.tau2.moments import generalised_q

from . import second_half
from .data import Columns
from .metafor import effects
from .regression import formula

CENTRED = "metafor centres the effects first, which changes the residual Q and tau2 of a model without intercept"
NOT_CONVERGED = "the reference stopped before its optimum: {}"
CONDITION = "the moderators are far from 0, and the reference loses digits that an exact rational calculation confirms"
DOMINATED = "one study has nearly all the weight, and the textbook sums of the reference lose digits"
HUGE = "R's log-gamma loses digits in Hedges' J above about 1e5 participants"
INFINITE = "meta gives an infinite standard error when a study without an effect takes part in sample-size weights"

HUGE_ARM = 1e5
LOST_DIGITS = 1e-8
ILL_CONDITIONED = 1e4
DOMINANT = 0.9999
ITERATED = ("PM", "REML", "ML", "EB")


def explanation(
    case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns, wrong: Sequence[Mapping[str, Any]]
) -> str | None:
    """Why the reference is wrong where the two differ, or None if that cannot be shown."""
    proved = second_half.explanation(case, answer, columns, wrong)
    if proved is not None:
        return proved
    options = case.get("options", {})
    if str(options.get("formula", "")).replace(" ", "").endswith("-1"):
        return CENTRED
    if options.get("method") == "SSW" and case["results"].get("common", {}).get("se") == "Infinity":
        return INFINITE
    if "formula" in options and _ill_conditioned(str(options["formula"]), columns) and all(map(_close, wrong)):
        return CONDITION
    sizes = [size for name in ("n1i", "n2i") for size in columns.get(name, ()) if size is not None]
    if options.get("measure") == "SMD" and sizes and max(sizes) > HUGE_ARM:
        return HUGE if all(_close(one) for one in wrong) else None
    if "vi" in columns and "formula" not in options and _dominated(columns) and all(map(_close, wrong)):
        return DOMINATED
    return _unconverged(case, answer, columns)


def _dominated(columns: Columns) -> bool:
    w = 1.0 / np.array(columns["vi"], dtype=float)
    return bool(w.max() > DOMINANT * w.sum())


def _ill_conditioned(text: str, columns: Columns) -> bool:
    x = formula(text, columns, len(columns["yi"])).matrix
    return float(np.linalg.cond(x)) > ILL_CONDITIONED


def _close(one: Mapping[str, Any]) -> bool:
    want, got = one["reference"], one["engine"]
    return isinstance(want, float) and isinstance(got, float) and abs(want - got) <= LOST_DIGITS * abs(want)


def _unconverged(case: Mapping[str, Any], answer: Mapping[str, Any], columns: Columns) -> str | None:
    """Does the reference's tau2 solve its equation less well, or is it less likely, than the engine's?"""
    options, results = case.get("options", {}), case["results"]
    method = options.get("tau2_method") or ("REML" if str(case["method"]).startswith("meta::") else None)
    if method not in ITERATED:
        return None
    if "subgroups" in results:
        pairs = list(
            zip(_groups(options, columns), results["subgroups"]["tau2"], answer["subgroups"]["tau2"], strict=True)
        )
    elif results.get("tau2") is None or answer.get("tau2") is None:
        return None
    else:
        pairs = [(np.ones(len(next(iter(columns.values()))), dtype=bool), results["tau2"], answer["tau2"])]
    better = False
    for rows, theirs, ours in pairs:
        if theirs is None or ours is None or theirs == ours:
            continue
        one, other = _score(method, case, columns, rows, theirs), _score(method, case, columns, rows, ours)
        if one is None or other is None or other > one + 1e-12 * abs(one):
            return None
        better = better or other < one
    if not better:
        return None
    what = "the Q equation is not solved" if method in ("PM", "EB") else "a higher likelihood exists"
    return NOT_CONVERGED.format(what)


def _groups(options: Mapping[str, Any], columns: Columns) -> list[Any]:
    names = [str(value) for value in columns[options["subgroup"]]]
    kept = [np.array([name == level for name in names]) for level in dict.fromkeys(names)]
    return [np.ones(len(names), dtype=bool)] * len(kept) if options.get("tau_common") else kept


def _score(method: str, case: Mapping[str, Any], columns: Columns, rows: Any, tau2: float) -> float | None:
    """How far a tau2 is from what the method asks for: smaller is better."""
    options = case.get("options", {})
    text = options.get("formula")
    if text is not None or options.get("tau_common"):
        y, v = _effects(case, columns)
        x = (
            formula(str(text), columns, len(y)).matrix
            if text is not None
            else formula(f"~{options['subgroup']}", columns, len(y)).matrix
        )
        if method in ("PM", "EB"):
            return abs(fit(y, v, x, tau2).q - float(len(y) - x.shape[1]))
        return -regression_log_likelihood(y, v, x, tau2, restricted=method == "REML")
    found = _chosen(case, columns, rows)
    if isinstance(found, NotEstimable):
        return None
    y, v = found
    if method in ("PM", "EB"):
        return abs(generalised_q(y, v, tau2) - (len(y) - 1))
    return -log_likelihood(y, v, tau2, restricted=method == "REML")


def _effects(case: Mapping[str, Any], columns: Columns) -> Any:
    if "yi" in columns:
        return np.array(columns["yi"], dtype=float), np.array(columns["vi"], dtype=float)
    return _raw(case, columns).usable


def _raw(case: Mapping[str, Any], columns: Columns) -> Any:
    from . import meta

    if str(case["method"]).startswith("meta::"):
        return meta.analysis(columns, case["options"]).effects
    return effects(columns, {"measure": "GEN", **case["options"]})


def _chosen(case: Mapping[str, Any], columns: Columns, rows: Any) -> Any:
    found = _raw(case, columns)
    keep = found.estimable & rows
    return (found.estimate[keep], found.variance[keep]) if keep.sum() > 1 else NotEstimable("too few studies")
