"""A team's library for programs: the studies that its reviews share, and their reports."""

from typing import Any

from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape
from reviews.base.endpoints.paging import Oldest
from reviews.library import queries, rules
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


class ReportAnswer(Answer):
    """A document: an article, a preprint, a registry entry."""

    id = serializers.IntegerField()
    citation = serializers.CharField()
    published_on = serializers.CharField(help_text="As far as it is known: 2022, 2022-02 or 2022-02-21.")
    identifiers = IdentifierAnswer(many=True)


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


urlpatterns = [path("library/", Library.as_view())]
