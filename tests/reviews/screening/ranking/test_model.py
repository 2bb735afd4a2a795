"""The ranking learns from decisions, begins with the criteria, and makes the same order again."""

import numpy as np
import pytest

from reviews.screening.ranking import Model, Texts, labels_until_refit
from tests.reviews.screening.ranking.made_up import CRITERIA, texts


@pytest.fixture(scope="module")
def made():
    words, labels = texts()
    return Texts.fit(words), np.array(labels)


def test_without_a_decision_the_criteria_put_relevant_records_first(made):
    fitted, labels = made
    scores = Model(fitted, CRITERIA).scores([], [])
    assert labels[np.argsort(-scores)][:5].sum() >= 4


def test_with_neither_criteria_nor_a_relevant_record_there_is_no_order(made):
    fitted, labels = made
    irrelevant = np.flatnonzero(labels == 0)[:3].tolist()
    assert Model(fitted).scores([], []) is None
    assert Model(fitted).scores(irrelevant, [0, 0, 0]) is None
    assert Model(fitted, "zzz qqq").scores([], []) is None


def test_one_relevant_record_is_enough_to_find_its_like(made):
    fitted, labels = made
    first = int(np.flatnonzero(labels)[0])
    scores = Model(fitted).scores([first], [1])
    unread = np.delete(np.arange(len(labels)), first)
    best = unread[np.argsort(-scores[unread])][:6]
    assert labels[best].sum() >= 5


def test_irrelevant_decisions_alone_refine_the_criteria(made):
    fitted, labels = made
    irrelevant = np.flatnonzero(labels == 0)[:10].tolist()
    scores = Model(fitted, CRITERIA).scores(irrelevant, [0] * 10)
    assert labels[np.argsort(-scores)][:5].sum() >= 4


def test_the_same_seed_gives_the_same_scores(made):
    fitted, labels = made
    judged, known = [0, 1, 2, 3], labels[:4].tolist()
    once, again = (Model(fitted, CRITERIA, seed=5).scores(judged, known) for _ in range(2))
    assert np.array_equal(once, again)


def test_records_that_came_later_are_ranked_by_the_vocabulary_that_is_there(made):
    fitted, labels = made
    more = fitted.more(["randomised trial of a balm: healing of the wound, placebo", "concrete bridge forecast"])
    assert len(more) == len(fitted) + 2
    scores = Model(more, CRITERIA).scores(list(range(20)), labels[:20].tolist())
    assert scores[-2] > scores[-1]


def test_when_everything_is_read_and_alike_no_order_is_claimed():
    fitted = Texts.fit(["balm trial", "balm wound"])
    assert Model(fitted).scores([0, 1], [1, 1]).tolist() == [0.0, 0.0]


def test_the_words_that_raise_a_record_are_its_own(made):
    fitted, labels = made
    judged = list(range(60))
    relevant = int(np.flatnonzero(labels[60:])[0]) + 60
    words = Model(fitted).words(judged, labels[:60].tolist(), relevant)
    own = set(fitted.vectoriser.inverse_transform(fitted.matrix[[relevant]])[0])
    assert words
    assert set(words) <= own
    assert Model(fitted).words([int(np.flatnonzero(labels)[0])], [1], relevant) == []


@pytest.mark.parametrize(("labels", "expected"), [(0, 1), (49, 1), (50, 1), (1000, 10)])
def test_the_ranking_is_renewed_after_every_decision_at_first_and_ever_more_rarely(labels, expected):
    assert labels_until_refit(labels) == expected
