"""From a pandas table (or anything with named columns) or a CSV file to this library's inputs."""

import csv
from collections.abc import Iterable
from typing import Any, TextIO

from .errors import InvalidInput
from .inputs import (
    BinaryArms,
    ContinuousArms,
    Correlations,
    GenericEffects,
    Means,
    PairedMeans,
    PersonTimeArms,
    Proportions,
    Rates,
    Table,
)

KINDS: tuple[type[Table], ...] = (
    BinaryArms,
    ContinuousArms,
    PersonTimeArms,
    PairedMeans,
    Means,
    Proportions,
    Rates,
    Correlations,
    GenericEffects,
)

SPELLINGS: dict[str, tuple[str, ...]] = {
    "events_experimental": ("ai", "event.e", "events_treated"),
    "total_experimental": ("n1i", "n.e", "total_treated"),
    "events_control": ("ci", "event.c"),
    "total_control": ("n2i", "n.c"),
    "mean_experimental": ("m1i", "mean.e"),
    "sd_experimental": ("sd1i", "sd.e"),
    "mean_control": ("m2i", "mean.c"),
    "sd_control": ("sd2i", "sd.c"),
    "time_experimental": ("t1i", "time.e"),
    "time_control": ("t2i", "time.c"),
    "events": ("xi", "event"),
    "participants": ("ni", "n"),
    "correlation": ("ri", "cor"),
    "estimate": ("yi", "TE"),
    "standard_error": ("sei", "seTE"),
}
"""What metafor and meta call the same columns."""

LABELS = ("label", "labels", "study", "Study", "slab", "studlab", "trial")


def from_frame(frame: Any, **columns: str) -> Table:
    """The input that a table's columns stand for.

    Columns are found by this library's names, or those of metafor and meta; ``vi`` is read as a variance.

    Args:
        frame: a pandas DataFrame, or a mapping of names to lists.
        **columns: where a column has another name: ``events_control="dead_placebo"``.

    Raises:
        InvalidInput: no kind of data has all its columns there.

    >>> arms = from_frame({"study": ["A"], "ai": [1], "n1i": [10], "ci": [3], "n2i": [10]})
    >>> arms.kind, list(arms.labels)
    ('binary', ['A'])
    """
    names = [str(name) for name in (frame.columns if hasattr(frame, "columns") else frame)]

    def found(wanted: str) -> str | None:
        for name in (columns.get(wanted, wanted), *SPELLINGS.get(wanted, ())):
            if name in names:
                return name
        return None

    label = found("label") or next((name for name in LABELS if name in names), None)
    labels = [str(value) for value in frame[label]] if label else []
    best: tuple[type[Table], list[str]] | None = None
    for kind in KINDS:
        wanted = [found(name) for name in kind.column_names()]
        known = [name for name in wanted if name is not None]
        if len(known) == len(wanted) and (best is None or len(known) > len(best[1])):
            best = kind, known
    if best is None and "vi" in names and (effect := found("estimate")):
        return GenericEffects.from_variances(labels, _numbers(frame[effect]), _numbers(frame["vi"]))
    if best is None:
        raise InvalidInput(f"These columns make no input that is known: {', '.join(names)}.")
    kind, chosen = best
    return kind(labels, *(_numbers(frame[name]) for name in chosen))


def _numbers(values: Iterable[Any]) -> list[float | None]:
    """Numbers; None for an empty or missing cell."""
    try:
        return [None if value is None or value in ("", "NA") or value != value else float(value) for value in values]
    except (TypeError, ValueError) as error:
        raise InvalidInput(f"A cell is not a number: {error}.") from error


def from_csv(file: TextIO) -> Table:
    """The input in a CSV file with a header line.

    Raises:
        InvalidInput: the columns or cells are not understood.
    """
    rows = list(csv.reader(file))
    if len(rows) < 2:
        raise InvalidInput("The file needs a line of column names and at least one study.")
    head = [name.strip() for name in rows[0]]
    body = [[cell.strip() for cell in row] for row in rows[1:] if any(cell.strip() for cell in row)]
    if any(len(row) != len(head) for row in body):
        raise InvalidInput("Every line must have as many cells as the line of column names.")
    return from_frame({name: [row[i] for row in body] for i, name in enumerate(head)})


def number_or_name(text: str) -> str | float:
    """A tau2 option as typed: an estimator's name or a number."""
    try:
        return float(text)
    except ValueError:
        return text
