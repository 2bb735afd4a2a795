"""`manage.py find_duplicates FILE.csv`: duplicates in a table, without a review."""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.dedup.matching import Citation, Findings, Pair, find
from reviews.dedup.matching.table import citations


class Command(BaseCommand):
    help = (
        "Find duplicates in a CSV file (record_id, title, authors, year, journal, volume, issue, pages, doi, …). With "
        "--json: one line a record with its cluster; a cluster of several is what would be merged without asking."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV file, one record a line, with a column record_id (or id, or key)")
        parser.add_argument(
            "--json", action="store_true", help="one JSON line a record: record_id, cluster_id, certain"
        )
        parser.add_argument(
            "--pairs", metavar="FILE", help="write the pairs for a person, and the related ones, as JSON lines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        read = _read(Path(options["file"]))
        try:
            findings = find(read)
        except ValueError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        if options["pairs"]:
            lines = (json.dumps(line, ensure_ascii=False) + "\n" for line in _pairs(findings))
            Path(options["pairs"]).write_text("".join(lines), encoding="utf-8")
        if options["json"]:
            for line in _records(read, findings):
                self.stdout.write(json.dumps(line, ensure_ascii=False))
            return
        merged = sum(len(members) - 1 for members in findings.clusters)
        self.stdout.write(
            f"Records: {len(read)}. Copies merged without asking: {merged}, in {len(findings.clusters)} clusters. "
            f"Pairs for a person: {len(findings.pairs)}. Related, not duplicates: {len(findings.related)}."
        )


def _read(path: Path) -> list[Citation]:
    csv.field_size_limit(sys.maxsize)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return list(citations(csv.DictReader(file)))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
    except UnicodeDecodeError as error:
        raise CommandError(
            f"{path} is not written in UTF-8 (byte {error.start}). Save it as UTF-8 and try again."
        ) from error
    except csv.Error as error:
        raise CommandError(f"{path} is no CSV file: {error}") from error
    except KeyError as error:
        raise CommandError(f"{path} has a row without a record_id (nor an id or a key).") from error


def _records(read: list[Citation], findings: Findings) -> Iterator[dict[str, object]]:
    """In the order of the file; a cluster is named after its first record there."""
    place = {citation.id: at for at, citation in enumerate(read)}
    home = {identity: min(members, key=place.__getitem__) for members in findings.clusters for identity in members}
    for citation in read:
        yield {
            "record_id": citation.id,
            "cluster_id": home.get(citation.id, citation.id),
            "certain": citation.id in home,
        }


def _pairs(findings: Findings) -> Iterator[dict[str, object]]:
    for question, found in (("duplicate", findings.pairs), ("related", findings.related)):
        yield from (_line(question, pair) for pair in found)


def _line(question: str, pair: Pair) -> dict[str, object]:
    return {
        "question": question, "left": pair.left, "right": pair.right, "score": pair.score, "reasons": pair.reasons,
        "differs": pair.differs, "relation": pair.relation,
    }  # fmt: skip
