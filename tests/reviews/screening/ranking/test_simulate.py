"""A replay reads every record once, learns as it goes, and says where the rule would stop."""

import numpy as np

from reviews.screening.ranking.simulate import replay
from tests.reviews.screening.ranking.made_up import CRITERIA, texts


def test_every_record_is_read_once_and_priors_are_left_out():
    words, labels = texts()
    priors = [labels.index(1), labels.index(0)]
    done = replay(words, labels, priors=priors, seed=3)
    assert sorted((*done.order, *priors)) == list(range(len(labels)))
    assert done.quality.first <= 5
    assert done.quality.wss95 > 0.5
    assert done.curve[-1] == (len(labels) - 2, 1.0)
    assert done.fits > 50


def test_the_same_seed_reads_in_the_same_order():
    words, labels = texts()
    assert replay(words, labels, seed=4).order == replay(words, labels, seed=4).order


def test_with_criteria_the_first_relevant_record_comes_early_without_any_label():
    words, labels = texts(seed=2)
    assert replay(words, labels, criteria=CRITERIA).quality.first <= 3


def test_the_rule_stops_late_enough_to_keep_its_target():
    words, labels = texts(records=400, relevant=60, seed=3)
    done = replay(words, labels, criteria=CRITERIA)
    assert done.stop is not None
    assert done.stop.recall >= 0.95
    assert 0 < done.stop.saved < 1
    assert done.stop.after == len(labels) - round(done.stop.saved * len(labels))


def test_a_set_without_relevant_records_has_no_measures_and_no_stop():
    words, labels = texts(records=30, relevant=0)
    done = replay(words, labels)
    assert done.quality is None
    assert done.curve == ()
    assert done.stop is None
    assert len(np.unique(done.order)) == 30
