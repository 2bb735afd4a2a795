"""Every number of R's metafor and meta that travels with the tests (tests/reference: programs and versions inside)."""

import gzip
import json
from collections import Counter
from pathlib import Path

import pytest

from meta.stats.reference import answers, comparison

REFERENCE = Path(__file__).parents[2] / "reference"
SHARED = Path(__file__).resolve().parents[4] / "shared"

# cases, and how many of them are reference values that docs/methods.md proves wrong, by proof
EXPECTED = {
    "effect_sizes": (179, {}),
    "pooling_iv": (611, {}),
    "mantel_haenszel_peto": (141, {}),
    "meta_revman": (376, {"the reference stopped": 47, "meta gives": 4}),
    "subgroup_metaregression": (
        133,
        {"the reference stopped": 16, "the moderators are": 4, "metafor centres": 9},
    ),
    "large_k": (25, {"the reference stopped": 2}),
    "leave_out_and_cumulative": (23, {}),
    "edge_cases": (371, {"the reference stopped": 15, "one study has": 4, "R's log-gamma": 1}),
}


def load(name):
    return json.loads(gzip.decompress((REFERENCE / f"{name}.json.gz").read_bytes()))


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_agrees_or_is_proved_wrong(name):
    lines = list(comparison(load(name)))
    cases, proofs = EXPECTED[name]
    assert [line for line in lines if not line["agrees"] and not line.get("explained")] == []
    assert len(lines) == cases
    found = Counter(" ".join(line["explained"].split()[: 3 if "log-gamma" not in line["explained"] else 2])
                    for line in lines if line.get("explained"))  # fmt: skip
    known = Counter()
    for start, count in proofs.items():
        known[start] += count
    assert {start: sum(n for text, n in found.items() if text.startswith(start)) for start in known} == dict(known)
    assert sum(found.values()) == sum(known.values())


def test_refusals_of_the_reference_end_in_a_reason():
    document = load("edge_cases")
    failed = {failure["id"] for failure in document["reference_failures"]}
    said = {line["id"]: line for line in answers(document) if line["id"] in failed}
    assert set(said) == failed
    assert all(len(line["not_estimable"]) > 20 for line in said.values())


def test_answers_are_json_without_nan():
    for name in ("edge_cases", "meta_revman"):
        for line in answers(load(name)):
            json.dumps(line, allow_nan=False)


def test_results_in_the_file_are_ignored():
    document = load("large_k")
    first = next(answers(document))
    for case in document["cases"]:
        case["results"] = {}
    assert next(answers(document)) == first


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.exists(), reason="the reference material is not beside this checkout")
@pytest.mark.parametrize("name", EXPECTED)
def test_the_numbers_that_travel_are_those_of_the_source(name):
    file = {"leave_out_and_cumulative": "sensitivity_influence"}.get(name, name)
    source = {case["id"]: case for case in json.loads((SHARED / "oracles" / f"{file}.json").read_text())["cases"]}
    assert all(case["results"] == source[case["id"]]["results"] for case in load(name)["cases"])


@pytest.mark.parametrize("topic", ["glmm", "sequential"])
def test_methods_without_counterpart_say_so(topic):
    case = {"id": topic, "dataset": None, "method": f"own {topic}", "options": {}, "results": {"x": 1}}
    (line,) = answers({"datasets": {}, "cases": [case]})
    assert line == {"id": topic, "not_estimable": "This engine has no counterpart of the method yet."}
    assert next(comparison({"datasets": {}, "cases": [case]}))["agrees"] is False
