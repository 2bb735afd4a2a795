import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from reviews.team import access
from reviews.team.rules import Action, Role
from tests.factories import TeamFactory, lead, member

pytestmark = pytest.mark.django_db


def test_a_member_enters_and_a_stranger_cannot_tell_whether_there_is_a_review(review, reader, outsider):
    assert access.review_for_member(reader, review.slug) == review
    for stranger in (outsider, AnonymousUser()):
        with pytest.raises(Http404) as hidden:
            access.review_for_member(stranger, review.slug)
        with pytest.raises(Http404) as missing:
            access.review_for_member(stranger, "no-such-review")
        assert str(hidden.value) == str(missing.value)


def test_a_site_administrator_is_a_stranger_to_a_review_that_they_are_not_in(review, administrator):
    with pytest.raises(Http404):
        access.review_for_member(administrator, review.slug)


def test_a_member_without_the_role_is_refused(review, reader):
    with pytest.raises(PermissionDenied, match="does not allow you to release"):
        access.review_for_member(reader, review.slug, Action.RELEASE)


def test_a_closed_account_has_no_roles(review, owner):
    owner.is_active = False
    assert access.roles_of(owner, review) == frozenset()
    with pytest.raises(PermissionDenied):
        access.require(owner, review, Action.READ)


def test_somebody_with_two_roles_acts_in_the_one_that_fits(review):
    both = member(review, Role.OWNER, Role.EXTRACTOR)
    assert access.require(both, review, Action.EXTRACT) is Role.EXTRACTOR
    assert access.require(both, review, Action.RELEASE) is Role.OWNER


def test_entering_takes_two_statements(review, reader, django_assert_num_queries):
    with django_assert_num_queries(2):
        access.review_for_member(reader, review.slug)


def test_who_may_begin_reviews_in_a_team(review, owner, administrator):
    team = TeamFactory()
    head = lead(team)
    assert access.may_lead(head, team)
    assert access.may_lead(administrator, team)
    assert not access.may_lead(owner, team)
    assert not access.may_lead(head, TeamFactory())
    head.is_active = administrator.is_active = False
    assert not access.may_lead(head, team)
    assert not access.may_lead(administrator, team)
    with pytest.raises(PermissionDenied):
        access.require_administrator(administrator)
