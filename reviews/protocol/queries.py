"""What a review set out to do, version by version."""

from collections.abc import Sequence

from django.db.models import QuerySet

from reviews.protocol.models import Outcome, OutcomeOfInterest, Protocol
from reviews.protocol.rules import (
    Benefit,
    Content,
    CriterionKind,
    Importance,
    Measure,
    OutcomeType,
    ProtocolState,
    Schedule,
    UpdateModel,
    WantedCriterion,
    WantedOutcome,
)
from reviews.team.models import Review


def versions(review: Review) -> QuerySet[Protocol]:
    """Every version, newest first."""
    return Protocol.objects.filter(review=review).select_related("created_by", "released_by").order_by("-number")


def version(review: Review, number: int | None = None) -> Protocol | None:
    """The version of this number, or the newest."""
    found = versions(review)
    return (found if number is None else found.filter(number=number)).first()


def newest_of(reviews: Sequence[Review]) -> dict[int, Protocol]:
    """The newest version of each review, by the review's id, in one statement."""
    rows = Protocol.objects.filter(review__in=reviews).order_by("review", "number")
    return {row.review_id: row for row in rows}


def draft(review: Review) -> Protocol | None:
    return versions(review).filter(state=ProtocolState.DRAFT).first()


def released(review: Review) -> Protocol | None:
    """The newest version that holds."""
    return versions(review).filter(state=ProtocolState.RELEASED).first()


def in_force(review: Review) -> Protocol | None:
    """The newest released version; before the first release, the draft."""
    return released(review) or draft(review)


def wanted_outcomes(review: Review) -> list[OutcomeOfInterest]:
    """The outcomes that the protocol in force asks for, in its order."""
    protocol = in_force(review)
    if protocol is None:
        return []
    return list(protocol.outcomes.select_related("outcome", "timepoint").order_by("position"))


def events_asked_for(review: Review) -> list[Outcome]:
    """The dichotomous outcomes of the protocol in force, by name, with those that each excludes."""
    asked = {one.outcome_id for one in wanted_outcomes(review)}
    found = Outcome.objects.filter(pk__in=asked, type=OutcomeType.DICHOTOMOUS)
    return list(found.prefetch_related("excludes").order_by("name"))


def excluded_by(outcomes: Sequence[Outcome]) -> dict[int, set[int]]:
    """By an outcome's id, the ids of those that nobody can have besides it; in one statement."""
    found: dict[int, set[int]] = {outcome.pk: set() for outcome in outcomes}
    pairs = Outcome.excludes.through.objects.filter(from_outcome__in=outcomes)
    for one, other in pairs.values_list("from_outcome", "to_outcome"):
        found[one].add(other)
    return found


def exclusive_pairs(review: Review) -> list[tuple[Outcome, Outcome]]:
    """Pairs of outcomes of which a person can have only one, each once, by name."""
    events = events_asked_for(review)
    return [
        (one, other) for place, one in enumerate(events) for other in events[place + 1 :] if other in one.excludes.all()
    ]


def content_of(protocol: Protocol) -> Content:
    """All that a version says, in two statements."""
    written = list(protocol.criteria.order_by("position"))
    return Content(
        question=protocol.question,
        population=protocol.population,
        intervention=protocol.intervention,
        comparator=protocol.comparator,
        designs=protocol.designs,
        registration=protocol.registration,
        update_model=UpdateModel(protocol.update_model),
        schedules=tuple(Schedule(**schedule) for schedule in protocol.schedules),
        retirement=protocol.retirement,
        criteria=tuple(
            WantedCriterion(CriterionKind(criterion.kind), criterion.text)
            for kind in CriterionKind
            for criterion in written
            if criterion.kind == kind
        ),
        outcomes=tuple(
            WantedOutcome(
                name=wanted.outcome.name,
                type=OutcomeType(wanted.outcome.type),
                measure=Measure(wanted.measure),
                benefit_is=Benefit(wanted.outcome.benefit_is),
                timepoint=wanted.timepoint.label,
                unit=wanted.outcome.unit,
                happened=wanted.outcome.happened,
                from_day=wanted.timepoint.from_day,
                to_day=wanted.timepoint.to_day,
                importance=Importance(wanted.importance),
                important_difference=wanted.important_difference,
            )
            for wanted in protocol.outcomes.select_related("outcome", "timepoint").order_by("position")
        ),
    )
