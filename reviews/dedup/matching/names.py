"""Authors, in whatever way a database writes them."""

import re
from dataclasses import dataclass
from enum import IntEnum

from rapidfuzz.distance import DamerauLevenshtein

from .text import fold, given, words

_RUN_TOGETHER = re.compile(r"(?<=[a-zA-Z]\.)(?=[A-Z][a-zA-Z'’-]+\s)")
_ET_AL = re.compile(r"\b(?:et al|and others)\b.*$", re.IGNORECASE)
_INITIALS = re.compile(r"^(?:[A-Z]\.?[-\s]?){1,4}$")
_PARTICLES = frozenset(
    [
        "van",
        "von",
        "der",
        "den",
        "de",
        "del",
        "della",
        "di",
        "da",
        "dos",
        "du",
        "la",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "ter",
        "ten",
        "st",
        "jr",
        "sr",
    ]
)

MOST = 0.6
"""Share of the shorter list that must be in the longer one: databases cut lists after 3, 6 or 10 names, and misspell some."""


class AuthorMatch(IntEnum):
    MISSING = 0
    NONE = 1
    SOME = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Authors:
    people: tuple[frozenset[str], ...]
    """Each person's words that may be the surname."""
    given: tuple[frozenset[str], ...] = ()
    """Each person's other words, written out; some databases take these for the surname."""

    @property
    def first(self) -> str:
        """The first author's longest word, for finding candidates."""
        return max(self.people[0], key=lambda word: (len(word), word)) if self.people else ""


def read(raw: str) -> Authors:
    text = _ET_AL.sub("", given(raw))
    if not text:
        return Authors(())
    people = [(person, _given(name) - person) for name in _split(text) if (person := _surname(name))]
    return Authors(tuple(person for person, _ in people), tuple(rest for _, rest in people))


def _split(text: str) -> list[str]:
    if ";" in text:
        return text.split(";")
    if "\n" in text:
        return text.split("\n")
    if " and " in text.casefold():
        parts = re.split(r"\s+and\s+", text, flags=re.IGNORECASE)
        if len(parts) == 2 and parts[0].count(",") > 1:  # "Smith A, Jones B and Brown C"
            return parts[0].split(",") + parts[1:]
        return parts
    run = _RUN_TOGETHER.split(text)
    if len(run) > 1:
        return run
    if text.count(",") > 1:
        parts = [part.strip() for part in text.split(",")]
        if all(_INITIALS.match(part) for part in parts[1::2]):  # "Smith, A., Jones, B."
            return parts[::2]
        return parts
    return [text]


def _surname(name: str) -> frozenset[str]:
    before, comma, after = name.partition(",")
    if comma:
        person = _words(before, keep_short=True)
        return person or _words(after, keep_short=False)
    return _words(name, keep_short=False) or _words(name, keep_short=True)


def _given(name: str) -> frozenset[str]:
    after = name.partition(",")[2]
    return frozenset(word for word in _words(after, keep_short=False) if len(word) > 2) if after else frozenset()


def _words(text: str, *, keep_short: bool) -> frozenset[str]:
    found: set[str] = set()
    for piece in re.split(r"[\s.,\-‐‑–]+", text):
        if not piece or (
            not keep_short and len(piece) <= 4 and piece.isupper() and len(text) > len(piece) + 1 and not text.isupper()
        ):
            continue  # initials: "Smith JA", "van der Meer J.W.M."
        found.update(word for word in words(fold(piece.replace("'", "").replace("’", ""))) if len(word) > 1)
    return frozenset(found - _PARTICLES)


def _shared(few: tuple[frozenset[str], ...], many: tuple[frozenset[str], ...]) -> int:
    all_words = frozenset().union(*many)
    return sum(1 for person in few if person & all_words or any(_same_person(person, other) for other in many))


def _same_person(a: frozenset[str], b: frozenset[str]) -> bool:
    if a & b:
        return True
    return any(
        min(len(x), len(y)) >= 5
        and (x.startswith(y) or y.startswith(x) or DamerauLevenshtein.distance(x, y, score_cutoff=2) <= 2)
        for x in a
        for y in b
    )


def compare(a: Authors, b: Authors) -> AuthorMatch:
    """How far two lists name the same people; symmetric.

    A different first author makes it SOME at most, unless the two lists name just the same people in another order.
    """
    if not a.people or not b.people:
        return AuthorMatch.MISSING
    if a.people == b.people:
        return AuthorMatch.SAME
    few, many = sorted((a, b), key=lambda authors: (len(authors.people), sorted(map(sorted, authors.people))))
    shared = _shared(few.people, many.people)
    firsts = _same_person(few.people[0], many.people[0])
    if shared < len(few.people):
        swapped = max(_shared(few.given, many.people), _shared(few.people, many.given))
        if swapped > shared:
            shared = swapped
            firsts = bool(few.given[0] & many.people[0] or few.people[0] & many.given[0])
    if shared == 0:
        return AuthorMatch.NONE
    if (shared / len(few.people) >= MOST and firsts) or shared == len(few.people) == len(many.people) > 1:
        return AuthorMatch.SAME
    return AuthorMatch.SOME
