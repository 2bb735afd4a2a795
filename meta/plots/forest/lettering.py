"""How wide a text will be, without a browser: Arial's own widths, which Helvetica and Liberation Sans share."""

import re
from collections.abc import Iterator
from itertools import chain
from unicodedata import combining, east_asian_width, normalize

from meta.plots.numbers import MINUS

_WIDTHS: dict[str, int] = {
    letter: width
    for width, letters in {
        191: "'’‘",
        222: "ijl",
        260: "|",
        278: " !,./:;I[]\\ft·",
        333: "()-`rJ“”²",
        389: "*",
        500: "cksvxyz",
        556: "0123456789#$?_Labdeghnopqu–",
        584: f"+<=>~{MINUS}",
        611: "FTZ",
        667: "&ABEKPSVXY",
        722: "CDHNRUw",
        778: "GOQ",
        833: "Mm",
        889: "%",
        944: "W",
        1000: "…—@",
    }.items()
    for letter in letters
}
"""Arial, in thousandths of the type size."""

BREAK = re.compile(r"(?<![=<]) +(?![=<])")
"""A line breaks at spaces, but not around the sign of ``P = 0.13``."""

UNKNOWN = 600
WIDE = 1000
BOLD = 1.08
ALLOWANCE = 1.05
"""Hinting and rounding make a line a little longer than the sum of its letters."""


def width(text: str, size: float, *, bold: bool = False) -> float:
    """About how many pixels the text takes at this type size."""
    units = sum(map(_units, normalize("NFD", text)))
    return units * size / 1000 * ALLOWANCE * (BOLD if bold else 1)


def wrap(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The text in lines no wider than the room, broken at spaces, or inside a word that is too long for any line."""
    lines: list[str] = []
    for word in chain.from_iterable(_broken(word, room, size, bold=bold) for word in BREAK.split(text.strip())):
        if lines and width(f"{lines[-1]} {word}", size, bold=bold) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _broken(word: str, room: float, size: float, *, bold: bool) -> Iterator[str]:
    while len(word) > 1 and width(word, size, bold=bold) > room:
        fitting = max(sum(1 for end in range(2, len(word)) if width(word[:end], size, bold=bold) <= room) + 1, 1)
        yield word[:fitting]
        word = word[fitting:]
    yield word


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width(text, size, bold=bold) <= room:
        return text
    kept = text
    while kept and width(f"{kept}…", size, bold=bold) > room:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _units(letter: str) -> int:
    if combining(letter):
        return 0
    if east_asian_width(letter) in "WF":
        return WIDE
    return _WIDTHS.get(letter, UNKNOWN)
