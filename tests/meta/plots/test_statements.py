"""The lines under a total are worded as RevMan words them."""

import pytest

from meta.plots import statements


@pytest.mark.parametrize(
    ("found", "line"),
    [
        (
            {"q": 9.95, "df": 6, "p": 0.1269, "i2": 39.7},
            "Heterogeneity: Chi² = 9.95, df = 6 (P = 0.13); I² = 40%",
        ),
        (
            {"q": 9.95, "df": 6, "p": 0.1269, "i2": 39.7, "tau2": 0.0104},
            "Heterogeneity: Tau² = 0.010; Chi² = 9.95, df = 6 (P = 0.13); I² = 40%",
        ),
        ({"q": 1.0, "df": 1, "p": 0.32, "i2": None}, "Heterogeneity: Chi² = 1.00, df = 1 (P = 0.32)"),
        ({"q": 0.0, "df": 0, "p": 1.0, "i2": None}, "Heterogeneity: Not applicable"),
    ],
)
def test_heterogeneity(found, line):
    assert statements.heterogeneity(**found) == line


def test_overall_effect():
    assert statements.overall_effect(statistic=-3.29, p=0.0010018) == "Test for overall effect: Z = 3.29 (P = 0.001)"
    assert (
        statements.overall_effect(statistic=2.4, p=0.053, df=6.0)
        == "Test for overall effect: t = 2.40, df = 6 (P = 0.053)"
    )


def test_subgroup_differences():
    line = "Test for subgroup differences: Chi² = 0.26, df = 1 (P = 0.61); I² = 0%"
    assert statements.subgroup_differences(q=0.26, df=1, p=0.6101, i2=0.0) == line
    assert statements.subgroup_differences(q=0, df=0, p=1, i2=None) == "Test for subgroup differences: Not applicable"
