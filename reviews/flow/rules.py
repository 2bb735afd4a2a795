"""The identification part of the PRISMA 2020 figure, as boxes whose numbers must add up."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum


class Box(StrEnum):
    """What a record is counted under; each record is in exactly one of the last four."""

    IDENTIFIED = "identified"
    DUPLICATE = "duplicate"
    AUTOMATION = "automation"
    OTHER = "other"
    SCREENED = "screened"


REMOVED = (Box.DUPLICATE, Box.AUTOMATION, Box.OTHER)


def box_of(*, is_duplicate: bool, is_retired: bool, by_a_tool: bool) -> Box:
    """Where one record is counted. Whoever is a copy is counted as a copy, whatever happened to it besides."""
    if is_duplicate:
        return Box.DUPLICATE
    if is_retired:
        return Box.AUTOMATION if by_a_tool else Box.OTHER
    return Box.SCREENED


@dataclass(frozen=True, slots=True)
class From:
    """How many records one source gave, and in which column of the figure it stands ("" for no source at all)."""

    source: str
    kind: str
    records: int


@dataclass(frozen=True, slots=True)
class Identification:
    """The boxes of one column: all of a review, or one of its updates."""

    sources: tuple[From, ...] = ()
    boxes: dict[Box, int] = field(default_factory=dict)

    @property
    def identified(self) -> int:
        return sum(each.records for each in self.sources)

    @property
    def removed(self) -> int:
        return sum(self.boxes.get(box, 0) for box in REMOVED)

    @property
    def screened(self) -> int:
        """Records that go on to screening."""
        return self.boxes.get(Box.SCREENED, 0)

    @property
    def adds_up(self) -> bool:
        """identified = removed before screening + screened: asserted wherever the numbers are shown."""
        return self.identified == self.removed + self.screened

    def of_kind(self, kind: str) -> tuple[From, ...]:
        return tuple(each for each in self.sources if each.kind == kind)


def together(parts: Sequence[Identification]) -> Identification:
    """Several columns as one: what each source gave, and each box, summed."""
    sources: dict[tuple[str, str], int] = {}
    boxes: dict[Box, int] = {}
    for part in parts:
        for each in part.sources:
            sources[each.source, each.kind] = sources.get((each.source, each.kind), 0) + each.records
        for box, number in part.boxes.items():
            boxes[box] = boxes.get(box, 0) + number
    return Identification(tuple(From(*key, records) for key, records in sorted(sources.items())), boxes)
