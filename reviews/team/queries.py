"""Who is in what."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils import timezone

from reviews.team.models import Invitation, Membership, Review, Team, TeamMember, User
from reviews.team.rules import Role, email_key, in_order, token_hash


@dataclass(frozen=True, slots=True)
class Mine:
    """A review, and what the person is in it."""

    review: Review
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """A person of a review with all their roles there."""

    user: User
    roles: tuple[Role, ...]
    since: dt.datetime


def reviews_of(user: User) -> list[Mine]:
    """The reviews that a person is a member of, by title."""
    held = Membership.objects.filter(user=user).select_related("review__team").order_by("review__title", "review")
    roles: dict[Review, list[Role]] = {}
    for membership in held:
        roles.setdefault(membership.review, []).append(Role(membership.role))
    return [Mine(review, in_order(each)) for review, each in roles.items()]


def roles_in(user: User, reviews: Sequence[Review]) -> dict[int, tuple[Role, ...]]:
    """A person's roles in several reviews, by the review's id, in one statement."""
    held: dict[int, list[Role]] = {}
    rows = Membership.objects.filter(user=user, review__in=reviews).order_by("pk")
    for review_id, role in rows.values_list("review_id", "role"):
        held.setdefault(review_id, []).append(Role(role))
    return {review_id: in_order(roles) for review_id, roles in held.items()}


def members(review: Review) -> list[Member]:
    """The people of a review, by name."""
    rows = Membership.objects.filter(review=review).select_related("user").order_by("user__name", "user", "since")
    held: dict[User, list[Membership]] = {}
    for row in rows:
        held.setdefault(row.user, []).append(row)
    return [Member(user, in_order(Role(row.role) for row in each), each[0].since) for user, each in held.items()]


def active_owners(review: Review) -> Sequence[int]:
    """The ids of the owners whose accounts are open, lowest first."""
    owners = Membership.objects.filter(review=review, role=Role.OWNER, user__is_active=True)
    return list(owners.order_by("user").values_list("user_id", flat=True))


def open_invitations(review: Review) -> QuerySet[Invitation]:
    """Invitations that can still be accepted, newest first."""
    return (
        Invitation.objects.filter(review=review, accepted_at=None, revoked_at=None, expires_at__gt=timezone.now())
        .select_related("invited_by")
        .order_by("-created_at", "-pk")
    )


def invitation_for(token: str) -> Invitation | None:
    """The invitation of a token, in whatever state, or None."""
    return Invitation.objects.filter(token_hash=token_hash(token)).select_related("review__team", "invited_by").first()


def account_of(address: str) -> User | None:
    """The account of an address, however it is spelled."""
    return User.objects.filter(email__iexact=email_key(address)).first()


def accounts() -> QuerySet[User]:
    """Every account of this site, by name, with the number of its reviews as `reviews`."""
    return User.objects.annotate(reviews=Count("memberships__review", distinct=True)).order_by("name", "pk")


def teams() -> QuerySet[Team]:
    """Every team, by name, with its people and the number of its reviews as `reviews_begun`."""
    return Team.objects.annotate(reviews_begun=Count("reviews", distinct=True)).order_by("name")


def people_of(teams: Sequence[Team]) -> dict[int, list[TeamMember]]:
    """The people of several teams by team, leads first, then by name."""
    rows = TeamMember.objects.filter(team__in=teams).select_related("user").order_by("-is_lead", "user__name", "user")
    found: dict[int, list[TeamMember]] = {team.pk: [] for team in teams}
    for row in rows:
        found[row.team_id].append(row)
    return found


def teams_to_begin_in(user: User) -> QuerySet[Team]:
    """The teams in which a person may begin a review, by name."""
    if user.is_staff:
        return Team.objects.order_by("name")
    return Team.objects.filter(members__user=user, members__is_lead=True).order_by("name")
