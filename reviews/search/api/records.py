"""Records for programs: find them, read one with its raw text, correct what it says."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.library import queries as library
from reviews.library import services as library_services
from reviews.library.models import Record
from reviews.library.rules import CORRECTABLE
from reviews.search import queries
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action


class Lines(serializers.CharField):
    """A list that is kept one on each line."""

    def to_representation(self, value: Any) -> Any:
        return str(value).splitlines()


class RecordAnswer(Answer):
    """What one source gave. `duplicate_of` names the record that is kept where this one is a copy."""

    id = serializers.IntegerField()
    source = serializers.CharField()
    import_id = serializers.IntegerField(source="brought_in_id", allow_null=True)
    line = serializers.IntegerField(allow_null=True)
    kind = serializers.CharField()
    title = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField(), source="author_list")
    year = serializers.IntegerField(allow_null=True)
    journal = serializers.CharField()
    volume = serializers.CharField()
    issue = serializers.CharField()
    pages = serializers.CharField()
    doi = serializers.CharField()
    pmid = serializers.CharField()
    pmcid = serializers.CharField()
    registrations = serializers.ListField(child=serializers.CharField(), source="registration_list")
    abstract = serializers.CharField()
    language = serializers.CharField()
    flags = serializers.ListField(child=serializers.CharField(), source="flag_list")
    duplicate_of = serializers.IntegerField(source="duplicate_of_id", allow_null=True)
    retired_at = serializers.DateTimeField(allow_null=True)
    retired_reason = serializers.CharField()
    retrieved_at = serializers.DateTimeField()


class CorrectionAnswer(Answer):
    field = serializers.CharField()
    before = serializers.CharField()
    after = serializers.CharField()
    reason = serializers.CharField()
    corrected_by = PersonAnswer()
    corrected_at = serializers.DateTimeField()


class WholeRecordAnswer(RecordAnswer):
    """A record with its text as it came, and what people corrected of it."""

    raw = serializers.CharField()
    extra = serializers.JSONField(help_text="What the file says besides, by its own names.")
    corrections = serializers.SerializerMethodField()

    def get_corrections(self, record: Record) -> list[dict[str, Any]]:
        return CorrectionAnswer.of_all(library.corrections(record))


class WantedShape(Shape):
    words = serializers.CharField(
        required=False,
        max_length=300,
        help_text="Words of title, abstract or authors; the end of a word may be missing.",
    )
    source = serializers.CharField(required=False, max_length=120)
    run = serializers.IntegerField(required=False, min_value=1, help_text="The id of a search.")
    file = serializers.IntegerField(required=False, min_value=1, help_text="The id of an import.")
    first_year = serializers.IntegerField(required=False, min_value=0, max_value=9999)
    last_year = serializers.IntegerField(required=False, min_value=0, max_value=9999)
    stage = serializers.ChoiceField(choices=[(stage, stage) for stage in queries.STAGES], required=False)
    flag = serializers.RegexField(r"\A[a-z-]{1,40}\Z", required=False)


class CorrectShape(Shape):
    changes = serializers.DictField(
        child=serializers.CharField(max_length=100_000, allow_blank=True),
        help_text=f"The new text of each field: {', '.join(CORRECTABLE)}. Lists, one on each line.",
    )
    reason = serializers.CharField(max_length=300)


@extend_schema(tags=["Search"])
class Records(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Newest

    @extend_schema(
        operation_id="records_list",
        summary="The records of the review, newest first",
        parameters=[WantedShape],
        responses=RecordAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        wanted = queries.Wanted(**self.asked(WantedShape))
        return self.paged(queries.records(self.review, wanted).defer("raw", "extra"), RecordAnswer.of_all)


class RecordEndpoint(ReviewEndpoint):
    def found(self, record_id: int) -> Record:
        record = library.record(self.review, record_id)
        if record is None:
            raise Http404("No such record.")
        return record


@extend_schema(tags=["Search"])
class OneRecord(RecordEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(operation_id="records_read", summary="A record, with its raw text", responses=WholeRecordAnswer)
    def get(self, request: Request, slug: str, record_id: int) -> Response:
        return Response(WholeRecordAnswer.of(self.found(record_id)))


@extend_schema(tags=["Search"])
class Corrections(RecordEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="records_correct",
        summary="Correct what a record says",
        description="Its raw text stays as it came; what is the same already adds nothing.",
        request=CorrectShape,
        responses={201: WholeRecordAnswer},
    )
    @once
    def post(self, request: Request, slug: str, record_id: int) -> Response:
        library_services.correct_record(
            review=self.review, actor=self.actor, record=self.found(record_id), **self.sent(CorrectShape)
        )
        return Response(WholeRecordAnswer.of(self.found(record_id)), status=201)


urlpatterns = [
    path("records/", Records.as_view()),
    path("records/<int:record_id>/", OneRecord.as_view()),
    path("records/<int:record_id>/corrections/", Corrections.as_view()),
]
