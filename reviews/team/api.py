"""People, their roles and the audit trail, for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.audit import queries as trail
from reviews.base.endpoints.doors import Answer, Endpoint, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.team import mail, queries, services
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.models import Invitation, Review, User
from reviews.team.rules import Action, Role

ROLES = [(role.value, role.value) for role in Role]
MOST_ID = 2**53


class MeAnswer(Answer):
    """The person whose session it is."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    is_site_administrator = serializers.BooleanField(source="is_staff")


class MemberAnswer(Answer):
    """A person of a review with all their roles there."""

    person = PersonAnswer(source="user")
    email = serializers.EmailField(source="user.email")
    is_active = serializers.BooleanField(source="user.is_active", help_text="False: the account is closed.")
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    since = serializers.DateTimeField()


class RolesShape(Shape):
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=ROLES),
        min_length=1,
        max_length=len(Role),
        help_text="All of them, at once.",
    )


class InvitationAnswer(Answer):
    """A way in that is still open. Its link is in the letter to the invited address, and nowhere else."""

    id = serializers.IntegerField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES))
    invited_by = PersonAnswer()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class SentAnswer(InvitationAnswer):
    was_sent = serializers.SerializerMethodField(help_text="Whether the mail server took the letter.")

    def get_was_sent(self, invitation: Invitation) -> bool:
        return bool(self.context["was_sent"])


class InvitationShape(Shape):
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=ROLES), min_length=1, max_length=len(Role))


class EventAnswer(Answer):
    """One thing that somebody did. Never changed, never deleted."""

    number = serializers.IntegerField(help_text="Its place in the chain, from 1.")
    at = serializers.DateTimeField()
    actor = PersonAnswer(allow_null=True, help_text="Null: the system.")
    acting_role = serializers.CharField()
    verb = serializers.CharField()
    object_type = serializers.CharField()
    object_id = serializers.CharField()
    object_label = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)
    reason = serializers.CharField()
    request_id = serializers.CharField()
    previous_hash = serializers.CharField()
    hash = serializers.CharField(help_text="SHA-256 over all of this, the hash before it included.")


class FaultAnswer(Answer):
    number = serializers.IntegerField(help_text="The first event that does not hold.")
    problem = serializers.CharField()


class CheckAnswer(Answer):
    """What the chain of a review says of itself; keep the newest hash elsewhere, and a rewritten chain shows too."""

    holds = serializers.SerializerMethodField()
    fault = FaultAnswer(allow_null=True)
    events = serializers.IntegerField(source="newest.number", default=0)
    hash = serializers.CharField(source="newest.hash", default="", help_text="Of the newest event.")

    def get_holds(self, found: dict[str, Any]) -> bool:
        return found["fault"] is None


class EventsShape(Shape):
    actor = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID, help_text="Who did it, by id.")
    verb = serializers.CharField(required=False, max_length=80, help_text="As it is written: corrected numbers.")
    object_type = serializers.CharField(required=False, max_length=80, help_text="study, arm, analysis, release …")
    object_id = serializers.CharField(required=False, max_length=80)
    since = serializers.DateTimeField(required=False, help_text="From then on, that instant included.")
    until = serializers.DateTimeField(required=False, help_text="Before then.")


FILTERS = {"since": "at__gte", "until": "at__lt"}


@extend_schema(tags=["People"])
class Me(Endpoint):
    @extend_schema(operation_id="me_read", summary="Who you are", responses=MeAnswer)
    def get(self, request: Request) -> Response:
        return Response(MeAnswer.of(request.user))


@extend_schema(tags=["People"])
class People(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(operation_id="people_list", summary="Who works on a review", responses=MemberAnswer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        return Response(MemberAnswer.of_all(queries.members(self.review)))


@extend_schema(tags=["People"])
class OnePerson(ReviewEndpoint):
    needs = {"PUT": Action.MANAGE_PEOPLE, "DELETE": Action.MANAGE_PEOPLE}

    @extend_schema(
        operation_id="people_set_roles",
        summary="Set all roles of a member",
        description="The last owner whose account is open stays one. Somebody new is invited instead.",
        request=RolesShape,
        responses=MemberAnswer,
    )
    def put(self, request: Request, slug: str, user_id: int) -> Response:
        user = _member_of(self.review, user_id)
        roles = [Role(role) for role in self.sent(RolesShape)["roles"]]
        services.set_roles(review=self.review, user=user, roles=roles, actor=self.actor)
        [now] = [each for each in queries.members(self.review) if each.user == user]
        return Response(MemberAnswer.of(now))

    @extend_schema(
        operation_id="people_remove",
        summary="Take a person out of a review",
        description="What they did stays. The last owner whose account is open cannot go.",
        responses={204: None},
    )
    def delete(self, request: Request, slug: str, user_id: int) -> Response:
        services.remove_member(review=self.review, user=_member_of(self.review, user_id), actor=self.actor)
        return Response(status=204)


@extend_schema(tags=["People"])
class Invitations(ReviewEndpoint):
    needs = {"GET": Action.MANAGE_PEOPLE, "POST": Action.MANAGE_PEOPLE}
    pagination_class = Newest

    @extend_schema(
        operation_id="invitations_list",
        summary="Invitations that are still open, newest first",
        responses=InvitationAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.open_invitations(self.review), InvitationAnswer.of_all)

    @extend_schema(
        operation_id="invitations_send",
        summary="Invite somebody by their address",
        description="The letter holds a link that works once, for seven days, for this address and with these roles.",
        request=InvitationShape,
        responses={201: SentAnswer},
        examples=[
            OpenApiExample(
                "An extractor", request_only=True, value={"email": "ben@example.org", "roles": ["extractor"]}
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(InvitationShape)
        roles = [Role(role) for role in sent["roles"]]
        issued = services.invite(review=self.review, email=sent["email"], roles=roles, actor=self.actor)
        # The answer may be kept for a repeated request, so the token is in the letter only.
        link = request.build_absolute_uri(reverse("site:invitation", args=[issued.token]))
        was_sent = mail.send_invitation(issued.invitation, link=link)
        return Response(SentAnswer(issued.invitation, context={"was_sent": was_sent}).data, status=201)


@extend_schema(tags=["People"])
class OneInvitation(ReviewEndpoint):
    needs = {"DELETE": Action.MANAGE_PEOPLE}

    @extend_schema(operation_id="invitations_withdraw", summary="Withdraw an open invitation", responses={204: None})
    def delete(self, request: Request, slug: str, invitation_id: int) -> Response:
        found = get_object_or_404(Invitation.objects.select_related("review"), pk=invitation_id, review=self.review)
        services.withdraw_invitation(invitation=found, actor=self.actor)
        return Response(status=204)


@extend_schema(tags=["Audit trail"])
class Events(ReviewEndpoint):
    needs = {"GET": Action.AUDIT}
    pagination_class = Newest

    @extend_schema(
        operation_id="events_list",
        summary="Everything that happened in a review, newest first",
        description="Rows are only ever added, each sealed to the one before it by its hash.",
        parameters=[EventsShape],
        responses=EventAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = {FILTERS.get(name, name): wanted for name, wanted in self.asked(EventsShape).items()}
        return self.paged(trail.events(self.review.chain).filter(**asked), EventAnswer.of_all)


@extend_schema(tags=["Audit trail"])
class Check(ReviewEndpoint):
    needs = {"GET": Action.AUDIT}

    @extend_schema(
        operation_id="events_check",
        summary="Whether the chain of events holds",
        description="Every event is read again and its hash compared: nothing was changed, removed or put between.",
        responses=CheckAnswer,
    )
    def get(self, request: Request, slug: str) -> Response:
        chain = self.review.chain
        return Response(CheckAnswer.of({"fault": trail.first_fault(chain), "newest": trail.events(chain).first()}))


def _member_of(review: Review, user_id: int) -> User:
    if user_id > MOST_ID:
        user_id = 0
    found: Any = User.objects.filter(memberships__review=review).distinct()
    member: User = get_object_or_404(found, pk=user_id)
    return member


beginnings = [path("me/", Me.as_view())]
"""Below /api/v1/ itself."""

urlpatterns = [
    path("people/", People.as_view()),
    path("people/<int:user_id>/", OnePerson.as_view()),
    path("invitations/", Invitations.as_view()),
    path("invitations/<int:invitation_id>/", OneInvitation.as_view()),
    path("events/", Events.as_view()),
    path("events/check/", Check.as_view()),
]
