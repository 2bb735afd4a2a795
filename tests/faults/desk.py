"""What the clerk can be told to do: change evidence through the services, and look at what came of it."""

import json

from django.test import Client
from django.urls import reverse

from meta.analysis import queries as analysis_queries
from meta.analysis import services as analysis
from meta.analysis.models import Analysis, Snapshot
from reviews.base.audit import queries as audit
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.extraction import queries as extraction_queries
from reviews.extraction import services as extraction
from reviews.extraction.models import Arm, Confirmation
from reviews.extraction.rules import ArmRole, Count, Method
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.services import NewReport
from reviews.models import Review, Study, Timepoint, User
from reviews.team.rules import Role
from tests.factories import OutcomeFactory, ReviewFactory, TeamFactory, TimepointFactory, UserFactory, member
from tests.faults.import_desk import (
    account_of_comparing,
    account_of_import,
    bring,
    bring_copies,
    how_far,
    is_compared,
    is_comparing,
)

__all__ = [
    "account_of_comparing",
    "account_of_import",
    "bring",
    "bring_copies",
    "how_far",
    "is_compared",
    "is_comparing",
]  # the clerk finds its orders by their names here

TOTAL = 40
STUDIES = 4
EVENTS = {ArmRole.EXPERIMENTAL: 6, ArmRole.CONTROL: 12}
SOURCE = Provenance(source="Trial registry, results table", method=Method.REPORTED)


def prepare():
    """A review with four trials, two outcomes and an analysis of each; everything is confirmed, and owed."""
    # An earlier clerk may have been here: go on counting after its people.
    for factory in (UserFactory, TeamFactory, ReviewFactory):
        factory.reset_sequence(User.objects.count())
    review = ReviewFactory()
    owner, enters, confirms = member(review, Role.OWNER), member(review, Role.EXTRACTOR), member(review, Role.EXTRACTOR)
    timepoints = [TimepointFactory(outcome=OutcomeFactory(team=review.team)) for _ in range(2)]
    for number in range(1, STUDIES + 1):
        study = extraction.add_trial(
            review=review,
            actor=enters,
            label=f"Trial {number}",
            year=2020 + number,
            reports=[NewReport(citation=f"The report of trial {number}.")],
            characteristics={},
            characteristics_source="",
            arms=[NewArm(role.value, role, TOTAL) for role in EVENTS],
            results=[
                NewResult(each.outcome, each, [Count(events, TOTAL) for events in EVENTS.values()], SOURCE)
                for each in timepoints
            ],
        )
        for each in timepoints:
            extraction.confirm_result(review=review, actor=confirms, study=study, outcome=each.outcome, timepoint=each)
    analyses = [
        analysis.plan_analysis(
            review=review,
            actor=owner,
            outcome=each.outcome,
            timepoint=each,
            title=f"Deaths, part {number}",
            experimental="Cells",
            control="Care",
        )
        for number, each in enumerate(timepoints, start=1)
    ]
    return {
        "review": review.pk,
        "enters": enters.pk,
        "confirms": confirms.pk,
        "owner": owner.pk,
        "analyses": [each.pk for each in analyses],
        "ledger": _evidence(review, [each.pk for each in analyses]),
    }


def change(review, enters, confirms, arm, timepoint, events):
    """One person corrects a count, a second confirms it; the answer is the acknowledgement."""
    found = Review.objects.get(pk=review)
    when = Timepoint.objects.select_related("outcome").get(pk=timepoint)
    group = Arm.objects.get(pk=arm)
    extraction.enter_result(
        review=found,
        actor=User.objects.get(pk=enters),
        arm=group,
        outcome=when.outcome,
        timepoint=when,
        result=Count(events, TOTAL),
        provenance=SOURCE,
        reason="Read again.",
    )
    confirmed = extraction.confirm_result(
        review=found,
        actor=User.objects.get(pk=confirms),
        study=Study.objects.get(pk=group.study_id),
        outcome=when.outcome,
        timepoint=when,
    )
    return [value.pk for value in confirmed]


def leases():
    """The runs that are under way, or were when their worker was killed."""
    return [str(row.lease) for row in Owed.objects.exclude(lease=None)]


def standings(analyses):
    return [_result(each).standing.state.value for each in analyses]


def last_errors(analyses):
    return [_result(each).standing.last_error for each in analyses]


def newest(analyses):
    """The number of the newest snapshot of each."""
    return [snapshot.number if (snapshot := _result(each).snapshot) else 0 for each in analyses]


def page(analysis, person, ask_again=False):
    """The page of an analysis as this person sees it, after pressing Retry or without."""
    found = Analysis.objects.select_related("review").get(pk=analysis)
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(pk=person))
    place = [found.review.slug, found.key]
    if ask_again:
        client.post(reverse("analysis:recompute", args=place))
    return client.get(reverse("analysis:analysis", args=place)).content.decode()


def account(review, analyses, acknowledged):
    """Everything that must agree with everything else at the end."""
    found = Review.objects.select_related("team").get(pk=review)
    return {
        "analyses": [_account_of(found, each) for each in analyses],
        "evidence": _evidence(found, analyses),
        "unconfirmed": sorted(
            set(acknowledged) - set(Confirmation.objects.filter(value__in=acknowledged).values_list("value", flat=True))
        ),
        "audit_faults": [str(fault) for fault in audit.faults()],
    }


def _account_of(review, analysis_id):
    result = _result(analysis_id)
    snapshots = list(Snapshot.objects.filter(analysis=analysis_id).order_by("number", "pk"))
    fresh = analysis.compute(result.analysis, result.plan)
    events = Event.objects.filter(
        chain=review.chain, verb="recomputed", object_type="analysis", object_id=str(analysis_id)
    )
    return {
        "state": result.standing.state.value,
        "numbers": [each.number for each in snapshots],
        "digests": [each.digest for each in snapshots],
        "told": [event.after["snapshot"] for event in events.order_by("number")],
        "newest_is_fresh": snapshots[-1].digest == fresh.digest and snapshots[-1].result == _stored(fresh.result),
    }


def _evidence(review, analyses):
    """Events of each arm and timepoint, keyed as the client keeps its ledger."""
    events = {}
    for each in Analysis.objects.select_related("outcome", "timepoint").filter(pk__in=analyses):
        for study in extraction_queries.evidence(review, each.outcome, each.timepoint):
            for arm in study.arms:
                events[f"{arm.arm_id} {each.timepoint_id}"] = arm.result.events
    return events


def _result(analysis_id):
    return analysis_queries.result(
        Analysis.objects.select_related("review", "outcome", "timepoint").get(pk=analysis_id)
    )


def _stored(value):
    """As it looks after a stay in a JSON column."""
    return json.loads(json.dumps(value))
