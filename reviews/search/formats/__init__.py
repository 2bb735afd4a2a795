"""Readers of reference files: pure code, one file per format, one interface.

``detect(data)`` finds format and encoding from the content; ``read(data, ...)`` gives a ``Reading`` whose ``items`` are
``Reference`` or ``Rejection``, made one at a time while they are asked for, so that a large file never stands in memory
as records. The caller holds the bytes, and the reader at most one cleaned copy. Always::

    reading = read(data, name="embase.ris")
    for item in reading.items: ...      # as many items as reading.starts, records and rejections together

``read`` raises ``UnreadableFileError`` (a sentence) when nothing can be had from a file; items never raise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .base import Detected, Format, Link, LinkKind, Reading, Reference, Rejection, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "Detected",
    "Format",
    "Link",
    "LinkKind",
    "Reading",
    "Reference",
    "Rejection",
    "UnreadableFileError",
    "detect",
    "read",
]


def detect(data: bytes, name: str = "") -> Detected:
    """Format and encoding, from the content; the name only decides between what the content leaves open.

    Raises:
        UnreadableFileError: empty, or nothing that is known.
    """
    from . import detection

    return detection.detect(data, name)


def read(
    data: bytes,
    *,
    name: str = "",
    format: str | None = None,
    encoding: str | None = None,
    mapping: Mapping[str, str] | None = None,
) -> Reading:
    """Read a file. ``format`` and ``encoding`` override what is found; ``mapping`` gives columns their fields.

    Raises:
        UnreadableFileError: nothing can be read, with the reason as a sentence.
    """
    from . import reading

    return reading.read(data, name=name, format=format, encoding=encoding, mapping=mapping)
