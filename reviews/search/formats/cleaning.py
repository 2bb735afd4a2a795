"""Bytes as they came, made UTF-8 with \\n, so that every reader and every counter sees the same text.

Byte order marks (also inside, where exports were joined), NUL bytes and Ctrl-Z are dropped: none belongs to a value, a
byte order mark glued to the first tag costs other readers the first record, and PostgreSQL refuses NUL.
"""

from __future__ import annotations

import codecs
import re

from .base import UnreadableFileError

BLOCK = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark is its beginning
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
XML_SAYS = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
SAMPLE = 1 << 16
GB18030_PAIRS = re.compile(rb"[\x81-\xfe][\x40-\x7e\x80-\xfe]")
CYRILLIC_CP1251 = re.compile(rb"[\xc0-\xff\xa8\xb8]{4,}")
GERMAN_OR_FRENCH_RUN = 4
"""In a Western text four accented letters never follow one another; in a Russian one they are the rule."""


def find_encoding(data: bytes) -> tuple[str, str]:
    """The encoding and what speaks for it. Never fails: latin-1 reads anything.

    windows-1251 and GB18030 are valid as windows-1252 too, so they are told by their letters; a person can override.
    """
    for mark, name in MARKS:
        if data.startswith(mark):
            return name, "its byte order mark"
    zeros = data[:2000]
    if len(zeros) > 20 and zeros[1::2].count(0) > 0.8 * len(zeros[1::2]):
        return "utf-16-le", "a zero after every letter"
    if len(zeros) > 20 and zeros[0::2].count(0) > 0.8 * len(zeros[0::2]):
        return "utf-16-be", "a zero before every letter"
    stated = XML_SAYS.match(data.lstrip()[:300])
    if stated:
        name = stated[1].decode().lower()
        if name not in {"utf-8", "utf8", "utf-16"} and is_encoding(name):
            return name, "its XML declaration"
    if data.isascii():
        return "ascii", "nothing but ASCII in it"
    if is_valid(data, "utf-8"):
        return "utf-8", "valid UTF-8"
    return single_or_double_byte(data)


def single_or_double_byte(data: bytes) -> tuple[str, str]:
    high = beyond_ascii(data)
    letters = len(high) - high.count(b" ")
    cut = data[: 4 * SAMPLE].rpartition(b"\n")[0] or data
    broken = sum(1 for _ in re.finditer(rb"\xef\xbf\xbd", high))
    mostly_utf8 = cut.decode("utf-8", "replace").count("�") - broken
    if letters > 40 and mostly_utf8 * 20 < letters:
        return "utf-8", "UTF-8 but for a few bytes"
    runs = sum(len(run) for run in CYRILLIC_CP1251.findall(high))
    pairs = b"".join(GB18030_PAIRS.findall(high))
    hanzi = len(re.findall(rb"[\xb0-\xf7][\xa1-\xfe]", high)) * 2
    if (
        is_valid(data, "gb18030")
        and letters > 1
        and len(pairs) >= 0.6 * letters
        and hanzi >= 0.4 * letters
        and not runs_are_words(high, runs, letters)
    ):
        return "gb18030", "pairs of bytes as in Chinese text"
    if runs > 0.6 * letters and is_valid(data, "cp1251"):
        return "cp1251", "runs of letters as in Russian text"
    if is_valid(data, "cp1252"):
        return "cp1252", "not UTF-8, and valid as windows-1252"
    if is_valid(data, "gb18030") and not is_valid(data, "cp1252"):
        return "gb18030", "not UTF-8 nor windows-1252, and valid as GB18030"
    return "latin-1", "not valid in any other encoding tried"


def beyond_ascii(data: bytes) -> bytes:
    """The first bytes that are not ASCII, a blank before each run of them."""
    high = bytearray()
    for run in re.finditer(rb"[\x80-\xff]++", data):
        high += b" " + run[0][:SAMPLE]
        if len(high) >= SAMPLE:
            break
    return bytes(high[:SAMPLE])


def runs_are_words(high: bytes, runs: int, letters: int) -> bool:
    """Whether the runs look like Russian words: mostly small letters (0xE0-0xFF), of any length, odd ones too."""
    small = sum(len(run) for run in re.findall(rb"[\xe0-\xff]+", high))
    return runs > 0.6 * letters and small > 0.7 * letters


def is_encoding(name: str) -> bool:
    try:
        return codecs.lookup(name)._is_text_encoding  # "hex" and "zip" are codecs too, and no encodings
    except (LookupError, AttributeError, ValueError):
        return False


def is_valid(data: bytes, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    view = memoryview(data)
    try:
        for at in range(0, len(data), BLOCK):
            decoder.decode(view[at : at + BLOCK])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def clean(data: bytes, encoding: str) -> bytes:
    """The text as UTF-8 bytes with \\n. The same object where nothing was to do.

    Raises:
        UnreadableFileError: there is no such encoding.
    """
    if not is_encoding(encoding):
        raise UnreadableFileError(f"There is no encoding called “{encoding[:40]}”.")
    name = codecs.lookup(encoding).name
    if name in {"ascii", "utf-8"} and not needs_work(data) and (data.isascii() or is_valid(data, "utf-8")):
        return data
    decoder = codecs.getincrementaldecoder("utf-8" if name == "ascii" else encoding)("replace")
    view = memoryview(data)
    made = bytearray()
    held = ""
    for at in range(0, max(len(data), 1), BLOCK):
        is_last = at + BLOCK >= len(data)
        text = held + decoder.decode(view[at : at + BLOCK], final=is_last)
        held = ""
        if not is_last and text.endswith("\r"):
            text, held = text[:-1], "\r"
        made += tidy(text).encode("utf-8", "replace")
    return bytes(made) if len(made) < BLOCK else made  # type: ignore[return-value]  # read like bytes, without a copy


def needs_work(data: bytes) -> bool:
    return b"\r" in data or b"\0" in data or b"\x1a" in data or codecs.BOM_UTF8 in data


def tidy(text: str) -> str:
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for unwanted in ("\0", "\x1a", "\ufeff"):
        if unwanted in text:
            text = text.replace(unwanted, "")
    return text
