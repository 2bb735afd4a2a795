"""The numbers of trials, for programs: the same services, the same rules and the same words as on the pages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import path
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from reviews.base.endpoints.doors import Answer, Shape, once
from reviews.base.endpoints.paging import Oldest
from reviews.extraction import queries, rules, services
from reviews.extraction.forms import MOST_ARMS
from reviews.extraction.queries import ResultRow
from reviews.extraction.rules import MOST_PEOPLE, ArmRole, Count, Method, Quantity, ValueState
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.api import CharacteristicAnswer, ReportAnswer, ReportShape
from reviews.library.models import Study
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.protocol import queries as protocol
from reviews.protocol.models import Timepoint
from reviews.screening import queries as screening
from reviews.team.access import may
from reviews.team.endpoint import PersonAnswer, ReviewEndpoint
from reviews.team.models import Review
from reviews.team.rules import Action

MOST_RESULTS = 100
MOST_ID = 2**53

METHODS = [(method.value, method.value) for method in Method]
STATES = [(state.value, state.value) for state in ValueState]
QUANTITIES = [(quantity.value, quantity.value) for quantity in Quantity]
ARM_ROLES = [(role.value, role.value) for role in ArmRole]


# --- What is answered ----------------------------------------------------------------------------------------------


class OutcomeAnswer(Answer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class TimepointAnswer(Answer):
    id = serializers.IntegerField()
    label = serializers.CharField()
    from_day = serializers.IntegerField(allow_null=True)
    to_day = serializers.IntegerField(allow_null=True)


class WantedOutcomeAnswer(Answer):
    """An outcome that the protocol in force asks for, with the ids that counts and analyses are written under."""

    position = serializers.IntegerField()
    outcome = OutcomeAnswer()
    timepoint = TimepointAnswer()
    type = serializers.CharField(source="outcome.type", help_text="dichotomous or continuous")
    unit = serializers.CharField(source="outcome.unit")
    benefit_is = serializers.CharField(source="outcome.benefit_is", help_text="lower or higher")
    measure = serializers.CharField(help_text="OR, RR, RD, MD or SMD")
    importance = serializers.CharField()
    important_difference = serializers.FloatField(allow_null=True)


class StudyLineAnswer(Answer):
    """A study in a list: what is known of it, and what waits."""

    id = serializers.IntegerField(source="study_id")
    label = serializers.CharField(help_text="As the study is cited, for example Monsel 2022.")
    year = serializers.IntegerField(allow_null=True)
    about = serializers.CharField(help_text="Product and country, where they are known.")
    results = serializers.IntegerField(help_text="Outcomes at a timepoint that have numbers.")
    waiting = serializers.IntegerField(help_text="Numbers that no second person has confirmed.")
    for_me = serializers.BooleanField(help_text="Whether you may confirm them: you extract, and did not enter them.")


class ArmAnswer(Answer):
    id = serializers.IntegerField()
    position = serializers.IntegerField(help_text="In the order of the report, from 1.")
    label = serializers.CharField()
    role = serializers.ChoiceField(choices=ARM_ROLES)
    randomised = serializers.IntegerField(allow_null=True)


class ValueAnswer(Answer):
    """One number, or the statement that there is none, with its provenance. Never changed: a correction is a new row."""

    id = serializers.IntegerField()
    quantity = serializers.ChoiceField(choices=QUANTITIES)
    state = serializers.ChoiceField(choices=STATES)
    as_printed = serializers.CharField()
    number = serializers.FloatField(allow_null=True)
    measured_at = serializers.CharField()
    source = serializers.CharField()
    report = serializers.IntegerField(source="report_id", allow_null=True)
    place = serializers.CharField(help_text="Page, table or figure.")
    method = serializers.ChoiceField(choices=METHODS)
    note = serializers.CharField()
    reason = serializers.CharField(help_text="Why it replaced the number before it.")
    replaces = serializers.IntegerField(source="replaces_id", allow_null=True)
    entered_by = PersonAnswer()
    entered_at = serializers.DateTimeField()
    confirmed_by = PersonAnswer(source="confirmation.confirmed_by", allow_null=True)
    confirmed_at = serializers.DateTimeField(source="confirmation.confirmed_at", allow_null=True)
    is_current = serializers.BooleanField(help_text="The newest entry of its cell.")
    is_evidence = serializers.BooleanField(help_text="The newest that a second person confirmed: analyses use it.")


class CellAnswer(Answer):
    """One arm's numbers for an outcome at a time."""

    arm = serializers.IntegerField(source="arm.pk", help_text="The arm's id.")
    text = serializers.CharField(help_text="The newest numbers, for example 10/20.")
    is_confirmed = serializers.BooleanField()
    in_evidence = serializers.CharField(help_text="What analyses use, where that differs from the newest.")
    seen = serializers.SerializerMethodField(help_text="Send it back when you correct the cell.")
    history = ValueAnswer(many=True, help_text="Every number that ever stood here, newest first.")

    def get_seen(self, cell: queries.Cell) -> dict[str, int]:
        return {value.quantity: value.pk for value in cell.values}


class ResultAnswer(Answer):
    """A row of a trial's table: an outcome at a time, a cell for each arm."""

    outcome = OutcomeAnswer()
    timepoint = TimepointAnswer()
    cells = CellAnswer(many=True)
    seen = serializers.SerializerMethodField(help_text="The numbers that wait; send them back when you confirm.")

    def get_seen(self, row: ResultRow) -> list[int]:
        return [value.pk for value in row.waiting]


class StudyAnswer(Answer):
    """A trial with its reports, arms and every number that was ever entered for it."""

    id = serializers.IntegerField()
    label = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    characteristics = CharacteristicAnswer(many=True, source="described")
    reports = ReportAnswer(many=True, source="reported")
    arms = ArmAnswer(many=True, source="grouped")
    results = ResultAnswer(many=True, source="rows")


class TidyValueAnswer(ValueAnswer):
    """A number with the study, arm, outcome and time that it belongs to: one row of a data frame."""

    study = serializers.IntegerField(source="arm.study_id")
    study_label = serializers.CharField(source="arm.study.label")
    year = serializers.IntegerField(source="arm.study.year", allow_null=True)
    arm = serializers.IntegerField(source="arm_id")
    arm_label = serializers.CharField(source="arm.label")
    arm_role = serializers.ChoiceField(source="arm.role", choices=ARM_ROLES)
    outcome = serializers.IntegerField(source="outcome_id")
    outcome_name = serializers.CharField(source="outcome.name")
    timepoint = serializers.IntegerField(source="timepoint_id")
    timepoint_label = serializers.CharField(source="timepoint.label")


# --- What is sent --------------------------------------------------------------------------------------------------


class CountShape(Shape):
    events = serializers.IntegerField(min_value=0, max_value=MOST_PEOPLE, help_text="People with the event.")
    total = serializers.IntegerField(min_value=1, max_value=MOST_PEOPLE, help_text="People analysed.")

    def validate(self, attrs: dict[str, Any]) -> Any:
        problems = rules.count_problems(count_of(attrs), randomised=None)
        if problems:
            raise serializers.ValidationError(problems)
        return attrs


class ProvenanceShape(Shape):
    """Where numbers come from, and how."""

    source = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")
    place = serializers.CharField(
        max_length=120, required=False, allow_blank=True, default="", help_text="Page, table or figure."
    )
    method = serializers.ChoiceField(choices=METHODS, required=False, default=Method.REPORTED.value)
    measured_at = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class NewArmShape(Shape):
    label = serializers.CharField(max_length=120)
    role = serializers.ChoiceField(choices=ARM_ROLES)
    randomised = serializers.IntegerField(
        min_value=1, max_value=MOST_PEOPLE, required=False, allow_null=True, default=None
    )


class NewResultShape(ProvenanceShape):
    outcome = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    counts = serializers.ListField(
        child=CountShape(allow_null=True),
        max_length=MOST_ARMS,
        help_text="One for each arm, in the order of `arms`; null where the report gives none.",
    )


class NewTrialShape(Shape):
    label = serializers.CharField(max_length=120, help_text="As it is cited: Monsel 2022.")
    year = serializers.IntegerField(min_value=1900, max_value=2100, required=False, allow_null=True, default=None)
    reports = ReportShape.list_of(least=1, most=20, help_text="The first is the primary one.")
    characteristics = serializers.DictField(
        child=serializers.CharField(max_length=2000),
        required=False,
        default=dict,
        help_text="What the report says of the study, by name: Country, Design, Severity, Product, Dose …",
    )
    arms = NewArmShape.list_of(least=2, most=MOST_ARMS)
    results = NewResultShape.list_of(most=MOST_RESULTS, required=False, default=list)

    def validate_characteristics(self, given: dict[str, str]) -> dict[str, str]:
        if any(not 0 < len(name) <= 60 for name in given):
            raise serializers.ValidationError("A characteristic's name has 1 to 60 characters.")
        return given

    def validate(self, attrs: dict[str, Any]) -> Any:
        problems: dict[str, Any] = {}
        for place, result in enumerate(attrs["results"]):
            found = _problems_of_counts(result["counts"], attrs["arms"])
            if found:
                problems[f"{place}.counts"] = found
        if problems:
            raise serializers.ValidationError({"results": problems})
        return attrs


class NewCountShape(CountShape, ProvenanceShape):
    arm = serializers.IntegerField(min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID, help_text="It belongs to one outcome.")
    report = serializers.IntegerField(
        min_value=1, max_value=MOST_ID, required=False, allow_null=True, default=None, help_text="One of the study's."
    )
    reason = serializers.CharField(
        max_length=2000, required=False, allow_blank=True, default="", help_text="Required where numbers stand already."
    )
    seen = serializers.DictField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        help_text="The cell's `seen`, as you read it; {} for an empty cell. If it changed since, the answer is 409.",
    )

    def validate_seen(self, given: dict[str, int]) -> dict[Quantity, int]:
        try:
            return {Quantity(name): number for name, number in given.items()}
        except ValueError as error:
            raise serializers.ValidationError("Send the cell's `seen` as you read it.") from error


class ConfirmationShape(Shape):
    timepoint = serializers.IntegerField(min_value=1, max_value=MOST_ID, help_text="It belongs to one outcome.")
    seen = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=MOST_ID),
        min_length=1,
        max_length=1000,
        help_text="The result's `seen`: the numbers that you compared with the source. 409 if others wait by now.",
    )


class StudiesShape(Shape):
    waiting = serializers.BooleanField(
        required=False, default=False, help_text="Only studies with numbers that await their second person."
    )
    year = serializers.IntegerField(required=False, min_value=1, max_value=9999)
    search = serializers.CharField(required=False, max_length=120, help_text="Part of the label, in any case.")


class ValuesShape(Shape):
    study = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    outcome = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    timepoint = serializers.IntegerField(required=False, min_value=1, max_value=MOST_ID)
    which = serializers.ChoiceField(
        choices=[(name, name) for name in ("evidence", "current", "waiting", "all")],
        required=False,
        default="evidence",
        help_text="evidence: confirmed, what analyses use. current: the newest. waiting: not confirmed. all: with history.",
    )


# --- The endpoints -------------------------------------------------------------------------------------------------

TRIAL_EXAMPLE = OpenApiExample(
    "A trial with two arms",
    request_only=True,
    value={
        "label": "Monsel 2022",
        "year": 2022,
        "reports": [
            {
                "citation": "Monsel A. et al., 2022, Crit Care 26:48",
                "identifiers": {"doi": "10.1186/s13054-022-03930-4", "registry": "NCT04333368"},
            }
        ],
        "characteristics": {"Country": "France", "Product": "UC-MSC"},
        "arms": [
            {"label": "UC-MSC", "role": "experimental", "randomised": 21},
            {"label": "Placebo", "role": "control", "randomised": 24},
        ],
        "results": [
            {
                "outcome": 1,
                "timepoint": 1,
                "counts": [{"events": 5, "total": 21}, {"events": 4, "total": 24}],
                "place": "Table 2",
                "method": "reported",
            }
        ],
    },
)


@extend_schema(tags=["Evidence"])
class Outcomes(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="outcomes_list",
        summary="The outcomes that the protocol asks for",
        description="In the order of the protocol in force. Their ids are what counts and analyses are written under.",
        responses=WantedOutcomeAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        return Response(WantedOutcomeAnswer.of_all(protocol.wanted_outcomes(self.review)))


@extend_schema(tags=["Evidence"])
class Studies(ReviewEndpoint):
    needs = {"GET": Action.READ, "POST": Action.EXTRACT}
    pagination_class = Oldest

    @extend_schema(
        operation_id="studies_list",
        summary="The studies that a review includes",
        description="In the order in which they were added to the library.",
        parameters=[StudiesShape],
        responses=StudyLineAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = self.asked(StudiesShape)
        found = queries.studies(self.review, only_waiting=asked["waiting"])
        if "year" in asked:
            found = found.filter(year=asked["year"])
        if "search" in asked:
            found = found.filter(label__icontains=asked["search"])
        extracts = may(self.actor, self.review, Action.EXTRACT)

        def show(page: Sequence[Study]) -> Any:
            return StudyLineAnswer.of_all(queries.overview(page, person=self.actor if extracts else None))

        return self.paged(found, show)

    @extend_schema(
        operation_id="studies_add",
        summary="Add a trial",
        description="With its reports, arms and numbers, all of it or nothing; it is included in the review. "
        "Its numbers wait for a second person.",
        request=NewTrialShape,
        responses={201: StudyAnswer},
        examples=[TRIAL_EXAMPLE],
    )
    @once
    def post(self, request: Request, slug: str) -> Response:
        sent = self.sent(NewTrialShape)
        study = services.add_trial(
            review=self.review,
            actor=self.actor,
            label=sent["label"],
            year=sent["year"],
            reports=[_report(one) for one in sent["reports"]],
            characteristics=sent["characteristics"],
            characteristics_source=sent["reports"][0]["citation"][:300],
            arms=[NewArm(one["label"], ArmRole(one["role"]), one["randomised"]) for one in sent["arms"]],
            results=_results(self.review, sent),
        )
        return Response(_study(self.review, study), status=201)


@extend_schema(tags=["Evidence"])
class OneStudy(ReviewEndpoint):
    needs = {"GET": Action.READ}

    @extend_schema(
        operation_id="studies_read",
        summary="A study with its arms, numbers and their history",
        responses=StudyAnswer,
    )
    def get(self, request: Request, slug: str, study_id: int) -> Response:
        return Response(_study(self.review, included(self.review, study_id)))


@extend_schema(tags=["Evidence"])
class Counts(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}

    @extend_schema(
        operation_id="studies_enter_count",
        summary="Enter or correct one arm's events and total",
        description="Only what differs becomes a new row; the old one stays. Nothing reaches an analysis before a second "
        "person confirms it. Where numbers stand already a reason is required.",
        request=NewCountShape,
        responses={201: ResultAnswer},
    )
    @once
    def post(self, request: Request, slug: str, study_id: int) -> Response:
        study = included(self.review, study_id)
        sent = self.sent(NewCountShape)
        arm = study.arms.select_related("study").filter(pk=sent["arm"]).first()
        if arm is None:
            raise serializers.ValidationError({"arm": ["This study has no such arm."]})
        timepoint = timepoint_of(self.review, sent["timepoint"], field="timepoint")
        services.enter_result(
            review=self.review,
            actor=self.actor,
            arm=arm,
            outcome=timepoint.outcome,
            timepoint=timepoint,
            result=count_of(sent),
            provenance=provenance_of(study, sent),
            reason=sent["reason"],
            seen=sent["seen"],
        )
        return Response(row_of(study, timepoint), status=201)


@extend_schema(tags=["Evidence"])
class Confirmations(ReviewEndpoint):
    needs = {"POST": Action.EXTRACT}

    @extend_schema(
        operation_id="studies_confirm",
        summary="Confirm a trial's numbers for an outcome, as a second person",
        description="They become evidence, and the analyses over them are recomputed. Whoever entered one of the numbers "
        "is refused. Confirming twice adds nothing.",
        request=ConfirmationShape,
        responses={201: ResultAnswer},
    )
    @once
    def post(self, request: Request, slug: str, study_id: int) -> Response:
        study = included(self.review, study_id)
        sent = self.sent(ConfirmationShape)
        timepoint = timepoint_of(self.review, sent["timepoint"], field="timepoint")
        services.confirm_result(
            review=self.review,
            actor=self.actor,
            study=study,
            outcome=timepoint.outcome,
            timepoint=timepoint,
            seen=sent["seen"],
        )
        return Response(row_of(study, timepoint), status=201)


@extend_schema(tags=["Evidence"])
class Values(ReviewEndpoint):
    needs = {"GET": Action.READ}
    pagination_class = Oldest

    @extend_schema(
        operation_id="values_list",
        summary="The numbers of a review as tidy rows",
        description="One row a number, with its study, arm, outcome, time and provenance: ready for a data frame.",
        parameters=[ValuesShape],
        responses=TidyValueAnswer(many=True),
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = self.asked(ValuesShape)
        found = queries.values(self.review, which=asked.pop("which"))
        places = {"study": "arm__study", "outcome": "outcome", "timepoint": "timepoint"}
        found = found.filter(**{places[name]: wanted for name, wanted in asked.items()})
        return self.paged(found, TidyValueAnswer.of_all)


urlpatterns = [
    path("outcomes/", Outcomes.as_view()),
    path("studies/", Studies.as_view()),
    path("studies/<int:study_id>/", OneStudy.as_view()),
    path("studies/<int:study_id>/counts/", Counts.as_view()),
    path("studies/<int:study_id>/confirmations/", Confirmations.as_view()),
    path("values/", Values.as_view()),
]


# --- From words to things ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StudyOnShow:
    """A study with all that its answer holds, read beforehand."""

    id: int
    label: str
    year: int | None
    described: Iterable[Any]
    reported: Iterable[Any]
    grouped: Iterable[Any]
    rows: Sequence[ResultRow]


def count_of(sent: Mapping[str, Any]) -> Count:
    return Count(sent["events"], sent["total"])


def _study(review: Review, study: Study) -> dict[str, Any]:
    wanted = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)]
    shown = StudyOnShow(
        id=study.pk,
        label=study.label,
        year=study.year,
        described=study.characteristics.filter(is_current=True).select_related("entered_by"),
        reported=study.reports.prefetch_related("identifiers", "files"),
        grouped=study.arms.all(),
        rows=queries.table(study, wanted),
    )
    return StudyAnswer.of(shown)


def row_of(study: Study, timepoint: Timepoint) -> dict[str, Any]:
    rows = queries.table(study, [(timepoint.outcome, timepoint)])
    return ResultAnswer.of(rows[0])


def provenance_of(study: Study, sent: Mapping[str, Any]) -> Provenance:
    """Where a number comes from, with the study's report where one is named."""
    report = study.reports.filter(pk=sent["report"]).first() if sent["report"] else None
    if sent["report"] and report is None:
        raise serializers.ValidationError({"report": ["This study has no such report."]})
    return Provenance(
        source=sent["source"],
        method=Method(sent["method"]),
        place=sent["place"],
        note=sent["note"],
        measured_at=sent["measured_at"],
        report=report,
    )


def included(review: Review, study_id: int) -> Study:
    return get_object_or_404(screening.included(review), pk=study_id)


def timepoint_of(review: Review, timepoint_id: int, *, field: str) -> Timepoint:
    timepoints = Timepoint.objects.select_related("outcome").filter(outcome__team=review.team)
    found = timepoints.filter(pk=timepoint_id).first()
    if found is None:
        raise serializers.ValidationError({field: ["No outcome of this team has such a timepoint."]})
    return found


def _report(sent: Mapping[str, Any]) -> NewReport:
    identifiers = {Scheme(scheme): text for scheme, text in sent["identifiers"].items()}
    return NewReport(citation=sent["citation"], published_on=sent["published_on"], identifiers=identifiers)


def _results(review: Review, sent: Mapping[str, Any]) -> list[NewResult]:
    made = []
    for place, one in enumerate(sent["results"]):
        timepoint = timepoint_of(review, one["timepoint"], field=f"results.{place}.timepoint")
        if timepoint.outcome_id != one["outcome"]:
            raise serializers.ValidationError({f"results.{place}.timepoint": ["It belongs to another outcome."]})
        made.append(
            NewResult(
                outcome=timepoint.outcome,
                timepoint=timepoint,
                results=[None if count is None else count_of(count) for count in one["counts"]],
                provenance=Provenance(
                    source=one["source"] or sent["reports"][0]["citation"][:400],
                    method=Method(one["method"]),
                    place=one["place"],
                    note=one["note"],
                    measured_at=one["measured_at"],
                ),
            )
        )
    return made


def _problems_of_counts(counts: Sequence[Any], arms: Sequence[Mapping[str, Any]]) -> Any:
    if len(counts) != len(arms):
        return [f"Give a count, or null, for each of the {len(arms)} arms."]
    problems: dict[str, list[str]] = {}
    for place, (count, arm) in enumerate(zip(counts, arms, strict=True)):
        found = [] if count is None else rules.count_problems(count_of(count), randomised=arm["randomised"])
        if found:
            problems[str(place)] = found
    return problems
