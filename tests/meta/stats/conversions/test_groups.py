"""Several groups as one, and one control group shared out."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, conversions
from tests.meta.stats.test_laws import LAW, same

group = st.tuples(st.integers(2, 300), st.floats(-50, 50), st.floats(0, 20))
groups = st.lists(group, min_size=2, max_size=6)


def combined(rows):
    return conversions.combine_arms(*zip(*rows, strict=True))


def row(found):
    return tuple(found.values.values())


def test_two_groups_pool_as_their_participants_would():
    rng = np.random.default_rng(5)
    raw = [rng.normal(5, 2, 20), rng.normal(7, 3, 31), rng.normal(4, 1, 3)]
    found = combined([(len(x), x.mean(), x.std(ddof=1)) for x in raw])
    everyone = np.concatenate(raw)
    assert row(found) == pytest.approx((len(everyone), everyone.mean(), everyone.std(ddof=1)), rel=1e-13)
    assert found.kind == "calculated"
    json.dumps(found.to_dict(), allow_nan=False)


def test_the_printed_example():
    found = conversions.combine_arms([20, 30], [5.2, 6.1], [1.5, 2.0])
    assert (found["n"], found["mean"]) == (50, pytest.approx(5.74))
    assert found["sd"] == pytest.approx(1.8542, abs=1e-4)


@LAW
@given(groups, st.randoms(use_true_random=False))
def test_order_of_groups_does_not_matter(rows, random):
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert same(row(combined(shuffled)), row(combined(rows)), 1e-12)


@LAW
@given(group, group, group)
def test_pairs_first_or_all_at_once_is_the_same(a, b, c):
    left = combined([row(combined([a, b])), c])
    right = combined([a, row(combined([b, c]))])
    assert same(row(left), row(combined([a, b, c])), 1e-9)
    assert same(row(left), row(right), 1e-9)


@LAW
@given(groups, st.floats(0.01, 100), st.floats(-20, 20))
def test_changing_units_changes_only_the_units(rows, factor, shift):
    before = combined(rows)
    after = combined([(n, factor * m + shift, factor * s) for n, m, s in rows])
    assert same(after["mean"], factor * before["mean"] + shift, 1e-9)
    assert same(after["sd"], factor * before["sd"], 1e-7)


def test_counts_add_up():
    assert row(conversions.combine_counts([3, 4], [10, 20])) == (7, 30)


@pytest.mark.parametrize("parts", [2, 3, 7])
def test_parts_of_a_shared_control_add_up(parts):
    counts = conversions.split_counts(9, 40, parts)
    assert counts["events"] * parts == pytest.approx(9)
    assert counts["total"] * parts == pytest.approx(40)
    means = conversions.split_means(40, 7, 2, parts)
    assert (means["n"] * parts, means["mean"], means["sd"]) == (pytest.approx(40), 7, 2)
    assert counts.notes == means.notes != ()


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: conversions.combine_arms([], [], []), "at least one group"),
        (lambda: conversions.combine_arms([2], [1, 2], [1]), "one number per group"),
        (lambda: conversions.combine_arms([1], [1], [0]), "One participant"),
        (lambda: conversions.combine_arms([0, 5], [1, 2], [1, 1]), "at least 1"),
        (lambda: conversions.combine_arms([5, 5], [1, 2], [1, -1]), "negative"),
        (lambda: conversions.combine_arms([5, 5], [1, "x"], [1, 1]), "finite"),
        (lambda: conversions.combine_arms([5, 5], [1, float("nan")], [1, 1]), "finite"),
        (lambda: conversions.combine_counts([3], [2]), "more events"),
        (lambda: conversions.split_counts(3, 2, 2), "more events"),
        (lambda: conversions.split_counts(1, 2, 1), "two or more"),
        (lambda: conversions.split_means(10, 1, 1, 2.5), "two or more"),
    ],
)
def test_impossible_groups_are_refused(call, words):
    with pytest.raises(InvalidInput, match=words):
        call()
