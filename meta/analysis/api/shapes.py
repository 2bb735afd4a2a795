"""The shapes of what is answered and sent about analyses."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from meta.analysis import figures, options, queries
from meta.analysis.forms import (
    CHECK_CHOICES,
    ESTIMATORS,
    INTERVALS,
    MEASURES,
    METHODS,
    MODELS,
    PREDICTIONS,
    ZERO_CELLS,
    choices,
)
from meta.analysis.models import Snapshot
from meta.analysis.queries import Result
from meta.analysis.rules import Grouped, LeftOut, Settings
from reviews.base.endpoints.doors import Answer, Shape
from reviews.base.work.rules import State
from reviews.team.endpoint import PersonAnswer

VARIANTS = choices(options.variants())
MOST_ID = 2**53
MOST_STUDIES = 2000
STATES = [(state.value, state.value) for state in State]


# --- What is answered ----------------------------------------------------------------------------------------------


class GroupedAnswer(Answer):
    study_id = serializers.IntegerField()
    group = serializers.CharField()


class LeftOutAnswer(Answer):
    study_id = serializers.IntegerField()
    reason = serializers.CharField()


class PlanAnswer(Answer):
    """How an analysis is computed, written before it runs."""

    number = serializers.IntegerField(help_text="Send it back as `seen` when you amend.")
    measure = serializers.ChoiceField(choices=MEASURES)
    method = serializers.ChoiceField(choices=METHODS)
    model = serializers.ChoiceField(choices=MODELS)
    tau2 = serializers.CharField(help_text="The estimator of the between-study variance.")
    zero_cells = serializers.CharField()
    level = serializers.FloatField()
    interval = serializers.CharField(help_text="The confidence interval of the pooled effect.")
    prediction = serializers.CharField(help_text="The prediction interval; empty for none.")
    variant = serializers.CharField(help_text="The formula of the measure; empty for the usual one.")
    subgroups_by = serializers.CharField(help_text="The characteristic that groups the studies; empty for none.")
    groups = GroupedAnswer(many=True, help_text="Studies whose subgroup the plan names itself.")
    left_out = LeftOutAnswer(many=True, help_text="Studies that are not pooled, each with its reason.")
    checks = serializers.ListField(child=serializers.CharField(), help_text="What is computed beside the result.")
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
        return figures.trials(snapshot.inputs["studies"])


class SnapshotAnswer(SnapshotLineAnswer):
    """One analysis, computed once and never changed: enough to compute it again and compare."""

    inputs = serializers.DictField(help_text="Every count that was pooled, with the ids of the values that say so.")
    settings = serializers.DictField()
    result = serializers.DictField(help_text="Both models; `primary` names the one that the plan chose.")


# --- What is sent --------------------------------------------------------------------------------------------------


class GroupedShape(Shape):
    study_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    group = serializers.CharField(max_length=60)


class LeftOutShape(Shape):
    study_id = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    reason = serializers.CharField(max_length=300)


class SettingsShape(Shape):
    """Whatever is left away stays as it is, or has its usual value in a first plan. `analyses/options/` lists all."""

    measure = serializers.ChoiceField(
        choices=MEASURES, required=False, help_text="Left away in a first plan: as the protocol says."
    )
    method = serializers.ChoiceField(
        choices=METHODS, required=False, help_text="Left away in a first plan: the usual one for the measure."
    )
    model = serializers.ChoiceField(choices=MODELS, required=False)
    tau2 = serializers.ChoiceField(choices=ESTIMATORS, required=False)
    zero_cells = serializers.ChoiceField(choices=ZERO_CELLS, required=False)
    level = serializers.FloatField(min_value=0.5, max_value=0.999, required=False)
    interval = serializers.ChoiceField(choices=INTERVALS, required=False)
    prediction = serializers.ChoiceField(choices=PREDICTIONS, required=False, allow_blank=True)
    variant = serializers.ChoiceField(choices=VARIANTS, required=False, allow_blank=True)
    subgroups_by = serializers.CharField(max_length=60, required=False, allow_blank=True)
    groups = GroupedShape.list_of(most=MOST_STUDIES, required=False)
    left_out = LeftOutShape.list_of(most=MOST_STUDIES, required=False)
    checks = serializers.ListField(
        child=serializers.ChoiceField(choices=CHECK_CHOICES), max_length=len(CHECK_CHOICES), required=False
    )


class PlanShape(SettingsShape):
    outcome = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    title = serializers.CharField(max_length=160, help_text="As readers will see it: Death within 28 days.")
    experimental = serializers.CharField(max_length=60, help_text="Name of the experimental group.")
    control = serializers.CharField(max_length=60, required=False, default="control")


class AmendmentShape(SettingsShape):
    reason = serializers.CharField(max_length=2000, help_text="Both versions stay readable.")
    seen = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, help_text="The number of the plan that you read. 409 if it was amended since."
    )


def settings_from(sent: Mapping[str, Any], standing: Settings) -> Settings:
    """The settings that stand, with what was sent in their place."""
    said = {field.name: sent[field.name] for field in fields(Settings) if field.name in sent}
    if "groups" in said:
        said["groups"] = tuple(Grouped(**one) for one in said["groups"])
    if "left_out" in said:
        said["left_out"] = tuple(LeftOut(**one) for one in said["left_out"])
    if "checks" in said:
        said["checks"] = tuple(said["checks"])
    return replace(standing, **said)
