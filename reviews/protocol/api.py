"""Reviews and their protocols, for programs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Endpoint, Shape, once
from reviews.base.endpoints.paging import Oldest
from reviews.protocol import queries, services
from reviews.protocol.forms import MOST_ROWS
from reviews.protocol.models import Protocol
from reviews.protocol.rules import (
    DEFAULT_SCHEDULES,
    TEXTS,
    Benefit,
    Content,
    CriterionKind,
    Difference,
    Importance,
    Measure,
    OutcomeType,
    Schedule,
    UpdateModel,
    WantedCriterion,
    WantedOutcome,
    differences,
    seal,
)
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.models import Review, Team
from reviews.team.queries import roles_in, teams_to_begin_in
from reviews.team.rules import Action

LONGEST_TEXT = 10_000
MOST_DAYS = 100_000


def _choices(kind: Any) -> list[tuple[str, str]]:
    return [(one.value, one.value) for one in kind]


CRITERION_KINDS = _choices(CriterionKind)
OUTCOME_TYPES = _choices(OutcomeType)
MEASURES = _choices(Measure)
BENEFITS = _choices(Benefit)
IMPORTANCES = _choices(Importance)
UPDATE_MODELS = _choices(UpdateModel)


# --- What is answered ----------------------------------------------------------------------------------------------


class ReviewAnswer(Answer):
    """A review, and what you are in it."""

    slug = serializers.CharField()
    title = serializers.CharField()
    team = serializers.CharField(source="team.name")
    notice = serializers.CharField(help_text="Shown on every page, where there is one.")
    created_at = serializers.DateTimeField()
    roles = serializers.SerializerMethodField(help_text="Your roles in it.")

    def get_roles(self, review: Review) -> list[str]:
        return [role.value for role in self.context["roles"].get(review.pk, ())]


class CriterionAnswer(Answer):
    kind = serializers.CharField(help_text="include or exclude")
    text = serializers.CharField()


class ProtocolOutcomeAnswer(Answer):
    """An outcome that the protocol asks for."""

    name = serializers.CharField()
    type = serializers.CharField(help_text="dichotomous or continuous")
    measure = serializers.CharField(help_text="OR, RR, RD, MD or SMD")
    benefit_is = serializers.CharField(help_text="lower or higher")
    timepoint = serializers.CharField()
    unit = serializers.CharField()
    happened = serializers.CharField(help_text="The word for an event in a sentence, for example died.")
    from_day = serializers.IntegerField(allow_null=True)
    to_day = serializers.IntegerField(allow_null=True)
    importance = serializers.CharField()
    important_difference = serializers.FloatField(
        allow_null=True, help_text="For events: per 1000 people. For means: in the outcome's unit."
    )


class ScheduleAnswer(Answer):
    """How often a kind of source is searched."""

    source = serializers.CharField()
    every_days = serializers.IntegerField()
    late_after_days = serializers.IntegerField()


class ContentAnswer(Answer):
    """All that a version says."""

    question = serializers.CharField()
    population = serializers.CharField()
    intervention = serializers.CharField()
    comparator = serializers.CharField()
    designs = serializers.CharField()
    registration = serializers.CharField()
    update_model = serializers.CharField(help_text="impact or interval")
    retirement = serializers.CharField(help_text="When living mode ends.")
    criteria = CriterionAnswer(many=True, help_text="Those to include, then those to exclude, each in their order.")
    outcomes = ProtocolOutcomeAnswer(many=True)
    schedules = ScheduleAnswer(many=True)


class ProtocolVersionLineAnswer(Answer):
    """A version of the protocol."""

    number = serializers.IntegerField()
    state = serializers.CharField(help_text="draft or released")
    amendment_reason = serializers.CharField()
    created_by = PersonAnswer()
    created_at = serializers.DateTimeField()
    released_by = PersonAnswer(allow_null=True)
    released_at = serializers.DateTimeField(allow_null=True)


class DifferenceAnswer(Answer):
    part = serializers.CharField(help_text="The field that differs.")
    what = serializers.CharField()
    change = serializers.CharField(help_text="added, removed, changed or moved")
    old = serializers.CharField()
    new = serializers.CharField()


class ProtocolVersionAnswer(Answer):
    version = ProtocolVersionLineAnswer(source="protocol")
    content = ContentAnswer()
    seen = serializers.CharField(help_text="Send it back when you write the draft.")
    differences = DifferenceAnswer(many=True, help_text="Against the version before.")


@dataclass(frozen=True, slots=True)
class VersionOnShow:
    protocol: Protocol
    content: Content
    seen: str
    differences: Sequence[Difference]


# --- What is sent --------------------------------------------------------------------------------------------------


def _text(longest: int = LONGEST_TEXT, **options: Any) -> serializers.CharField:
    return serializers.CharField(max_length=longest, required=False, allow_blank=True, default="", **options)


def _day() -> serializers.IntegerField:
    return serializers.IntegerField(min_value=0, max_value=MOST_DAYS, required=False, allow_null=True, default=None)


class CriterionShape(Shape):
    kind = serializers.ChoiceField(choices=CRITERION_KINDS)
    text = serializers.CharField(max_length=300)


class ProtocolOutcomeShape(Shape):
    name = serializers.CharField(max_length=120, help_text="A name that your team uses already means the same outcome.")
    type = serializers.ChoiceField(choices=OUTCOME_TYPES)
    measure = serializers.ChoiceField(choices=MEASURES)
    benefit_is = serializers.ChoiceField(choices=BENEFITS)
    timepoint = serializers.CharField(max_length=80)
    unit = _text(40)
    happened = _text(60)
    from_day = _day()
    to_day = _day()
    importance = serializers.ChoiceField(choices=IMPORTANCES, default=Importance.CRITICAL.value)
    important_difference = serializers.DecimalField(
        max_digits=12, decimal_places=4, required=False, allow_null=True, default=None
    )


class ScheduleShape(Shape):
    source = serializers.CharField(max_length=200)
    every_days = serializers.IntegerField(min_value=1, max_value=3650)
    late_after_days = serializers.IntegerField(min_value=1, max_value=3650)


class ContentShape(Shape):
    question = serializers.CharField(max_length=LONGEST_TEXT)
    population = _text()
    intervention = _text()
    comparator = _text()
    designs = _text()
    registration = _text(200)
    update_model = serializers.ChoiceField(choices=UPDATE_MODELS, default=UpdateModel.IMPACT.value)
    retirement = _text()
    criteria = CriterionShape.list_of(most=MOST_ROWS, required=False, default=list)
    outcomes = ProtocolOutcomeShape.list_of(most=MOST_ROWS, required=False, default=list)
    schedules = ScheduleShape.list_of(
        most=MOST_ROWS, required=False, allow_null=True, default=None, help_text="Left out: the usual ones."
    )


class DraftShape(ContentShape):
    seen = serializers.CharField(
        max_length=64,
        help_text="What you were answered when you read the draft. If it changed since, the answer is 409.",
    )


class NewReviewShape(Shape):
    team = serializers.CharField(max_length=120, help_text="The name of a team that you lead.")
    title = serializers.CharField(max_length=200)
    slug = serializers.SlugField(max_length=60, help_text="The last word of its web address.")
    notice = _text(2000, help_text="A sentence for every page, of a demonstration for example.")
    protocol = ContentShape()


class ProtocolAmendmentShape(Shape):
    reason = serializers.CharField(max_length=2000, help_text="Readers will see it.")


# --- Endpoints -----------------------------------------------------------------------------------------------------


@extend_schema(tags=["People"])
class Reviews(Endpoint):
    pagination_class = Oldest

    @extend_schema(operation_id="reviews_list", summary="Your reviews", responses=ReviewAnswer(many=True))
    def get(self, request: Request) -> Response:
        mine = Review.objects.filter(memberships__user=_person(request)).select_related("team").distinct()

        def show(page: Sequence[Review]) -> Any:
            return ReviewAnswer(page, many=True, context={"roles": roles_in(_person(request), page)}).data

        return self.paged(mine, show)

    @extend_schema(
        operation_id="reviews_begin",
        summary="Begin a review",
        description="You become its owner, and its protocol is a draft.",
        request=NewReviewShape,
        responses={201: ReviewAnswer},
        examples=[
            OpenApiExample(
                "A title and a question are enough",
                request_only=True,
                value={
                    "team": "Cell therapy",
                    "title": "Stromal cells for COVID-19",
                    "slug": "msc-covid-19",
                    "protocol": {"question": "Do stromal cells save lives in COVID-19?"},
                },
            )
        ],
    )
    @once
    def post(self, request: Request) -> Response:
        person = _person(request)
        if not teams_to_begin_in(person).exists():
            raise PermissionDenied("Only a lead of a team may begin a review in it.")
        sent = self.sent(NewReviewShape)
        team = Team.objects.filter(pk__in=teams_to_begin_in(person), name=sent["team"]).first()
        if team is None:
            raise serializers.ValidationError({"team": ["You lead no team of this name."]})
        made = services.create_review(
            team=team,
            title=sent["title"],
            slug=sent["slug"],
            notice=sent["notice"],
            content=_content(sent["protocol"]),
            actor=person,
        )
        return Response(ReviewAnswer(made, context={"roles": roles_in(person, [made])}).data, status=201)


@extend_schema(tags=["People"])
class OneReview(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(operation_id="reviews_read", summary="A review, and your roles in it", responses=ReviewAnswer)
    def get(self, request: Request, slug: str) -> Response:
        return Response(ReviewAnswer(self.review, context={"roles": roles_in(self.actor, [self.review])}).data)


@extend_schema(tags=["Protocol"])
class Versions(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="protocols_list",
        summary="The versions of a protocol, newest first",
        responses=ProtocolVersionLineAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(ProtocolVersionLineAnswer.of_all(queries.versions(self.review)))


@extend_schema(tags=["Protocol"])
class OneVersion(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="protocols_read",
        summary="A version of a protocol, and what it changed",
        responses=ProtocolVersionAnswer,
    )
    def get(self, request: Request, slug: str, number: int) -> Response:
        return Response(_shown(self.review, get_object_or_404(queries.versions(self.review), number=number)))


@extend_schema(tags=["Protocol"])
class TheDraft(ReviewEndpoint):
    needs = {"PUT": Action.WRITE_PROTOCOL}

    @extend_schema(
        operation_id="protocols_write",
        summary="Replace what the draft says",
        description="All of it at once. A released version does not change: amend it.",
        request=DraftShape,
        responses=ProtocolVersionAnswer,
    )
    def put(self, request: Request, slug: str) -> Response:
        sent = self.sent(DraftShape)
        seen = sent.pop("seen")
        written = services.write_protocol(review=self.review, content=_content(sent), actor=self.actor, seen=seen)
        return Response(_shown(self.review, written))


@extend_schema(tags=["Protocol"])
class Held(ReviewEndpoint):
    needs = {"POST": Action.WRITE_PROTOCOL}

    @extend_schema(
        operation_id="protocols_release",
        summary="Release the draft",
        description="It holds from then on, and stays as it is.",
        request=None,
        responses={201: ProtocolVersionAnswer},
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        return Response(
            _shown(self.review, services.release_protocol(review=self.review, actor=self.actor)), status=201
        )


@extend_schema(tags=["Protocol"])
class Amendments(ReviewEndpoint):
    needs = {"POST": Action.WRITE_PROTOCOL}

    @extend_schema(
        operation_id="protocols_amend",
        summary="Begin an amendment",
        description="A copy of the version that holds becomes the next draft; until it is released nothing changes.",
        request=ProtocolAmendmentShape,
        responses={201: ProtocolVersionAnswer},
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        reason = self.sent(ProtocolAmendmentShape)["reason"]
        return Response(
            _shown(self.review, services.amend_protocol(review=self.review, reason=reason, actor=self.actor)),
            status=201,
        )


class ExclusiveShape(Shape):
    outcomes = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**53),
        min_length=2,
        max_length=50,
        help_text="Their ids.",
    )
    is_exclusive = serializers.BooleanField(
        required=False, default=True, help_text="False: a person can have both after all."
    )


class ExclusiveAnswer(Answer):
    """Outcomes of which a person can have only one."""

    outcomes = serializers.ListField(child=serializers.IntegerField(), help_text="The ids of a pair.")
    names = serializers.ListField(child=serializers.CharField())


@extend_schema(tags=["Protocol"])
class Exclusive(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.WRITE_PROTOCOL}

    @extend_schema(
        operation_id="outcomes_exclusive_list",
        summary="Pairs of outcomes of which a person can have only one",
        responses=ExclusiveAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(self._pairs())

    @extend_schema(
        operation_id="outcomes_exclusive_declare",
        summary="Say that nobody can have more than one of these outcomes",
        description="Numbers that contradict it are refused from then on.",
        request=ExclusiveShape,
        responses={201: ExclusiveAnswer(many=True)},
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(ExclusiveShape)
        events = {event.pk: event for event in queries.events_asked_for(self.review)}
        if not set(sent["outcomes"]) <= events.keys():
            raise serializers.ValidationError({"outcomes": ["Choose among the events that the protocol asks for."]})
        services.declare_exclusive(
            review=self.review,
            outcomes=[events[number] for number in sent["outcomes"]],
            actor=self.actor,
            is_exclusive=sent["is_exclusive"],
        )
        return Response(self._pairs(), status=201)

    def _pairs(self) -> list[dict[str, Any]]:
        pairs = queries.exclusive_pairs(self.review)
        return ExclusiveAnswer.of_all(
            {"outcomes": [one.pk for one in pair], "names": [one.name for one in pair]} for pair in pairs
        )


beginnings = [path("reviews/", Reviews.as_view())]
"""Below /api/v1/ itself."""

urlpatterns = [
    path("", OneReview.as_view()),
    path("protocols/", Versions.as_view()),
    path("protocols/<int:number>/", OneVersion.as_view()),
    path("protocols/draft/", TheDraft.as_view()),
    path("protocols/draft/release/", Held.as_view()),
    path("outcomes/exclusive/", Exclusive.as_view()),
    path("protocols/amendments/", Amendments.as_view()),
]


# --- From words to things ------------------------------------------------------------------------------------------


def _person(request: Request) -> Any:
    """Who asks: nobody gets here without having signed in."""
    return request.user


def _shown(review: Review, protocol: Protocol) -> dict[str, Any]:
    content = queries.content_of(protocol)
    before = queries.version(review, protocol.number - 1) if protocol.number > 1 else None
    changed = differences(queries.content_of(before), content) if before else ()
    return ProtocolVersionAnswer.of(VersionOnShow(protocol, content, seal(content), changed))


def _content(sent: Mapping[str, Any]) -> Content:
    schedules = sent["schedules"]
    return Content(
        **{part: sent[part] for part in TEXTS},
        update_model=UpdateModel(sent["update_model"]),
        criteria=tuple(WantedCriterion(CriterionKind(one["kind"]), one["text"]) for one in sent["criteria"]),
        outcomes=tuple(
            WantedOutcome(
                **one
                | {
                    "type": OutcomeType(one["type"]),
                    "measure": Measure(one["measure"]),
                    "benefit_is": Benefit(one["benefit_is"]),
                    "importance": Importance(one["importance"]),
                }
            )
            for one in sent["outcomes"]
        ),
        schedules=DEFAULT_SCHEDULES if schedules is None else tuple(Schedule(**one) for one in schedules),
    )
