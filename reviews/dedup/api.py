"""Pairs that may be one record, and the answers to them, for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema, extend_schema_field
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
from reviews.library.models import Record
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


class FieldAnswer(Answer):
    """A field as it is displayed, and the record that it is from."""

    name = serializers.CharField()
    value = serializers.CharField()
    record = serializers.IntegerField(source="record_id")


class RelatedAnswer(Answer):
    """Another record that belongs together with this one. `answer` is empty until a person confirmed what was found."""

    record = serializers.IntegerField(source="mine_id")
    other = serializers.IntegerField(source="other.pk")
    relation = serializers.CharField()
    is_subject = serializers.BooleanField(
        help_text="True: the record is the … of the other; false: the other way round."
    )
    answer = serializers.IntegerField(source="answer.pk", default=None, allow_null=True)
    candidate = serializers.IntegerField(source="candidate.pk", default=None, allow_null=True)


class TogetherAnswer(Answer):
    """The record kept and its copies in the order of import, the best of each field, and what belongs to them."""

    records = serializers.ListField(child=serializers.IntegerField(), source="ids")
    best = FieldAnswer(many=True)
    related = RelatedAnswer(many=True)


class SplitAnswer(Answer):
    """The record that stands for itself again, and the pairs of it that wait for a look."""

    record = serializers.IntegerField(source="pk")
    waiting = serializers.SerializerMethodField()

    @extend_schema_field(PairAnswer(many=True))
    def get_waiting(self, record: Record) -> list[dict[str, Any]]:
        return PairAnswer.of_all(queries.waiting_of(record))


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
        made = services.answer(
            review=self.review,
            one=pair.left,
            two=pair.right,
            actor=self.actor,
            **_said(self.sent(SaidShape), pair.left, pair.right),
        )
        return Response(SaidAnswer.of(made), status=201)


@extend_schema(tags=["Duplicates"])
class Undo(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="duplicates_undo",
        summary="Take back one's own answer, or a merge that the tool made",
        description="A colleague's answer is refused: answer its pair again, or split a record off.",
        request=None,
        responses={201: SaidAnswer},
    )
    @once
    def post(self, request: Request, slug: str, answer_id: int) -> Response:
        said = get_object_or_404(Said.objects.select_related("review"), review=self.review, pk=answer_id)
        return Response(SaidAnswer.of(services.undo(answer=said, actor=self.actor)), status=201)


@extend_schema(tags=["Duplicates"])
class Again(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="duplicates_answer_again",
        summary="Answer a pair differently, instead of an answer that stands",
        description="Anybody's answer; it is kept and no longer stands. A merge is not replaced: split a record off.",
        request=SaidShape,
        responses={201: SaidAnswer},
    )
    @once
    def post(self, request: Request, slug: str, answer_id: int) -> Response:
        before = get_object_or_404(Said.objects.select_related("left", "right"), review=self.review, pk=answer_id)
        made = services.answer(
            review=self.review,
            one=before.left,
            two=before.right,
            actor=self.actor,
            instead_of=before,
            **_said(self.sent(SaidShape), before.left, before.right),
        )
        return Response(SaidAnswer.of(made), status=201)


@extend_schema(tags=["Duplicates"])
class Together(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="duplicates_of_record",
        summary="A record's copies, the best of each field with its origin, and related records",
        responses=TogetherAnswer,
    )
    def get(self, request: Request, slug: str, record_id: int) -> Response:
        record = get_object_or_404(Record.objects.select_related("review"), review=self.review, pk=record_id)
        return Response(TogetherAnswer.of(queries.together(record)))


@extend_schema(tags=["Duplicates"])
class Split(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="duplicates_split",
        summary="Split a record off from those it was merged with",
        description="These stay one. Decisions stay with the record they were made on; if there are any, the pair waits.",
        request=None,
        responses={201: SplitAnswer},
    )
    @once
    def post(self, request: Request, slug: str, record_id: int) -> Response:
        record = get_object_or_404(Record.objects.select_related("review"), review=self.review, pk=record_id)
        return Response(SplitAnswer.of(services.unmerge(record=record, actor=self.actor)), status=201)


def _said(sent: dict[str, Any], *pair: Record) -> dict[str, Any]:
    """An answer as the service takes it, of one of the pair where it is about one."""
    relation = sent.get("relation")
    return {
        "answer": Answered(sent["answer"]),
        "relation": Relation(relation) if relation else None,
        "subject": next((one for one in pair if one.pk == sent.get("subject")), None),
    }


urlpatterns = [
    path("duplicates/", Pairs.as_view(), name="duplicates"),
    path("duplicates/<int:candidate_id>/answer/", OnePair.as_view(), name="duplicates-answer"),
    path("duplicates/answers/<int:answer_id>/undo/", Undo.as_view(), name="duplicates-undo"),
    path("duplicates/answers/<int:answer_id>/again/", Again.as_view(), name="duplicates-again"),
    path("duplicates/records/<int:record_id>/", Together.as_view(), name="duplicates-together"),
    path("duplicates/records/<int:record_id>/split/", Split.as_view(), name="duplicates-split"),
]
