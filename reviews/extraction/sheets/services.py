"""Bring a file of arm data into a review: all of it or nothing."""

import hashlib
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from reviews.base.audit import services as audit
from reviews.extraction import services
from reviews.extraction.models import Value
from reviews.extraction.rules import Quantity
from reviews.extraction.services import NewRow, Provenance
from reviews.extraction.sheets import queries
from reviews.extraction.sheets.queries import Reading, Wanted
from reviews.extraction.sheets.rules import Problem, tidy
from reviews.screening import queries as screening
from reviews.team.access import require
from reviews.team.models import Review, User
from reviews.team.rules import Action

AT_ONCE = 500
"""Rows in one statement: SQLite takes a limited number of values."""

CHANGED = "Numbers of these trials changed after the preview. Nothing was entered; look at the preview again."


@dataclass(frozen=True, slots=True)
class Step:
    """What one line of a file does to its cell."""

    wanted: Wanted
    rows: dict[Quantity, NewRow]
    provenance: Provenance

    @property
    def is_correction(self) -> bool:
        return any(quantity in self.wanted.stands for quantity in self.rows)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do. With problems it does nothing."""

    reading: Reading
    steps: list[Step]
    problems: list[Problem]

    @property
    def entered(self) -> list[Step]:
        return [step for step in self.steps if step.rows and not step.is_correction]

    @property
    def corrected(self) -> list[Step]:
        return [step for step in self.steps if step.is_correction]

    @property
    def unchanged(self) -> int:
        return sum(not step.rows for step in self.steps)


def plan(*, review: Review, text: str, file: str) -> Plan:
    """What entering a file would do, for its preview. Nothing is written."""
    reading = queries.reading(review, text, file=file)
    steps = [_step(one) for one in reading.wanted]
    problems = list(reading.problems)
    problems += [
        Problem(file, step.wanted.line.number, "reason", "A number stands here already. Say why it is corrected.")
        for step in steps
        if step.is_correction and not step.wanted.line["reason"]
    ]
    return Plan(reading, steps, sorted(problems, key=lambda problem: problem.line))


def _step(one: Wanted) -> Step:
    provenance = Provenance(
        source=one.line["source"],
        method=one.method,
        place=one.line["place"],
        note=one.line["note"],
        measured_at=one.line["measured_at"],
    )
    return Step(one, services.changes(one.stands, one.entry, one.outcome, provenance), provenance)


@transaction.atomic
def enter_sheet(*, review: Review, actor: User, text: str, file: str, seal: str) -> list[Value]:
    """Enter and correct everything that a file says. Each number waits for a second person, as if typed by hand.

    Args:
        seal: the one of the preview that the person saw.

    Raises:
        PermissionDenied: the person does not extract in this review.
        ValidationError: a line cannot be right, or a number changed since the preview. Nothing is written.
    """
    role = require(actor, review, Action.EXTRACT)
    list(screening.included(review).select_for_update().order_by("pk"))  # who edits one of these trials waits
    planned = plan(review=review, text=text, file=file)
    if planned.problems:
        raise ValidationError([str(problem) for problem in planned.problems])
    if planned.reading.seal != seal:
        raise ValidationError(CHANGED, code="stale")
    replaced: list[int] = []
    made: list[Value] = []
    for step in planned.steps:
        for quantity, row in step.rows.items():
            old = step.wanted.stands.get(quantity)
            replaced += [old.pk] if old is not None else []
            made.append(
                row.as_value(
                    step.wanted.arm,
                    step.wanted.timepoint,
                    quantity,
                    step.provenance,
                    reason=step.wanted.line["reason"],
                    replaces=old,
                    actor=actor,
                )
            )
    for begin in range(0, len(replaced), AT_ONCE):
        Value.objects.filter(pk__in=replaced[begin : begin + AT_ONCE]).update(is_current=False)
    Value.objects.bulk_create(made, batch_size=AT_ONCE)
    if made:
        audit.record(
            chain=review.chain,
            actor=actor,
            acting_role=role,
            verb="entered a file",
            subject=review,
            after={
                "file": file,
                "sha256": hashlib.sha256(tidy(text).encode()).hexdigest(),
                "cells entered": len(planned.entered),
                "cells corrected": len(planned.corrected),
                "values": [value.pk for value in made],
            },
        )
    return made
