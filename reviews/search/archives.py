"""The files in an upload: itself, or what a zip holds, within bounds."""

import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

MEGABYTE = 1024 * 1024
MOST_BYTES = 300 * MEGABYTE
"""Of one file, unpacked: some 200,000 records with abstracts."""
MOST_FILES = 50
MOST_RATIO = 200
"""Text packs to a tenth; what packs to less than a two-hundredth was made to burst."""
PIECE = MEGABYTE
KEPT_WHOLE = frozenset({"[Content_Types].xml", "customizations_log.csv"})
"""A zip with one of these is one file: a workbook, or an export of Rayyan with the log of its decisions."""


class Unpackable(ValueError):
    """The upload is not taken; the message says why and what would be."""


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of an upload."""

    name: str
    content: bytes


def files_of(upload: BinaryIO, name: str, size: int) -> Iterator[Packed]:
    """Each file of an upload. A workbook is a zip by its nature and stays one file.

    Raises:
        Unpackable: it is empty, too large, damaged, locked, or made to burst.
    """
    if size == 0:
        raise Unpackable(f"{name} is empty. Choose the file again.")
    if size > MOST_BYTES:
        raise Unpackable(f"{name} has {size // MEGABYTE} MB; at most {MOST_BYTES // MEGABYTE} MB are taken.")
    content = upload.read()
    if not content.startswith(b"PK\x03\x04"):
        yield Packed(name, content)
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [each for each in archive.infolist() if not each.is_dir()]
            if any(each.filename.rsplit("/", 1)[-1] in KEPT_WHOLE for each in members):
                yield Packed(name, content)
                return
            yield from _unpacked(archive, [each for each in members if _is_wanted(each.filename)], name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as problem:
        raise Unpackable(f"{name} is a zip that cannot be opened: it is damaged or locked. Pack it again.") from problem


def _unpacked(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], name: str) -> Iterator[Packed]:
    if not members:
        raise Unpackable(f"{name} holds no file.")
    if len(members) > MOST_FILES:
        raise Unpackable(f"{name} holds {len(members)} files; at most {MOST_FILES} are taken at a time.")
    left = MOST_BYTES
    for member in members:
        if member.file_size > MEGABYTE and member.file_size > MOST_RATIO * max(member.compress_size, 1):
            raise Unpackable(f"{member.filename} in {name} unpacks to far more than an export does; it is not taken.")
        pieces = bytearray()
        with archive.open(member) as opened:
            # What the zip says of a size is a claim: count what really comes out.
            while piece := opened.read(PIECE):
                pieces += piece
                left -= len(piece)
                if left < 0:
                    raise Unpackable(f"{name} unpacks to more than {MOST_BYTES // MEGABYTE} MB; send its files apart.")
        if pieces:
            yield Packed(member.filename.rsplit("/", 1)[-1], bytes(pieces))


def _is_wanted(name: str) -> bool:
    last = name.rsplit("/", 1)[-1]
    return not (name.startswith("__MACOSX/") or last.startswith("."))
