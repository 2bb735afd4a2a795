"""Answer the cases of a file of reference results, or compare with them."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from meta.stats.reference import answers, comparison


class Command(BaseCommand):
    help = (
        "Read a JSON file of reference cases and print one JSON line per case with what this engine computes; "
        "with --compare print what differs beyond the tolerances, and why where that is known."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="reference file: datasets, cases, reference_failures")
        parser.add_argument("--compare", action="store_true", help="compare with the results in the file")

    def handle(self, *args: Any, file: str, compare: bool, **options: Any) -> None:
        try:
            document = json.loads(Path(file).read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read as JSON: {error}") from error
        if not compare:
            for line in answers(document):
                self.stdout.write(json.dumps(line, allow_nan=False))
            return
        agreed = explained = total = 0
        for line in comparison(document):
            total += 1
            agreed += bool(line["agrees"])
            explained += bool(line.get("explained"))
            if not line["agrees"]:
                self.stdout.write(json.dumps(line, allow_nan=False))
        self.stdout.write(json.dumps({"cases": total, "agree": agreed, "reference_proved_wrong": explained}))
