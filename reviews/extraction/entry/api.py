"""Cells in the words of the pages, and how a review pools the arms of a trial, for programs."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.extraction import queries, services
from reviews.extraction.api import (
    MOST_ID,
    NewCountShape,
    ProvenanceShape,
    ResultAnswer,
    included,
    provenance_of,
    row_of,
    timepoint_of,
)
from reviews.extraction.entry.rules import Printed, read_cell
from reviews.extraction.forms import MOST_ARMS
from reviews.extraction.models import Arm, ArmChoice
from reviews.extraction.rules import ArmHandling, Unreadable
from reviews.library.models import Study
from reviews.protocol.rules import OutcomeType
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

PRINTED = [(one.value, one.value) for one in Printed if one]
HANDLINGS = [(one.value, one.value) for one in ArmHandling]


class NewCellShape(ProvenanceShape):
    """One cell, in the words of the page: a count, a mean, a median, or why there is no number."""

    arm = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID, help_text="It belongs to one outcome.")
    text = serializers.CharField(
        max_length=80, help_text="10/20, 11.2 (3.4), 11 (8–14) n=29, missing, not reported or n/a."
    )
    numbers_are = serializers.ChoiceField(
        choices=PRINTED,
        required=False,
        allow_blank=True,
        default="",
        help_text="For a mean or a median; empty: two numbers are a mean with its SD, three a median with its quartiles.",
    )
    report = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, required=False, allow_null=True, default=None, help_text="One of the study's."
    )
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Required where numbers stand already."
    )
    seen = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        help_text="The cell's `seen`, as you read it; {} for an empty cell. If it changed since, the answer is 409.",
    )

    validate_seen = NewCountShape.validate_seen


class ArmChoiceAnswer(Answer):
    """How a review pools a trial with several experimental arms. The control group is never counted twice."""

    handling = serializers.ChoiceField(
        choices=HANDLINGS,
        help_text="combine: as one group. split: each against its share of the control group. choose: only these arms.",
    )
    arms = serializers.SerializerMethodField(help_text="The ids of the arms chosen; empty unless `choose`.")
    reason = serializers.CharField()
    chosen_by = PersonAnswer()
    chosen_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()

    def get_arms(self, choice: ArmChoice) -> list[int]:
        return [arm.pk for arm in choice.arms.all()]


class ArmChoiceShape(Shape):
    handling = serializers.ChoiceField(choices=HANDLINGS)
    arms = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        max_length=MOST_ARMS,
        required=False,
        default=list,
    )
    reason = serializers.CharField(max_length=2000)


@extend_schema(tags=["Evidence"])
class Results(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}

    @extend_schema(
        operation_id="studies_enter_result",
        summary="Enter or correct one cell of a trial's table",
        description="Dichotomous or continuous, as text: what the page reads, this reads. Only what differs becomes a new "
        "row; a mean and an SD that are worked out stand beside what was printed.",
        request=NewCellShape,
        responses={201: ResultAnswer},
    )
    @once
    def post(self, request: Request, slug: str, study_id: int) -> Response:
        study = included(self.review, study_id)
        sent = self.sent(NewCellShape)
        arm = _arms(study, [sent["arm"]], field="arm")[0]
        timepoint = timepoint_of(self.review, sent["timepoint"], field="timepoint")
        try:
            entry = read_cell(
                sent["text"],
                is_count=timepoint.outcome.type == OutcomeType.DICHOTOMOUS,
                printed=Printed(sent["numbers_are"]),
                randomised=arm.randomised,
            )
        except Unreadable as refusal:
            raise serializers.ValidationError({"text": [str(refusal)]}) from refusal
        if entry is None:
            raise serializers.ValidationError({"text": ["Write the number, or missing, not reported or n/a."]})
        services.enter_result(
            review=self.review,
            actor=self.actor,
            arm=arm,
            outcome=timepoint.outcome,
            timepoint=timepoint,
            result=entry,
            provenance=provenance_of(study, sent),
            reason=sent["reason"],
            seen=sent["seen"],
        )
        return Response(row_of(study, timepoint), status=201)


@extend_schema(tags=["Evidence"])
class ArmChoices(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.EXTRACT}

    @extend_schema(
        operation_id="arm_choices_list",
        summary="How the review pools the arms of a trial",
        description="Every choice that was made, newest first; without one the experimental arms are taken together.",
        responses=ArmChoiceAnswer(many=True),
    )
    def get(self, request: Request, slug: str, study_id: int) -> Response:
        study = included(self.review, study_id)
        return Response(ArmChoiceAnswer.of_all(queries.arm_choices(self.review, study)))

    @extend_schema(
        operation_id="arm_choices_add",
        summary="Choose how the arms of a trial are pooled",
        description="The results that use the trial are computed again.",
        request=ArmChoiceShape,
        responses={201: ArmChoiceAnswer},
    )
    @once
    def post(self, request: Request, slug: str, study_id: int) -> Response:
        study = included(self.review, study_id)
        sent = self.sent(ArmChoiceShape)
        made = services.choose_arms(
            review=self.review,
            actor=self.actor,
            study=study,
            handling=ArmHandling(sent["handling"]),
            arms=_arms(study, sent["arms"], field="arms"),
            reason=sent["reason"],
        )
        return Response(ArmChoiceAnswer.of(made), status=201)


def _arms(study: Study, ids: list[int], *, field: str) -> list[Arm]:
    found: dict[Any, Arm] = {arm.pk: arm for arm in study.arms.select_related("study")}
    if not set(ids) <= found.keys():
        raise serializers.ValidationError({field: ["This study has no such arm."]})
    return [found[number] for number in ids]


urlpatterns = [
    path("studies/<int:study_id>/results/", Results.as_view()),
    path("studies/<int:study_id>/arm-choices/", ArmChoices.as_view()),
]
