"""Where a study stands in a review."""

from enum import StrEnum


class Verdict(StrEnum):
    INCLUDE = "include"
    EXCLUDE = "exclude"
