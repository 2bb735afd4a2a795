"""What the two XML formats share: records are cut out of the text and parsed one by one.

So a record keeps its raw text, a broken one costs only itself, and no document of any size is ever in memory as a tree.
Entities, DTD and network are off: a record cut out has no DTD in which an entity could be declared.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from .base import Reference, Rejection
from .splitting import LONGEST_RECORD, SHOWN, decode, nothing_in, too_long

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENTITY = re.compile(rb"&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)")
DEEPEST = 100
"""Elements within elements; MathML in a title reaches about fifteen."""


def parser() -> etree.XMLParser:
    return etree.XMLParser(
        encoding="utf-8", recover=True, resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        remove_comments=True, remove_pis=True, huge_tree=False,
    )  # fmt: skip


def records(
    data: bytes, start: re.Pattern[bytes], make: Callable[[int, str, etree._Element], Reference]
) -> Iterator[Reference | Rejection]:
    """Each element that ``start`` opens; its end is the first closing tag of that name."""
    reader = parser()
    line, counted, size = 1, 0, len(data)
    closing, end = b"", 0
    found = start.search(data)
    while found:
        begin = found.start()
        line += data.count(b"\n", counted, begin)
        counted = begin
        if end <= begin or closing[2:-1] != found[1]:  # otherwise it was found for an earlier start and holds still
            closing = b"</" + found[1] + b">"
            end = data.find(closing, begin)
            end = end if end >= 0 else size
        following = None
        if end == size or data.find(closing[:1] + closing[2:-1], found.end(), end) >= 0:
            following = start.search(data, found.end(), end)
        if following or end == size:
            yield one(data, begin, following.start() if following else size, line, False, reader, make)
            found = following
        else:
            yield one(data, begin, end + len(closing), line, True, reader, make)
            found = start.search(data, end)


def one(
    data: bytes,
    begin: int,
    end: int,
    line: int,
    is_closed: bool,
    reader: etree.XMLParser,
    make: Callable[[int, str, etree._Element], Reference],
) -> Reference | Rejection:
    if end - begin > LONGEST_RECORD:
        return too_long(line, data[begin : begin + SHOWN], end - begin)
    text = data[begin:end]
    if not is_closed:
        return Rejection(
            line, "The file ends, or another record begins, in the middle of this record.", decode(data[begin:end])
        )
    raw = decode(text)
    if b"&" in text:
        text = ENTITY.sub(b"&amp;", text)
    try:
        element = etree.fromstring(text, reader)
    except etree.XMLSyntaxError as error:
        return Rejection(line, f"This is no XML that can be read: {error.msg}.", decode(text))
    return make(line, raw, element) if len(element) else nothing_in(line, raw)


def first_of_each(element: etree._Element) -> dict[str, etree._Element]:
    """The children by name, of several the first: one pass instead of a search for each."""
    found: dict[str, etree._Element] = {}
    for one in element:
        found.setdefault(str(one.tag), one)
    return found


def text_of(element: etree._Element | None) -> str:
    """All text inside, also inside <i> and MathML, with blanks made single."""
    if element is None:
        return ""
    text = "".join(element.itertext()) if len(element) else element.text or ""
    return " ".join(text.split())
