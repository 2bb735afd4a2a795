"""Where a review looks, when that is late, and what an import is at each moment."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class SourceKind(StrEnum):
    """The columns of the PRISMA 2020 figure: databases and registers on the left, other methods on the right."""

    DATABASE = "database"
    REGISTER = "register"
    OTHER = "other"


class ImportState(StrEnum):
    PREVIEW = "preview"
    """Its first records are shown; nothing of it is in the review."""
    READING = "reading"
    DONE = "done"
    UNDONE = "undone"
    """Taken back before anybody judged a record of it; it counts nowhere."""
    RETIRED = "retired"
    """Removed with a reason after somebody had judged a record of it; it counts as removed."""


class Standing(StrEnum):
    FRESH = "fresh"
    DUE = "due"
    LATE = "late"
    NEVER = "never"
    UNSCHEDULED = "unscheduled"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the protocol says of one source: searched again after so many days, late after so many."""

    name: str
    every_days: int
    late_after_days: int


_BETWEEN_NAMES = re.compile(r"\s*[,;]\s*")
_WORD = re.compile(r"[a-z0-9]+")


def promises(schedules: Iterable[tuple[str, int, int]]) -> tuple[Promise, ...]:
    """One promise for each source that a line of the schedule names ("PubMed, Embase, CENTRAL" names three)."""
    found: dict[str, Promise] = {}
    for names, every, late in schedules:
        for name in _BETWEEN_NAMES.split(names.strip()):
            if name and name.casefold() not in found:
                found[name.casefold()] = Promise(name, every, late)
    return tuple(found.values())


def is_named(source: str, promised: str) -> bool:
    """Whether a source is the one that the schedule names: one name's words are in the other ("Cochrane CENTRAL")."""
    here, there = set(_WORD.findall(source.casefold())), set(_WORD.findall(promised.casefold()))
    return bool(here and there) and (here <= there or there <= here)


def promise_for(source: str, promised: Sequence[Promise]) -> Promise | None:
    """The promise that speaks of a source; the one with exactly its name before any other."""
    exact = next((each for each in promised if each.name.casefold() == source.casefold()), None)
    return exact or next((each for each in promised if is_named(source, each.name)), None)


def standing(last: dt.date | None, promise: Promise | None, today: dt.date) -> Standing:
    if promise is None:
        return Standing.NEVER if last is None else Standing.UNSCHEDULED
    if last is None:
        return Standing.NEVER
    age = (today - last).days
    if age > promise.late_after_days:
        return Standing.LATE
    return Standing.DUE if age >= promise.every_days else Standing.FRESH


def adds_up(*, starts: int, imported: int, rejected: int) -> bool:
    """The promise of every finished import: no start of a record is lost, none counted twice."""
    return imported + rejected == starts


# --- What a record is, by what its source says of it ----------------------------------------------------------------

FIRST_YEAR, LAST_YEAR = 1500, 2199
_RETRACTED_TITLE = re.compile(r"\s*\W*(retracted|withdrawn)( article)?\s*[:\]]", re.IGNORECASE)
_CORRECTION_TITLE = re.compile(
    r"\s*\W*(erratum|corrigendum|correction|retraction( note| notice)?|expression of concern)\b\W*\s*(to|of|for|:)",
    re.IGNORECASE,
)
_NOTICES = ("erratum", "corrigend", "retraction of publication", "retraction notice", "expression of concern")
_NOTICE_LINKS = frozenset({"retraction_of", "erratum_for", "concern_for"})


def is_year(year: int) -> bool:
    return FIRST_YEAR <= year <= LAST_YEAR


def flags_of(*, kind: str, title: str, publication_types: Sequence[str], links: Sequence[str]) -> list[str]:
    """Words that people look for: a retracted article, the notice that retracts it (the opposite), a preprint, …"""
    types = " | ".join([kind, *publication_types]).casefold()
    found = []
    if "retracted publication" in types or "retraction_in" in links or _RETRACTED_TITLE.match(title):
        found.append("retracted")
    if "preprint" in types:
        found.append("preprint")
    if any(word in types for word in _NOTICES) or _NOTICE_LINKS & set(links) or _CORRECTION_TITLE.match(title):
        found.append("correction")
    if "registr" in types or "clinical trial registry" in types or kind.casefold() == "trial":
        found.append("registration")
    if "conference abstract" in types or "meeting abstract" in types:
        found.append("abstract")
    if not title.strip():
        found.append("no-title")
    return found
