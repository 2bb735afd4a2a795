"""What an earlier review can state, and which statements are whole. Nobody here judges; what was printed is kept."""

from enum import StrEnum

PARTS = ("kind", "subject", "says", "number", "source", "place", "note", "url")
"""What makes two statements the same, besides the study that they speak of."""


class Kind(StrEnum):
    """What is stated: hits of a search, records of a flow diagram, a trial's risk of bias, or a result without numbers."""

    SEARCH = "search"
    FLOW = "flow"
    RISK_OF_BIAS = "risk_of_bias"
    DIRECTION = "direction"


OF_A_STUDY = frozenset({Kind.RISK_OF_BIAS})
COUNTED = frozenset({Kind.SEARCH, Kind.FLOW})


def problems(
    kind: Kind, *, subject: str, says: str, number: int | None, source: str, has_study: bool
) -> dict[str, str]:
    """What a statement lacks, in sentences by the name of its part; nothing when it is whole."""
    found = {}
    if not subject.strip():
        found["subject"] = "Name what is spoken of: a database, a domain of bias, an outcome."
    if not source.strip():
        found["source"] = "Say which review states it."
    if kind in COUNTED and number is None:
        found["number"] = "Give the number that is printed; leave the statement out if none is."
    if kind not in COUNTED and number is not None:
        found["number"] = "Only searches and flows are counted; say the rest in words."
    if kind not in COUNTED and not says.strip():
        found["says"] = "Write what is stated, in its own words or as near as you can."
    if kind in OF_A_STUDY and not has_study:
        found["study"] = "A risk of bias is a trial's: choose which."
    if kind not in OF_A_STUDY and has_study:
        found["study"] = "Only a risk of bias speaks of one trial."
    return found
