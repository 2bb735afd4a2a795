"""Arm data as a file, for programs."""

from django.http import HttpResponse
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.extraction.sheets import services
from reviews.extraction.sheets.forms import MOST_NAME
from reviews.extraction.sheets.queries import rows
from reviews.extraction.sheets.rules import MOST_BYTES, safe_file
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.rules import Action


class SheetShape(Shape):
    file = serializers.CharField(max_length=MOST_NAME, help_text="The file's name, for messages and the audit trail.")
    text = serializers.CharField(max_length=MOST_BYTES, trim_whitespace=False, help_text="The whole file as text.")
    seal = serializers.CharField(
        max_length=64,
        required=False,
        default="",
        help_text="The preview's seal: with it the file is entered, without it only looked at. 409 if numbers changed.",
    )


class SheetProblemAnswer(Answer):
    file = serializers.CharField()
    line = serializers.IntegerField(help_text="0: the file as a whole.")
    column = serializers.CharField()
    says = serializers.CharField()


class SheetAnswer(Answer):
    """What a file does, or would do."""

    new = serializers.IntegerField(help_text="Cells entered for the first time.")
    corrected = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    problems = SheetProblemAnswer(many=True, help_text="With any of them nothing of the file can be entered.")
    seal = serializers.CharField(help_text="Send it with the same text to enter the file.")
    is_entered = serializers.BooleanField()


@extend_schema(tags=["Evidence"])
class Sheet(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.EXTRACT}
    is_file = True

    @extend_schema(
        operation_id="arms_csv",
        summary="The arm data of a review as CSV",
        description="The newest numbers, a row for each cell; cells that nobody filled are empty. It can be sent back.",
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, slug: str) -> HttpResponse:
        answer = HttpResponse("".join(safe_file(rows(self.review))), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{slug}-arms.csv"'
        return answer

    @extend_schema(
        operation_id="arms_csv_enter",
        summary="Look at a file of arm data, or enter it",
        description="Checked row by row as the page does; all of it or nothing. Studies and arms must be there already.",
        request=SheetShape,
        responses={200: SheetAnswer, 201: SheetAnswer},
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(SheetShape)
        plan = services.plan(review=self.review, text=sent["text"], file=sent["file"])
        if sent["seal"]:
            services.enter_sheet(
                review=self.review, actor=self.actor, text=sent["text"], file=sent["file"], seal=sent["seal"]
            )
        answer = {
            "new": len(plan.entered),
            "corrected": len(plan.corrected),
            "unchanged": plan.unchanged,
            "problems": plan.problems,
            "seal": plan.reading.seal,
            "is_entered": bool(sent["seal"]),
        }
        return Response(SheetAnswer.of(answer), status=201 if sent["seal"] else 200)


urlpatterns = [path("arms.csv", Sheet.as_view())]
