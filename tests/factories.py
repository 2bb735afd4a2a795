"""Make what a test talks about, and only that."""

from typing import Any

import factory
from factory.django import DjangoModelFactory

from reviews.library.models import Report, Study
from reviews.protocol.models import Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.protocol.rules import Benefit, Measure, OutcomeType
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.team.models import Membership, Review, Team, TeamMember, User
from reviews.team.rules import Role


class UserFactory(DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    name = factory.Sequence("Person {}".format)
    email = factory.LazyAttributeSequence(lambda person, n: f"{person.name.split()[0].lower()}.{n}@example.org")

    @factory.post_generation
    def password(self: User, create: bool, extracted: str | None, **kwargs: Any) -> None:
        if extracted:
            self.set_password(extracted)
        else:
            self.set_unusable_password()
        if create:
            self.save()


class TeamFactory(DjangoModelFactory):
    class Meta:
        model = Team

    name = factory.Sequence("Team {}".format)


class ReviewFactory(DjangoModelFactory):
    class Meta:
        model = Review

    team = factory.SubFactory(TeamFactory)
    slug = factory.Sequence("review-{}".format)
    title = factory.Sequence("Stromal cells, question {}".format)
    created_by = factory.SubFactory(UserFactory)


class ProtocolFactory(DjangoModelFactory):
    class Meta:
        model = Protocol

    review = factory.SubFactory(ReviewFactory)
    number = 1
    question = "Do stromal cells lower the risk of death?"
    created_by = factory.SelfAttribute("review.created_by")


class OutcomeFactory(DjangoModelFactory):
    class Meta:
        model = Outcome

    team = factory.SubFactory(TeamFactory)
    name = factory.Sequence("Death {}".format)
    type = OutcomeType.DICHOTOMOUS
    benefit_is = Benefit.LOWER


class TimepointFactory(DjangoModelFactory):
    class Meta:
        model = Timepoint

    outcome = factory.SubFactory(OutcomeFactory)
    label = "28 days"
    from_day = 21
    to_day = 35


class OutcomeOfInterestFactory(DjangoModelFactory):
    class Meta:
        model = OutcomeOfInterest

    protocol = factory.SubFactory(ProtocolFactory)
    position = factory.Sequence(lambda n: n + 1)
    outcome = factory.SubFactory(OutcomeFactory, team=factory.SelfAttribute("..protocol.review.team"))
    timepoint = factory.SubFactory(TimepointFactory, outcome=factory.SelfAttribute("..outcome"))
    measure = Measure.ODDS_RATIO


class StudyFactory(DjangoModelFactory):
    class Meta:
        model = Study

    team = factory.SubFactory(TeamFactory)
    label = factory.Sequence("Trial {}".format)
    year = 2022
    created_by = factory.SubFactory(UserFactory)


class ReportFactory(DjangoModelFactory):
    class Meta:
        model = Report

    team = factory.SubFactory(TeamFactory)
    citation = factory.Sequence("A trial of stromal cells, part {}.".format)
    created_by = factory.SubFactory(UserFactory)


class InclusionFactory(DjangoModelFactory):
    class Meta:
        model = Inclusion

    review = factory.SubFactory(ReviewFactory)
    study = factory.SubFactory(StudyFactory, team=factory.SelfAttribute("..review.team"))
    verdict = Verdict.INCLUDE
    decided_by = factory.SubFactory(UserFactory)


def member(review: Review, *roles: Role, **person: Any) -> User:
    """A person who holds these roles in the review."""
    user: User = UserFactory(**person)
    for role in roles:
        Membership.objects.create(review=review, user=user, role=role)
    return user


def lead(team: Team, **person: Any) -> User:
    """A person who may begin reviews in the team."""
    user: User = UserFactory(**person)
    TeamMember.objects.create(team=team, user=user, is_lead=True)
    return user
