"""Which studies a review includes, for programs."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.library.models import Study
from reviews.screening import queries, services
from reviews.screening.rules import Verdict
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class DecisionAnswer(Answer):
    """A decision that a study belongs to the review, or no longer does. A change of mind is a new one."""

    id = serializers.IntegerField()
    study = serializers.IntegerField(source="study_id")
    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField()
    decided_by = PersonAnswer()
    decided_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()


class DecisionShape(Shape):
    verdict = serializers.ChoiceField(choices=VERDICTS)
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Required to exclude."
    )


@extend_schema(tags=["Library"])
class Decisions(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.EXTRACT}
    pagination_class = Newest

    @extend_schema(
        operation_id="decisions_list",
        summary="What was decided about a study, newest first",
        responses=DecisionAnswer(many=True),
    )
    def get(self, request: Request, slug: str, study_id: int) -> Response:
        return self.paged(queries.decisions(self.review, self._study(study_id)), DecisionAnswer.of_all)

    @extend_schema(
        operation_id="decisions_make",
        summary="Include a study of the library, or exclude it with a reason",
        description="Analyses over the study are recomputed. Saying the same again adds nothing; an excluded study and "
        "its numbers stay in the library.",
        request=DecisionShape,
        responses={201: DecisionAnswer},
        examples=[
            OpenApiExample(
                "Exclude", request_only=True, value={"verdict": "exclude", "reason": "Not randomised after all."}
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str, study_id: int) -> Response:
        study = self._study(study_id)
        sent = self.sent(DecisionShape)
        made = services.decide_inclusion(
            review=self.review,
            study=study,
            verdict=Verdict(sent["verdict"]),
            actor=self.actor,
            reason=sent["reason"],
        )
        return Response(DecisionAnswer.of(made), status=201)

    def _study(self, study_id: int) -> Study:
        return get_object_or_404(Study, pk=study_id, team=self.review.team)


urlpatterns = [path("studies/<int:study_id>/decisions/", Decisions.as_view())]
