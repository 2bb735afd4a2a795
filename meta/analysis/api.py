"""What a review pools and every result that was ever computed, for programs."""

from dataclasses import replace
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.analysis import figures, queries, services
from meta.analysis.forms import MEASURES, METHODS, MODELS
from meta.analysis.models import Analysis, Plan, Snapshot
from meta.analysis.queries import Result
from meta.analysis.rules import REVMAN_5, Model, Settings
from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Newest
from reviews.base.work import queries as work
from reviews.base.work.rules import State
from reviews.protocol import queries as protocol
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.models import Review
from reviews.team.rules import Action

MOST_ID = 2**53
STATES = [(state.value, state.value) for state in State]


# --- What is answered ----------------------------------------------------------------------------------------------


class PlanAnswer(Answer):
    """How an analysis is computed, written before it runs."""

    number = serializers.IntegerField(help_text="Send it back as `seen` when you amend.")
    measure = serializers.ChoiceField(choices=MEASURES)
    method = serializers.ChoiceField(choices=METHODS)
    model = serializers.ChoiceField(choices=MODELS)
    tau2 = serializers.CharField(help_text="The estimator of the between-study variance.")
    zero_cells = serializers.CharField()
    level = serializers.FloatField()
    experimental = serializers.CharField()
    control = serializers.CharField()
    reason = serializers.CharField(help_text="Why it was amended; empty for the first.")
    written_by = PersonAnswer()
    written_at = serializers.DateTimeField()
    is_current = serializers.BooleanField()


class WorkAnswer(Answer):
    """Where the recomputing stands that is owed to an analysis."""

    state = serializers.ChoiceField(
        choices=STATES, help_text="settled: nothing is owed. parked: it failed six times and waits for a person."
    )
    attempts = serializers.IntegerField()
    last_error = serializers.CharField()
    asked_at = serializers.DateTimeField(allow_null=True)


class PooledAnswer(Answer):
    """A result in one line."""

    snapshot = serializers.IntegerField(help_text="The number of the snapshot.")
    text = serializers.CharField(help_text="For example 0.59 (0.40 to 0.87).")
    k = serializers.IntegerField(help_text="Studies that contribute to the pooled number.")
    participants = serializers.IntegerField()
    headline = serializers.CharField(help_text="The result in a sentence.")
    digest = serializers.CharField(help_text="SHA-256 of what went in. Equal digests are equal results.")
    computed_at = serializers.CharField()


class AnalysisAnswer(Answer):
    """A pooled question of the review, with its newest result (null before the first)."""

    key = serializers.CharField(source="analysis.key")
    title = serializers.CharField(source="analysis.title")
    outcome = serializers.IntegerField(source="analysis.outcome_id")
    outcome_name = serializers.CharField(source="analysis.outcome.name")
    timepoint = serializers.IntegerField(source="analysis.timepoint_id")
    timepoint_label = serializers.CharField(source="analysis.timepoint.label")
    plan = PlanAnswer()
    work = WorkAnswer(source="standing")
    result = serializers.SerializerMethodField()

    @extend_schema_field(PooledAnswer(allow_null=True))
    def get_result(self, found: Result) -> dict[str, Any] | None:
        described = queries.describe(found)
        return None if described is None else PooledAnswer.of(described)


class OneAnalysisAnswer(AnalysisAnswer):
    """An analysis with its newest result in full, as a release would freeze it."""

    description = serializers.SerializerMethodField(help_text="The newest result in full; null before the first.")

    def get_description(self, found: Result) -> dict[str, Any] | None:
        return queries.describe(found)


class SnapshotLineAnswer(Answer):
    number = serializers.IntegerField()
    plan = serializers.IntegerField(source="plan.number")
    text = serializers.SerializerMethodField(help_text="The pooled number with its interval.")
    k = serializers.SerializerMethodField(help_text="Studies that went in.")
    engine = serializers.CharField()
    digest = serializers.CharField()
    computed_at = serializers.DateTimeField(source="created_at")

    def get_text(self, snapshot: Snapshot) -> str:
        pooled = snapshot.result[snapshot.result["primary"]]["pooled"]
        return figures.pooled_text(snapshot.settings["measure"], pooled)

    def get_k(self, snapshot: Snapshot) -> int:
        return len(snapshot.inputs["studies"])


class SnapshotAnswer(SnapshotLineAnswer):
    """One analysis, computed once and never changed: enough to compute it again and compare."""

    inputs = serializers.DictField(help_text="Every count that was pooled, with the ids of the values that say so.")
    settings = serializers.DictField()
    result = serializers.DictField(help_text="Both models; `primary` names the one that the plan chose.")


# --- What is sent --------------------------------------------------------------------------------------------------


class SettingsShape(Shape):
    measure = serializers.ChoiceField(choices=MEASURES, required=False, default=REVMAN_5.measure)
    method = serializers.ChoiceField(choices=METHODS, required=False, default=REVMAN_5.method)
    model = serializers.ChoiceField(choices=MODELS, required=False, default=Model.COMMON.value)


class PlanShape(SettingsShape):
    outcome = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    title = serializers.CharField(max_length=160, help_text="As readers will see it: Death within 28 days.")
    experimental = serializers.CharField(max_length=60, help_text="Name of the experimental group.")
    control = serializers.CharField(max_length=60, required=False, default="control")


class AmendmentShape(Shape):
    measure = serializers.ChoiceField(choices=MEASURES)
    method = serializers.ChoiceField(choices=METHODS)
    model = serializers.ChoiceField(choices=MODELS)
    reason = serializers.CharField(max_length=2000, help_text="Both versions stay readable.")
    seen = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, help_text="The number of the plan that you read. 409 if it was amended since."
    )


# --- The endpoints -------------------------------------------------------------------------------------------------


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
        made = services.plan_analysis(
            review=self.review,
            actor=self.actor,
            outcome=wanted[0].outcome,
            timepoint=wanted[0].timepoint,
            title=sent["title"],
            experimental=sent["experimental"],
            control=sent["control"],
            settings=Settings(measure=sent["measure"], method=sent["method"], model=sent["model"]),
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
            settings=replace(
                queries.settings_of(queries.current_plan(analysis)),
                measure=sent["measure"],
                method=sent["method"],
                model=sent["model"],
            ),
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
