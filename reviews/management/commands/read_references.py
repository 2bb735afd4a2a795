"""What is in a file of references: ``bin/manage read_references export.ris --json``, for use without a review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from reviews.search import formats

MOST_SHOWN = 10_000
"""Rejections listed; "rejected" counts them all."""


class Command(BaseCommand):
    help = (
        "Read files of references and say what is in them: format, encoding, records, and each record that was refused."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE")
        parser.add_argument("--json", action="store_true", help="one JSON object per file, one a line")
        parser.add_argument("--format", choices=[one.value for one in formats.Format], help="read as this format")
        parser.add_argument("--encoding", help="read in this encoding")

    def handle(self, *args: Any, **options: Any) -> None:
        unread = 0
        for name in options["files"]:
            found = report(name, options["format"], options["encoding"])
            unread += "error" in found
            self.stdout.write(json.dumps(found, ensure_ascii=False) if options["json"] else sentence(found))
        if unread:
            raise SystemExit(1)


def report(name: str, format: str | None, encoding: str | None) -> dict[str, Any]:
    """What is said of one file; with "error", a sentence, where nothing could be read."""
    try:
        data = Path(name).read_bytes()
    except OSError as error:
        return {"file": name, "error": f"The file cannot be opened: {error.strerror}."}
    try:
        reading = formats.read(data, name=name, format=format, encoding=encoding)
        return summary(name, reading)
    except formats.UnreadableFileError as error:
        return {"file": name, "error": str(error)}


def summary(name: str, reading: formats.Reading) -> dict[str, Any]:
    count = doi = pmid = abstract = 0
    first = last = None
    refused = 0
    rejections = []
    for item in reading.items:
        if isinstance(item, formats.Rejection):
            refused += 1
            if refused <= MOST_SHOWN:
                rejections.append({"line": item.line, "reason": item.reason})
            continue
        first = item.title or None if not count else first
        last = item.title or None
        count += 1
        doi += bool(item.doi)
        pmid += bool(item.pmid)
        abstract += bool(item.abstract)
    return {
        "file": name,
        "format": reading.format.value,
        "encoding": reading.encoding,
        "record_starts": reading.starts,
        "records": count,
        "rejected": refused,
        "rejections": rejections,
        "first_title": first,
        "last_title": last,
        "with_doi": doi,
        "with_pmid": pmid,
        "with_abstract": abstract,
        "warnings": reading.warnings,
    }


def sentence(found: dict[str, Any]) -> str:
    if "error" in found:
        return f"{found['file']}: {found['error']}"
    lines = [
        f"{found['file']}: {found['records']} of {found['record_starts']} records ({found['format']}, {found['encoding']})"
    ]
    lines += [f"  line {one['line']}: {one['reason']}" for one in found["rejections"]]
    return "\n".join(lines + [f"  {one}" for one in found["warnings"]])
