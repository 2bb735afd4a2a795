"""Pairs that may be one record, and the answers to them, for programs."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.dedup import queries, services
from reviews.dedup.matching import Relation
from reviews.dedup.models import RELATIONS, Candidate
from reviews.dedup.models import Answer as Said
from reviews.dedup.rules import Answered
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action


class PairAnswer(Answer):
    """Two records that may be one, why they were paired, and where they differ."""

    id = serializers.IntegerField()
    left = serializers.IntegerField(source="left_id")
    right = serializers.IntegerField(source="right_id")
    score = serializers.FloatField()
    reasons = serializers.ListField(child=serializers.CharField())
    differs = serializers.ListField(child=serializers.CharField())
    relation = serializers.CharField()
    found_at = serializers.DateTimeField()


class SaidAnswer(Answer):
    """What somebody, or the tool, said of two records. `answered_by` is empty for the tool."""

    id = serializers.IntegerField()
    left = serializers.IntegerField(source="left_id")
    right = serializers.IntegerField(source="right_id")
    answer = serializers.CharField()
    relation = serializers.CharField()
    subject = serializers.IntegerField(source="subject_id", allow_null=True)
    answered_by = PersonAnswer(allow_null=True)
    answered_at = serializers.DateTimeField()
    undoes = serializers.IntegerField(source="undoes_id", allow_null=True)


class SaidShape(Shape):
    answer = serializers.ChoiceField(choices=[(one.value, one.value) for one in Answered if one is not Answered.UNDONE])
    relation = serializers.ChoiceField(choices=RELATIONS, required=False, help_text="Required for related.")
    subject = serializers.IntegerField(
        required=False, help_text="The record that is the … of the other. Required for related."
    )


@extend_schema(tags=["Duplicates"])
class Pairs(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Newest

    @extend_schema(
        operation_id="duplicates_waiting",
        summary="Pairs of records that wait for an answer",
        responses=PairAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.waiting(self.review), PairAnswer.of_all)


@extend_schema(tags=["Duplicates"])
class OnePair(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="duplicates_answer",
        summary="Say whether two records are one, belong together, or neither",
        description="The same answer again adds nothing. Another one is refused until the first is taken back.",
        request=SaidShape,
        responses={201: SaidAnswer},
    )
    @once
    def post(self, request: Request, slug: str, candidate_id: int) -> Response:
        pair = get_object_or_404(Candidate.objects.select_related("left", "right"), review=self.review, pk=candidate_id)
        sent = self.sent(SaidShape)
        relation = sent.get("relation")
        made = services.answer(
            review=self.review,
            one=pair.left,
            two=pair.right,
            answer=Answered(sent["answer"]),
            actor=self.actor,
            relation=Relation(relation) if relation else None,
            subject=next((one for one in (pair.left, pair.right) if one.pk == sent.get("subject")), None),
        )
        return Response(SaidAnswer.of(made), status=201)


@extend_schema(tags=["Duplicates"])
class Undo(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="duplicates_undo",
        summary="Take an answer back, or a merge that the tool made",
        request=None,
        responses={201: SaidAnswer},
    )
    @once
    def post(self, request: Request, slug: str, answer_id: int) -> Response:
        said = get_object_or_404(Said.objects.select_related("review"), review=self.review, pk=answer_id)
        return Response(SaidAnswer.of(services.undo(answer=said, actor=self.actor)), status=201)


urlpatterns = [
    path("duplicates/", Pairs.as_view(), name="duplicates"),
    path("duplicates/<int:candidate_id>/answer/", OnePair.as_view(), name="duplicates-answer"),
    path("duplicates/answers/<int:answer_id>/undo/", Undo.as_view(), name="duplicates-undo"),
]
