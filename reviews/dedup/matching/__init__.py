"""Finding records that are the same bibliographic record, and those that only belong together. No Django here."""

from .citation import Citation, Findings, Kind, Pair, Relation
from .find import find

__all__ = ["Citation", "Findings", "Kind", "Pair", "Relation", "find"]
