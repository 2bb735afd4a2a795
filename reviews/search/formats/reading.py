"""From the bytes of a file to a ``Reading``: what it is, how many records begin in it, and the reader for it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from . import (
    bibtex,
    cleaning,
    counting,
    csv,
    ctgov_json,
    detection,
    endnote_xml,
    excel,
    nbib,
    ovid,
    pubmed_xml,
    refer,
    ris,
    table,
    wos,
    zipped,
)
from .base import Format, Reading, Reference, Rejection, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

READERS: dict[Format, Callable[[bytes, list[str]], Iterator[Reference | Rejection]]] = {
    Format.RIS: ris.read,
    Format.NBIB: nbib.read,
    Format.PUBMED_XML: pubmed_xml.read,
    Format.ENDNOTE_XML: endnote_xml.read,
    Format.REFER: refer.read,
    Format.BIBTEX: bibtex.read,
    Format.WOS: wos.read,
    Format.OVID: ovid.read,
    Format.CTGOV_JSON: ctgov_json.read,
}
MOST_BYTES = 300_000_000
"""Of one file. It stands in memory twice where its encoding or line ends are made ours; 100,000 full records are 250 MB."""
HELD_UNPACKED = 50_000_000
"""Bytes of a zip's members held between counting and reading; larger ones are unpacked again."""


def read(
    data: bytes,
    *,
    name: str = "",
    format: str | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    said = chosen(format)
    if said is None or encoding is None:
        try:
            found = detection.detect(data, name)
            said, encoding = said or found.format, encoding or found.encoding
        except UnreadableFileError:
            if said is None:
                raise
            encoding = encoding or cleaning.find_encoding(data)[0]
    if len(data) > MOST_BYTES:
        raise UnreadableFileError(f"The file is larger than {MOST_BYTES // 1_000_000} MB: bring it in parts.")
    if said is Format.ZIP:
        return read_zip(data, mapping)
    if said is Format.EXCEL:
        return read_excel(data, mapping)
    text = cleaning.clean(data, encoding)
    warnings: list[str] = []
    if said is Format.CSV:
        return read_csv(text, encoding, mapping, warnings)
    starts = counting.count(text, said)
    if said is Format.RIS and not starts:
        warnings.append("No line begins with “TY  -”, so no record begins.")
    return Reading(said, encoding, starts, tallied(READERS[said](text, warnings), starts, warnings), warnings)


def chosen(format: str | None) -> Format | None:
    if format is None:
        return None
    try:
        return Format(format)
    except ValueError as error:
        raise UnreadableFileError(f"There is no format called “{format[:40]}”.") from error


def tallied(
    items: Iterator[Reference | Rejection], starts: int, warnings: list[str]
) -> Iterator[Reference | Rejection]:
    """The items, and for each start that no item came from a rejection: what is lost is at least said."""
    count = 0
    for item in items:
        count += 1
        yield item
    if count > starts:
        warnings.append(f"{count} records were read where {starts} were counted to begin: have this file looked at.")
    for _ in range(count, starts):
        yield Rejection(0, "A record that begins in this file was not found by the reader: have this file looked at.")


def read_csv(text: bytes, encoding: str, mapping: Mapping[str, str] | None, warnings: list[str]) -> Reading:
    delimiter, columns, at = csv.header(text)
    if {table.plain(one) for one in columns} >= csv.RAYYAN_LOG:
        raise UnreadableFileError(
            "This is Rayyan's log of decisions. It goes with articles.csv, and holds no records itself."
        )
    fields = table.mapping_for(columns, mapping)
    starts = counting.checked(csv.starts(text, delimiter, at, counting.MOST_RECORDS))
    items = csv.read(text, warnings, delimiter=delimiter, columns=columns, at=at, mapping=fields)
    return Reading(
        Format.CSV, encoding, starts, tallied(items, starts, warnings), warnings, columns=tuple(columns), mapping=fields
    )


def read_excel(data: bytes, mapping: Mapping[str, str] | None) -> Reading:
    excel.check(data)
    columns, row = excel.header(data)
    fields = table.mapping_for(columns, mapping)
    starts = counting.checked(excel.starts(data, row))
    warnings: list[str] = []
    items = excel.read(data, warnings, columns=columns, header_row=row, mapping=fields)
    return Reading(
        Format.EXCEL,
        "utf-8",
        starts,
        tallied(items, starts, warnings),
        warnings,
        columns=tuple(columns),
        mapping=fields,
    )


def read_zip(data: bytes, mapping: Mapping[str, str] | None) -> Reading:
    """All exports inside, one after the other; ``extra["file"]`` of each record names its member.

    Raises:
        UnreadableFileError: none of them can be read, with the reason for each.
    """
    warnings: list[str] = []
    held: list[tuple[str, Reading | None]] = []
    starts = size = 0
    for member in zipped.exports(data):
        try:
            inside = zipped.content(data, member.name)
            if zipped.is_zip(inside) and detection.detect(inside).format is Format.ZIP:
                raise UnreadableFileError("A zip file inside the zip file is not opened.")
            reading = read(inside, name=member.name, mapping=mapping)
        except UnreadableFileError as error:
            warnings.append(f"{member.name[:200]}: {error}")
            continue
        starts = counting.checked(starts + reading.starts)
        size += member.size
        held.append((member.name, reading if size <= HELD_UNPACKED else None))
    if not held:
        reasons = " ".join(warnings[:5]) or "It is empty."
        raise UnreadableFileError(f"Nothing in this zip file can be read. {reasons}")

    def items() -> Iterator[Reference | Rejection]:
        for name, reading in held:
            for item in (reading or read(zipped.content(data, name), name=name, mapping=mapping)).items:
                yield replace(item, extra={**item.extra, "file": (name,)}) if isinstance(item, Reference) else item

    return Reading(
        Format.ZIP,
        "binary",
        starts,
        tallied(items(), starts, warnings),
        warnings,
        members=tuple(name for name, _ in held),
    )
