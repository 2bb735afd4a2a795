"""Estimates, intervals, p values and spreads that must fit together."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, integrity
from tests.meta.stats.test_laws import LAW


def test_intervals_are_symmetric_on_their_scale():
    assert integrity.interval_symmetry("0.18", "0.06", "0.52", ratio=True).status == "pass"
    assert integrity.interval_symmetry("-3.84", "-6.19", "-1.50", ratio=False).status == "pass"
    # the misprint of a published review: 0.21 (0.12 to 1.79) should have been 0.02
    assert integrity.interval_symmetry("0.21", "0.12", "1.79", ratio=True).status == "warn"
    assert integrity.interval_symmetry("0.21", "0.02", "1.79", ratio=True).status == "pass"
    assert integrity.interval_symmetry("2.5", "0.5", "2.0", ratio=True).status == "fail"
    assert integrity.interval_symmetry("1.0", "0", "2.0", ratio=True).status == "not_applicable"
    assert integrity.interval_symmetry("1.0", "-0.5", "2.0", ratio=True).status == "fail"
    assert integrity.interval_symmetry("1.9", "0.5", "2.0", ratio=False).status == "warn"
    with pytest.raises(InvalidInput, match="below"):
        integrity.interval_symmetry("1", "2", "1", ratio=False)


@LAW
@given(st.floats(-3, 3), st.floats(0.05, 1.5), st.booleans(), st.integers(2, 4))
def test_real_intervals_pass_however_rounded(y, se, ratio, decimals):
    values = [y, y - 1.96 * se, y + 1.96 * se]
    texts = [f"{math.exp(v) if ratio else v:.{decimals}f}" for v in values]
    if float(texts[1]) < float(texts[2]):
        assert integrity.interval_symmetry(*texts, ratio=ratio).status in ("pass", "not_applicable")


def test_p_and_interval():
    assert integrity.p_agrees(0.18, 0.06, 0.52, 0.002, ratio=True).status == "pass"
    assert integrity.p_agrees(0.18, 0.06, 0.52, 0.2, ratio=True).status == "fail"
    assert integrity.p_agrees(0.7, 0.5, 0.98, 0.004, ratio=True).status == "warn"
    assert integrity.p_agrees(0.1, -1.0, 1.2, 0.3, ratio=False).status == "pass"
    with pytest.raises(InvalidInput, match="ratio"):
        integrity.p_agrees(-1, 0.5, 0.98, 0.04, ratio=True)
    with pytest.raises(InvalidInput, match="rise"):
        integrity.p_agrees(1, 2, 1, 0.04, ratio=False)


def test_a_standard_error_taken_for_an_sd():
    found = integrity.sd_or_se(1.2, 29, [6.5])
    assert found.status == "warn"
    assert found.evidence["sd_if_se"] == pytest.approx(6.4622, abs=1e-4)
    assert found.evidence["log_ratio_gap"] == pytest.approx(0.006, abs=1e-3)
    assert integrity.sd_or_se(6.0, 29, [6.5, 7.0]).status == "pass"
    with pytest.raises(InvalidInput):
        integrity.sd_or_se(0, 29, [6.5])


def test_spread_on_a_bounded_scale():
    assert integrity.possible_spread(5, 2, 30, low=0, high=10).status == "pass"
    assert integrity.possible_spread(5, 6, 30, low=0, high=10).status == "fail"
    assert integrity.possible_spread(11, 1, 30, low=0, high=10).status == "fail"
    assert integrity.possible_spread(5, 0, 30, low=0, high=10).status == "warn"
    # the largest spread there is: half at either end
    assert integrity.possible_spread(5, math.sqrt(25 * 30 / 29), 30, low=0, high=10).status == "pass"
    with pytest.raises(InvalidInput):
        integrity.possible_spread(5, 1, 1, low=0, high=10)
