"""Every number of other programs on conversions, dependent effects and repeated looks that travels with the tests."""

import pytest

from meta.stats.reference import comparison

from .test_reference import load

# cases, and how many of them are reference values that docs/methods.md proves wrong, by proof
EXPECTED = {
    "conversions": (44, {"the reference is a simulation": 6, "a distribution with nearer quantiles": 2}),
    "multilevel_multivariate": (22, {}),
    "sequential": (40, {"a finer integration": 3, "the program puts 20": 3, "the reference stopped": 1}),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_every_case_agrees_or_is_proved_wrong(name):
    lines = list(comparison(load(name)))
    cases, proofs = EXPECTED[name]
    assert [line for line in lines if not line["agrees"] and not line.get("explained")] == []
    assert len(lines) == cases
    found = [line["explained"] for line in lines if line.get("explained")]
    assert {start: sum(text.startswith(start) for text in found) for start in proofs} == proofs
    assert len(found) == sum(proofs.values())
