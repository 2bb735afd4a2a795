"""Answer the cases of a reference file (layout: the oracle README), ignoring the results that it holds."""

from collections.abc import Iterator, Mapping
from typing import Any

from meta.stats.errors import StatsError
from meta.stats.results import NotEstimable

from . import conversions, dependence, influence, looks, meta, metafor, regression, sensitivity, small_study, sparse
from .compare import differences
from .explain import explanation

NO_COUNTERPART = "This engine has no counterpart of the method yet."


def answers(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One answer per case and per reference failure: ``{"id", "results"}`` or ``{"id", "not_estimable"}``."""
    datasets = document.get("datasets", {})
    for case in (*document.get("cases", ()), *_failures(document)):
        yield {"id": case["id"], **_said(answer(case, datasets))}


def _said(found: dict[str, Any] | NotEstimable) -> dict[str, Any]:
    return {"not_estimable": found.reason} if isinstance(found, NotEstimable) else {"results": found}


def _failures(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Reference failures as cases; their options are read from the id, which ends in measure, method, estimator."""
    for failure in document.get("reference_failures", ()):
        parts = str(failure["id"]).split("-")
        options: dict[str, Any] = dict(failure.get("options", {}))
        options = options or small_study.options_of_failure(parts, str(failure.get("method", "")))
        if not options:
            options = {"measure": "PETO"} if parts[-1] == "Peto" else {"drop00": True}
            if parts[-1] != "Peto":
                known = [part for part in parts if part in ("OR", "RR", "RD", "AS", "MD", "SMD", "GEN")]
                options["measure"] = known[-1] if known else "GEN"
                options["tau2_method"] = parts[-1] if parts[-1] in metafor.ESTIMATED else "REML"
        method = failure.get("method", "")
        yield {"id": failure["id"], "dataset": failure.get("dataset"), "method": method, "options": options,
               "results": {}}  # fmt: skip


def answer(case: Mapping[str, Any], datasets: Mapping[str, Any]) -> dict[str, Any] | NotEstimable:
    """The engine's answer to one case; whatever the engine refuses is a reason."""
    options = case.get("options", {})
    columns = datasets[case["dataset"]]["columns"] if case.get("dataset") else options
    try:
        return _answer(case, columns, options)
    except StatsError as error:
        return NotEstimable(str(error))


def _answer(
    case: Mapping[str, Any], columns: Mapping[str, Any], options: Mapping[str, Any]
) -> dict[str, Any] | NotEstimable:
    method = str(case["method"])
    if method in small_study.CASES:
        return small_study.CASES[method](columns, options)
    if str(case["id"]).startswith("evalue") or (method == "formula" and {"d", "se"} <= options.keys()):
        return small_study.e_values(case)
    if method == "rma.uni" and str(case["id"]).startswith("petpeese"):
        return small_study.PET_PEESE_BY_REGRESSION(columns, options)
    if method.startswith("meta::"):
        return meta.answer(columns, options)
    if method == "escalc" or (method == "formula" and "style" in options):
        return metafor.escalc(columns, options)
    if method in metafor.CASES:
        return metafor.CASES[method](columns, options)
    if method == "formula" and options.get("measure") == "PETO":
        return metafor.peto_components(columns, options)
    if method in sparse.CASES:
        return sparse.CASES[method](columns, options)
    if method in influence.CASES:
        return influence.CASES[method](columns, options)
    if method in regression.CASES:
        return regression.CASES[method](columns, options)
    if method in sensitivity.CASES:
        return sensitivity.CASES[method](columns, options, case)
    if method in ("rma.uni", "escalc + rma.uni"):
        if "formula" in options:
            return regression.regression(columns, options)
        if "subgroup" in options:
            return regression.groups(columns, options)
        return metafor.uni(columns, options)
    for say in (looks.answer, dependence.answer, conversions.answer):
        try:
            found = say(case, columns, options)
        except KeyError as lacking:
            return NotEstimable(f"The case or its data lack {lacking}.")
        if found is not None:
            return found
    return NotEstimable(NO_COUNTERPART)


def comparison(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """One line per case: agreed, or what differs beyond the tolerances; a failure of the reference needs a reason."""
    datasets = document.get("datasets", {})
    for case in document.get("cases", ()):
        found = answer(case, datasets)
        if isinstance(found, NotEstimable):
            wanted = case["results"].get("estimate", 0)
            agreed = wanted is None and case["results"]
            yield {"id": case["id"], "agrees": bool(agreed), "not_estimable": found.reason}
            continue
        wrong = differences(case, found)
        line: dict[str, Any] = {"id": case["id"], "agrees": not wrong}
        if wrong:
            columns = datasets[case["dataset"]]["columns"] if case.get("dataset") else {}
            line |= {"explained": explanation(case, found, columns, wrong), "differences": wrong}
        yield line
    for case in _failures(document):
        found = answer(case, datasets)
        # a reason, or a result that says what is wrong with it, where the reference gave up
        reason = found.reason if isinstance(found, NotEstimable) else " ".join(found.get("notes", ())) or None
        yield {"id": case["id"], "agrees": reason is not None, "not_estimable": reason}
