"""The versions of a review and what stands beside them, for its members' programs. Readers' programs: publication."""

from typing import Any

from django.http import Http404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.releases import queries, services
from meta.releases.models import Notice, Release
from meta.releases.queries import Proposal
from meta.releases.rules import NoticeKind, Step, Version
from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.models import Review
from reviews.team.rules import Action

STEPS = [
    (Step.MAJOR.value, "conclusions changed"),
    (Step.MINOR.value, "new studies or numbers, same conclusions"),
    (Step.PATCH.value, "a correction that changes no displayed number"),
]
KINDS = [(kind.value, kind.value) for kind in NoticeKind]


class ReleaseLineAnswer(Answer):
    """A published version."""

    version = serializers.CharField()
    released_at = serializers.DateTimeField()
    released_by = PersonAnswer()
    evidence_date = serializers.CharField(help_text="As far as it is known: 2023, 2023-02 or 2023-02-21.")
    note = serializers.CharField(help_text="What changed, in a sentence.")
    digest = serializers.CharField(help_text="SHA-256 of the document.")


class ReleaseAnswer(ReleaseLineAnswer):
    document = serializers.DictField(help_text="Everything that the public page of the version shows. Never changed.")


class ProposalAnswer(Answer):
    """What a release made now would say."""

    step = serializers.ChoiceField(choices=STEPS, help_text="The step that fits the changes; a person decides.")
    version = serializers.SerializerMethodField(help_text="The number that this step would give.")
    since = serializers.SerializerMethodField(help_text="The version before; null for the first.")
    is_worth_releasing = serializers.BooleanField()
    obstacles = serializers.ListField(child=serializers.CharField(), help_text="What stands in its way, in sentences.")
    changes = serializers.DictField(
        allow_null=True, help_text="Studies in and out, numbers corrected, results old and new; null for the first."
    )
    seen = serializers.SerializerMethodField(help_text="Send it back when you release.")
    document = serializers.SerializerMethodField(help_text="The document, without its drawings.")

    def get_version(self, found: Proposal) -> str:
        return str(found.version(found.step))

    def get_since(self, found: Proposal) -> str | None:
        return str(found.last.version) if found.last else None

    def get_seen(self, found: Proposal) -> dict[str, str]:
        return services.digests(found.document)

    def get_document(self, found: Proposal) -> dict[str, Any]:
        return found.document


class NoticeAnswer(Answer):
    """A public statement beside what was published. Rows are only ever added."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=KINDS)
    text = serializers.CharField()
    version = serializers.SerializerMethodField(help_text="The version that it speaks of; null: the whole review.")
    given_at = serializers.DateTimeField()

    def get_version(self, notice: Notice) -> str | None:
        return str(notice.release.version) if notice.release else None


class ReleaseShape(Shape):
    step = serializers.ChoiceField(choices=STEPS)
    note = serializers.CharField(max_length=1000, help_text="What changed, in a sentence; readers see it first.")
    evidence_date = serializers.CharField(
        max_length=10, required=False, allow_blank=True, default="", help_text="2023, 2023-02 or 2023-02-21."
    )
    seen = serializers.DictField(
        child=serializers.CharField(max_length=64),
        help_text="The proposal's `seen`: the results that you looked at. If they changed since, the answer is 409.",
    )


class NoticeShape(Shape):
    kind = serializers.ChoiceField(choices=KINDS)
    text = serializers.CharField(max_length=1000)
    version = serializers.CharField(
        max_length=20, required=False, allow_null=True, default=None, help_text="Leave it out to speak of the review."
    )


@extend_schema(tags=["Releases"])
class Releases(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.RELEASE}
    pagination_class = Newest

    @extend_schema(
        operation_id="releases_list", summary="The versions, newest first", responses=ReleaseLineAnswer(many=True)
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.releases(self.review).defer("document"), ReleaseLineAnswer.of_all)

    @extend_schema(
        operation_id="releases_make",
        summary="Publish the present results as the next version",
        description="Public from then on, and never changed again. Read the proposal first and send back its `seen`.",
        request=ReleaseShape,
        responses={201: ReleaseLineAnswer},
        examples=[
            OpenApiExample(
                "A new trial, the same conclusion",
                request_only=True,
                value={
                    "step": "minor",
                    "note": "Adds Zamanian 2024.",
                    "evidence_date": "2024",
                    "seen": {"mortality-28d": "9f2c…"},
                },
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(ReleaseShape)
        made = services.make_release(
            review=self.review,
            actor=self.actor,
            step=Step(sent["step"]),
            note=sent["note"],
            evidence_date=sent["evidence_date"],
            seen=sent["seen"],
        )
        return Response(ReleaseLineAnswer.of(made), status=201)


@extend_schema(tags=["Releases"])
class NextRelease(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="releases_proposal",
        summary="What a version made now would say, and how it differs from the last",
        responses=ProposalAnswer,
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(ProposalAnswer.of(queries.proposal(self.review)))


@extend_schema(tags=["Releases"])
class OneRelease(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(operation_id="releases_read", summary="A version with its document", responses=ReleaseAnswer)
    def get(self, request: Request, slug: str, version: str) -> Response:
        return Response(ReleaseAnswer.of(_release(self.review, version)))


@extend_schema(tags=["Releases"])
class Notices(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.RELEASE}
    pagination_class = Newest

    @extend_schema(
        operation_id="notices_list",
        summary="What is said beside the versions, newest first",
        responses=NoticeAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return self.paged(queries.notices(self.review), NoticeAnswer.of_all)

    @extend_schema(
        operation_id="notices_give",
        summary="Say something publicly beside what was published",
        description="Last searched, pending evidence, a correction, a withdrawal. Nothing that was published changes.",
        request=NoticeShape,
        responses={201: NoticeAnswer},
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(NoticeShape)
        try:
            release = _release(self.review, sent["version"]) if sent["version"] is not None else None
        except Http404 as error:
            raise serializers.ValidationError({"version": ["This review has no such version."]}) from error
        made = services.give_notice(
            review=self.review,
            actor=self.actor,
            kind=NoticeKind(sent["kind"]),
            text=sent["text"],
            release=release,
        )
        return Response(NoticeAnswer.of(made), status=201)


urlpatterns = [
    path("releases/", Releases.as_view()),
    path("releases/proposal/", NextRelease.as_view()),
    path("releases/<str:version>/", OneRelease.as_view()),
    path("notices/", Notices.as_view()),
]


def _release(review: Review, text: str) -> Release:
    try:
        wanted = Version.read(text)
    except ValueError as error:
        raise Http404("No such version.") from error
    found = queries.releases(review).filter(major=wanted.major, minor=wanted.minor, patch=wanted.patch).first()
    if found is None:
        raise Http404("No such version.")
    return found
