"""Whole numbers behind printed means, SDs and percentages."""

import json
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, integrity
from tests.meta.stats.test_laws import LAW

answers = st.lists(st.integers(0, 7), min_size=2, max_size=40)


def rounded(value, decimals):
    return str(Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP))


@pytest.mark.parametrize(
    ("mean", "n", "status"),
    [("5.19", 28, "fail"), ("5.18", 28, "pass"), ("3.48", 25, "pass"), ("3.5", 25, "not_applicable")],
)
def test_grim_on_worked_examples(mean, n, status):
    assert integrity.grim(mean, n).status == status
    json.dumps(integrity.grim(mean, n).to_dict(), allow_nan=False)


def test_trailing_zeros_count():
    assert integrity.grim("5.20", 28).status == "fail"
    assert integrity.grim("5.2", 9).status == "pass"


def test_several_items_make_finer_grains():
    assert integrity.grim("5.19", 28, items=3).status == "pass"
    assert integrity.grim("5.18", 28).evidence["candidates"] == [pytest.approx(5.1786, abs=1e-4)]


@pytest.mark.parametrize(
    ("percent", "n", "counts"), [("7.6", 158, [12]), ("21.5", 135, [29]), ("86.0", 93, [80]), ("8.5 %", 129, [11])]
)
def test_percentages_of_people(percent, n, counts):
    found = integrity.percentage(percent, n)
    assert found.status == "pass"
    assert found.evidence["counts"] == counts
    assert integrity.percentage(percent, n, count=counts[0]).is_consistent
    assert not integrity.percentage(percent, n, count=counts[0] + 1).is_consistent


def test_a_percentage_of_nobody():
    assert integrity.percentage("21.6", 135).status == "fail"


@pytest.mark.parametrize(
    ("mean", "sd", "n", "pairs"),
    [("5.21", "1.60", 28, [[146, 830]]), ("3.44", "2.47", 18, []), ("2.00", "1.00", 5, [[10, 24]])],
)
def test_grimmer_on_worked_examples(mean, sd, n, pairs):
    found = integrity.grimmer(mean, sd, n)
    assert found.evidence["sum_sumsq"] == pairs
    assert found.status == ("pass" if pairs else "warn")


def test_grimmer_has_its_limits():
    assert integrity.grimmer("5.19", "1.60", 28).status == "warn"
    assert integrity.grimmer("5", "2", 200_000).status == "not_applicable"
    assert len(integrity.grimmer("5.0", "2.0", 100).evidence["sum_sumsq"]) == 5
    with pytest.raises(InvalidInput, match="negative"):
        integrity.grimmer("5", "-2", 10)


@LAW
@given(answers, st.integers(1, 3))
def test_real_answers_always_pass(values, decimals):
    n = len(values)
    mean = Decimal(sum(values)) / n
    spread = (sum((value - mean) ** 2 for value in values) / (n - 1)).sqrt()
    assert integrity.grim(rounded(mean, decimals), n).status != "fail"
    assert integrity.grimmer(rounded(mean, decimals), rounded(spread, decimals), n).status in ("pass", "not_applicable")


@LAW
@given(st.integers(2, 300).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.integers(1, 4))
def test_real_shares_always_pass(people, decimals):
    x, n = people
    share = Decimal(x) / n
    spread = (share * (1 - share) * n / (n - 1)).sqrt()
    assert integrity.debit(rounded(share, decimals), rounded(spread, decimals), n).status == "pass"
    assert integrity.percentage(rounded(100 * share, decimals), n, count=x).status == "pass"


def test_debit_on_worked_examples():
    assert integrity.debit("0.36", "0.11", 20).status == "fail"
    found = integrity.debit("0.35", "0.49", 20)
    assert found.status == "pass"
    assert found.evidence["sd_range"] == pytest.approx([0.4877, 0.4909], abs=1e-4)
    for mean, sd in (("1.2", "0.3"), ("0.2", "-0.3")):
        with pytest.raises(InvalidInput):
            integrity.debit(mean, sd, 20)


@pytest.mark.parametrize("text", ["much", "1,5", "NaN", "Infinity", ""])
def test_only_printed_numbers_are_read(text):
    with pytest.raises(InvalidInput, match="as printed"):
        integrity.printed(text)


def test_numbers_of_people_are_whole():
    with pytest.raises(InvalidInput, match="whole number"):
        integrity.grim("5.19", 28.5)
    assert integrity.printed("−3·50").decimals == 2
