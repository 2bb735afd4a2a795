"""The stopping test: worked cases, its promise on random orders, and what must hold for any data."""

import random
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.screening.stopping import certificate, ranked_test, shows_target


def test_a_worked_example():
    """100 records, 1 relevant at the start, then 59 without: one relevant record missed among 99 would have been
    hidden from 59 draws with probability 40/99; K is floor(1/0.95 - 1 + 1) = 1."""
    found = ranked_test([1] + [0] * 59, 100)
    assert found.p_value == pytest.approx(40 / 99)
    assert not found.may_stop
    assert (found.screened, found.found, found.total) == (60, 1, 100)


def test_a_window_with_relevant_records_in_it_can_be_the_telling_one():
    """Two windows: the last 4 (K = floor(2/0.5 - 2 + 1) = 3 of 14), and the last 6 with one relevant (K = 4 of 16)."""
    found = ranked_test([1, 0, 1, 0, 0, 0, 0], 18, target=0.5)
    last = comb(12, 4) / comb(15, 4)
    both = (comb(13, 6) + 4 * comb(13, 5)) / comb(17, 6)
    assert found.p_value == pytest.approx(min(last, both))


def test_nothing_found_shows_nothing():
    found = ranked_test([0] * 50, 100)
    assert found.p_value == 1
    assert found.recall_at_least == 0
    assert not found.may_stop


def test_having_read_everything_is_the_end():
    assert ranked_test([0, 1, 0], 3).may_stop
    assert ranked_test([0, 0, 0], 3).recall_at_least == 0
    assert shows_target([0, 1], 2)


def test_nothing_to_miss_is_shown_at_once():
    """So many relevant records as must be missing do not fit into what is unread."""
    assert ranked_test([1] * 40 + [0], 42).p_value == 0


def test_input_that_cannot_be_is_refused():
    with pytest.raises(ValueError, match="More records were read"):
        ranked_test([0, 1], 1)
    with pytest.raises(ValueError, match="between 0 and 1"):
        ranked_test([0], 5, target=1.0)


@given(st.lists(st.integers(0, 1), min_size=1, max_size=40), st.integers(1, 60))
def test_a_higher_target_is_never_easier(labels, more):
    total = len(labels) + more
    values = [ranked_test(labels, total, target=target).p_value for target in (0.5, 0.7, 0.9, 0.95)]
    assert values == sorted(values)


@given(st.lists(st.integers(0, 1), min_size=2, max_size=40), st.integers(1, 60))
def test_the_recall_shown_is_one_that_the_test_shows(labels, more):
    found = ranked_test(labels, len(labels) + more)
    if 0 < found.recall_at_least < 1:
        assert shows_target(labels, len(labels) + more, target=found.recall_at_least)
    assert found.may_stop == shows_target(labels, len(labels) + more)


def test_on_random_orders_the_target_is_kept_as_promised():
    """Reading at random is the worst case that the test allows for: it should miss its target rarely."""
    chance, missed, runs = random.Random(7), 0, 60
    for _ in range(runs):
        labels = [1] * 40 + [0] * 260
        chance.shuffle(labels)
        place = next(n for n in range(1, 301) if shows_target(labels[:n], 300))
        missed += sum(labels[:place]) < 0.95 * 40
    assert missed <= runs * 0.1


def test_a_certificate_grows_with_draws_that_find_nothing():
    evidence = [certificate([0] * n, found=40, unread=500).evidence for n in (0, 100, 200, 300, 400)]
    assert evidence[0] == pytest.approx(1)
    assert evidence[1:] == sorted(evidence[1:])
    assert not certificate([0] * 100, found=40, unread=500).is_certain
    assert certificate([0] * 499, found=40, unread=500).is_certain
    assert certificate([0] * 500, found=40, unread=500).is_certain


def test_a_certificate_shrinks_with_every_relevant_draw():
    plain = certificate([0] * 200, found=40, unread=500)
    with_some = certificate([0] * 190 + [1] * 10, found=40, unread=500)
    assert with_some.evidence < plain.evidence
    assert (with_some.drawn, with_some.relevant) == (200, 10)


def test_a_target_that_cannot_be_missed_is_certain_at_once():
    assert certificate([], found=100, unread=3).is_certain


def test_a_certificate_needs_something_found_and_something_to_draw():
    with pytest.raises(ValueError, match="Nothing relevant"):
        certificate([], found=0, unread=10)
    with pytest.raises(ValueError, match="More records were drawn"):
        certificate([0, 0], found=1, unread=1)


def test_false_certificates_are_rare():
    """With the target just missed, certifying at any look happens in at most about alpha of the runs."""
    chance, false, runs = random.Random(11), 0, 200
    for _ in range(runs):
        unread = [1] * 5 + [0] * 195
        chance.shuffle(unread)
        drawn: list[int] = []
        for one in unread[:150]:
            drawn.append(one)
            if (40 + sum(drawn)) / 45 < 0.95 and certificate(drawn, found=40, unread=200).is_certain:
                false += 1
                break
    assert false <= runs * 0.05
