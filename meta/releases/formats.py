"""Read every format that a document was ever frozen in: older ones are completed for the page, never rewritten."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

SCHEMA = 2
"""The format that documents are frozen in now.

1: one outcome a page could show, studies without an address, nothing of earlier reviews.
2: a summary of all outcomes, an address for each study, the state of each value, and what earlier reviews state.
"""

GROUP = {"searches": "search", "flow": "flow", "risk_of_bias": "risk_of_bias", "directions": "direction"}
"""Where a document keeps each kind of statement."""


class UnknownFormat(ValueError):
    """A document of a later Perennial; it is whole, but this one cannot show it."""


def present(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document in the present format.

    Raises:
        UnknownFormat: it was frozen by a later Perennial.
    """
    schema = document["schema"]
    if schema > SCHEMA:
        raise UnknownFormat(f"This version has format {schema}; this Perennial reads formats up to {SCHEMA}.")
    found = dict(document)
    for older in range(schema, SCHEMA):
        found = _STEPS[older](found)
    return found


_NOT_THERE_YET: Mapping[str, Any] = {
    "meaning": "",
    "unit": "",
    "prediction": "",
    "chosen": "",
    "subgroups": None,
    "checks": [],
    "published": [],
}
"""What an outcome of format 1 does not say."""


def _second(document: dict[str, Any]) -> dict[str, Any]:
    names = addresses([study["label"] for study in document["studies"]])
    return document | {
        "schema": 2,
        "outcomes": [_NOT_THERE_YET | outcome for outcome in document["outcomes"]],
        "summary": summary(document["review"], document["outcomes"]),
        "studies": [
            study
            | {
                "key": key,
                "values": [
                    {"state": "given", "number": None, "source_url": address_in(value["source"])} | value
                    for value in study["values"]
                ],
            }
            for key, study in zip(names, document["studies"], strict=True)
        ],
        "earlier": {group: [] for group in GROUP},
        "changes": _changes(document["changes"]),
    }


def _changes(changes: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """A difference of format 1: what it did not list yet is empty."""
    if changes is None:
        return None
    outcomes = [outcome | {"is_changed": outcome["old"] != outcome["new"]} for outcome in changes["outcomes"]]
    return {"entered": [], "described": [], "stated": [], **changes, "outcomes": outcomes}


_STEPS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {1: _second}


_IDENTIFIERS = (
    (re.compile(r"10\.\d{4,9}/[^\s,;)]+"), "https://doi.org/{}"),
    (re.compile(r"PMC\d{4,9}"), "https://pmc.ncbi.nlm.nih.gov/articles/{}/"),
    (re.compile(r"NCT\d{8}"), "https://clinicaltrials.gov/study/{}"),
)


def address_in(source: str) -> str:
    """Where the first DOI, else PubMed Central or registry number, in the words of a source leads; empty without one."""
    for pattern, address in _IDENTIFIERS:
        if found := pattern.search(source):
            return address.format(found[0].rstrip("."))
    return ""


def addresses(labels: Sequence[str]) -> list[str]:
    """A word for an address for each label, in their order, no two alike: `Dilogo 2021` becomes `dilogo-2021`."""
    taken: set[str] = set()
    found = []
    for label in labels:
        plain = unicodedata.normalize("NFKD", label).encode("ascii", "ignore").decode().lower()
        word = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "study"
        key, number = word, 2
        while key in taken:
            key, number = f"{word}-{number}", number + 1
        taken.add(key)
        found.append(key)
    return found


def summary(review: Mapping[str, Any], outcomes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rows of a summary of findings, one for each outcome (Cochrane Handbook, chapter 14).

    Certainty is not judged yet, so its column is None and the page says so.
    """
    return {
        "population": review["population"],
        "intervention": review["intervention"],
        "comparator": review["comparator"],
        "rows": [_finding(outcome) for outcome in outcomes],
    }


def _finding(outcome: Mapping[str, Any]) -> dict[str, Any]:
    people, is_difference = outcome["absolute"], outcome["measure"] in {"MD", "RD"}
    has_result = outcome["pooled"] is not None
    without = with_it = ""
    if people is not None:
        without = f"{people['without']} per {people['per']:,}"
        with_it = f"{people['with']} per {people['per']:,} ({people['lower']} to {people['upper']})"
    elif has_result and outcome["measure"] == "MD":  # in the outcome's unit; other differences have none of their own
        with_it = difference(outcome["pooled"], outcome.get("unit", ""))
    relative = f"{outcome['measure']} {outcome['text']}" if has_result and not is_difference else ""
    return {
        "key": outcome["key"],
        "title": outcome["title"],
        "timepoint": outcome["timepoint"],
        "without": without,
        "with": with_it,
        "relative": relative,
        "result": f"{outcome['measure']} {outcome['text']}" if has_result else outcome["text"],
        "participants": outcome["participants"],
        "studies": outcome["k"],
        "certainty": None,
        "says": outcome["headline"],
    }


def difference(pooled: Mapping[str, float], unit: str) -> str:
    """A difference of means in words: `3.84 days lower (6.19 lower to 1.50 lower)`."""

    def sided(value: float) -> str:
        rounded = f"{abs(value):.2f}"
        if float(rounded) == 0:
            return "no difference"
        return f"{rounded} {'lower' if value < 0 else 'higher'}"

    size, _, side = sided(pooled["estimate"]).partition(" ")
    of_unit = f" {unit}" if unit else ""
    said = f"{size}{of_unit} {side}" if side in {"lower", "higher"} else "no difference"
    return f"{said} ({sided(pooled['lower'])} to {sided(pooled['upper'])})"
