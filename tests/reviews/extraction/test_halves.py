"""Two people who each correct half of a count confirm each other's half: nobody is stuck, and no half contradicts."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reviews.extraction import queries
from reviews.extraction.rules import Count


@pytest.fixture
def trial(living):
    return living.add(experimental="10/20")


def standing(living, trial):
    return queries.evidence_result(trial.arms.get(label="MSC"), living.outcome, living.timepoint)


def test_each_confirms_the_half_of_the_other(living, trial):
    living.enter(trial, "MSC", "11/20", actor=living.extractor)
    living.enter(trial, "MSC", "11/21", actor=living.second_extractor)
    living.confirm(trial, actor=living.second_extractor)
    assert standing(living, trial) == Count(11, 20)
    living.confirm(trial, actor=living.extractor)
    assert standing(living, trial) == Count(11, 21)
    assert not queries.awaiting_confirmation(trial).exists()


def test_a_half_that_contradicts_the_other_is_not_confirmed_alone(living, trial):
    living.enter(trial, "MSC", "10/30", actor=living.second_extractor)
    living.enter(trial, "MSC", "25/30", actor=living.extractor)
    with pytest.raises(ValidationError, match="confirmed together"):
        living.confirm(trial, actor=living.second_extractor)
    assert standing(living, trial) == Count(10, 20)


def test_who_entered_everything_that_waits_confirms_nothing(living, trial):
    living.enter(trial, "MSC", "11/21", actor=living.extractor)
    with pytest.raises(PermissionDenied, match="yourself"):
        living.confirm(trial, actor=living.extractor)


def test_a_study_waits_for_both(living, trial):
    living.enter(trial, "MSC", "11/20", actor=living.extractor)
    living.enter(trial, "MSC", "11/21", actor=living.second_extractor)
    assert [queries.waiting_for(living.review, one) for one in (living.extractor, living.second_extractor)] == [1, 1]
    assert queries.waiting_for(living.review, living.owner) == 0
