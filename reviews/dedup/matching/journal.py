"""Names of journals and meetings: in full, abbreviated, as an acronym, with a place or a subtitle."""

import re
from dataclasses import dataclass
from enum import IntEnum

from .citation import Kind
from .text import fold, given, words

_EXTRA = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_REST = re.compile(r"\s*(?:[:=/]|\.\s+conference\b|\bconference\s*:|;|--|\s-\s).*$")
_CONFERENCE = re.compile(
    r"\b(?:conference|proceedings|symposium|congress|workshop|meeting|annual scientific sessions)\b"
)
_REGISTRY = re.compile(
    r"clinicaltrials\.gov|trialsearch|isrctn|who\.int/|\bictrp\b|trial registr|\bprospero\b|clinical trials? register|\bdrks\b|\banzctr\b"  # noqa: E501
)
_PREPRINTS = re.compile(
    r"\b(?:biorxiv|medrxiv|arxiv|ssrn|research square|preprints?(?:\.org)?|psyarxiv|socarxiv|osf preprints|chemrxiv|authorea)\b"
)
_SMALL = frozenset(
    [
        "the",
        "of",
        "and",
        "in",
        "for",
        "on",
        "to",
        "at",
        "de",
        "la",
        "le",
        "les",
        "des",
        "du",
        "et",
        "der",
        "die",
        "das",
        "und",
        "y",
        "el",
        "del",
        "di",
        "e",
        "annual",
    ]
)
_COUNTED = re.compile(r"^(?:(?:1[89]|20)\d\d|\d{1,3}(?:st|nd|rd|th))$")
"""The year or the number of a meeting, which one database writes and the other does not."""


# Names in the journal's own language, beside which a database may write a translation that shares no word with them.
_VERNACULAR = re.compile(
    r"\b(?:zhonghua|zhongguo|chung|hua|zazhi|za zhi|xue|bao|gakkai|ronbunshi|rinsho|nihon|nippon|igaku|kokyu|taehan|uihak|chotmaihet|thangphaet|"  # noqa: E501
    r"revista|rev|arquivos|anais|zeitschrift|archiv|vestnik|zhurnal|klinicheskaia|annales|archives francaises|wochenschrift|rundschau|lakartidningen|ugeskrift|"  # noqa: E501
    r"tidsskrift|orvosi|hetilap|casopis|przeglad|polski|srpski|turk|dergisi|aizheng|giornale|rivista|minerva|gaceta|anales)\b"
)


ACRONYM = 3
"""Letters (BMJ); shorter ones are words as well."""


class JournalMatch(IntEnum):
    MISSING = 0
    DIFFERENT = 1
    UNSURE = 2
    SAME = 3


@dataclass(frozen=True, slots=True)
class Journal:
    words: tuple[str, ...]
    """Without small words, brackets and subtitle."""
    full: frozenset[str]
    """All words, with those of the subtitle."""
    letters: str
    kind: Kind
    is_vernacular: bool


def read(raw: str) -> Journal:
    text = fold(given(raw))
    kind = Kind.UNKNOWN
    if _REGISTRY.search(text):
        kind = Kind.REGISTRATION
    elif _PREPRINTS.search(text):
        kind = Kind.PREPRINT
    elif _CONFERENCE.search(text):
        kind = Kind.ABSTRACT
    short = _REST.sub("", _EXTRA.sub(" ", text)).strip() or text
    kept = _telling(short)
    return Journal(kept, frozenset(_telling(text)), "".join(kept), kind, bool(_VERNACULAR.search(text)))


def _telling(text: str) -> tuple[str, ...]:
    every = words(text)
    return tuple(word for word in every if word not in _SMALL and not _COUNTED.match(word)) or tuple(every)


def compare(a: Journal, b: Journal) -> JournalMatch:
    """Whether two names may be the same journal; symmetric."""
    if not a.words or not b.words:
        return JournalMatch.MISSING
    if a.letters == b.letters:
        return JournalMatch.SAME
    if _abbreviates(a.words, b.words) or _abbreviates(b.words, a.words):
        return JournalMatch.SAME
    if _acronym(a) & b.full or _acronym(b) & a.full:
        return JournalMatch.SAME
    few, many = sorted((a.full, b.full), key=len)
    if len(few) >= 3 and few <= many:
        return JournalMatch.SAME
    shared = len(a.full & b.full)
    if a.is_vernacular != b.is_vernacular:
        return JournalMatch.UNSURE
    return JournalMatch.UNSURE if shared >= max(2, 0.5 * len(few)) else JournalMatch.DIFFERENT


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Each word begins the word in its place ("J Hosp Infect"); "Natl" may leave out the middle of a word."""
    return len(short) == len(long) and all(_shortens(s, w) for s, w in zip(short, long, strict=True))


def _shortens(short: str, word: str) -> bool:
    if word.startswith(short) or short.startswith(word):
        return True
    if short[0] != word[0] or len(short) >= len(word):
        return False
    rest = iter(word)
    return all(sign in rest for sign in short)


def _acronym(journal: Journal) -> frozenset[str]:
    initials = "".join(word[0] for word in journal.words)
    return frozenset({initials}) if len(initials) >= ACRONYM else frozenset()
