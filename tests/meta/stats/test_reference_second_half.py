"""Every number of other programs on conversions, dependent effects and repeated looks that travels with the tests."""

import copy

import pytest

from meta.stats.conversions import quantile_fit
from meta.stats.reference import answers, comparison

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


def changed(name, which, change):
    """The comparison of one case after its results were changed."""
    document = load(name)
    case = copy.deepcopy(next(case for case in document["cases"] if case["id"] == which))
    change(case)
    (line,) = comparison({"datasets": document["datasets"], "cases": [case]})
    return line


def scaled(*path, by):
    def change(case):
        at = case["results"]
        for step in path[:-1]:
            at = at[step]
        at[path[-1]] *= by

    return change


@pytest.mark.parametrize(
    ("name", "which", "path", "by"),
    [
        ("conversions", "sd-from-se", ("sd", 0), 1 + 1e-8),
        ("conversions", "fivenum-case1-mcgrath-bc", ("mean", 0), 1.05),
        ("multilevel_multivariate", "ml3-konst-robust-CR1", ("se", 0), 1.001),
        ("multilevel_multivariate", "mv-berkey-REML", ("logLik",), 1.01),
        ("multilevel_multivariate", "shared-exact-RR", ("V", 0, 1), 1 + 1e-8),
        ("sequential", "obf-eq4-0.05", ("z_per_tail", 1), 1.001),
        ("sequential", "rtsa-bounds-eq4-0.1", ("nonbinding", "root"), 1.001),
        ("sequential", "rtsa-bounds-eq4-0.1", ("upper", 0), 1.001),
        ("sequential", "ris-bin-1-0.1", ("ris",), 1 + 1e-8),
        ("sequential", "zcurve-perioOxy-RR", ("D2",), 1.001),
    ],
)
def test_a_wrong_number_is_never_explained_away(name, which, path, by):
    line = changed(name, which, scaled(*path, by=by))
    # a bound that differs from its own spending is proved wrong, and nothing else may be
    if name == "sequential" and path[0] in ("z_per_tail", "upper"):
        assert line["explained"].startswith("a finer integration")
    else:
        assert not line["agrees"]
        assert line["explained"] is None


def test_a_likelihood_below_the_engines_is_a_proof():
    def stop_early(case):
        case["results"]["logLik"] -= 0.01
        case["results"]["coef"][0] *= 1.001

    assert "higher likelihood" in changed("multilevel_multivariate", "mv-berkey-REML", stop_early)["explained"]

    def missing(case):
        case["results"]["mean"][0] = None

    assert changed("conversions", "fivenum-case1-mcgrath-bc", missing)["explained"] is None

    def text(case):
        case["results"]["z_per_tail"][0] = None

    assert changed("sequential", "obf-eq4-0.05", text)["explained"] is None


def said(method, options, columns, results=None):
    case = {
        "id": "x",
        "dataset": "d" if columns else None,
        "method": method,
        "options": options,
        "results": results or {},
    }
    (line,) = answers({"datasets": {"d": {"columns": columns}}, "cases": [case]})
    return line


EFFECTS = {
    "trial": [1, 1, 2, 2, 3, 3], "outcome": ["a", "b"] * 3, "yi": [0.1, 0.5, 0.2, 0.6, 0.0, 0.9],
    "vi": [0.04, 0.05, 0.03, 0.06, 0.05, 0.04],
}  # fmt: skip


def test_random_terms_are_read_from_formulas():
    joint = said("rma.mv", {"struct": "HCS", "random": "~ outcome | trial"}, EFFECTS)["results"]
    assert len(joint["rho"]) == 1
    assert said("rma.mv", {"struct": "CS", "random": "~ x | y"}, EFFECTS)["results"]["tau2"]
    common = said("rma.mv", {"tau2_method": "FE"}, EFFECTS)["results"]
    assert common["sigma2"] == []
    assert said("rma.mv", {"random": "~ 1 | trial"}, EFFECTS)["results"]["s_names"] == ["trial"]
    assert said("robust", {"clubSandwich": True}, EFFECTS)["results"]["df"]
    assert said("anova.rma.mv", {"random": "~ 1 | trial/outcome"}, EFFECTS)["results"]["drop_within"]


def test_what_a_case_does_not_say_ends_in_a_reason():
    bare = {"yi": [1.0, 2.0, 4.0], "vi": [0.1, 0.2, 0.1]}
    lines = [
        said("rma.mv", {}, bare),
        said("rma.mv", {"random": "~ 1 | nowhere"}, bare),
        said("rma.mv", {"struct": "UN"}, bare),
        said("aggregate.escalc", {}, bare),
        said("anova.rma.mv", {"random": "~ 1 | trial"}, EFFECTS),
        said("rma.mv", {}, {"trial": [1, 2], "outcome": [1, 2]}),
        said("vcalc", {"measure": "OR"}, {"study": [1, 1], "ai": [None, 1], "n1i": [5, 5], "ci": [0, 0], "n2i": [5, 5]}),
        said("formula + rma.mv", {"measure": "RR"}, {"study": [1], "ai": [0], "n1i": [5], "ci": [0], "n2i": [5]} | {"arm": [1]}),
        said("metafor + formula", {"rrr": 0.2}, {"eI": [0, 0], "nI": [5, 5], "eC": [1, 1], "nC": [0, 0]}),
        said("metafor + formula", {"rrr": 0.2}, {"eI": [0, 0], "nI": [5, 0], "eC": [1, 1], "nC": [5, 0]}),
        said("metafor + formula", {"rrr": 0.2}, {"eI": [None], "nI": [5], "eC": [1], "nC": [5]}),
        said("metafor + formula", {"rrr": 0.2}, {"eI": [0], "nI": [0], "eC": [1], "nC": [5]}),
        said("formula", {}, {"study": [1], "ai": [None], "n1i": [5], "m1i": [1], "sd1i": [1]}),
        said("RTSA::RTSA", {"rrr": 0.2}, {"eI": [0], "nI": [5]}),
        said("nothing of ours", {}, bare),
    ]  # fmt: skip
    assert [line.get("not_estimable") is not None for line in lines] == [True] * len(lines), lines


def test_a_fit_that_is_not_the_nearest_proves_nothing(monkeypatch):
    poor = [quantile_fit.Fit("normal", (0.0, 1.0), 1e9)]
    monkeypatch.setattr(quantile_fit, "fits", lambda s: poor)
    assert changed("conversions", "fivenum-case1-mcgrath-qe", lambda case: None)["explained"] is None


def test_means_alone_have_a_shared_control_too():
    columns = load("multilevel_multivariate")["datasets"]["multiarm"]["columns"]
    means = {name: values for name, values in columns.items() if name not in ("ai", "ci", "arm")}
    assert said("formula + rma.mv", {"measure": "SMD"}, means)["results"]["fixed_effect_GLS"]["k"] == 16


def test_other_spending_and_sides_are_answered():
    hsd = said("gsDesign", {"timing": [0.5, 1], "alpha": 0.025, "sides": 1, "gamma": -4}, {})["results"]
    # gsDesign(k = 2, test.type = 1, sfu = sfHSD, sfupar = -4)
    assert hsd["z"] == pytest.approx([2.750, 1.981], abs=2e-3)
    odds = said("formula", {"control_risk": 0.2, "or": 0.5}, {})["results"]
    assert odds["adj_I2"]["I2_50"] == pytest.approx(2 * odds["ris"])
    assert said("formula", {"control_risk": 0.2, "rrr": 0.5}, {}, {"adj_D2": {"D2_10": 1}})["results"]["adj_D2"][
        "D2_10"
    ]


def test_conversions_are_found_by_what_they_are_asked():
    columns = {"se1": [0.5], "n1": [16]}
    assert said("formula", {}, columns, {"sd": [2.0]})["results"] == {"sd": [2.0]}
    refused = said("formula", {}, {"se1": [0.5, -1.0], "n1": [16, 16]}, {"sd": [2.0, None]})
    assert refused["results"] == {"sd": [2.0, None]}
    phi = said("conv.2x2", {}, {"ri": [0.2], "ni": [100], "n1i": [40], "n2i": [50]})
    assert phi["results"]["ai"] == [25]
    assert said("formula", {}, columns, {"unheard": [1]})["not_estimable"]
    ratio = said(
        "formula", {}, {"or": [2.0], "p0": [0.2]}, dict.fromkeys(("OR", "RR", "RD", "NNT_signed", "OR_back_from_RR"))
    )
    assert ratio["results"]["OR"] == [2.0]
    difference = said("formula", {}, {"m1": [5.0], "m2": [3.0], "p": [0.04], "n1": [20], "n2": [20]},
                      dict.fromkeys(("t", "se_t", "sd_t", "se_z")))  # fmt: skip
    assert difference["results"]["se_t"][0] > 0
