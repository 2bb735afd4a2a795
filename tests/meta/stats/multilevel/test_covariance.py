"""Sampling covariances of effects that share people."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, UnknownOption
from meta.stats import multilevel as mv
from tests.meta.stats.test_laws import LAW, same, studies

STUDY = ["A", "A", "B"]


def test_shared_controls_by_measure():
    v = [0.2, 0.3, 0.4]
    counts = {"events": [5, 5, 8], "total": [50, 50, 60]}
    values = {"sd": [2, 2, 3], "mean": [4, 4, 5], "total": [50, 50, 60]}
    smd = {"effect": [0.5, 0.2, 0.1], "total": [50, 50, 60], "study_total": [150, 150, 90]}
    wanted = {
        "OR": (counts, 1 / 5 + 1 / 45), "RR": (counts, 1 / 5 - 1 / 50), "RD": (counts, 0.1 * 0.9 / 50),
        "MD": (values, 4 / 50), "ROM": (values, 4 / (50 * 16)), "SMD": (smd, 1 / 50 + 0.1 / 300),
    }  # fmt: skip
    for measure, (control, shared) in wanted.items():
        found = mv.shared_control_covariance(measure, v, STUDY, control)
        assert found[0, 1] == pytest.approx(shared), measure
        assert found[0, 2] == found[1, 2] == 0
        assert np.diag(found).tolist() == v


def test_the_covariance_of_differences_is_the_one_of_simulated_arms():
    rng = np.random.default_rng(9)
    control = rng.normal(0, 2, (20_000, 30)).mean(axis=1)
    one, other = (rng.normal(0, 2, (20_000, n)).mean(axis=1) - control for n in (25, 40))
    v = [4 / 25 + 4 / 30, 4 / 40 + 4 / 30]
    found = mv.shared_control_covariance("MD", v, [1, 1], {"sd": [2, 2], "total": [30, 30]})
    assert np.cov(one, other)[0, 1] == pytest.approx(found[0, 1], rel=0.05)
    by_size = mv.shared_group_correlation(v, [1, 1], [25, 40], [30, 30])
    assert by_size == pytest.approx(found)


@LAW
@given(studies, st.floats(-0.3, 0.95))
def test_aggregating_gives_the_cluster_its_own_common_effect(rows, rho):
    y, v = (list(column) for column in zip(*rows, strict=True))
    if rho < 0 and len(y) > 3:
        rho = 0.0
    covariance = mv.constant_correlation(v, ["one"] * len(y), rho)
    labels, effects, variances = mv.aggregate(y, covariance, ["one"] * len(y))
    whole = mv.multilevel(y, covariance).coefficients[0]
    assert labels == ("one",)
    assert same((effects[0], variances[0]), (whole.estimate, whole.standard_error**2), 1e-7)


def test_clusters_of_one_stay_as_they_are():
    labels, effects, variances = mv.aggregate([1, 2], [0.1, 0.2], ["b", "a"])
    assert (labels, effects.tolist()) == (("b", "a"), [1, 2])
    assert variances == pytest.approx([0.1, 0.2])


@pytest.mark.parametrize(
    "call",
    [
        lambda: mv.constant_correlation([0.1, -0.1], [1, 1], 0.5),
        lambda: mv.constant_correlation([0.1, 0.1], [1, 1], 1.5),
        lambda: mv.constant_correlation([0.1, 0.1], [1], 0.5),
        lambda: mv.constant_correlation([0.1, 0.1], [1, None], 0.5),
        lambda: mv.shared_group_correlation([0.1], [1], [0], [5]),
        lambda: mv.shared_control_covariance("MD", [0.1], [1], {"total": [5]}),
        lambda: mv.shared_control_covariance("MD", [0.1], [1], {"sd": [5], "total": [0]}),
        lambda: mv.shared_control_covariance("ROM", [0.1], [1], {"mean": [0], "sd": [5], "total": [9]}),
        lambda: mv.shared_control_covariance("OR", [0.1], [1], {"events": [0], "total": [9]}),
        lambda: mv.shared_control_covariance("RD", [0.1], [1], {"events": [10], "total": [9]}),
        lambda: mv.aggregate([1, 2], [[0.1, 0.1], [0.1, 0.1]], [1, 1]),
        lambda: mv.aggregate([1, 2], mv.constant_correlation([0.1, 0.3], [1, 1], 1.0), [1, 1]),
        lambda: mv.sampling_covariance([[1, 2], [3, 4]], 2),
        lambda: mv.sampling_covariance([["x"]], 1),
        lambda: mv.sampling_covariance([1, 2, 3], 2),
        lambda: mv.sampling_covariance([[1, 2], [2, 1]], 2),
    ],
)
def test_what_is_no_covariance_is_refused(call):
    with pytest.raises(InvalidInput):
        call()


def test_other_measures_are_refused():
    with pytest.raises(UnknownOption, match="OR, RR"):
        mv.shared_control_covariance("HR", [0.1], [1], {})
