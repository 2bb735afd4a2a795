"""Hold coverage to its floors: 90 % of the branches of everything, every line and branch of the rules and statistics."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FLOOR = 90.0
"""Per cent of branches, over all files together."""


def main(arguments: list[str]) -> int:
    report = json.loads(Path(arguments[0]).read_text())
    shortfalls = list(below_the_floors(report))
    print(f"Branches taken: {branches(report['totals']):.1f} %; lines run: {lines(report['totals']):.1f} %.")
    for shortfall in shortfalls:
        print(f"  {shortfall}")
    return 1 if shortfalls else 0


def below_the_floors(report: Mapping[str, Any]) -> list[str]:
    """One sentence for each floor that is missed."""
    shortfalls = []
    taken = branches(report["totals"])
    if taken < FLOOR:
        shortfalls.append(f"All files together take {taken:.1f} % of their branches; the floor is {FLOOR:.0f} %.")
    for name, file in sorted(report["files"].items()):
        if must_be_whole(name) and (missing := untested(file)):
            shortfalls.append(f"{name} must be covered whole; {missing}.")
    return shortfalls


def must_be_whole(name: str) -> bool:
    """Whether a file is a rule or a statistic, where an untried line may be a wrong number."""
    path = Path(name)
    rules = path.name == "rules.py" or "rules" in path.parts
    return rules or path.parts[:2] == ("meta", "stats")


def untested(file: Mapping[str, Any]) -> str:
    """What was not run in one file, in words; empty when everything was."""
    parts = []
    if missing := file["missing_lines"]:
        parts.append("lines not run: " + ", ".join(map(str, missing)))
    if missing := file.get("missing_branches"):
        parts.append("branches not taken: " + ", ".join(f"{start} to {end}" for start, end in missing))
    return "; ".join(parts)


def branches(totals: Mapping[str, Any]) -> float:
    return per_cent(totals["covered_branches"], totals["num_branches"])


def lines(totals: Mapping[str, Any]) -> float:
    return per_cent(totals["covered_lines"], totals["num_statements"])


def per_cent(part: int, whole: int) -> float:
    return 100.0 * part / whole if whole else 100.0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
