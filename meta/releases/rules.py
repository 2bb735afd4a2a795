"""Version numbers, and what differs between two released documents."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping
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
        `since`, `studies_in`, `studies_out`, `corrected`, `amended` (the protocol, plans) and `outcomes`: lists in the
        order of the new document.
    """
    before, after = _studies(old), _studies(new)
    texts = {outcome["key"]: outcome for outcome in old["outcomes"]}
    return {
        "since": old["version"],
        "studies_in": [_named(study) for label, study in after.items() if label not in before],
        "studies_out": [_named(study) for label, study in before.items() if label not in after],
        "corrected": [
            change for label, study in after.items() if label in before for change in _corrected(before[label], study)
        ],
        "amended": list(_amended(old, new)),
        "outcomes": [
            {
                "key": outcome["key"],
                "title": outcome["title"],
                "measure": outcome["measure"],
                "old": texts[outcome["key"]]["text"] if outcome["key"] in texts else None,
                "new": outcome["text"],
                "verdict": _verdict(texts.get(outcome["key"]), outcome),
            }
            for outcome in new["outcomes"]
        ],
    }


def is_empty(changes: Mapping[str, Any]) -> bool:
    """True when a reader would see the same studies and the same numbers, got in the same way."""
    unchanged = all(outcome["old"] == outcome["new"] for outcome in changes["outcomes"])
    lists = ("studies_in", "studies_out", "corrected", "amended")
    return unchanged and not any(changes[name] for name in lists)


def proposed_step(changes: Mapping[str, Any]) -> Step:
    """The step that fits the changes; a person decides.

    MAJOR when an outcome's conclusion or the question changed, PATCH when no displayed number did and nothing was
    amended, else MINOR.
    """
    outcomes = changes["outcomes"]
    if any(outcome["verdict"] == "conclusion changed" for outcome in outcomes):
        return Step.MAJOR
    if any(amendment["is_new_question"] for amendment in changes["amended"]):
        return Step.MAJOR
    lists = ("studies_in", "studies_out", "amended")
    if any(changes[name] for name in lists) or any(one["old"] != one["new"] for one in outcomes):
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


def _verdict(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> str:
    if old is None:
        return "new outcome"
    if old["direction"] != new["direction"]:
        return "conclusion changed"
    return "same conclusion" if old["text"] != new["text"] else "no change"


def _studies(document: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {study["label"]: study for study in document["studies"]}


def _named(study: Mapping[str, Any]) -> dict[str, Any]:
    return {"label": study["label"], "participants": study["participants"]}


def _corrected(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    places = ("outcome", "timepoint", "arm", "quantity")
    before = {tuple(value[place] for place in places): value for value in old["values"]}
    for value in new["values"]:
        earlier = before.get(tuple(value[place] for place in places))
        if earlier is not None and earlier["as_printed"] != value["as_printed"]:
            yield {
                "study": new["label"],
                "what": f"{value['arm']}: {value['quantity']}, {value['outcome']}, {value['timepoint']}",
                "old": earlier["as_printed"],
                "new": value["as_printed"],
                "reason": value["reason"],
                "source": value["source"],
            }
