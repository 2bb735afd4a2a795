"""Version numbers, and what differs between two released documents."""

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class NoticeKind(StrEnum):
    SEARCHED = "searched"
    PENDING = "pending"
    CORRECTION = "correction"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What a new version means to its readers."""

    MAJOR = "major"
    MINOR = "minor"
    PATCH = "patch"


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """MAJOR.MINOR.PATCH: conclusions changed; new studies or data; nothing that a reader sees in a number."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @classmethod
    def read(cls, text: str) -> "Version":
        """Raises ValueError for anything but three whole numbers."""
        found = re.fullmatch(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})", text, re.ASCII)
        if not found or text != ".".join(str(int(part)) for part in found.groups()):
            raise ValueError(f"{text!r} is not a version")
        return cls(*(int(part) for part in found.groups()))

    def after(self, step: Step) -> "Version":
        match step:
            case Step.MAJOR:
                return Version(self.major + 1, 0, 0)
            case Step.MINOR:
                return Version(self.major, self.minor + 1, 0)
            case _:
                return Version(self.major, self.minor, self.patch + 1)


FIRST = Version(1, 0, 0)

_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?", re.ASCII)


def is_partial_date(text: str) -> bool:
    """A date as far as it is known: nothing, a year, a year and month, or a day that exists."""
    if not text:
        return True
    found = _PARTIAL_DATE.fullmatch(text)
    if not found:
        return False
    year, month, day = (int(part or 1) for part in found.groups())
    try:
        dt.date(year, month, day)
    except ValueError:
        return False
    return True


def difference(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """What changed from one released document to the next, as the page says it.

    Studies are compared by their label, numbers by study, outcome, arm and quantity.

    Returns:
        `since`, `studies_in`, `studies_out`, `corrected` (numbers), `entered` (numbers new to a study that was there),
        `described` (characteristics), `stated` (by earlier reviews), `amended` (the protocol, plans) and `outcomes`:
        lists in the order of the new document, what is gone after them.
    """
    before, after = _studies(old), _studies(new)
    both = [(before[label], study) for label, study in after.items() if label in before]
    return {
        "since": old["version"],
        "studies_in": [_named(study) for label, study in after.items() if label not in before],
        "studies_out": [_named(study) for label, study in before.items() if label not in after],
        "corrected": [change for earlier, study in both for change in _corrected(earlier, study)],
        "entered": [change for earlier, study in both for change in _entered(earlier, study)],
        "described": [change for earlier, study in both for change in _described(earlier, study)],
        "stated": list(_stated(old, new)),
        "amended": list(_amended(old, new)),
        "outcomes": list(_results(old["outcomes"], new["outcomes"])),
    }


LISTS = ("studies_in", "studies_out", "corrected", "entered", "described", "stated", "amended")
"""What a difference lists besides the results."""


def is_empty(changes: Mapping[str, Any]) -> bool:
    """True when a reader would see the same studies and the same numbers, got in the same way."""
    return not any(outcome["is_changed"] for outcome in changes["outcomes"]) and not any(
        changes[name] for name in LISTS
    )


def proposed_step(changes: Mapping[str, Any]) -> Step:
    """The step that fits the changes; a person decides.

    MAJOR when an outcome's conclusion or the question changed, PATCH when a correction left every displayed result as it
    was printed, else MINOR.
    """
    outcomes = changes["outcomes"]
    if any(outcome["verdict"] == "conclusion changed" for outcome in outcomes):
        return Step.MAJOR
    if any(amendment["is_new_question"] for amendment in changes["amended"]):
        return Step.MAJOR
    lists = ("studies_in", "studies_out", "entered", "stated", "amended")
    if any(changes[name] for name in lists) or any(one["is_changed"] for one in outcomes):
        return Step.MINOR
    return Step.PATCH


def _amended(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The protocol and the plans whose number moved on, each with the reason that was given."""
    held, holds = old["protocol"], new["protocol"]
    if held and holds and held["number"] != holds["number"]:
        yield {
            "what": "Protocol",
            "old": held["number"],
            "new": holds["number"],
            "reason": holds["amendment_reason"],
            "is_new_question": held["question"] != holds["question"],
        }
    plans = {outcome["key"]: outcome["plan"] for outcome in old["outcomes"]}
    for outcome in new["outcomes"]:
        before = plans.get(outcome["key"])
        if before is not None and before["number"] != outcome["plan"]["number"]:
            yield {
                "what": f"Plan of {outcome['title']}",
                "old": before["number"],
                "new": outcome["plan"]["number"],
                "reason": outcome["plan"]["reason"],
                "is_new_question": False,
            }


def _results(old: Iterable[Mapping[str, Any]], new: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Each result old and new; one that is gone has no new text."""
    before = {outcome["key"]: outcome for outcome in old}
    for outcome in new:
        earlier = before.pop(outcome["key"], None)
        yield {
            "key": outcome["key"],
            "title": outcome["title"],
            "measure": outcome["measure"],
            "old": earlier["text"] if earlier else None,
            "new": outcome["text"],
            "is_changed": earlier is None or displayed(earlier) != displayed(outcome),
            "verdict": _verdict(earlier, outcome),
        }
    for key, outcome in before.items():
        yield {
            "key": key,
            "title": outcome["title"],
            "measure": outcome["measure"],
            "old": outcome["text"],
            "new": None,
            "is_changed": True,
            "verdict": "no longer reported",
        }


def displayed(outcome: Mapping[str, Any]) -> list[Any]:
    """Every text of a result that a reader sees, as it is printed.

    A part that the older document's format did not have is no change: it is compared where both have it.
    """
    return [
        outcome["text"],
        outcome["direction"],
        outcome.get("k"),
        outcome.get("participants"),
        [one["text"] for one in outcome.get("alternatives") or []],
        (outcome.get("heterogeneity") or {}).get("text"),
        (outcome.get("absolute") or {}).get("sentence"),
        [(group["name"], group["text"]) for group in (outcome.get("subgroups") or {}).get("groups", [])],
        [(one["label"], one["printed"], one["verdict"]) for one in outcome.get("published") or []],
    ]


def _verdict(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> str:
    if old is None:
        return "new outcome"
    if old["direction"] != new["direction"]:
        return "conclusion changed"
    return "same conclusion" if displayed(old) != displayed(new) else "no change"


def _studies(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {study["label"]: study for study in document["studies"]}


def _named(study: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": study["label"], "participants": study["participants"]}


PLACES = ("outcome", "timepoint", "arm", "quantity")
"""Where a number stands in its study."""


def _at_place(study: Mapping[str, Any]) -> dict[tuple[str, ...], Mapping[str, Any]]:
    return {tuple(value[place] for place in PLACES): value for value in study["values"]}


def _said(value: Mapping[str, Any]) -> str:
    """A value as printed, or as worked out; where there is none, the reason why."""
    return str(value["as_printed"] or value.get("number") or value.get("state", "").replace("_", " "))


def _corrected(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before = _at_place(old)
    for place, value in _at_place(new).items():
        earlier = before.get(place)
        if earlier is not None and _said(earlier) != _said(value):
            yield {
                "study": new["label"],
                "what": f"{value['arm']}: {value['quantity']}, {value['outcome']}, {value['timepoint']}",
                "old": _said(earlier),
                "new": _said(value),
                "reason": value["reason"],
                "source": value["source"],
            }


def _entered(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Outcomes and times at which a study that was there has its first numbers."""
    before = {place[:2] for place in _at_place(old)}
    for outcome, timepoint in dict.fromkeys(place[:2] for place in _at_place(new)):
        if (outcome, timepoint) not in before:
            yield {"study": new["label"], "what": f"{outcome}, {timepoint}"}


def _described(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    before = {one["name"]: one["text"] for one in old.get("characteristics", [])}
    for one in new.get("characteristics", []):
        if before.get(one["name"]) != one["text"]:
            yield {"study": new["label"], "what": one["name"], "old": before.get(one["name"]), "new": one["text"]}


def _stated(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Statements of earlier reviews that are new, read otherwise, or taken back."""
    before, after = dict(_statements(old)), dict(_statements(new))
    for what in dict.fromkeys([*after, *before]):
        if before.get(what) != after.get(what):
            yield {"what": what, "old": before.get(what), "new": after.get(what)}


def _statements(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for group in document.get("earlier", {}).values():
        for one in group:
            of = ", ".join(part for part in (one["study"], one["subject"]) if part)
            says = one["says"] if one["number"] is None else f"{one['number']} {one['says']}".strip()
            yield f"{of} ({one['source']})", says
