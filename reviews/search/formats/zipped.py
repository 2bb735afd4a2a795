"""Zip files of exports, and Excel workbooks, which are zip files too. Sizes are checked before anything is unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .base import Detected, Format, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_UNPACKED = 250_000_000
"""Bytes of all members together; a hundred thousand records with abstracts are about as much."""
MOST_MEMBERS = 1_000
MOST_PACKED = 150
"""Text of references packs to a sixth; a member that unpacks to 150 times its size is a bomb, or holds nothing."""
SMALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    size: int


def is_zip(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06")


def detect(data: bytes) -> Detected:
    names = {one.name for one in members(data)}
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return Detected(Format.EXCEL, "utf-8", "an Excel workbook's parts")
    if "[Content_Types].xml" in names:
        raise UnreadableFileError(
            "This is an Office document, not a file of references: save the table as .xlsx or CSV."
        )
    return Detected(Format.ZIP, "binary", "a zip file's beginning")


def opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError, OverflowError) as error:
        raise UnreadableFileError("The zip file is damaged or cut off: send it again.") from error


def members(data: bytes) -> list[Member]:
    """The files inside, in their order.

    Raises:
        UnreadableFileError: damaged, locked, or unpacks to more than we take.
    """
    with opened(data) as archive:
        inside = [one for one in archive.infolist() if not one.is_dir()]
    if len(inside) > MOST_MEMBERS:
        raise UnreadableFileError(f"The zip file holds {len(inside):,} files; {MOST_MEMBERS:,} is the most we take.")
    if sum(one.file_size for one in inside) > MOST_UNPACKED:
        raise UnreadableFileError(
            f"Unpacked, the zip file would be larger than {MOST_UNPACKED // 1_000_000} MB: split it."
        )
    if any(one.file_size > SMALL and one.file_size > MOST_PACKED * max(one.compress_size, 1) for one in inside):
        raise UnreadableFileError("The zip file unpacks to far more than any export does; it was not opened.")
    if any(one.flag_bits & 0x1 for one in inside):
        raise UnreadableFileError("The zip file is locked with a password: unpack it first.")
    return [Member(one.filename, one.file_size) for one in inside]


def content(data: bytes, name: str) -> bytes:
    """One member's bytes, never more than its stated size.

    Raises:
        UnreadableFileError: it is damaged, or packed in a way that is not known.
    """
    try:
        with opened(data) as archive, archive.open(name) as member:
            return member.read(archive.getinfo(name).file_size)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        RuntimeError,
        EOFError,
        OSError,
        KeyError,
        ValueError,
        OverflowError,
    ) as error:
        raise UnreadableFileError(f"“{name[:80]}” in the zip file is damaged.") from error


def exports(data: bytes) -> Iterator[Member]:
    """The members that may be exports: no folders, no hidden files, nothing that a Mac adds."""
    for one in members(data):
        last = one.name.rpartition("/")[2]
        if not one.name.startswith("__MACOSX/") and not last.startswith(".") and one.size:
            yield one
