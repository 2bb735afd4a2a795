"""The measures of an order of reading, by hand and by laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.screening.ranking.metrics import quality


def test_a_worked_example():
    """20 records, relevant at places 1, 3 and 10: n95 is 10, so WSS@95 = 10/20 - 0.05."""
    labels = [0] * 20
    labels[0] = labels[2] = labels[9] = 1
    found = quality(labels)
    assert found.wss95 == pytest.approx(0.45)
    assert found.recall10 == pytest.approx(1 / 3)
    assert found.atd == pytest.approx(14 / 3)
    assert found.loss == pytest.approx((14 - 6) / (3 * 17))
    assert found.first == 1


def test_nothing_relevant_has_no_measures():
    assert quality([0, 0, 0]) is None


def test_nothing_but_relevant_records_loses_nothing():
    assert quality([1, 1]).loss == 0


@given(st.lists(st.integers(0, 1), min_size=2, max_size=60).filter(any))
def test_the_perfect_order_is_best_and_the_reverse_is_worst(labels):
    here, best, worst = (quality(order) for order in (labels, sorted(labels, reverse=True), sorted(labels)))
    assert best.loss == 0
    assert best.loss <= here.loss <= worst.loss <= 1
    assert worst.wss95 <= here.wss95 <= best.wss95
    assert best.atd <= here.atd <= worst.atd
    if 0 in labels:
        assert worst.loss == pytest.approx(1)
