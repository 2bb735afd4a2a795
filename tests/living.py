"""A small living review, filled through the services that a click calls."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from meta.analysis import services as analysis
from meta.analysis.models import Analysis, Snapshot
from meta.releases import services as releasing
from meta.releases.models import Release
from meta.releases.rules import Step
from reviews.extraction import services as extraction
from reviews.extraction.models import Value
from reviews.extraction.rules import ArmRole, Method, read_count
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.models import Study
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.protocol.models import Outcome, OutcomeOfInterest, Timepoint
from reviews.protocol.rules import ProtocolState
from reviews.team.models import Review, User
from tests.factories import OutcomeOfInterestFactory, ProtocolFactory

IN_THE_ABSTRACT = Provenance(source="The report", method=Method.REPORTED, place="Abstract")


@dataclass(frozen=True, slots=True)
class Living:
    """A review with a released protocol that asks for one outcome, and the people who work on it."""

    review: Review
    owner: User
    extractor: User
    second_extractor: User
    wanted: OutcomeOfInterest

    @property
    def outcome(self) -> Outcome:
        return self.wanted.outcome

    @property
    def timepoint(self) -> Timepoint:
        return self.wanted.timepoint

    def add(
        self,
        label: str = "Dilogo 2021",
        experimental: str = "10/20",
        control: str = "17/20",
        *,
        year: int = 2021,
        doi: str = "",
        confirmed: bool = True,
    ) -> Study:
        """A trial with two arms, entered by one person and, unless said otherwise, confirmed by the other."""
        study = extraction.add_trial(
            review=self.review,
            actor=self.extractor,
            label=label,
            year=year,
            reports=[NewReport(citation=f"{label}. A trial.", identifiers={Scheme.DOI: doi})],
            characteristics={"Country": "Indonesia", "Product": "UC-MSC"},
            characteristics_source="The report",
            arms=[NewArm("MSC", ArmRole.EXPERIMENTAL), NewArm("Control", ArmRole.CONTROL)],
            results=[
                NewResult(
                    outcome=self.outcome,
                    timepoint=self.timepoint,
                    results=[read_count(experimental), read_count(control)],
                    provenance=IN_THE_ABSTRACT,
                )
            ],
        )
        if confirmed:
            self.confirm(study)
        return study

    def enter(self, study: Study, arm: str, count: str, *, actor: User | None = None, **said: Any) -> list[Value]:
        """A number, or a correction where one stands."""
        return extraction.enter_result(
            review=self.review,
            actor=actor or self.extractor,
            arm=study.arms.get(label=arm),
            outcome=self.outcome,
            timepoint=self.timepoint,
            result=read_count(count),
            **({"provenance": IN_THE_ABSTRACT, "reason": "The report says so."} | said),
        )

    def confirm(self, study: Study, *, actor: User | None = None, **said: Any) -> list[Value]:
        return extraction.confirm_result(
            review=self.review,
            actor=actor or self.second_extractor,
            study=study,
            outcome=self.outcome,
            timepoint=self.timepoint,
            **said,
        )

    def correct(self, study: Study, arm: str, count: str) -> None:
        self.enter(study, arm, count)
        self.confirm(study)

    def plan(self, title: str = "Death within 28 days", **said: Any) -> Analysis:
        return analysis.plan_analysis(
            review=self.review,
            actor=self.owner,
            outcome=self.outcome,
            timepoint=self.timepoint,
            title=title,
            **({"experimental": "MSC", "control": "control"} | said),
        )

    def release(self, note: str = "Something is new.", *, step: Step = Step.MINOR, **said: Any) -> Release:
        return releasing.make_release(review=self.review, actor=self.owner, step=step, note=note, **said)


def living_review(review: Review, owner: User, extractor: User, second_extractor: User) -> Living:
    protocol = ProtocolFactory(
        review=review, state=ProtocolState.RELEASED, released_by=owner, released_at=timezone.now()
    )
    wanted = OutcomeOfInterestFactory(
        protocol=protocol,
        outcome__name="Death from any cause",
        outcome__happened="died",
        timepoint__label="28 days",
    )
    return Living(review, owner, extractor, second_extractor, wanted)


def recomputed(planned: Analysis) -> Snapshot | None:
    """What a worker does when it hears of the work."""
    return analysis.recompute(analysis_id=planned.pk)
