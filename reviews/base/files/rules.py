"""Which files are taken, found from their content and never from their name."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    content_type: str
    begins_with: bytes
    most_bytes: int


PDF = Kind("application/pdf", b"%PDF-", 50 * MEGABYTE)
PNG = Kind("image/png", b"\x89PNG\r\n\x1a\n", 20 * MEGABYTE)
JPEG = Kind("image/jpeg", b"\xff\xd8\xff", 20 * MEGABYTE)
REPORT_KINDS = (PDF, PNG, JPEG)


class Refused(ValueError):
    """The file is not taken; the message says why and what would be."""


def kind_of(head: bytes, *, size: int, allowed: tuple[Kind, ...] = REPORT_KINDS) -> Kind:
    """What a file is, from its first bytes.

    Raises:
        Refused: it is empty, too large, or of another kind.
    """
    if size == 0:
        raise Refused("The file is empty. Choose the file again.")
    for kind in allowed:
        if head.startswith(kind.begins_with):
            if size > kind.most_bytes:
                raise Refused(
                    f"The file has {size / MEGABYTE:.0f} MB; at most {kind.most_bytes // MEGABYTE} MB are taken."
                )
            return kind
    raise Refused("The file is neither a PDF nor a PNG or JPEG picture, whatever its name says.")


def safe_name(name: str) -> str:
    """The name to show and to offer for a download: no folders, no control signs, at most 200 characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>:|?*').strip(". ")
    return kept[-200:] or "file"
