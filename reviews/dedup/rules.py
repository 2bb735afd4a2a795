"""Answers about two records, and what follows from them."""

from collections.abc import Iterable, Mapping
from enum import StrEnum


class Answered(StrEnum):
    """What somebody, or the tool where it is certain, says of two records."""

    DUPLICATE = "duplicate"
    RELATED = "related"
    NEITHER = "neither"
    UNDONE = "undone"


def keepers(pairs: Iterable[tuple[int, int]]) -> dict[int, int]:
    """For each record named, the record kept: of those that the pairs join, the one imported first.

    The first is the one that may have been screened already, so no decision changes its record when a copy arrives.
    """
    kept: dict[int, int] = {}

    def root(record: int) -> int:
        while kept.setdefault(record, record) != record:
            record = kept[record]
        return record

    for one, two in pairs:
        first, later = sorted((root(one), root(two)))
        kept[later] = first
    return {record: root(record) for record in kept}


SHOWN = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "registrations",
    "abstract",
    "language",
)
LONGEST_IS_BEST = frozenset({"authors", "abstract", "registrations"})
"""Databases cut these off; of the other fields the kept record's own is shown, where it has one."""


def best_fields(records: Iterable[tuple[int, Mapping[str, object]]]) -> dict[str, tuple[object, int]]:
    """For each field, the value to show and the record that it is from; the record kept comes first."""
    best: dict[str, tuple[object, int]] = {}
    for identity, fields in records:
        for name in SHOWN:
            value = fields.get(name)
            if not value:
                continue
            if name not in best or (name in LONGEST_IS_BEST and len(str(value)) > len(str(best[name][0]))):
                best[name] = (value, identity)
    return best
