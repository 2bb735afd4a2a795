"""Agreement of two raters: worked examples, other programs, laws."""

import json

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from statsmodels.stats.inter_rater import cohens_kappa

from meta.stats import InvalidInput, NotEstimable, UnknownOption
from meta.stats.agreement import BANDS, agreement, band, from_ratings, weight_matrix

from .test_laws import LAW, same

tables = st.integers(2, 4).flatmap(
    lambda q: st.lists(st.lists(st.integers(0, 40), min_size=q, max_size=q), min_size=q, max_size=q)
).filter(lambda table: sum(map(sum, table)) > 1)  # fmt: skip
weighting = st.sampled_from(["none", "linear", "quadratic"])


@pytest.mark.parametrize(
    ("cells", "kappa", "kappa_se", "pabak", "pabak_se", "ac1", "ac1_se"),
    [
        ((118, 5, 2, 0), -0.0234, 0.0123, 0.888, 0.0411, 0.9408, 0.0231),
        ((40, 5, 3, 52), 0.8377, 0.0550, 0.840, 0.0543, 0.8423, 0.0540),
        ((21, 9, 6, 405), 0.7187, 0.0691, 0.932, 0.0173, 0.9613, 0.0102),
    ],
)
def test_worked_examples(cells, kappa, kappa_se, pabak, pabak_se, ac1, ac1_se):
    found = agreement([cells[:2], cells[2:]])
    assert (found.kappa.value, found.kappa.standard_error) == pytest.approx((kappa, kappa_se), abs=1e-4)
    assert (found.pabak.value, found.pabak.standard_error) == pytest.approx((pabak, pabak_se), abs=1e-4)
    assert (found.gwet.value, found.gwet.standard_error) == pytest.approx((ac1, ac1_se), abs=1e-4)
    assert found.prevalence_index == pytest.approx(abs(cells[0] - cells[3]) / sum(cells))
    assert found.bias_index == pytest.approx(abs(cells[1] - cells[2]) / sum(cells))
    json.dumps(found.to_dict(), allow_nan=False)


@LAW
@given(tables, weighting)
def test_kappa_is_the_one_of_statsmodels(table, weights):
    found = agreement(table, weights=weights)
    assume(not isinstance(found.kappa, NotEstimable))
    theirs = cohens_kappa(np.array(table), wt={"none": None, "linear": "linear", "quadratic": "quadratic"}[weights])
    assert same(found.kappa.value, theirs.kappa, 1e-9)
    assert same(found.kappa.standard_error**2, theirs.var_kappa, 1e-8)


@LAW
@given(tables, weighting)
def test_raters_may_change_places(table, weights):
    one, other = agreement(table, weights=weights), agreement(np.array(table).T, weights=weights)
    for name in ("kappa", "gwet"):
        first, second = getattr(one, name), getattr(other, name)
        if isinstance(first, NotEstimable):
            assert isinstance(second, NotEstimable)
            continue
        assert same(first.value, second.value, 1e-9)
        assert same(first.standard_error, second.standard_error, 1e-7)


@LAW
@given(tables, st.integers(2, 20))
def test_more_of_the_same_narrows_the_interval_only(table, times):
    one, many = agreement(table), agreement(np.array(table) * times)
    assume(not isinstance(one.kappa, NotEstimable))
    assert same(one.kappa.value, many.kappa.value, 1e-9)
    assert same(one.kappa.standard_error, many.kappa.standard_error * times**0.5, 1e-7)


@LAW
@given(st.lists(st.integers(1, 40), min_size=2, max_size=4), weighting)
def test_perfect_agreement_is_one(diagonal, weights):
    found = agreement(np.diag(diagonal), weights=weights)
    assert same((found.observed, found.kappa.value, found.gwet.value), (1, 1, 1), 1e-12)


def test_gwets_error_is_near_the_jackknifes():
    cells = np.array([[40, 5], [3, 52]])
    whole = agreement(cells).gwet
    n = cells.sum()
    left = []
    for i, j in np.ndindex(2, 2):
        fewer = cells.copy()
        fewer[i, j] -= 1
        left += [agreement(fewer).gwet.value] * int(cells[i, j])
    jackknife = np.sqrt((n - 1) / n * ((np.array(left) - np.mean(left)) ** 2).sum())
    assert whole.standard_error == pytest.approx(jackknife, rel=0.02)


def test_lists_of_judgements_make_a_table():
    found = from_ratings(["in", "out", "in", "out"], ["in", "out", "out", "out"])
    assert found.table == ((1, 1), (0, 2))
    same_word = from_ratings(["in", "in"], ["in", "in"])
    assert isinstance(same_word.kappa, NotEstimable)
    assert same_word.band is None
    ordered = from_ratings(["low", "high"], ["low", "some"], categories=["low", "some", "high"], weights="linear")
    assert ordered.observed == pytest.approx(0.75)
    assert ordered.gwet.name == "AC2"
    assert ordered.pabak is None
    assert ordered.bias_index is None
    with pytest.raises(InvalidInput, match="same units"):
        from_ratings(["in"], [])
    with pytest.raises(InvalidInput, match="none of the categories"):
        from_ratings(["in"], ["out"], categories=["in", "maybe"])


def test_one_unit_has_no_error():
    assert isinstance(agreement([[1, 0], [0, 0]]).gwet, NotEstimable)


def test_bands():
    assert [band(value) for value in (-0.1, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)] == [
        "poor", "slight", "fair", "moderate", "substantial", "almost perfect", "almost perfect",
    ]  # fmt: skip
    assert BANDS[-1][0] == 1


@pytest.mark.parametrize("table", [[[1]], [[1, 2]], [[0, 0], [0, 0]], [[1, -1], [0, 1]], [[1, "x"], [0, 1]]])
def test_what_is_no_table_of_counts_is_refused(table):
    with pytest.raises(InvalidInput):
        agreement(table)


def test_other_weights_and_levels_are_refused():
    with pytest.raises(UnknownOption, match="linear"):
        weight_matrix(3, "cubic")
    with pytest.raises(InvalidInput, match="level"):
        agreement([[1, 0], [0, 1]], level=1)
