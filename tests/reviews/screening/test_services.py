"""Which studies a review includes: a change of mind is a new row, and an exclusion says why."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.screening import queries, services
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.signals import evidence_changed
from reviews.team.rules import Role
from tests.factories import InclusionFactory, ReviewFactory, StudyFactory, UserFactory, member

pytestmark = pytest.mark.django_db

INCLUDE, EXCLUDE = Verdict.INCLUDE, Verdict.EXCLUDE


@pytest.fixture
def study(review):
    return StudyFactory(team=review.team, label="Zamanian 2024", year=2024)


@pytest.fixture
def decide(review, study, extractor):
    def decide_inclusion(verdict, reason="", **said):
        return services.decide_inclusion(
            **({"review": review, "study": study, "actor": extractor, "verdict": verdict, "reason": reason} | said)
        )

    return decide_inclusion


@pytest.fixture
def news():
    """What those who compute were told, and whether that was inside a transaction."""
    heard = []

    def listen(sender, **told):
        heard.append({name: told[name] for name in ("study_id", "outcome_ids", "review_id")})

    evidence_changed.connect(listen)
    yield heard
    evidence_changed.disconnect(listen)


def test_an_included_study_belongs_to_the_review(decide, review, study):
    assert not queries.included(review).exists()
    decide(INCLUDE)
    assert list(queries.included(review)) == [study]
    assert list(queries.reviews_including(study.pk)) == [review]


def test_included_studies_are_listed_oldest_first(review):
    for label, year in (("Zhu 2021", 2021), ("Shu 2020", 2020), ("Dilogo 2021", 2021)):
        InclusionFactory(review=review, study__label=label, study__year=year)
    assert [study.label for study in queries.included(review)] == ["Shu 2020", "Dilogo 2021", "Zhu 2021"]


def test_a_change_of_mind_is_a_new_row_and_the_old_one_stays(decide, review, study):
    decide(INCLUDE)
    decide(EXCLUDE, " It was retracted. ")
    decide(INCLUDE, "The retraction was a mistake.")
    assert [(one.verdict, one.reason, one.is_current) for one in Inclusion.objects.filter(study=study)] == [
        (INCLUDE, "", False),
        (EXCLUDE, "It was retracted.", False),
        (INCLUDE, "The retraction was a mistake.", True),
    ]
    assert list(queries.included(review)) == [study]


def test_saying_the_same_again_adds_nothing(decide, news):
    first = decide(EXCLUDE, "It was retracted.")
    assert decide(EXCLUDE, "It was retracted. ") == first
    assert Inclusion.objects.count() == Event.objects.count() == len(news) == 1


@pytest.mark.parametrize("reason", ["", "  "])
def test_an_exclusion_says_why(decide, reason):
    with pytest.raises(ValidationError, match="Say why the study is excluded"):
        decide(EXCLUDE, reason)
    assert not Inclusion.objects.exists()


def test_a_study_of_another_library_is_refused(decide):
    with pytest.raises(ValidationError, match="not in this team's library"):
        decide(INCLUDE, study=StudyFactory())


def test_a_decision_leaves_an_event_with_what_was_before(decide, review):
    decide(INCLUDE)
    decide(EXCLUDE, "It was retracted.")
    event = Event.objects.get(verb="decided to exclude")
    assert (event.chain, event.acting_role, event.reason) == (review.chain, Role.EXTRACTOR, "It was retracted.")
    assert event.before == {"verdict": "include", "reason": ""}
    assert event.after == {"verdict": "exclude", "reason": "It was retracted."}


def test_the_news_concerns_this_review_and_every_outcome(decide, review, study, news):
    decide(INCLUDE)
    assert news == [{"study_id": study.pk, "outcome_ids": None, "review_id": review.pk}]


def test_when_somebody_who_hears_of_it_fails_nothing_is_decided(decide):
    def fail(sender, **told):
        raise ZeroDivisionError

    evidence_changed.connect(fail)
    try:
        with pytest.raises(ZeroDivisionError):
            decide(INCLUDE)
    finally:
        evidence_changed.disconnect(fail)
    assert not Inclusion.objects.exists()
    assert not Event.objects.exists()


def test_one_study_may_stand_differently_in_two_reviews(decide, review, study):
    decide(INCLUDE)
    sister = ReviewFactory(team=review.team)
    decide(EXCLUDE, "Not placebo-controlled.", review=sister, actor=member(sister, Role.EXTRACTOR))
    assert queries.included(review).exists()
    assert not queries.included(sister).exists()


@pytest.mark.parametrize("role", Role)
def test_only_extractors_decide(decide, review, role):
    person = member(review, role)
    if role is Role.EXTRACTOR:
        assert decide(INCLUDE, actor=person).decided_by == person
        return
    with pytest.raises(PermissionDenied, match="does not allow you to extract"):
        decide(INCLUDE, actor=person)


def test_strangers_and_site_administrators_do_not_decide(decide, outsider, administrator):
    for person in (outsider, administrator, UserFactory()):
        with pytest.raises(PermissionDenied):
            decide(INCLUDE, actor=person)


def test_the_database_refuses_two_current_decisions_and_an_unexplained_exclusion(decide, review, study, extractor):
    row = decide(INCLUDE)
    assert str(row) == "Zamanian 2024: include"
    with pytest.raises(IntegrityError), transaction.atomic():
        InclusionFactory(review=review, study=study)
    with pytest.raises(IntegrityError, match="inclusion_says_why_a_study_is_excluded"), transaction.atomic():
        InclusionFactory(review=review, verdict=EXCLUDE)
