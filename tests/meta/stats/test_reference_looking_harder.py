"""Influence, small-study effects and models of counts against R's metafor, meta, metasens and lme4 (numbers inside)."""

import json
from collections import Counter

import numpy as np
import pytest

from meta.stats.reference import answer, answers, comparison, explain_models
from meta.stats.results import NotEstimable

from .test_reference import SHARED, load

STOPPED = "the reference stopped at a change of 1e-5"
NOT_AT_THE_TOP = "the reference is not at the top"
NOISY = "the reference's standard error comes from differences"
EXACT = "the information is a sum of exact variances"

# cases, and how many of them are reference values that docs/methods.md proves wrong, by the first proof
EXPECTED = {
    "influence": (37, {}),
    "small_study_effects": (162, {STOPPED: 14, NOT_AT_THE_TOP: 4, NOISY: 8}),
    "glmm_betabinomial": (40, {NOT_AT_THE_TOP: 6, NOISY: 5, EXACT: 1}),
}
SOURCES = {"influence": "sensitivity_influence"}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_agrees_or_is_proved_wrong(name):
    lines = list(comparison(load(name)))
    cases, proofs = EXPECTED[name]
    assert [line for line in lines if not line["agrees"] and not line.get("explained")] == []
    assert len(lines) == cases
    explained = [line["explained"] for line in lines if line.get("explained")]
    found = Counter(start for text in explained for start in proofs if text.startswith(start))
    assert dict(found) == proofs
    assert sum(found.values()) == len(explained)


@pytest.mark.parametrize("name", EXPECTED)
def test_answers_are_json_without_nan(name):
    for line in answers(load(name)):
        json.dumps(line, allow_nan=False)


def test_where_the_reference_gave_up_there_is_a_reason_or_a_diagnosis():
    document = load("small_study_effects")
    failed = {failure["id"] for failure in document["reference_failures"]}
    said = {line["id"]: line for line in answers(document) if line["id"] in failed}
    assert set(said) == failed
    assert "cannot be computed" in said["tf-egger2001_or-REML-Q0-right"]["not_estimable"]
    diagnosis = " ".join(said["selmodel-raudenbush1985-beta"]["results"]["notes"])
    assert "A variance is estimated as 0" in diagnosis


def test_a_wrong_reference_value_is_found():
    """The comparison can fail: a number moved beyond the tolerance is neither agreed with nor explained."""
    for name, method, key in (
        ("influence", "influence", "tau2_del"), ("small_study_effects", "trimfill", "tau2"),
        ("small_study_effects", "fsn", "average"), ("small_study_effects", "metasens::limitmeta", "beta_r"),
        ("small_study_effects", "meta::metabias", "statistic"), ("small_study_effects", "selmodel", "estimate"),
        ("glmm_betabinomial", "rma.glmm", "se"),
    ):  # fmt: skip
        document = load(name)
        case = next(
            c for c in document["cases"]
            if c["method"] == method and c["results"].get(key) not in (None, 0) and "EE" not in c["id"]
        )  # fmt: skip
        value = case["results"][key]
        case["results"][key] = [x + 0.1 for x in value] if isinstance(value, list) else value * 1.1 + 0.1
        document["cases"] = [case]
        document.pop("reference_failures", None)
        (line,) = comparison(document)
        assert line["agrees"] is False, case["id"]
        if method not in ("selmodel", "rma.glmm"):  # there the likelihood shows that the moved value is the wrong one
            assert line["explained"] is None, case["id"]


def test_no_proof_is_found_for_a_wrong_answer():
    """Were the engine's own standard error wrong, the profile of the likelihood would not bear it out."""
    for name, ident in (
        ("small_study_effects", "selmodel-egger2001_or-power"),
        ("glmm_betabinomial", "glmm-syn_bin_a-OR-CM.AL-ML"),
    ):
        document = load(name)
        case = next(c for c in document["cases"] if c["id"] == ident)
        columns = document["datasets"][case["dataset"]]["columns"]
        right = answer(case, document["datasets"])
        for key, factor in (("se", 1.5), ("se_tau2", 1.5)):
            if right[key] is None:
                continue
            wrong = {**right, key: right[key] * factor}
            differs = [{"key": key, "reference": case["results"][key], "engine": wrong[key]}]
            assert explain_models.explanation(case, wrong, columns, differs) is None
        at_our_values = {**case, "results": {**case["results"], "estimate": right["estimate"], "tau2": right["tau2"]}}
        if "delta" in right:
            at_our_values["results"]["delta"] = right["delta"]
        differs = [{"key": "Q_lrt", "reference": 1.0, "engine": 2.0}]
        told = explain_models.explanation(at_our_values, right, columns, differs)
        assert told is None or "(0" in told or "e-" in told


def test_no_proof_is_found_where_other_studies_were_filled():
    document = load("small_study_effects")
    case = next(c for c in document["cases"] if c["id"] == "tf-egger2001_or-REML-L0-right")
    case["results"]["filled_yi"].pop()
    found = answer(case, document["datasets"])
    columns = document["datasets"][case["dataset"]]["columns"]
    assert explain_models.explanation(case, found, columns, [{"key": "tau2"}]) is None


def test_a_scoring_that_stops_at_once(monkeypatch):
    y, v, x = np.array([0.1, 0.11, 0.1, 0.12]), np.array([0.1, 0.3, 0.2, 0.4]), np.ones((4, 1))
    assert explain_models.stopped(y, v, x) == pytest.approx(0, abs=1e-5)
    spread = np.array([0.1, 2.0, -1.0, 0.7])
    whole = explain_models.stopped(spread, v, x)
    monkeypatch.setattr(explain_models, "MAX_STEPS", 1)
    assert explain_models.stopped(spread, v, x) != whole


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the reference material is not beside this checkout")
@pytest.mark.parametrize("name", EXPECTED)
def test_the_numbers_that_travel_are_those_of_the_source(name):
    file = SHARED / "oracles" / f"{SOURCES.get(name, name)}.json"
    source = {case["id"]: case for case in json.loads(file.read_text())["cases"]}
    assert all(case["results"] == source[case["id"]]["results"] for case in load(name)["cases"])


BINARY = {"ai": [1, 4, 3, 9], "n1i": [20, 40, 35, 80], "ci": [2, 6, 8, 12], "n2i": [22, 41, 30, 85]}
CONTINUOUS = {"m1i": [1, 2, 3], "sd1i": [1, 1, 1], "n1i": [10, 20, 40], "m2i": [1.5, 2.4, 3.9], "sd2i": [1, 1, 1],
              "n2i": [11, 22, 41]}  # fmt: skip
GENERIC = {"yi": [0.1, 0.5, -0.2, 0.9], "vi": [0.02, 0.2, 0.05, 0.4], "ni": [90, 20, 60, 15]}
SAME = {"yi": [0.1, 0.1, 0.1, 0.1], "vi": [0.02, 0.2, 0.05, 0.4]}
EQUAL = {"yi": [0.1, 0.2, 0.1, 0.3], "vi": [0.02, 0.02, 0.02, 0.02]}


def said(named, columns, case_id="x", /, **options):
    case = {"id": case_id, "dataset": "d", "method": named, "options": options, "results": {}}
    return answer(case, {"d": {"columns": columns}})


@pytest.mark.parametrize(
    ("method", "columns", "options"),
    [
        ("meta::metabias", BINARY, {"method": "Deeks", "measure": "OR"}),
        ("meta::metabias", BINARY, {"method": "Thompson", "measure": "OR"}),
        ("meta::metabias", CONTINUOUS, {"method": "Egger", "measure": "MD"}),
        ("meta::metabias", CONTINUOUS, {"method": "Begg", "measure": "SMD"}),
        ("meta::metabias", CONTINUOUS, {"method": "Pustejovsky", "measure": "SMD", "exact_smd": False}),
        ("meta::metabias", GENERIC, {"method": "Macaskill"}),
        ("regtest model=lm", GENERIC, {"model": "lm", "predictor": "sqrtni"}),
        ("regtest model=rma", BINARY, {"model": "rma", "predictor": "ninv", "measure": "OR", "test": "knha"}),
        ("selmodel", GENERIC, {"type": "negexp", "tau2_method": "EE"}),
        ("selmodel", GENERIC, {"type": "stepfun", "steps": [0.3]}),
        ("trimfill", GENERIC, {"tau2_method": "REML"}),
        ("fsn", GENERIC, {"type": "General", "target": 0.1}),
        ("tes", GENERIC, {"test_alternative": "less", "alternative": "less"}),
        ("rma.glmm", {"xi": [3, 5, 9], "ti": [100, 90, 200]}, {"measure": "IRLN", "tau2_method": "EE"}),
        ("rma.glmm", {"xi": [3], "ni": [10]}, {"measure": "PLO", "tau2_method": "EE"}),
        ("influence", BINARY, {"measure": "OR", "tau2_method": "DL"}),
    ],
)  # fmt: skip
def test_other_data_and_options_are_answered(method, columns, options):
    found = said(method, columns, **options)
    assert isinstance(found, dict), found
    json.dumps(found, allow_nan=False)


@pytest.mark.parametrize(
    ("method", "columns", "options", "reason"),
    [
        ("meta::metabias", GENERIC, {"method": "Harbord"}, "does not go with these data"),
        ("meta::metabias", {"yi": [1, 2, 3], "vi": [1, 2, 3]}, {"method": "Macaskill"}, "does not go with these data"),
        ("meta::metabias", SAME, {"method": "Begg"}, "do not differ"),
        ("ranktest", SAME, {}, "do not differ"),
        ("regtest model=lm", SAME, {"model": "lm"}, "goes through every study"),
        ("regtest model=lm", EQUAL, {"model": "lm"}, "do not differ"),
        ("lm", EQUAL, {}, "do not differ"),
        ("lm", SAME, {}, "goes through every study"),
        ("selmodel", GENERIC, {"type": "stepfun", "steps": 1e-9}, "No study has a p-value"),
        ("selmodel", GENERIC, {"type": "unheard-of"}, "no selection model"),
        ("fsn", {"yi": [0.0, 0.0], "vi": [1, 1]}, {"type": "Orwin"}, "No number of studies"),
        ("fsn", {"yi": [1e6], "vi": [1e-12]}, {"type": "Rosenthal"}, "ten million"),
        ("metasens::limitmeta", EQUAL, {}, "do not differ"),
        ("metasens::lfkindex", SAME, {}, "All effects are equal"),
        ("trimfill", GENERIC, {"estimator": "X9"}, "no estimator of missing studies"),
        ("rma.glmm", {"ai": [0], "n1i": [9], "ci": [0], "n2i": [9]}, {"model": "UM.FS"}, "No study has both"),
        ("own optimiser, checked against glmmTMB", GENERIC, {"measure": "GEN"}, "events in two arms"),
        ("own optimiser, checked against glmmTMB", {"ai": [0], "n1i": [9], "ci": [1], "n2i": [9]}, {}, "no events"),
    ],
)  # fmt: skip
def test_what_cannot_be_answered_ends_in_a_reason(method, columns, options, reason):
    found = said(method, columns, **options)
    assert isinstance(found, NotEstimable), found
    assert reason in found.reason


def test_e_values_of_rare_outcomes_and_of_estimates_alone():
    risk = said("formula", {}, "evalue-RR-9", estimate=2.0, ci_lo=1.5, ci_hi=3.0)
    case = {"id": "evalue-OR-rare-9", "dataset": None, "method": "formula", "options": {"estimate": 2.0}, "results": {}}
    rare = answer(case, {})
    assert rare["e_point"] == pytest.approx(risk["e_point"])
    assert rare["e_ci"] is None
