"""Printed results beside recomputed ones, for programs."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.analysis import queries as analysis
from meta.analysis.api.shapes import MOST_ID
from meta.analysis.models import Analysis
from meta.analysis.published import queries, services
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.queries import Line
from meta.analysis.published.rules import Claim, Verdict
from meta.analysis.rules import Model
from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]
OF_MODEL = [(model.value, model.value) for model in Model]


class PublishedAnswer(Answer):
    """A result as printed, and whether the stored numbers give it. The verdict is worked out, never typed."""

    id = serializers.IntegerField(source="printed.pk")
    label = serializers.CharField(source="printed.label")
    subgroup = serializers.CharField(source="printed.subgroup", help_text="Empty: all studies.")
    model = serializers.CharField(source="printed.model", help_text="Empty: the one that the plan takes.")
    estimate = serializers.CharField(source="printed.estimate", help_text="Digit for digit, as every printed number.")
    lower = serializers.CharField(source="printed.lower")
    upper = serializers.CharField(source="printed.upper")
    i2 = serializers.CharField(source="printed.i2")
    experimental = serializers.CharField(source="printed.experimental")
    control = serializers.CharField(source="printed.control")
    publication = serializers.CharField(source="printed.source")
    url = serializers.CharField(source="printed.url")
    place = serializers.CharField(source="printed.place")
    note = serializers.CharField(source="printed.note")
    printed = serializers.CharField(source="printed_text")
    recomputed = serializers.CharField(source="recomputed_text", help_text="With as many digits as the print has.")
    verdict = serializers.ChoiceField(source="comparison.verdict", choices=VERDICTS)
    sentence = serializers.CharField()
    entered_by = PersonAnswer(source="printed.entered_by")
    entered_at = serializers.DateTimeField(source="printed.entered_at")


class PublishedShape(Shape):
    label = serializers.CharField(max_length=120, help_text="As the publication names the result.")
    estimate = serializers.CharField(max_length=20, help_text="As printed: 0.50 is not 0.5.")
    lower = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    upper = serializers.CharField(max_length=20, required=False, allow_blank=True, default="")
    i2 = serializers.CharField(max_length=10, required=False, allow_blank=True, default="")
    experimental = serializers.CharField(
        max_length=21, required=False, allow_blank=True, default="", help_text="12/158, or 158 people."
    )
    control = serializers.CharField(max_length=21, required=False, allow_blank=True, default="")
    subgroup = serializers.CharField(max_length=60, required=False, allow_blank=True, default="")
    model = serializers.ChoiceField(choices=OF_MODEL, required=False, allow_blank=True, default="")
    publication = serializers.CharField(max_length=300)
    url = serializers.URLField(max_length=300, required=False, allow_blank=True, default="")
    place = serializers.CharField(max_length=160, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Where it corrects one that stands."
    )


class TakingBackShape(Shape):
    reason = serializers.CharField(max_length=2000)


@extend_schema(tags=["Analyses"])
class Published(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.PLAN}

    @extend_schema(
        operation_id="printed_list",
        summary="What others printed of an analysis, with the verdict of the newest result",
        responses=PublishedAnswer(many=True),
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        found = get_object_or_404(analysis.analyses(self.review), key=key)
        return Response(PublishedAnswer.of_all(_lines(found, list(queries.published_results([found])))))

    @extend_schema(
        operation_id="printed_write",
        summary="Keep a printed result",
        description="Under a label that stands already for the publication it is a correction, and needs a reason.",
        request=PublishedShape,
        responses={201: PublishedAnswer},
    )
    @once
    def post(self, request: Request, slug: str, key: str) -> Response:
        found = get_object_or_404(analysis.analyses(self.review), key=key)
        sent: dict[str, Any] = self.sent(PublishedShape)
        numbers = ("estimate", "lower", "upper", "i2", "experimental", "control")
        made = services.write_down(
            analysis=found,
            actor=self.actor,
            claim=Claim(**{name: sent[name] for name in numbers}),
            source=sent["publication"],
            **{name: sent[name] for name in ("label", "subgroup", "model", "url", "place", "note", "reason")},
        )
        return Response(PublishedAnswer.of(_lines(found, [made])[0]), status=201)


@extend_schema(tags=["Analyses"])
class OnePublished(ReviewEndpoint):
    needs = {"POST": Action.PLAN}

    @extend_schema(
        operation_id="printed_take_back",
        summary="Take a printed result back",
        description="With a reason. The row stays in the records; pages and new versions leave it out.",
        request=TakingBackShape,
        responses={204: None},
    )
    @once
    def post(self, request: Request, slug: str, key: str, published_id: int) -> Response:
        found = get_object_or_404(analysis.analyses(self.review), key=key)
        published = get_object_or_404(queries.published_results([found]), pk=min(published_id, MOST_ID))
        services.take_back(published=published, actor=self.actor, reason=self.sent(TakingBackShape)["reason"])
        return Response(status=204)


urlpatterns = [
    path("analyses/<slug:key>/published/", Published.as_view()),
    path("analyses/<slug:key>/published/<int:published_id>/take-back/", OnePublished.as_view()),
]


def _lines(found: Analysis, printed: list[PublishedResult]) -> list[Line]:
    snapshot = analysis.latest_snapshot(found)
    inputs, result = (snapshot.inputs, snapshot.result) if snapshot else (None, None)
    return queries.lines(printed, inputs=inputs, result=result)
