"""Replay a labelled set with the ranking model of the live queue."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from reviews.screening.ranking.simulate import Replay, replay

COLUMNS = ("record_id", "title", "abstract", "label")
LARGEST_CELL = 10_000_000


class Command(BaseCommand):
    help = (
        "Replay a labelled set (CSV with record_id, title, abstract, label), one record at a time, and say how much "
        "reading the ranking would have saved and where the stopping rule would have stopped."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", help="CSV file; label is 1 for relevant, 0 for irrelevant")
        parser.add_argument("--seed", type=int, default=0, help="of every random draw")
        parser.add_argument("--priors", default="", help="record ids that are known at the start, with commas")
        parser.add_argument("--criteria", metavar="FILE", help="a text with the review's inclusion criteria")
        parser.add_argument("--target", type=float, default=0.95, help="recall that the stopping rule is to show")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0 < options["target"] < 1:
            raise CommandError("--target is a share between 0 and 1, such as 0.95.")
        ids, texts, labels = read_set(Path(options["file"]))
        places = {record: row for row, record in enumerate(ids)}
        priors = [prior.strip() for prior in options["priors"].split(",") if prior.strip()]
        unknown = [prior for prior in priors if prior not in places]
        if unknown:
            raise CommandError(f"--priors names records that the file does not hold: {', '.join(unknown)}.")
        criteria = read_text(Path(options["criteria"])) if options["criteria"] else ""
        try:
            done = replay(
                texts,
                labels,
                criteria=criteria,
                priors=[places[prior] for prior in dict.fromkeys(priors)],
                seed=options["seed"],
                target=options["target"],
            )
        except ValueError as error:
            raise CommandError(f"{options['file']} cannot be ranked: {error}.") from error
        told = as_json(done, records=len(ids), relevant=sum(labels))
        self.stdout.write(json.dumps(told) if options["json"] else in_words(told))


def read_text(file: Path) -> str:
    """A text file, with a sentence where it cannot be read."""
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as UTF-8 text: {error}") from error


def read_set(file: Path) -> tuple[list[str], list[str], list[int]]:
    """Ids, texts (title and abstract) and labels of a labelled set.

    Raises:
        CommandError: it cannot be read; the sentence names the column or line, and the cure.
    """
    csv.field_size_limit(LARGEST_CELL)
    try:
        rows = list(csv.DictReader(read_text(file).splitlines(keepends=True)))
    except csv.Error as error:
        raise CommandError(f"{file} is not a CSV file: {error}.") from error
    missing = [name for name in COLUMNS if not rows or name not in rows[0]]
    if missing:
        raise CommandError(f"{file} needs the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}.")
    ids: list[str] = []
    texts: list[str] = []
    labels: list[int] = []
    for number, row in enumerate(rows, start=1):
        label = (row["label"] or "").strip()
        if label not in ("0", "1"):
            raise CommandError(f"{file}, record {number}: the label is {label!r}; write 1 for relevant, 0 for not.")
        ids.append((row["record_id"] or "").strip())
        texts.append(f"{row['title'] or ''} {row['abstract'] or ''}")
        labels.append(int(label))
    twice = next((record for record in ids if ids.count(record) > 1), None) if len(set(ids)) < len(ids) else None
    if twice is not None:
        raise CommandError(f"{file} holds record {twice!r} twice; give every record an id of its own.")
    return ids, texts, labels


def as_json(done: Replay, *, records: int, relevant: int) -> dict[str, Any]:
    """What the command prints."""
    quality = asdict(done.quality) if done.quality else dict.fromkeys(("wss95", "recall10", "atd", "loss", "first"))
    return {
        "records": records,
        "relevant": relevant,
        **quality,
        "curve": [list(point) for point in done.curve],
        "training": {
            "fits": done.fits,
            "vectorise_seconds": round(done.seconds_vectorising, 4),
            "fit_seconds": round(done.seconds_fitting, 4),
            "slowest_fit_seconds": round(done.slowest_fit, 4),
        },
        "stop": asdict(done.stop) if done.stop else None,
    }


def in_words(told: dict[str, Any]) -> str:
    """The same for a person."""
    if told["wss95"] is None:
        return f"{told['records']} records were read; none of them is relevant, so nothing could be saved."
    lines = [
        f"{told['records']} records, {told['relevant']} of them relevant; the first came at place {told['first']}.",
        f"At 95 % recall {told['wss95']:.1%} of the reading is saved (WSS@95).",
        f"After a tenth of the records {told['recall10']:.1%} of the relevant ones are found. "
        f"Mean rank {told['atd']:.1f}, loss {told['loss']:.4f}.",
    ]
    stop = told["stop"]
    lines.append(
        f"The stopping rule would have stopped after {stop['after']} records at a recall of {stop['recall']:.1%}."
        if stop
        else "The stopping rule would not have stopped before the end."
    )
    return "\n".join(lines)
