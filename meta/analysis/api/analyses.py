"""What a review pools and every result that was ever computed, for programs."""

from dataclasses import replace
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.analysis import queries, services
from meta.analysis.api.shapes import (
    AmendmentShape,
    AnalysisAnswer,
    OneAnalysisAnswer,
    PlanAnswer,
    PlanShape,
    SnapshotAnswer,
    SnapshotLineAnswer,
    WorkAnswer,
    settings_from,
)
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.rules import REVMAN_5, usual_method
from reviews.base.endpoints.doors import once
from reviews.base.endpoints.paging import Newest
from reviews.base.work import queries as work
from reviews.protocol import queries as protocol
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.models import Review
from reviews.team.rules import Action


@extend_schema(tags=["Analyses"])
class Analyses(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.PLAN}

    @extend_schema(
        operation_id="analyses_list",
        summary="What a review pools, with the newest results",
        responses=AnalysisAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(AnalysisAnswer.of_all(queries.results(self.review)))

    @extend_schema(
        operation_id="analyses_plan",
        summary="Plan an analysis",
        description="Of an outcome that the protocol in force asks for. It is computed as soon as a worker is free.",
        request=PlanShape,
        responses={201: AnalysisAnswer},
        examples=[
            OpenApiExample(
                "Deaths, as RevMan 5 pools them",
                request_only=True,
                value={
                    "outcome": 1,
                    "timepoint": 1,
                    "title": "Death within 28 days",
                    "experimental": "stromal cells",
                    "control": "control",
                    "measure": "OR",
                    "method": "MH",
                    "model": "common",
                },
            )
        ],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(PlanShape)
        wanted = [
            one
            for one in protocol.wanted_outcomes(self.review)
            if (one.outcome_id, one.timepoint_id) == (sent["outcome"], sent["timepoint"])
        ]
        if not wanted:
            raise serializers.ValidationError({"outcome": ["The protocol does not ask for this outcome at this time."]})
        measure = sent.get("measure", wanted[0].measure)
        made = services.plan_analysis(
            review=self.review,
            actor=self.actor,
            outcome=wanted[0].outcome,
            timepoint=wanted[0].timepoint,
            title=sent["title"],
            experimental=sent["experimental"],
            control=sent["control"],
            settings=settings_from(sent, replace(REVMAN_5, measure=measure, method=usual_method(measure))),
        )
        return Response(AnalysisAnswer.of(queries.result(made)), status=201)


@extend_schema(tags=["Analyses"])
class OneAnalysis(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="analyses_read",
        summary="An analysis with its newest result in full",
        responses=OneAnalysisAnswer,
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        return Response(OneAnalysisAnswer.of(queries.result(_analysis(self.review, key))))


@extend_schema(tags=["Analyses"])
class Plans(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.PLAN}
    pagination_class = Newest

    @extend_schema(
        operation_id="plans_list", summary="The plans of an analysis, newest first", responses=PlanAnswer(many=True)
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        plans = Plan.objects.filter(analysis=_analysis(self.review, key)).select_related("written_by")
        return self.paged(plans, PlanAnswer.of_all)

    @extend_schema(
        operation_id="plans_amend",
        summary="Amend the plan of an analysis",
        description="With a reason; the plan before stays readable, and the result is computed anew.",
        request=AmendmentShape,
        responses={201: PlanAnswer},
    )
    @once
    def post(self, request: Request, slug: str, key: str) -> Response:
        analysis = _analysis(self.review, key)
        sent = self.sent(AmendmentShape)
        plan = services.amend_plan(
            analysis=analysis,
            actor=self.actor,
            settings=settings_from(sent, queries.settings_of(queries.current_plan(analysis))),
            reason=sent["reason"],
            seen=sent["seen"],
        )
        return Response(PlanAnswer.of(plan), status=201)


@extend_schema(tags=["Analyses"])
class Work(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.RECOMPUTE}

    @extend_schema(
        operation_id="work_read",
        summary="Where the recomputing of an analysis stands",
        description="Ask again until `state` is settled: then the newest result is of the newest evidence.",
        responses=WorkAnswer,
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        return Response(self._standing(_analysis(self.review, key)))

    @extend_schema(
        operation_id="work_ask_again",
        summary="Have an analysis recomputed",
        description="For example after a failure was mended. Asking often folds into one; unchanged evidence adds nothing.",
        request=None,
        responses={202: WorkAnswer},
    )
    @once
    def post(self, request: Request, slug: str, key: str) -> Response:
        analysis = _analysis(self.review, key)
        services.ask_again(analysis=analysis, actor=self.actor)
        return Response(self._standing(analysis), status=202)

    def _standing(self, analysis: Analysis) -> dict[str, Any]:
        return WorkAnswer.of(work.standing(queries.RECOMPUTE, analysis.work_key))


@extend_schema(tags=["Analyses"])
class Snapshots(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Newest

    @extend_schema(
        operation_id="snapshots_list",
        summary="Every result of an analysis, newest first",
        responses=SnapshotLineAnswer(many=True),
    )
    def get(self, request: Request, slug: str, key: str) -> Response:
        found = Snapshot.objects.filter(analysis=_analysis(self.review, key)).select_related("plan")
        return self.paged(found, SnapshotLineAnswer.of_all)


@extend_schema(tags=["Analyses"])
class OneSnapshot(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="snapshots_read",
        summary="A result with everything that it was made of",
        description="Inputs, settings, engine, result and the digest of what went in. It never changes.",
        responses=SnapshotAnswer,
    )
    def get(self, request: Request, slug: str, key: str, number: int) -> Response:
        found = Snapshot.objects.filter(analysis=_analysis(self.review, key)).select_related("plan")
        return Response(SnapshotAnswer.of(get_object_or_404(found, number=number)))


urlpatterns = [
    path("analyses/", Analyses.as_view()),
    path("analyses/<slug:key>/", OneAnalysis.as_view()),
    path("analyses/<slug:key>/plans/", Plans.as_view()),
    path("analyses/<slug:key>/work/", Work.as_view()),
    path("analyses/<slug:key>/snapshots/", Snapshots.as_view()),
    path("analyses/<slug:key>/snapshots/<int:number>/", OneSnapshot.as_view()),
]


def _analysis(review: Review, key: str) -> Analysis:
    return get_object_or_404(queries.analyses(review), key=key)
