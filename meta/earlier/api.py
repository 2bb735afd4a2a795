"""What earlier reviews state, for programs."""

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.earlier import queries, services
from meta.earlier.rules import Kind
from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Oldest
from reviews.models import Study
from reviews.screening import queries as screening
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

KINDS = [
    (Kind.SEARCH.value, "hits of a search"),
    (Kind.FLOW.value, "records in its flow of studies"),
    (Kind.RISK_OF_BIAS.value, "risk of bias of a trial"),
    (Kind.DIRECTION.value, "a result without numbers"),
]


class StatementAnswer(Answer):
    """What an earlier review prints."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    subject = serializers.CharField(help_text="A database, a domain of bias, or an outcome.")
    study = serializers.IntegerField(source="study_id", allow_null=True)
    says = serializers.CharField()
    number = serializers.IntegerField(allow_null=True)
    source = serializers.CharField()
    url = serializers.CharField()
    place = serializers.CharField()
    note = serializers.CharField(help_text="A remark of this review's team.")
    reason = serializers.CharField(help_text="Why it replaces what stood before; empty for the first.")
    entered_by = PersonAnswer()
    entered_at = serializers.DateTimeField()


class StatementShape(Shape):
    kind = serializers.ChoiceField(choices=KINDS)
    subject = serializers.CharField(max_length=160)
    study = serializers.IntegerField(required=False, allow_null=True, default=None, help_text="For a risk of bias.")
    says = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    number = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=0, max_value=2_000_000_000
    )
    source = serializers.CharField(max_length=300)
    url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=1000, required=False, allow_blank=True, default="")
    reason = serializers.CharField(
        max_length=1000, required=False, allow_blank=True, default="", help_text="Where it is stated already."
    )


class TakeBackShape(Shape):
    reason = serializers.CharField(max_length=1000)


@extend_schema(tags=["Earlier reviews"])
class Statements(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.EXTRACT}
    pagination_class = Oldest

    @extend_schema(
        operation_id="statements_list",
        summary="What earlier reviews state, oldest first",
        responses=StatementAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.statements(self.review), StatementAnswer.of_all)

    @extend_schema(
        operation_id="statements_make",
        summary="Write down what an earlier review prints",
        description="Hits of its searches, risks of bias as it judged them, results without numbers. It is shown as "
        "published and never mixed into a result. Where it is stated already it is a correction and needs a reason.",
        request=StatementShape,
        responses={201: StatementAnswer},
        examples=[
            OpenApiExample(
                "A result without numbers",
                request_only=True,
                value={
                    "kind": "direction",
                    "subject": "Short-term mortality",
                    "says": "Favours MSC",
                    "source": "A preprint of 2026",
                },
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(StatementShape)
        asked = sent.pop("study")
        study: Study | None = None
        if asked is not None:
            study = screening.included(self.review).filter(pk=asked).first()
            if study is None:
                raise serializers.ValidationError({"study": ["This review has no such study."]})
        made = services.state(
            review=self.review, actor=self.actor, study=study, **(sent | {"kind": Kind(sent["kind"])})
        )
        return Response(StatementAnswer.of(made), status=201)


@extend_schema(tags=["Earlier reviews"])
class TakeBack(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}

    @extend_schema(
        operation_id="statements_take_back",
        summary="Take a statement back",
        description="Its row stays; versions that showed it stay as they are.",
        request=TakeBackShape,
        responses={204: None},
    )
    @once
    def post(self, request: Request, slug: str, statement_id: int) -> Response:
        sent = self.sent(TakeBackShape)
        statement = queries.statements(self.review).filter(pk=statement_id).first()
        if statement is None:
            raise Http404("No such statement.")
        services.take_back(statement=statement, actor=self.actor, reason=sent["reason"])
        return Response(status=204)


urlpatterns = [
    path("statements/", Statements.as_view()),
    path("statements/<int:statement_id>/take-back/", TakeBack.as_view()),
]
