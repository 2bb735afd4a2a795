"""Build the demo review through the services that a click calls, from the facts in trials.json."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction

from meta.analysis import queries as analysis_queries
from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.demo import searches
from meta.releases import services as releasing
from meta.releases.models import Release
from meta.releases.rules import Step
from reviews.base.work import queries as work
from reviews.extraction import rules as counts
from reviews.extraction import services as extraction
from reviews.extraction.rules import ArmRole, Method
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.models import Arm, Outcome, Review, Study, Team, TeamMember, Timepoint, User
from reviews.protocol import services as protocol
from reviews.protocol.rules import (
    DEFAULT_SCHEDULES,
    Benefit,
    Content,
    CriterionKind,
    Importance,
    Measure,
    OutcomeType,
    UpdateModel,
    WantedCriterion,
    WantedOutcome,
)
from reviews.team import services as team
from reviews.team.demo_doors import PEOPLE
from reviews.team.rules import Role

FACTS = Path(__file__).with_name("trials.json")


@dataclass(frozen=True, slots=True)
class Loaded:
    review: Review
    versions: int
    was_there: bool


@dataclass(frozen=True, slots=True)
class Cast:
    """Who does what: one extractor enters, the other confirms, the owner plans and releases."""

    owner: User
    enters: User
    confirms: User


@transaction.atomic
def load() -> Loaded:
    """The demo review with its eight versions, all of it or nothing; a second call changes nothing."""
    facts = json.loads(FACTS.read_text(encoding="utf-8"))
    there = Review.objects.filter(slug=facts["review"]["slug"]).first()
    if there is not None:
        return Loaded(there, Release.objects.filter(review=there).count(), was_there=True)
    review, cast = _begin(facts)
    searches.bring_in(review, cast.owner)
    outcome, timepoint, planned = _plan(facts, review, cast)
    for version in facts["versions"]:
        for key in version.get("add", []):
            _add(facts["studies"][key], review, cast, outcome, timepoint)
        if version.get("correct"):
            _correct(facts["correction"], review, cast, outcome, timepoint)
        _recompute(planned)
        releasing.make_release(
            review=review,
            actor=cast.owner,
            step=Step(version["step"]),
            note=version["note"],
            evidence_date=version["evidence_date"],
        )
    return Loaded(review, len(facts["versions"]), was_there=False)


def _begin(facts: dict[str, Any]) -> tuple[Review, Cast]:
    people = {}
    for person in PEOPLE:
        people[person.key] = User.objects.create_user(email=person.email, password=None, name=person.name)
    cast = Cast(owner=people["owner"], enters=people["extractor"], confirms=people["second-extractor"])
    group = Team.objects.create(name=facts["review"]["team"])
    TeamMember.objects.create(team=group, user=cast.owner, is_lead=True)
    asked = facts["protocol"]
    wanted = asked["outcome"]
    review = protocol.create_review(
        team=group,
        title=facts["review"]["title"],
        slug=facts["review"]["slug"],
        notice=facts["review"]["notice"],
        content=Content(
            question=asked["question"],
            population=asked["population"],
            intervention=asked["intervention"],
            comparator=asked["comparator"],
            designs=asked["designs"],
            registration=asked["registration"],
            update_model=UpdateModel.IMPACT,
            schedules=DEFAULT_SCHEDULES,
            retirement=asked["retirement"],
            criteria=tuple(
                WantedCriterion(kind=kind, text=text) for kind in CriterionKind for text in asked[kind.value]
            ),
            outcomes=(
                WantedOutcome(
                    name=wanted["name"],
                    type=OutcomeType(wanted["type"]),
                    unit=wanted["unit"],
                    benefit_is=Benefit(wanted["benefit_is"]),
                    happened=wanted["happened"],
                    timepoint=wanted["timepoint"],
                    from_day=wanted["from_day"],
                    to_day=wanted["to_day"],
                    measure=Measure(wanted["measure"]),
                    importance=Importance(wanted["importance"]),
                    important_difference=None,
                ),
            ),
        ),
        actor=cast.owner,
    )
    for person in PEOPLE:
        if person.role is not Role.OWNER:
            issued = team.invite(review=review, email=person.email, roles=[person.role], actor=cast.owner)
            team.accept_invitation(token=issued.token, actor=people[person.key])
    protocol.release_protocol(review=review, actor=cast.owner)
    return review, cast


def _plan(facts: dict[str, Any], review: Review, cast: Cast) -> tuple[Outcome, Timepoint, Analysis]:
    outcome = Outcome.objects.get(team=review.team, name=facts["protocol"]["outcome"]["name"])
    timepoint = outcome.timepoints.get(label=facts["protocol"]["outcome"]["timepoint"])
    planned = analysis.plan_analysis(
        review=review, actor=cast.owner, outcome=outcome, timepoint=timepoint, **facts["analysis"]
    )
    return outcome, timepoint, planned


def _add(fact: dict[str, Any], review: Review, cast: Cast, outcome: Outcome, timepoint: Timepoint) -> Study:
    citation = fact["reports"][0]["citation"]
    study = extraction.add_trial(
        review=review,
        actor=cast.enters,
        label=fact["label"],
        year=fact["year"],
        reports=[
            NewReport(
                citation=report["citation"],
                published_on=report["published_on"],
                identifiers={Scheme(scheme): value for scheme, value in report["identifiers"].items()},
            )
            for report in fact["reports"]
        ],
        characteristics=fact["characteristics"],
        characteristics_source=citation,
        arms=[NewArm(arm["label"], ArmRole(arm["role"]), arm["randomised"]) for arm in fact["arms"]],
        results=[
            NewResult(
                outcome=outcome,
                timepoint=timepoint,
                counts=[counts.read_count(arm["count"]) for arm in fact["arms"]],
                provenance=_provenance(fact),
            )
        ],
    )
    extraction.confirm_result(review=review, actor=cast.confirms, study=study, outcome=outcome, timepoint=timepoint)
    return study


def _correct(fact: dict[str, Any], review: Review, cast: Cast, outcome: Outcome, timepoint: Timepoint) -> None:
    arm = Arm.objects.select_related("study").get(
        study__team=review.team, study__label=fact["study"], label=fact["arm"]
    )
    extraction.enter_count(
        review=review,
        actor=cast.enters,
        arm=arm,
        outcome=outcome,
        timepoint=timepoint,
        count=counts.read_count(fact["count"]),
        provenance=_provenance(fact),
        reason=fact["reason"],
    )
    extraction.confirm_result(review=review, actor=cast.confirms, study=arm.study, outcome=outcome, timepoint=timepoint)


def _provenance(fact: dict[str, Any]) -> Provenance:
    return Provenance(
        source=fact["source"],
        place=fact["place"],
        method=Method(fact["method"]),
        measured_at=fact["measured_at"],
        note=fact["note"],
    )


def _recompute(planned: Analysis) -> None:
    """Do here what a worker would do: the demo is loaded before one runs.

    Raises:
        RuntimeError: the recompute failed; the reason is the one that the page would show.
    """
    analysis.recompute(analysis_id=planned.pk)
    standing = work.standing(analysis_queries.RECOMPUTE, planned.work_key)
    if standing.last_error:
        raise RuntimeError(f"The demo could not be computed: {standing.last_error}")
