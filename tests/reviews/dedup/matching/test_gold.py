"""The labelled sets of the reference material: works lost, sensitivity, queue. See docs/duplicates.md for disputed labels."""

import csv
import json
from pathlib import Path

import pytest

from bench.duplicates import judged
from reviews.dedup.matching import Citation, find

SETS = Path(__file__).resolve().parents[5] / "shared" / "corpora" / "duplicates"
pytestmark = [pytest.mark.shared, pytest.mark.skipif(not SETS.is_dir(), reason="needs the reference material")]
LEAST = {
    "sra_cytology_screening": 0.99, "sra_respiratory": 0.95, "asysd_diabetes": 0.99, "digital_work": 0.99, "forbes_copper": 0.99,
    "synthetic_nearmiss_a": 0.97,
}  # fmt: skip
DISPUTED = {"digital_work": 2}
"""Labels that call an erratum, and an editorial beside a guest editorial, copies of the work they accompany."""


@pytest.mark.parametrize("name", LEAST)
def test_no_work_is_lost_and_the_queue_is_short(name):
    with (SETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    figure = judged(name, rows)
    assert figure["works_lost"] == 0
    assert figure["sensitivity"] >= LEAST[name]
    assert figure["queue_share"] <= 0.03
    copies = len(rows) - len({row["duplicate_group"] for row in rows})
    assert figure["sensitivity_with_queue"] + DISPUTED.get(name, 0) / copies >= 0.995


def test_every_verdict_on_a_near_miss_holds():
    for case in json.loads((SETS / "near_miss_pairs.json").read_text(encoding="utf-8"))["cases"]:
        found = find([_citation("a", case["record_a"]), _citation("b", case["record_b"])])
        assert bool(found.clusters) is case["expected_duplicate"], case["id"]


def _citation(identity: str, record: dict[str, str | None]) -> Citation:
    def first(*names: str) -> str:
        return next((str(record[name]) for name in names if record.get(name)), "")

    return Citation(
        id=identity, title=first("title"), authors=first("author"), year=first("year"), journal=first("journal", "booktitle"),
        volume=first("volume"), issue=first("number", "issue"), pages=first("pages"), doi=first("doi"), isbn=first("isbn"),
        abstract=first("abstract"), kind=first("ENTRYTYPE"),
    )  # fmt: skip
