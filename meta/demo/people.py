"""Who makes the demonstration, and how its reviews begin."""

from dataclasses import dataclass
from typing import Any

from reviews.models import Review, Team, TeamMember, User
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


@dataclass(frozen=True, slots=True)
class Cast:
    """Who does what: one extractor enters, the other confirms, the owner plans and releases."""

    owner: User
    enters: User
    confirms: User
    everybody: dict[str, User]


def arrive(team_name: str) -> tuple[Team, Cast]:
    """The people behind the doors of the demonstration, and their team."""
    everybody = {
        person.key: User.objects.create_user(email=person.email, password=None, name=person.name) for person in PEOPLE
    }
    cast = Cast(everybody["owner"], everybody["extractor"], everybody["second-extractor"], everybody)
    group = Team.objects.create(name=team_name)
    TeamMember.objects.create(team=group, user=cast.owner, is_lead=True)
    return group, cast


def begin(facts: dict[str, Any], group: Team, cast: Cast) -> Review:
    """A review with its people and its released protocol."""
    about = facts["review"]
    review = protocol.create_review(
        team=group,
        title=about["title"],
        slug=about["slug"],
        notice=about["notice"],
        content=_content(facts["protocol"]),
        actor=cast.owner,
    )
    for person in PEOPLE:
        if person.role is not Role.OWNER:
            issued = team.invite(review=review, email=person.email, roles=[person.role], actor=cast.owner)
            team.accept_invitation(token=issued.token, actor=cast.everybody[person.key])
    protocol.release_protocol(review=review, actor=cast.owner)
    return review


def _content(asked: dict[str, Any]) -> Content:
    return Content(
        question=asked["question"],
        population=asked["population"],
        intervention=asked["intervention"],
        comparator=asked["comparator"],
        designs=asked["designs"],
        registration=asked["registration"],
        update_model=UpdateModel.IMPACT,
        schedules=DEFAULT_SCHEDULES,
        retirement=asked["retirement"],
        criteria=tuple(WantedCriterion(kind=kind, text=text) for kind in CriterionKind for text in asked[kind.value]),
        outcomes=tuple(
            WantedOutcome(
                name=wanted["name"],
                type=OutcomeType(wanted["type"]),
                unit=wanted["unit"],
                benefit_is=Benefit(wanted["benefit_is"]),
                happened=wanted["happened"],
                timepoint=time["label"],
                from_day=time["from_day"],
                to_day=time["to_day"],
                measure=Measure(wanted["measure"]),
                importance=Importance(wanted["importance"]),
                important_difference=None,
            )
            for wanted in asked["outcomes"]
            for time in wanted["timepoints"]
        ),
    )
