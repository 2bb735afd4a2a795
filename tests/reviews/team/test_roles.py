import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from reviews.base.audit.models import Event
from reviews.team import access, queries, services
from reviews.team.rules import Role
from tests.factories import UserFactory, member

pytestmark = pytest.mark.django_db


def roles(user, review):
    return access.roles_of(user, review)


def test_an_owner_changes_roles_and_the_trail_says_so(review, owner, extractor):
    services.set_roles(review=review, user=extractor, roles=[Role.READER, Role.REVIEWER], actor=owner)
    assert roles(extractor, review) == {Role.REVIEWER, Role.READER}
    event = Event.objects.get(chain=review.chain)
    assert (event.actor, event.acting_role, event.verb) == (owner, "owner", "changed the roles of")
    assert (event.before, event.after) == ({"roles": ["extractor"]}, {"roles": ["reviewer", "reader"]})


def test_one_role_is_granted_and_taken(review, owner, extractor):
    services.grant_role(review=review, user=extractor, role=Role.ADJUDICATOR, actor=owner)
    assert roles(extractor, review) == {Role.EXTRACTOR, Role.ADJUDICATOR}
    services.revoke_role(review=review, user=extractor, role=Role.EXTRACTOR, actor=owner)
    assert roles(extractor, review) == {Role.ADJUDICATOR}


def test_granting_what_somebody_has_leaves_no_event(review, owner, extractor):
    services.grant_role(review=review, user=extractor, role=Role.EXTRACTOR, actor=owner)
    assert not Event.objects.exists()


def test_a_person_is_taken_out_and_cannot_enter_any_more(review, owner, extractor):
    services.remove_member(review=review, user=extractor, actor=owner)
    assert roles(extractor, review) == frozenset()
    assert Event.objects.get().verb == "took out"


def test_somebody_who_is_not_in_the_review_is_invited_and_not_granted(review, owner, outsider):
    with pytest.raises(ValidationError, match="Invite them"):
        services.grant_role(review=review, user=outsider, role=Role.READER, actor=owner)


def test_only_an_owner_manages_people(review, extractor, reader, outsider, administrator):
    for person in (extractor, reader, outsider, administrator):
        with pytest.raises(PermissionDenied):
            services.set_roles(review=review, user=reader, roles=[Role.OWNER], actor=person)


@pytest.mark.parametrize("wanted", [(), (Role.READER,)])
def test_the_last_owner_stays(review, owner, wanted):
    with pytest.raises(ValidationError, match="needs an owner"):
        services.set_roles(review=review, user=owner, roles=wanted, actor=owner)
    assert roles(owner, review) == {Role.OWNER}


def test_a_closed_account_does_not_count_as_an_owner(review, owner):
    second = member(review, Role.OWNER, is_active=False)
    with pytest.raises(ValidationError, match="whose account is open"):
        services.remove_member(review=review, user=owner, actor=owner)
    services.remove_member(review=review, user=second, actor=owner)


def test_an_owner_may_go_when_another_stays(review, owner):
    second = member(review, Role.OWNER)
    services.remove_member(review=review, user=owner, actor=owner)
    assert queries.active_owners(review) == [second.pk]


def test_people_are_listed_by_name_with_their_roles_in_order(review, owner, reader, django_assert_num_queries):
    member(review, Role.READER, Role.EXTRACTOR, name="Ben Ito")
    with django_assert_num_queries(1):
        listed = queries.members(review)
    assert [(each.user.name, each.roles) for each in listed] == [
        ("Ada Okafor", (Role.OWNER,)),
        ("Ben Ito", (Role.EXTRACTOR, Role.READER)),
        ("Fay Lind", (Role.READER,)),
    ]


def test_my_reviews_are_those_i_am_in(review, owner, outsider, django_assert_num_queries):
    with django_assert_num_queries(1):
        mine = queries.reviews_of(owner)
        assert [(each.review, each.roles, each.review.team.name) for each in mine] == [
            (review, (Role.OWNER,), review.team.name)
        ]
    assert queries.reviews_of(UserFactory()) == []
