"""Searches for programs: read them, and write one down."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.search import queries, services
from reviews.search.models import Search
from reviews.search.rules import SourceKind
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

SOURCE_KINDS = [(kind.value, kind.value) for kind in SourceKind]


class SourceAnswer(Answer):
    id = serializers.IntegerField()
    name = serializers.CharField()
    kind = serializers.ChoiceField(choices=SOURCE_KINDS)


class SearchAnswer(Answer):
    """A search as a person ran it."""

    id = serializers.IntegerField()
    source = SourceAnswer()
    update = serializers.IntegerField(  # type: ignore[assignment]  # a field of ours, no method
        help_text="0 is the first search of the review, 1 its first update."
    )
    query = serializers.CharField(help_text="Letter for letter, as the source was asked.")
    platform = serializers.CharField()
    limits = serializers.CharField()
    note = serializers.CharField()
    ran_by = serializers.CharField()
    ran_on = serializers.DateField()
    hits = serializers.IntegerField(allow_null=True, help_text="As many as the source reported.")
    received = serializers.SerializerMethodField(help_text="Records of its files that are in the review.")
    entered_by = PersonAnswer()
    entered_at = serializers.DateTimeField()

    def get_received(self, search: Search) -> int:
        return getattr(search, "received", 0) or 0


class SearchShape(Shape):
    source = serializers.CharField(max_length=120, help_text="By its name; a new one is made when it is named first.")
    kind = serializers.ChoiceField(choices=SOURCE_KINDS, default=SourceKind.DATABASE.value)
    ran_on = serializers.DateField()
    ran_by = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    query = serializers.CharField(
        max_length=60_000, required=False, allow_blank=True, default="", trim_whitespace=False
    )
    platform = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    limits = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=4000, required=False, allow_blank=True, default="")
    hits = serializers.IntegerField(min_value=0, max_value=50_000_000, required=False, allow_null=True, default=None)
    update = serializers.IntegerField(  # type: ignore[assignment]  # a field of ours, no method
        min_value=0, max_value=30_000, required=False, allow_null=True, default=None
    )


@extend_schema(tags=["Search"])
class Searches(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.SEARCH}
    pagination_class = Newest

    @extend_schema(
        operation_id="searches_list", summary="What was searched, newest first", responses=SearchAnswer(many=True)
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.searches(self.review), SearchAnswer.of_all)

    @extend_schema(
        operation_id="searches_record",
        summary="Write a search down as it was run",
        request=SearchShape,
        responses={201: SearchAnswer},
        examples=[
            OpenApiExample(
                "PubMed",
                request_only=True,
                value={
                    "source": "PubMed",
                    "ran_on": "2022-01-10",
                    "query": "(mesenchymal stem cells[mh]) AND COVID-19[mh]",
                    "hits": 212,
                },
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(SearchShape)
        made = services.record_search(
            review=self.review, actor=self.actor, **(sent | {"kind": SourceKind(sent["kind"])})
        )
        return Response(SearchAnswer.of(made), status=201)


@extend_schema(tags=["Search"])
class OneSearch(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(operation_id="searches_read", summary="A search", responses=SearchAnswer)
    def get(self, request: Request, slug: str, search_id: int) -> Response:
        return Response(SearchAnswer.of(get_object_or_404(queries.searches(self.review), pk=search_id)))


urlpatterns = [path("searches/", Searches.as_view()), path("searches/<int:search_id>/", OneSearch.as_view())]
