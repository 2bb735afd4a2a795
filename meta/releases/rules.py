"""Version numbers, and what differs between two released documents."""

import re
from dataclasses import dataclass
from enum import StrEnum


class NoticeKind(StrEnum):
    SEARCHED = "searched"
    PENDING = "pending"
    CORRECTION = "correction"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """What a new version means to its readers (SPEC 1.5)."""

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
            case Step.PATCH:
                return Version(self.major, self.minor, self.patch + 1)


FIRST = Version(1, 0, 0)
