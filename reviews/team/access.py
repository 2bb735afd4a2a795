"""The one place that says who may enter: a stranger gets 404, a member without the role is refused."""

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404

from reviews.team.models import Membership, Review, Team, TeamMember, User
from reviews.team.rules import SITE_ADMINISTRATOR, Action, Role, acting_role


def roles_of(user: User | AnonymousUser, review: Review) -> frozenset[Role]:
    """A person's roles in a review; none for strangers and for disabled accounts."""
    if not user.is_active or not user.is_authenticated:
        return frozenset()
    held = Membership.objects.filter(review=review, user=user).order_by().values_list("role", flat=True)
    return frozenset(Role(role) for role in held)


def review_for_member(user: User | AnonymousUser, slug: str, action: Action = Action.READ) -> Review:
    """The review, for a person who may do this in it.

    Raises:
        Http404: there is no such review, or the person is no member: the two cannot be told apart.
        PermissionDenied: a member, but none of their roles allows it.
    """
    review = Review.objects.select_related("team").filter(slug=slug).first()
    roles = roles_of(user, review) if review is not None else frozenset()
    if review is None or not roles:
        raise Http404("No such review.")
    if acting_role(roles, action) is None:
        raise PermissionDenied(refusal(action))
    return review


def require(user: User, review: Review, action: Action) -> Role:
    """The role in which the person may do this; services call it, so that no door can forget.

    Raises:
        PermissionDenied: none of their roles allows it.
    """
    role = acting_role(roles_of(user, review), action)
    if role is None:
        raise PermissionDenied(refusal(action))
    return role


def may(user: User | AnonymousUser, review: Review, action: Action) -> bool:
    """Whether one of the person's roles allows it, so that a page offers only what it would do."""
    return acting_role(roles_of(user, review), action) is not None


def refusal(action: Action) -> str:
    return f"Your role in this review does not allow you to {action}. Its owner can change that."


def require_administrator(user: User) -> str:
    """Their acting role for the audit trail.

    Raises:
        PermissionDenied: the person does not run this site.
    """
    if not (user.is_active and user.is_staff):
        raise PermissionDenied("Only the people who run this site may do this.")
    return SITE_ADMINISTRATOR


def may_lead(user: User, team: Team) -> bool:
    """Whether the person may begin reviews in the team."""
    if not user.is_active:
        return False
    return user.is_staff or TeamMember.objects.filter(team=team, user=user, is_lead=True).exists()
