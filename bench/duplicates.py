"""Duplicates: what is found and what is lost on labelled sets where they are at hand, and time over size."""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from itertools import accumulate
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviews.dedup.matching import Citation, find
from reviews.dedup.matching.table import citations

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence

PROJECT = Path(__file__).resolve().parent.parent
SETS = PROJECT.parent / "shared" / "corpora" / "duplicates"
SIZES = {7_159: 5.0, 80_000: 60.0, 500_000: None}
"""Records, and the seconds promised for them."""
PROMISED_MEGABYTES = 1500


def run() -> Iterator[dict[str, Any]]:
    for path in sorted(SETS.glob("*.csv")) if SETS.is_dir() else []:
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        if rows and "duplicate_group" in rows[0]:
            yield judged(path.stem, rows)
    for size in SIZES:
        # A process of its own, so that the memory measured is this size's.
        child = subprocess.run(
            [sys.executable, "-c", f"import json, bench.duplicates as d; print(json.dumps(d.timed({size})))"],
            cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        yield json.loads(child.stdout)


def judged(name: str, rows: Sequence[dict[str, str]]) -> dict[str, Any]:
    """Counted by records, as Rathbone 2015: of each work one record must stay, whichever it is."""
    began = time.perf_counter()
    findings = find(citations(rows))
    seconds = time.perf_counter() - began
    group = {row["record_id"]: row["duplicate_group"] for row in rows}
    right = [(pair.left, pair.right) for pair in findings.pairs if group[str(pair.left)] == group[str(pair.right)]]
    merged, answered = counted(group, findings.clusters), counted(group, joined([*findings.clusters, *right]))
    return {
        "figure": f"{name}, {len(rows)} records", "seconds": round(seconds, 2), **merged,
        "queue": len(findings.pairs), "queue_share": round(len(findings.pairs) / len(rows), 4),
        "sensitivity_with_queue": answered["sensitivity"], "related": len(findings.related),
    }  # fmt: skip


def counted(group: dict[str, str], clusters: Sequence[Sequence[Hashable]]) -> dict[str, Any]:
    place = {identity: at for at, identity in enumerate(group)}
    removed = {one for members in clusters for one in sorted(map(str, members), key=place.__getitem__)[1:]}
    works: dict[str, list[str]] = defaultdict(list)
    for identity, work in group.items():
        works[work].append(identity)
    lost = sum(1 for members in works.values() if removed.issuperset(members))
    missed = sum(max(0, sum(1 for one in members if one not in removed) - 1) for members in works.values())
    copies = sum(len(members) - 1 for members in works.values())
    return {
        "sensitivity": round(1 - missed / copies, 4) if copies else None, "specificity": round(1 - lost / len(works), 4),
        "missed": missed, "works_lost": lost,
    }  # fmt: skip


def joined(groups: Sequence[Sequence[Hashable]]) -> list[list[Hashable]]:
    home: dict[Hashable, list[Hashable]] = {}
    for members in groups:
        together: list[Hashable] = []
        for one in members:
            together += [other for other in home.get(one, [one]) if other not in together]
        home.update(dict.fromkeys(together, together))
    return list({id(members): members for members in home.values()}.values())


def timed(size: int) -> dict[str, Any]:
    invented = list(invent(size))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began, processor = time.perf_counter(), time.process_time()
    findings = find(invented)
    seconds, processor = time.perf_counter() - began, time.process_time() - processor
    promised = SIZES.get(size)
    return {
        "figure": f"{size} invented records", "seconds": round(seconds, 1), "processor_seconds": round(processor, 1),
        "promised": promised, "kept": promised is None or seconds <= promised,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "megabytes_of_input": before // 1024,
        "promised_megabytes": PROMISED_MEGABYTES if size == 80_000 else None,
        "clusters": len(findings.clusters), "pairs": len(findings.pairs),
    }  # fmt: skip


def invent(size: int) -> Iterator[Citation]:
    """Invented records: two thirds of them works, a third copies as other databases would write them.

    Words are drawn as in language (few common, many rare), out of a vocabulary that grows as slowly as one does.
    """
    chance = random.Random(7)
    syllables = [a + b for a in "bcdfghklmnprstvz" for b in "aeiou"]
    vocabulary = ["".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(4000 + size // 10)]
    weights = list(accumulate(1 / (rank + 3) for rank in range(len(vocabulary))))
    journals = [" ".join(chance.choices(vocabulary[:3000], k=chance.randint(1, 4))).title() for _ in range(1500)]
    surnames = ["".join(chance.choices(syllables, k=chance.randint(2, 4))).title() for _ in range(8000)]
    made = 0
    while made < size:
        title = " ".join(chance.choices(vocabulary, cum_weights=weights, k=chance.randint(6, 16))).capitalize()
        people = [f"{chance.choice(surnames)}, {chance.choice('ABCDEFGH')}." for _ in range(chance.randint(1, 7))]
        first = chance.randint(1, 2000)
        work: dict[str, Any] = {
            "title": title, "authors": "; ".join(people), "year": str(chance.randint(1985, 2025)), "journal": chance.choice(journals),  # noqa: E501
            "volume": str(chance.randint(1, 120)), "issue": str(chance.randint(1, 12)), "pages": f"{first}-{first + chance.randint(1, 14)}",  # noqa: E501
            "doi": f"10.5555/{made:07d}" if chance.random() < 0.7 else "",
            "abstract": " ".join(chance.choices(vocabulary, cum_weights=weights, k=60)) if chance.random() < 0.7 else "",
        }  # fmt: skip
        for copy in range(chance.choice((1, 1, 2, 2, 1))):
            if made == size:
                return
            changed = (
                work
                if not copy
                else {**work, "title": title.upper(), "authors": work["authors"].replace(",", ""), "doi": ""}
            )
            yield Citation(id=made, **changed)
            made += 1
