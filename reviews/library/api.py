"""A team's library for programs: the studies that its reviews share, and their reports."""

from typing import Any

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Oldest
from reviews.library import queries, rules, services
from reviews.library.models import Identifier
from reviews.library.rules import Scheme, web_address
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

SCHEMES = [(scheme.value, scheme.value) for scheme in Scheme]


class CharacteristicAnswer(Answer):
    name = serializers.CharField()
    text = serializers.CharField()
    source = serializers.CharField()
    entered_by = PersonAnswer()
    entered_at = serializers.DateTimeField()


class IdentifierAnswer(Answer):
    scheme = serializers.ChoiceField(choices=SCHEMES)
    value = serializers.CharField()
    url = serializers.SerializerMethodField(help_text="Where a reader finds it; empty where that is not certain.")

    def get_url(self, identifier: Identifier) -> str:
        return web_address(Scheme(identifier.scheme), identifier.value)


class FileAnswer(Answer):
    """A report's file. Its address is /files/ and its id, below the review."""

    id = serializers.IntegerField()
    name = serializers.CharField(source="original_name")
    content_type = serializers.CharField()
    size = serializers.IntegerField(help_text="In bytes.")
    sha256 = serializers.CharField()
    uploaded_at = serializers.DateTimeField()


class ReportAnswer(Answer):
    """A document: an article, a preprint, a registry entry."""

    id = serializers.IntegerField()
    citation = serializers.CharField()
    published_on = serializers.CharField(help_text="As far as it is known: 2022, 2022-02 or 2022-02-21.")
    identifiers = IdentifierAnswer(many=True)
    files = FileAnswer(many=True)


class LibraryStudyAnswer(Answer):
    """A study of the team, whether this review includes it or not."""

    id = serializers.IntegerField()
    label = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    reports = ReportAnswer(many=True)
    added_at = serializers.DateTimeField(source="created_at")


class IdentifiersShape(Shape):
    """The numbers that a report is known by; whatever spelling is recognised."""

    doi = serializers.CharField(max_length=200, required=False, allow_blank=True)
    pmid = serializers.CharField(max_length=40, required=False, allow_blank=True)
    pmcid = serializers.CharField(max_length=40, required=False, allow_blank=True)
    registry = serializers.CharField(max_length=60, required=False, allow_blank=True)


class ReportShape(Shape):
    citation = serializers.CharField(max_length=500, help_text="Authors, year, journal.")
    published_on = serializers.RegexField(
        r"\A\d{4}(-\d{2}){0,2}\Z",
        required=False,
        allow_blank=True,
        default="",
        error_messages={"invalid": "Write 2022, 2022-02 or 2022-02-21."},
    )
    identifiers = IdentifiersShape(required=False, default=dict)


class FileShape(Shape):
    file = serializers.FileField(max_length=255, help_text="A PDF, or a PNG or JPEG picture.", allow_empty_file=True)


class LibraryShape(Shape):
    search = serializers.CharField(required=False, max_length=120, help_text="Part of the label, in any case.")
    doi = serializers.CharField(required=False, max_length=200, help_text="A report's DOI, in any spelling.")

    def validate_doi(self, text: str) -> str:
        try:
            return rules.canonical(Scheme.DOI, text)
        except rules.Unrecognised as refusal:
            raise serializers.ValidationError(str(refusal)) from refusal


@extend_schema(tags=["Library"])
class Library(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Oldest

    @extend_schema(
        operation_id="library_list",
        summary="The studies of the team's library",
        description="All that the team knows, whether this review includes them or not.",
        parameters=[LibraryShape],
        responses=LibraryStudyAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked: dict[str, Any] = self.asked(LibraryShape)
        found = queries.studies(self.review.team, search=asked.get("search", ""), doi=asked.get("doi", ""))
        return self.paged(found, LibraryStudyAnswer.of_all)


@extend_schema(tags=["Library"])
class Files(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="files_attach",
        summary="Keep a report's file with it",
        description="What it is, is found from its content and never from its name. The same content a second time adds "
        "nothing.",
        request={"multipart/form-data": FileShape},
        responses={201: FileAnswer},
    )
    @once
    def post(self, request: Request, slug: str, report_id: int) -> Response:
        report = get_object_or_404(queries.reports(self.review), pk=report_id)
        upload = self.sent(FileShape)["file"]
        kept = services.attach_file(review=self.review, actor=self.actor, report=report, upload=upload)
        return Response(FileAnswer.of(kept), status=201)


@extend_schema(tags=["Library"])
class OneFile(ReviewEndpoint):
    needs = {"GET": Action.READ}
    is_file = True

    @extend_schema(
        operation_id="files_read",
        summary="A report's file",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, slug: str, file_id: int) -> FileResponse:
        stored = get_object_or_404(queries.files(self.review), pk=file_id)
        response = FileResponse(
            stored.content.open("rb"),
            as_attachment=True,
            filename=stored.original_name,
            content_type=stored.content_type,
        )
        # Whatever is in it, nothing of it runs in our name.
        response["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


urlpatterns = [
    path("library/", Library.as_view()),
    path("reports/<int:report_id>/files/", Files.as_view()),
    path("files/<int:file_id>/", OneFile.as_view()),
]
