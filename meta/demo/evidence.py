"""Enter the trials of the demonstration as a person would: arms, numbers with their sources, and a second reader."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from meta.demo.people import Cast
from reviews.extraction import rules as cells
from reviews.extraction import services as extraction
from reviews.extraction.rules import ArmHandling, ArmRole, Count, MedianRule, Method, Summary, ValueState
from reviews.extraction.services import NewArm, NewResult, Provenance
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.models import Arm, Outcome, Review, Study, Team, Timepoint


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The outcomes of the facts and their times, by the words that the facts use."""

    outcomes: Mapping[str, Outcome]
    times: Mapping[tuple[str, str], Timepoint]

    @classmethod
    def of(cls, protocol: Mapping[str, Any], team: Team) -> "Catalogue":
        outcomes, times = {}, {}
        for fact in protocol["outcomes"]:
            outcome = outcomes[fact["key"]] = Outcome.objects.get(team=team, name=fact["name"])
            for time in fact["timepoints"]:
                times[fact["key"], time["key"]] = outcome.timepoints.get(label=time["label"])
        return cls(outcomes, times)

    def place(self, fact: Mapping[str, Any]) -> dict[str, Any]:
        """The outcome and the time of a fact, as services take them."""
        return {
            "outcome": self.outcomes[fact["outcome"]],
            "timepoint": self.times[fact["outcome"], fact["timepoint"]],
        }


def studies_of(trials: Mapping[str, Any], team: Team) -> dict[str, Study]:
    """The trials that are in the library already, by the words of the facts."""
    there = {study.label: study for study in Study.objects.filter(team=team)}
    return {key: there[fact["label"]] for key, fact in trials["studies"].items() if fact["label"] in there}


def add(fact: Mapping[str, Any], review: Review, cast: Cast, catalogue: Catalogue) -> Study:
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
        characteristics_source=fact["characteristics_source"],
        arms=[NewArm(arm["label"], ArmRole(arm["role"]), arm["randomised"]) for arm in fact["arms"]],
        results=[
            NewResult(
                **catalogue.place(result),
                results=[
                    read(cell, people=arm["randomised"])
                    for arm, cell in zip(fact["arms"], result["cells"], strict=True)
                ],
                provenance=_provenance(result),
            )
            for result in fact["results"]
        ],
    )
    for result in fact["results"]:
        extraction.confirm_result(review=review, actor=cast.confirms, study=study, **catalogue.place(result))
    return study


def read(cell: str, *, people: int | None) -> Count | Summary | ValueState:
    """A cell of the facts as a person would type it: `10/20`, `11 (8–14)`, or why there is no number.

    Quartiles become a mean and an SD by Wan's table of normal order statistics, as in the review of 2022.
    """
    state = next((state for state in ValueState if state.value.replace("_", " ") == cell), None)
    if state is not None:
        return state
    if "/" in cell:
        return cells.read_count(cell)
    return cells.read_summary(cell, people=people, median_rule=MedianRule.TABLE)


def correct(fact: Mapping[str, Any], review: Review, cast: Cast, catalogue: Catalogue) -> None:
    arm = Arm.objects.select_related("study").get(
        study__team=review.team, study__label=fact["study"], label=fact["arm"]
    )
    place = catalogue.place(fact)
    extraction.enter_result(
        review=review,
        actor=cast.enters,
        arm=arm,
        result=read(fact["count"], people=arm.randomised),
        provenance=_provenance(fact),
        reason=fact["reason"],
        **place,
    )
    extraction.confirm_result(review=review, actor=cast.confirms, study=arm.study, **place)


def choose_arms(fact: Mapping[str, Any], review: Review, study: Study, cast: Cast) -> None:
    """Pool only some of a trial's experimental arms in a review."""
    extraction.choose_arms(
        review=review,
        actor=cast.enters,
        study=study,
        handling=ArmHandling.CHOOSE,
        arms=list(study.arms.filter(label__in=fact["arms"])),
        reason=fact["reason"],
    )


def _provenance(fact: Mapping[str, Any]) -> Provenance:
    return Provenance(
        source=fact["source"],
        place=fact["place"],
        method=Method(fact["method"]),
        measured_at=fact["measured_at"],
        note=fact["note"],
    )
