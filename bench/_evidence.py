"""A review of many studies to measure, made directly in the database."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils import timezone

from reviews.extraction import queries
from reviews.extraction.entry.forms import NumbersForm
from reviews.extraction.models import Arm, Value
from reviews.extraction.rules import ArmRole, Method, Quantity
from reviews.extraction.sheets import services as sheets
from reviews.library.models import Study
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.protocol.rules import Benefit, Measure, OutcomeType, ProtocolState
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.team.models import Membership, Review, Team, User
from reviews.team.rules import Role

EVENTS, TOTAL = 5, 50


@dataclass(frozen=True)
class Evidence:
    review: Review
    extractor: User
    study: Study
    file: str

    def savings(self, browser: Any, number: int) -> Iterator[Callable[[], Any]]:
        """So many corrections of one cell on the page of the study's table, each ready to be sent."""
        address = reverse("reviews:extraction:table", args=[self.review.slug, self.study.pk])
        for turn in range(number):
            form = self._form()
            shown = {name: form[name].value() or "" for name in form.fields}
            first = next(name for name in shown if name.startswith("cell-"))
            sent = shown | {first: f"{turn % 40}/{TOTAL}", "reason": "Read again."}
            yield lambda sent=sent: _sent(browser, address, sent)  # type: ignore[misc]

    def _form(self) -> NumbersForm:
        asked = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(self.review)]
        return NumbersForm(asked=asked, arms=len(ArmRole), standing=queries.table(self.study, asked))

    def bring(self) -> None:
        plan = sheets.plan(review=self.review, text=self.file, file="arms.csv")
        made = sheets.enter_sheet(
            review=self.review, actor=self.extractor, text=self.file, file="arms.csv", seal=plan.reading.seal
        )
        if not made:
            raise RuntimeError("The file changed nothing, so its time says nothing.")


def _sent(browser: Any, address: str, sent: dict[str, str]) -> None:
    answer = browser.post(address, sent)
    if answer.status_code != 302:
        raise RuntimeError("A correction was refused.")


def made(*, studies: int, outcomes: int, rows: int) -> Evidence:
    """The review with its numbers, and a file of so many rows for outcomes of their own."""
    people = [User.objects.create(name=name, email=f"{name}@example.org") for name in ("ben", "cleo")]
    team = Team.objects.create(name="Bench")
    review = Review.objects.create(team=team, slug="bench", title="Bench", created_by=people[0])
    for person in people:
        Membership.objects.create(review=review, user=person, role=Role.EXTRACTOR)
    protocol = Protocol.objects.create(
        review=review,
        number=1,
        question="How quick is it?",
        state=ProtocolState.RELEASED,
        created_by=people[0],
        released_by=people[0],
        released_at=timezone.now(),
    )
    asked = [_asked(protocol, team, place) for place in range(outcomes)]
    more = [_outcome(team, f"More {place}") for place in range(-(-rows // (2 * studies)))]
    all_arms: list[Arm] = []
    for number in range(studies):
        study = Study.objects.create(team=team, label=f"Trial {number:03}", year=2020, created_by=people[0])
        Inclusion.objects.create(review=review, study=study, verdict=Verdict.INCLUDE, decided_by=people[0])
        for place, role in enumerate(ArmRole, start=1):
            all_arms.append(Arm.objects.create(study=study, position=place, label=role.value, role=role))
    Value.objects.bulk_create(
        [
            _value(arm, timepoint, quantity, number, people[0])
            for arm in all_arms
            for timepoint in asked
            for quantity, number in ((Quantity.EVENTS, EVENTS), (Quantity.TOTAL, TOTAL))
        ],
        batch_size=500,
    )
    return Evidence(review, people[0], all_arms[0].study, _file(all_arms, more, rows))


def _outcome(team: Team, name: str) -> Timepoint:
    outcome = Outcome.objects.create(team=team, name=name, type=OutcomeType.DICHOTOMOUS, benefit_is=Benefit.LOWER)
    return Timepoint.objects.create(outcome=outcome, label="28 days")


def _asked(protocol: Protocol, team: Team, place: int) -> Timepoint:
    timepoint = _outcome(team, f"Outcome {place}")
    OutcomeOfInterest.objects.create(
        protocol=protocol,
        position=place + 1,
        outcome=timepoint.outcome,
        timepoint=timepoint,
        measure=Measure.ODDS_RATIO,
    )
    return timepoint


def _value(arm: Arm, timepoint: Timepoint, quantity: Quantity, number: int, person: User) -> Value:
    return Value(
        arm=arm,
        outcome_id=timepoint.outcome_id,
        timepoint=timepoint,
        quantity=quantity,
        as_printed=str(number),
        number=Decimal(number),
        source="The report",
        method=Method.REPORTED,
        entered_by=person,
        is_evidence=True,
    )


def _file(arms: list[Arm], timepoints: list[Timepoint], rows: int) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["study", "arm", "outcome", "timepoint", "result", "source"])
    lines = [
        [arm.study.label, arm.label, timepoint.outcome.name, timepoint.label, f"{EVENTS}/{TOTAL}", "The report"]
        for arm in arms
        for timepoint in timepoints
    ]
    writer.writerows(lines[:rows])
    return text.getvalue()
