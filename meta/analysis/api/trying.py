"""What can be chosen, and what a trial would do: answers that store nothing."""

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from meta.analysis import previewing
from meta.analysis.api.shapes import MOST_ID
from meta.analysis.forms import CHECK_CHOICES, WHEN
from meta.analysis.previewing import Place
from meta.analysis.rules import PRESETS
from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.extraction import rules
from reviews.extraction.forms import MOST_ARMS
from reviews.extraction.queries import ArmEvidence, StudyEvidence
from reviews.extraction.rules import MOST_PEOPLE, ArmRole, Count, Measurement, Result
from reviews.screening import queries as screening
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.rules import Action

MOST_RESULTS = 100
SIDES = [(role.value, role.value) for role in ArmRole]


class OptionAnswer(Answer):
    field = serializers.CharField(help_text="The name under which a plan holds the choice.")
    code = serializers.CharField()
    name = serializers.CharField()
    sentence = serializers.CharField(help_text="When it is right.")


class TouchedAnswer(Answer):
    """A result as it is and as it would be. Nothing of it is confirmed, and nothing is stored."""

    title = serializers.CharField()
    measure = serializers.CharField()
    before = serializers.CharField(help_text="Empty where there is no result yet.")
    after = serializers.CharField()
    k = serializers.IntegerField()
    participants = serializers.IntegerField()
    says = serializers.CharField(help_text="What the interval would say that it does not say now; empty if the same.")
    is_left_out = serializers.BooleanField(help_text="The plan leaves the study out.")


class TriedArmShape(Shape):
    """What an arm reports: events and total, or mean, sd and total; null where it reports nothing."""

    total = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE)
    events = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, required=False)
    mean = serializers.FloatField(required=False)
    sd = serializers.FloatField(min_value=0, required=False)


class TriedResultShape(Shape):
    outcome = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    arms = serializers.ListField(
        child=TriedArmShape(allow_null=True), max_length=MOST_ARMS, help_text="In the order of `sides`."
    )


class PreviewShape(Shape):
    label = serializers.CharField(max_length=120, required=False, default="This trial")
    study = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, required=False, help_text="A study of the review whose numbers these replace."
    )
    sides = serializers.ListField(child=serializers.ChoiceField(choices=SIDES), min_length=2, max_length=MOST_ARMS)
    results = TriedResultShape.list_of(least=1, most=MOST_RESULTS)
    characteristics = serializers.DictField(
        child=serializers.CharField(max_length=2000), required=False, default=dict, help_text="For subgroups, by name."
    )


@extend_schema(tags=["Analyses"])
class Options(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="options_list",
        summary="Every choice of a plan, with one sentence on when it is right",
        responses=OptionAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        found = [
            {"field": field, "code": one.code, "name": one.name, "sentence": one.sentence}
            for field, offered in WHEN.items()
            for one in offered
        ]
        found += [{"field": "checks", "code": code, "name": code, "sentence": said} for code, said in CHECK_CHOICES]
        found += [
            {"field": "preset", "code": one.key, "name": one.name, "sentence": one.sentence} for one in PRESETS.values()
        ]
        return Response(OptionAnswer.of_all(found))


@extend_schema(tags=["Analyses"])
class Preview(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}

    @extend_schema(
        operation_id="analyses_preview",
        summary="What a trial would do to each result that it touches",
        description="Computed by the engine with the numbers sent; not confirmed, and never stored.",
        request=PreviewShape,
        responses=TouchedAnswer(many=True),
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(PreviewShape)
        study_id, label = 0, sent["label"]
        if "study" in sent:
            study = get_object_or_404(screening.included(self.review), pk=sent["study"])
            study_id, label = study.pk, study.label
        drafts: dict[Place, StudyEvidence] = {}
        for number, result in enumerate(sent["results"]):
            if len(result["arms"]) != len(sent["sides"]):
                raise serializers.ValidationError({"results": [f"Result {number + 1}: give one entry for each side."]})
            arms = tuple(
                ArmEvidence(0, f"Arm {place + 1}", ArmRole(role), told, frozenset(), ())
                for place, (role, arm) in enumerate(zip(sent["sides"], result["arms"], strict=True))
                if (told := _told(arm, number)) is not None
            )
            drafts[result["outcome"], result["timepoint"]] = StudyEvidence(study_id, label, None, arms)
        found = previewing.preview(self.review, drafts, characteristics=sent["characteristics"])
        return Response(TouchedAnswer.of_all(found))


def _told(arm: dict[str, float] | None, number: int) -> Result | None:
    if arm is None:
        return None
    if "events" in arm:
        count = Count(arm["events"], arm["total"])
        if problems := rules.count_problems(count, randomised=None):
            raise serializers.ValidationError({"results": [f"Result {number + 1}: {problem}" for problem in problems]})
        return count
    if "mean" not in arm or "sd" not in arm:
        raise serializers.ValidationError({"results": [f"Result {number + 1}: give events, or mean and sd."]})
    return Measurement(arm["mean"], arm["sd"], arm["total"])


urlpatterns = [
    path("analyses/options/", Options.as_view()),
    path("analyses/preview/", Preview.as_view()),
]
