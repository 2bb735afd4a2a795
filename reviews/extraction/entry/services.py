"""Enter and correct several cells of a trial's table at once: all of them or none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from reviews.extraction import services
from reviews.extraction.entry.rules import Entry
from reviews.extraction.models import Arm, Value
from reviews.extraction.rules import Quantity
from reviews.extraction.services import Provenance
from reviews.library.models import Study
from reviews.protocol.models import Outcome, Timepoint
from reviews.team.models import Review, User


@dataclass(frozen=True, slots=True)
class NewCell:
    """What somebody wrote into one cell, and what the page had shown there."""

    arm: Arm
    outcome: Outcome
    timepoint: Timepoint
    result: Entry
    provenance: Provenance
    seen: Mapping[Quantity, int] | None = None


class Refused(ValidationError):
    """Some cells cannot be entered; `cells` says which, by their place in the list, and `code` is `stale` for a cell that
    a colleague changed in the meantime."""

    def __init__(self, cells: Mapping[int, ValidationError]) -> None:
        super().__init__([message for refusal in cells.values() for message in refusal.messages])
        self.cells = dict(cells)


@transaction.atomic
def enter_table(
    *, review: Review, actor: User, study: Study, cells: Sequence[NewCell], reason: str = ""
) -> list[Value]:
    """Enter what a report says of several arms and outcomes. Outcomes that exclude each other are looked at when all is
    written, so that two of them can be corrected together.

    Raises:
        PermissionDenied: the person does not extract in this review.
        Refused: anything about a cell cannot be right, a reason is missing, or somebody was faster. Nothing is written.
    """
    Study.objects.select_for_update().get(pk=study.pk)  # two people who save one trial take turns
    refused: dict[int, ValidationError] = {}
    made: list[Value] = []
    for place, cell in enumerate(cells):
        if cell.arm.study_id != study.pk:
            raise ValueError(f"{cell.arm} is no arm of {study}")
        try:
            made += services.write_result(
                review=review,
                actor=actor,
                arm=cell.arm,
                outcome=cell.outcome,
                timepoint=cell.timepoint,
                result=cell.result,
                provenance=cell.provenance,
                reason=reason,
                seen=cell.seen,
            )
        except ValidationError as refusal:
            refused[place] = refusal
    if not refused:
        for place, cell in enumerate(cells):
            try:
                services.check_together(cell.arm, cell.outcome, cell.timepoint)
            except ValidationError as refusal:
                refused[place] = refusal
    if refused:
        raise Refused(refused)
    return made
