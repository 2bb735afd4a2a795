"""Files of searches for programs: bring them, begin to read, watch, and take back."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest, Oldest
from reviews.search import queries, services
from reviews.search.models import Import
from reviews.search.rules import ImportState
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.rules import Action

IMPORT_STATES = [(state.value, state.value) for state in ImportState]


class ImportAnswer(Answer):
    """One file of a search. When it is done, `imported` and `rejected` together are `starts`."""

    id = serializers.IntegerField()
    search = serializers.IntegerField(source="search_id")
    name = serializers.CharField()
    sha256 = serializers.CharField()
    format = serializers.CharField()
    encoding = serializers.CharField()
    mapping = serializers.DictField(help_text="For a table: which field each of its columns is.")
    state = serializers.ChoiceField(choices=IMPORT_STATES)
    starts = serializers.IntegerField(help_text="Records that begin in the file, counted apart from the parser.")
    imported = serializers.IntegerField()
    rejected = serializers.IntegerField()
    brought_by = PersonAnswer()
    brought_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    end_reason = serializers.CharField()


class RejectionAnswer(Answer):
    position = serializers.IntegerField()
    line = serializers.IntegerField()
    reason = serializers.CharField()
    raw = serializers.CharField()


class BroughtAnswer(Answer):
    """What came of an upload."""

    new = ImportAnswer(many=True, help_text="Files to look at; none of them is imported yet.")
    same = ImportAnswer(many=True, help_text="Imports that brought exactly this file before; nothing was added.")
    refused = serializers.ListField(child=serializers.CharField(), help_text="Why a file was not taken.")


class UploadShape(Shape):
    file = serializers.FileField(max_length=255, allow_empty_file=True, help_text="One file of a search, or a zip.")


class StartShape(Shape):
    """What the file is, where it was taken for something else."""

    format = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    encoding = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")
    mapping = serializers.DictField(child=serializers.CharField(max_length=40), required=False)


class ReasonShape(Shape):
    reason = serializers.CharField(max_length=2000)


class FilterShape(Shape):
    state = serializers.ChoiceField(choices=IMPORT_STATES, required=False)
    search = serializers.IntegerField(required=False, min_value=1)


class ImportEndpoint(ReviewEndpoint):
    def found(self, import_id: int) -> Import:
        return get_object_or_404(queries.imports(self.review), pk=import_id)

    def answered(self, import_id: int, status: int = 200) -> Response:
        return Response(ImportAnswer.of(self.found(import_id)), status=status)


@extend_schema(tags=["Search"])
class Files(ReviewEndpoint):
    needs = {"POST": Action.SEARCH}
    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="searches_bring",
        summary="Bring a file of a search",
        description="What it is, is found from its content. Nothing is imported before it is started, and the same "
        "content a second time adds nothing.",
        request={"multipart/form-data": UploadShape},
        responses={201: BroughtAnswer},
    )
    @once
    def post(self, request: Request, slug: str, search_id: int) -> Response:
        search = get_object_or_404(queries.searches(self.review), pk=search_id)
        upload = self.sent(UploadShape)["file"]
        brought = services.bring_files(search=search, actor=self.actor, uploads=[upload])
        return Response(BroughtAnswer.of(brought), status=201)


@extend_schema(tags=["Search"])
class Imports(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Newest

    @extend_schema(
        operation_id="imports_list",
        summary="The files of the searches, newest first",
        parameters=[FilterShape],
        responses=ImportAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = self.asked(FilterShape)
        return self.paged(queries.imports(self.review).filter(**asked), ImportAnswer.of_all)


@extend_schema(tags=["Search"])
class OneImport(ImportEndpoint):
    needs = {"GET": Action.READ, "DELETE": Action.SEARCH}

    @extend_schema(operation_id="imports_read", summary="How far an import is", responses=ImportAnswer)
    def get(self, request: Request, slug: str, import_id: int) -> Response:
        return self.answered(import_id)

    @extend_schema(
        operation_id="imports_discard",
        summary="Put a file away of which nothing was imported",
        responses={204: None},
    )
    def delete(self, request: Request, slug: str, import_id: int) -> Response:
        services.discard_preview(of=self.found(import_id), actor=self.actor)
        return Response(status=204)


@extend_schema(tags=["Search"])
class Start(ImportEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="imports_start",
        summary="Have a file read into records",
        request=StartShape,
        responses=ImportAnswer,
    )
    @once
    def post(self, request: Request, slug: str, import_id: int) -> Response:
        found, sent = self.found(import_id), self.sent(StartShape)
        if any(sent.values()):
            found = services.look_again(of=found, actor=self.actor, **sent)
        services.start_import(of=found, actor=self.actor)
        return self.answered(import_id)


@extend_schema(tags=["Search"])
class Undo(ImportEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="imports_undo",
        summary="Undo an import of which nobody judged a record",
        request=None,
        responses=ImportAnswer,
    )
    @once
    def post(self, request: Request, slug: str, import_id: int) -> Response:
        services.undo_import(of=self.found(import_id), actor=self.actor)
        return self.answered(import_id)


@extend_schema(tags=["Search"])
class Retire(ImportEndpoint):
    needs = {"POST": Action.SEARCH}

    @extend_schema(
        operation_id="imports_retire",
        summary="Take the records of an import out, with a reason",
        request=ReasonShape,
        responses=ImportAnswer,
    )
    @once
    def post(self, request: Request, slug: str, import_id: int) -> Response:
        services.retire_import(of=self.found(import_id), actor=self.actor, reason=self.sent(ReasonShape)["reason"])
        return self.answered(import_id)


@extend_schema(tags=["Search"])
class Rejections(ImportEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Oldest

    @extend_schema(
        operation_id="imports_rejections",
        summary="What of a file was not imported, and why",
        responses=RejectionAnswer(many=True),
    )
    def get(self, request: Request, slug: str, import_id: int) -> Response:
        return self.paged(queries.rejections(self.found(import_id)), RejectionAnswer.of_all)


urlpatterns = [
    path("searches/<int:search_id>/files/", Files.as_view()),
    path("imports/", Imports.as_view()),
    path("imports/<int:import_id>/", OneImport.as_view()),
    path("imports/<int:import_id>/start/", Start.as_view()),
    path("imports/<int:import_id>/undo/", Undo.as_view()),
    path("imports/<int:import_id>/retire/", Retire.as_view()),
    path("imports/<int:import_id>/rejections/", Rejections.as_view()),
]
