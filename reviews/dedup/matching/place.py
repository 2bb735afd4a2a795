"""Where something stands: volume, issue and pages, as far as they can be read."""

import re
from dataclasses import dataclass

from .text import given

_MONTHS = {
    name: number
    for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1
    )
}
_DATE = re.compile(r"^(?:(\d{1,2})-([a-z]{3})|([a-z]{3})-(\d{1,2}))$")
_REMNANT = re.compile(r"^(?:suppl|pt|t)\W*-(\d{1,4})$")
_NUMBER = re.compile(r"([a-z]{0,5})(\d+)([a-z]{0,3})")
_COCHRANE = re.compile(r"\b(?:cd|mr)0{0,2}\d{4,6}\b")


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page as numbers, with the letters that stood before the first ("s" of S134)."""

    first: int
    last: int
    letters: str = ""
    is_guess: bool = False
    """Read from a date or a remnant: it may confirm another's pages, and never contradicts them."""

    @property
    def count(self) -> int:
        return self.last - self.first + 1


def pages(text: str) -> Pages | None:
    """The pages named, or None. ``444-50`` ends on 450; ``21-Aug`` is what a spreadsheet makes of 8-21."""
    text = given(text).casefold()
    if not text or "pagination" in text or text.endswith(" p") or text.startswith("artn"):
        return None
    if date := _DATE.match(text):
        month = _MONTHS.get(date[2] or date[3])
        if month is None:
            return None
        low, high = sorted((month, int(date[1] or date[4])))
        return Pages(low, high, is_guess=True)
    if remnant := _REMNANT.match(text):
        return Pages(0, int(remnant[1]), is_guess=True)
    numbers = _NUMBER.findall(re.split(r"[;,]", text, maxsplit=1)[0])
    if not numbers:
        return None
    letters, first, _ = numbers[0]
    if len(first) > 9:  # an identifier, not a page
        return None
    last = numbers[1][1] if len(numbers) > 1 else first
    if len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    start, end = int(first), int(last[:9])
    return Pages(start, max(start, end), re.sub(r"[ivxl]{2,}$", "", letters))


def cochrane_number(*texts: str) -> str:
    """The number of a Cochrane review (CD001234), which stays through all its versions."""
    for text in texts:
        if found := _COCHRANE.search(text.casefold()):
            return found.group()
    return ""


MOST_ISSUES = 366
"""No volume holds more; a larger number is a running number of the journal or of somebody's list."""


def volume(text: str) -> str:
    """The number of the volume alone. ``2)`` is what is left of "65 (Suppl. 2)", and no volume."""
    text = given(text).casefold()
    if not text or (text.endswith(")") and "(" not in text):
        return ""
    found = re.match(r"\D{0,6}?(\d+)", text)
    return found[1].lstrip("0") if found else ""


def issue(text: str) -> str:
    """The issue without the words around it; a month counts as its number, a date in its place as nothing."""
    text = given(text).casefold()
    if text[:3] in _MONTHS and text.isalpha():
        return str(_MONTHS[text[:3]])
    if not text or _DATE.match(text) or "pagination" in text:
        return ""
    plain = re.sub(r"[^a-z0-9]", "", re.sub(r"suppl(?:ement)?|spl|pt|part|no", "s", text)).lstrip("0")
    return "" if plain.isdigit() and int(plain) > MOST_ISSUES else plain
