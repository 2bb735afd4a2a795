"""What was published, for everybody's programs: no sign-in, no cookie, the caching of the public pages.

Nothing here takes a query: an address has one answer, so that it can be kept (see the middleware of this room).
"""

from typing import Any, ClassVar

from django.http import Http404, HttpResponse
from django.urls import path, reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.publication import queries, rules, tables
from meta.publication.middleware import FOR_EVER, REVALIDATE, publish
from meta.releases.formats import UnknownFormat
from meta.releases.models import Release
from meta.releases.rules import NoticeKind, Version
from reviews.base.endpoints.doors import Answer, Endpoint

KINDS = [(kind.value, kind.value) for kind in NoticeKind]


class PublishedOutcomeAnswer(Answer):
    """A published result in one line."""

    key = serializers.CharField()
    title = serializers.CharField()
    measure = serializers.CharField()
    text = serializers.CharField(help_text="For example 0.59 (0.40 to 0.87).")
    headline = serializers.CharField(help_text="The result in a sentence.")
    k = serializers.IntegerField(help_text="Studies that contribute.")
    participants = serializers.IntegerField()


class PublishedReviewAnswer(Answer):
    """A published review, as its latest version tells."""

    slug = serializers.CharField(source="document.review.slug")
    title = serializers.CharField(source="document.review.title")
    question = serializers.CharField(source="document.review.question")
    team = serializers.CharField(source="document.review.team")
    version = serializers.CharField(source="document.version")
    evidence_date = serializers.CharField()
    released_at = serializers.DateTimeField()
    disclaimer = serializers.CharField(source="document.disclaimer")
    outcomes = PublishedOutcomeAnswer(many=True, source="document.outcomes")


class VersionAnswer(Answer):
    """One version, and where its parts are. What stands there never changes."""

    version = serializers.CharField()
    released_at = serializers.DateTimeField()
    evidence_date = serializers.CharField()
    note = serializers.CharField()
    digest = serializers.CharField()
    document = serializers.SerializerMethodField(help_text="Address of the whole document.")
    arms = serializers.SerializerMethodField(help_text="Address of its numbers as rows.")
    arms_csv = serializers.SerializerMethodField(help_text="The same rows as CSV.")
    withdrawn = serializers.SerializerMethodField(
        help_text="Why readers should no longer rely on it; null where they may."
    )

    def get_document(self, release: Release) -> str:
        return self._address("document", release)

    def get_arms(self, release: Release) -> str:
        return self._address("arms", release)

    def get_arms_csv(self, release: Release) -> str:
        return self._address("table", release, "arms")

    def get_withdrawn(self, release: Release) -> str | None:
        withdrawn: dict[int, str] = self.context["withdrawn"]
        return withdrawn.get(release.pk) or None

    def _address(self, name: str, release: Release, *more: str) -> str:
        return reverse(f"api:published:{name}", args=[self.context["slug"], str(release.version), *more])


class PublicNoticeAnswer(Answer):
    kind = serializers.ChoiceField(choices=KINDS)
    text = serializers.CharField()
    given_at = serializers.DateTimeField()


class OnePublishedReviewAnswer(PublishedReviewAnswer):
    """A published review with all its versions, newest first, and what is said beside the latest."""

    notices = PublicNoticeAnswer(many=True)
    versions = VersionAnswer(many=True)


class ArmRowAnswer(Answer):
    """One arm of a trial at an outcome's time. Unknown numbers are null, never 0."""

    review = serializers.CharField()
    version = serializers.CharField()
    study = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    outcome = serializers.CharField()
    timepoint = serializers.CharField()
    arm = serializers.CharField()
    role = serializers.CharField(help_text="experimental or control")
    randomised = serializers.IntegerField(allow_null=True)
    events = serializers.IntegerField(allow_null=True)
    total = serializers.IntegerField(allow_null=True)
    mean = serializers.FloatField(allow_null=True)
    sd = serializers.FloatField(allow_null=True)
    measured_at = serializers.CharField()
    source = serializers.CharField()
    place = serializers.CharField()
    method = serializers.CharField()
    entered_by = serializers.CharField()
    confirmed_by = serializers.CharField()


class PublishedEndpoint(Endpoint):
    """Open to everybody. It reads released documents and notices, and never asks who is there."""

    authentication_classes = ()
    permission_classes = (permissions.AllowAny,)
    cache_control: ClassVar[str] = FOR_EVER

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        final = super().finalize_response(request, response, *args, **kwargs)
        return publish(final, self.cache_control) if final.status_code == 200 else final


@extend_schema(tags=["Published data"])
class PublishedReviews(PublishedEndpoint):
    cache_control = REVALIDATE

    @extend_schema(
        operation_id="published_list",
        summary="The published reviews, by title",
        responses=PublishedReviewAnswer(many=True),
    )
    def get(self, request: Request) -> Response:
        return Response(PublishedReviewAnswer.of_all(queries.newest_releases()))


@extend_schema(tags=["Published data"])
class PublishedReview(PublishedEndpoint):
    cache_control = REVALIDATE

    @extend_schema(
        operation_id="published_read",
        summary="A published review: its latest version, all versions, and notices",
        responses=OnePublishedReviewAnswer,
    )
    def get(self, request: Request, slug: str) -> Response:
        latest = _found(slug, None)
        shown = PublishedReviewAnswer.of(latest)
        around = queries.surroundings(latest)
        shown["notices"] = PublicNoticeAnswer.of_all(around.notices)
        context = {"slug": slug, "withdrawn": {line.release.pk: line.withdrawn for line in around.lines}}
        releases = [line.release for line in around.lines]
        shown["versions"] = VersionAnswer(releases, many=True, context=context).data
        return Response(shown)


@extend_schema(tags=["Published data"])
class PublishedDocument(PublishedEndpoint):
    @extend_schema(
        operation_id="published_document",
        summary="A version's document: everything that its page shows",
        description="Protocol, results with inputs and settings, studies with every number and its source, and what "
        "changed since the version before. `digest` is the SHA-256 of the rest. It never changes.",
        responses=OpenApiTypes.OBJECT,
    )
    def get(self, request: Request, slug: str, version: str) -> Response:
        release = _found(slug, version)
        return Response(release.document | {"digest": release.digest})


@extend_schema(tags=["Published data"])
class PublishedArms(PublishedEndpoint):
    @extend_schema(
        operation_id="published_arms",
        summary="A version's numbers as rows: one for each arm at an outcome's time",
        responses=ArmRowAnswer(many=True),
        examples=[
            OpenApiExample(
                "One arm",
                response_only=True,
                value={
                    "review": "msc-covid-19",
                    "version": "1.1.0",
                    "study": "Dilogo 2021",
                    "year": 2021,
                    "outcome": "Death",
                    "timepoint": "28 days",
                    "arm": "Placebo",
                    "role": "control",
                    "randomised": 20,
                    "events": 16,
                    "total": 20,
                    "mean": None,
                    "sd": None,
                    "measured_at": "",
                    "source": "Dilogo et al. 2021",
                    "place": "Table 2",
                    "method": "reported",
                    "entered_by": "Ben",
                    "confirmed_by": "Cleo",
                },
            )
        ],
    )
    def get(self, request: Request, slug: str, version: str) -> Response:
        return Response(ArmRowAnswer.of_all(rules.arm_rows(_page(_found(slug, version)))))


@extend_schema(tags=["Published data"])
class PublishedTable(PublishedEndpoint):
    is_file = True

    @extend_schema(
        operation_id="published_table",
        summary="A part of a version as CSV: arms, values, results, published, studies or statements",
        description="UTF-8 with a header. `arms` has a row for each arm at an outcome's time, `values` one for each number "
        "with its provenance, `results` one for each pooled result, `published` what others "
        "printed of it, `studies` their characteristics, `statements` what "
        "earlier reviews state. A text that a spreadsheet would take for a formula has an apostrophe before it; an "
        "unknown number is an empty cell.",
        parameters=[OpenApiParameter("table", OpenApiTypes.STR, OpenApiParameter.PATH, enum=[*tables.TABLES])],
        responses={(200, "text/csv"): OpenApiTypes.STR},
    )
    def get(self, request: Request, slug: str, version: str, table: str) -> HttpResponse:
        if table not in tables.TABLES:
            raise Http404("There is no such table.")
        page = tables.as_csv(table, _page(_found(slug, version)))
        answer = HttpResponse(page, content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{slug}-{version}-{table}.csv"'
        return answer


app_name = "published"

urlpatterns = [
    path("", PublishedReviews.as_view(), name="reviews"),
    path("<slug:slug>/", PublishedReview.as_view(), name="review"),
    path("<slug:slug>/<str:version>/", PublishedDocument.as_view(), name="document"),
    path("<slug:slug>/<str:version>/arms/", PublishedArms.as_view(), name="arms"),
    path("<slug:slug>/<str:version>/<slug:table>.csv", PublishedTable.as_view(), name="table"),
]


def _found(slug: str, text: str | None) -> Release:
    try:
        wanted = Version.read(text) if text is not None else None
    except ValueError as error:
        raise Http404("No such version.") from error
    release = queries.find(slug, wanted)
    if release is None:
        raise Http404("Nothing was published under this address.")
    return release


def _page(release: Release) -> dict[str, Any]:
    try:
        return release.page
    except UnknownFormat as error:
        raise Http404(str(error)) from error
