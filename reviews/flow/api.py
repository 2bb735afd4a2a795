"""The numbers of the identification, for programs."""

import datetime as dt
from typing import Any

from django.urls import path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape
from reviews.flow import queries
from reviews.flow.rules import Box, Identification
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.rules import Action


class FromAnswer(Answer):
    source = serializers.CharField()
    kind = serializers.CharField()
    records = serializers.IntegerField()


class NumbersAnswer(Answer):
    """identified = duplicates + automation + other + screened, for every column and for their sum."""

    identified = serializers.IntegerField()
    sources = FromAnswer(many=True)
    duplicates = serializers.SerializerMethodField()
    automation = serializers.SerializerMethodField()
    other = serializers.SerializerMethodField()
    screened = serializers.IntegerField()

    def get_duplicates(self, numbers: Identification) -> int:
        return numbers.boxes.get(Box.DUPLICATE, 0)

    def get_automation(self, numbers: Identification) -> int:
        return numbers.boxes.get(Box.AUTOMATION, 0)

    def get_other(self, numbers: Identification) -> int:
        return numbers.boxes.get(Box.OTHER, 0)


class ColumnAnswer(Answer):
    update = serializers.IntegerField()  # type: ignore[assignment]  # a field of ours, no method
    first_ran = serializers.DateField(allow_null=True)
    last_ran = serializers.DateField(allow_null=True)
    numbers = NumbersAnswer()


class IdentificationAnswer(Answer):
    at = serializers.DateTimeField()
    whole = NumbersAnswer()
    updates = ColumnAnswer(many=True)


class WhenShape(Shape):
    on = serializers.DateField(required=False, help_text="As it was at the end of this day; now where none is said.")


@extend_schema(tags=["Search"])
class IdentificationNumbers(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="identification_read",
        summary="Records identified, removed and left to screen, as PRISMA 2020 counts them",
        parameters=[WhenShape],
        responses=IdentificationAnswer,
    )
    def get(self, request: Request, slug: str) -> Response:
        asked: dict[str, Any] = self.asked(WhenShape)
        day, now = asked.get("on"), timezone.now()
        past = day is not None and day < timezone.localdate()
        at = timezone.make_aware(dt.datetime.combine(day, dt.time.max)) if past and day else now
        found = queries.columns(self.review, at)
        return Response(IdentificationAnswer.of({"at": at, "whole": queries.total(found), "updates": found}))


urlpatterns = [path("identification/", IdentificationNumbers.as_view())]
