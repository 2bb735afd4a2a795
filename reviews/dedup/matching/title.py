"""What a title says beyond its words: that it is an erratum, a part, a protocol; and how two titles differ."""

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein

from .citation import Kind
from .text import fold, given, roman, words

# The article itself, marked afterwards: the mark is no part of its title.
_MARKED = re.compile(r"^\W*(?:retracted(?: article| paper| publication)?|withdrawn(?: article)?)\s*[:.\]-]+\s*")
# What databases and journals add to the end of a title: "[Article in French]", "[33 refs]", "[Careers]"; but not "[Part II]".
_ADDED = re.compile(
    r"\s*-?\s*(?:\[(?!(?:[^\]]* )?(?:part|pt|[ivx]+)\b)[a-z ,/&-]{3,40}\]|\[\d+ refs?\.?\]|\[(?:published )?errat[^\]]*\]|\((?:article in|in) [a-z ,/]+\)|\((?:review|abstract|letter)\))\W*$"  # noqa: E501
)
# A genre, not a work: journals print one in every issue.
_GENRE = re.compile(
    r"^\W*(?:remarks from |from )?(?:the )?(?:guest |joint )?(?:editors?'?s?|editorials?)(?: (?:comments?|notes?|introduction|preface|perspectives?|letter|page|choice|corner))*\W*$"  # noqa: E501
    r"|\beditor'?s'? (?:comments?|notes?|letter|page|choice|corner)\W*$|^\W*(?:senior editor perspectives|book reviews?|in this issue|introduction|preface|foreword|"  # noqa: E501
    r"obituary|news|letters? to the editor|correspondence|index|contents|table of contents|announcements?|abstracts?|unknown|untitled|no title)\W*$"  # noqa: E501
)

_HEAD: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.RETRACTION, re.compile(r"^\W*(?:retraction(?: note| notice)?\s*(?::|to\b|of\b|for\b|-)|notice of retraction|retraction note\b|withdrawal(?: notice)?\s*:)")),  # noqa: E501
    (
        Kind.ERRATUM,
        re.compile(
            r"^\W*(?:errat(?:um|a)\b|corrigend(?:um|a)\b|(?:author|publisher)s?'? correction\b|correction(?:s)?\s*(?::|to\b|for\b|-)"  # noqa: E501
            r"|addendum\b|expression of concern\b)"
        ),
    ),
    (
        Kind.COMMENT,
        re.compile(
            r"^\W*(?:re\s*:|reply\b|in reply\b|author(?:s|'s|s')? (?:reply|response)\b|response to\b|comment(?:s)?\s*(?::|on\b|to\b)|commentary\s*(?::|on\b)"  # noqa: E501
            r"|letter (?:to|by|in)\b|rebuttal\b|invited commentary\b|editorial comment\b)"
        ),
    ),
)  # fmt: skip

_TAIL: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("protocol", re.compile(r"\bprotocols?\b|\brationale and design\b|\bdesign and rationale\b|\bstatistical analysis plan\b")),
    ("secondary", re.compile(r"\bsecondary (?:data )?analys[ie]s\b|\bpost[- ]?hoc\b|\bsub-?study\b|\bsub-?group analys[ie]s\b|\bre-?analysis\b|\bpooled analysis\b|\bancillary\b")),  # noqa: E501
    ("follow-up", re.compile(r"\b(?:at|after|over) \d+ (?:days?|weeks?|months?|years?)\b|\b\d+[- ](?:day|week|month|year)s? follow[- ]?up\b|\blong[- ]term (?:follow[- ]?up|extension)\b|\bextension study\b")),  # noqa: E501
    ("cohort", re.compile(r"\b(?:second|third|another|validation|replication) (?:cohort|study|trial|sample)\b|\breplication\b")),
    ("update", re.compile(r"\bupdated?\b|\ban update\b|\brevisited\b|\brevised\b|\b(?:second|third) edition\b")),
    ("abstract", re.compile(r"^\W*(?:poster|abstract|oral|session|p|o|ps)\s*\W?\s*\d+|\b(?:conference|meeting) abstract\b")),
    ("comment", re.compile(r"\b(?:a )?commentary\b|\bdiscussion of\b|\binvited (?:comment|discussion)\b|\ba reply\b|\ba response to\b|\ba comment on\b|\brejoinder\b")),  # noqa: E501
    ("lay summary", re.compile(r"\bplain language summary\b|\blay summary\b|\bexecutive summary\b")),
)  # fmt: skip

_PART = re.compile(
    r"\b(?:part|pt|chapter|section|volume|vol|study|experiment|paper|phase|appendix|number|no|trial)\.?\s*(\d{1,3}|[ivx]{1,4}|one|two|three|four|five|[ab])\b"
)
_PARTS = frozenset(
    [
        "part",
        "pt",
        "chapter",
        "section",
        "volume",
        "vol",
        "study",
        "experiment",
        "paper",
        "phase",
        "appendix",
        "number",
        "no",
        "trial",
    ]
)
_END_PART = re.compile(r"(?:^|[\s:.(\[-])(\d{1,2}|[ivx]{1,4})\W*$")
_ORDINALS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "a": 1, "b": 2}

_SMALL = frozenset(
    [
        "a",
        "an",
        "the",
        "of",
        "and",
        "or",
        "in",
        "on",
        "for",
        "to",
        "with",
        "by",
        "from",
        "at",
        "as",
        "is",
        "are",
        "its",
        "their",
        "into",
        "using",
        "use",
        "via",
        "during",
        "among",
        "between",
        "der",
        "die",
        "das",
        "des",
        "und",
        "la",
        "le",
        "les",
        "et",
        "de",
        "du",
        "el",
        "los",
        "las",
        "y",
        "en",
        "un",
        "une",
        "il",
        "di",
        "e",
    ]
)
_ENGLISH = frozenset(["the", "of", "and", "with", "from", "for", "by", "on", "to", "at", "its", "their", "an"])
_OTHER = frozenset(
    [
        "der",
        "die",
        "das",
        "den",
        "dem",
        "des",
        "und",
        "von",
        "zum",
        "zur",
        "im",
        "fur",
        "als",
        "auf",
        "le",
        "la",
        "les",
        "des",
        "du",
        "et",
        "dans",
        "sur",
        "el",
        "los",
        "las",
        "y",
        "del",
        "con",
        "para",
        "por",
        "una",
        "un",
        "il",
        "nella",
        "della",
        "e",
        "da",
        "do",
        "dos",
        "em",
    ]
)
_SPELLING = (
    (re.compile(r"ae|oe"), "e"), (re.compile(r"our\b"), "or"), (re.compile(r"is(e|ed|es|ing|ation|ations)\b"), r"iz\1"),
    (re.compile(r"yse"), "yze"), (re.compile(r"tre\b"), "ter"), (re.compile(r"ph"), "f"), (re.compile(r"ll"), "l"),
    (re.compile(r"(?<=[a-z]{3})(?:es|s)$"), ""),
)  # fmt: skip
# One letter turns a word into another; these differ in meaning, not in spelling.
_OPPOSED = re.compile(
    r"^(?:hyper|hypo|inter|intra|pre|post|pro|anti|un|non|in|ab|sub|super|ante|peri|ex|endo|ecto|micro|macro|male|female|men|women"
    r"|increas|decreas|oral|nasal|mono|poly|alpha|beta|gamma)"
)  # fmt: skip

GENERIC_WORDS = 3
"""A title of three words or fewer ("Editorial", "Book review") names a genre as often as a work."""


class TitleMatch(IntEnum):
    MISSING = 0
    DIFFERENT = 1
    WORDS = 2
    """Much the same words; some differ in a way that no typing error explains."""
    NUMBERED = 3
    """The same but for a number: Part 1 and Part 2, 2009 and 2010."""
    LONGER = 4
    """One is the other with something added to it."""
    NEAR = 5
    """The same but for spelling, small words and signs."""
    EXACT = 6


@dataclass(frozen=True, slots=True)
class Title:
    text: str
    """Folded, without marks that databases add."""
    tokens: tuple[str, ...]
    letters: str
    numbers: tuple[str, ...]
    part: int | None
    head: Kind
    tails: frozenset[str]
    retracted: bool
    is_genre: bool
    is_english: bool
    """Whether its small words say so; a title that names one language only is not taken for another's translation."""

    @property
    def is_generic(self) -> bool:
        return self.is_genre or len(self.tokens) <= GENERIC_WORDS


def read(raw: str) -> Title:
    folded = fold(given(raw)).replace("‐", "-").strip()
    text = _MARKED.sub("", folded)
    retracted = text != folded
    while len(words(shorter := _ADDED.sub("", text))) >= GENERIC_WORDS and shorter != text:
        text = shorter
    head = next((kind for kind, pattern in _HEAD if pattern.search(text)), Kind.UNKNOWN)
    tails = frozenset(name for name, pattern in _TAIL if pattern.search(text))
    tokens = tuple(words(text))
    numbers = tuple(sorted(token for token in tokens if token.isdigit()))
    found = _PART.search(text) or _END_PART.search(text)
    part = _number(found[1]) if found else None
    english, other = len(_ENGLISH.intersection(tokens)), len(_OTHER.intersection(tokens))
    return Title(
        text, tokens, "".join(tokens), numbers, part, head, tails, retracted, bool(_GENRE.search(text)), english >= other
    )  # fmt: skip


def _number(word: str) -> int | None:
    return int(word) if word.isdigit() else roman(word) or _ORDINALS.get(word)


@lru_cache(maxsize=200_000)
def _plain(word: str) -> str:
    for pattern, instead in _SPELLING:
        word = pattern.sub(instead, word)
    return word


def compare(a: Title, b: Title) -> TitleMatch:
    """How two titles stand to each other; symmetric."""
    if not a.tokens or not b.tokens:
        return TitleMatch.MISSING
    if a.letters == b.letters:
        return TitleMatch.EXACT
    if fuzz.token_set_ratio(a.text, b.text) < 70 and fuzz.ratio(a.letters, b.letters) < 80:
        return TitleMatch.DIFFERENT
    if a.part is not None and b.part is not None and a.part != b.part:
        return TitleMatch.NUMBERED
    only_a, only_b = _left_over(a, b)
    if not only_a and not only_b:
        return TitleMatch.NEAR
    if a.numbers != b.numbers and not (set(only_a) | set(only_b)) - set(a.numbers) - set(b.numbers):
        return TitleMatch.NUMBERED
    if not only_a or not only_b:
        shorter = min(len(a.tokens), len(b.tokens))
        extra = only_a or only_b
        if any(map(_is_number, extra)) and all(_is_number(word) or word in _PARTS for word in extra):
            return TitleMatch.NUMBERED
        return TitleMatch.LONGER if shorter > GENERIC_WORDS else TitleMatch.WORDS
    total = max(len(a.tokens), len(b.tokens))
    return TitleMatch.WORDS if max(len(only_a), len(only_b)) <= max(2, 0.34 * total) else TitleMatch.DIFFERENT


def ends_alike(a: Title, b: Title) -> bool:
    """Whether one title is the other under the heading of a column ("How I did it: …")."""
    few, many = sorted((a, b), key=lambda title: len(title.tokens))
    return len(few.tokens) >= 8 and many.tokens[-len(few.tokens) :] == few.tokens


def _is_number(word: str) -> bool:
    return word.isdigit() or roman(word) is not None


def _left_over(a: Title, b: Title) -> tuple[list[str], list[str]]:
    """The words of each title that the other has not, after allowing for spelling, typing errors and split words."""
    rest_a, rest_b = _without(a.tokens, b.tokens), _without(b.tokens, a.tokens)
    if not rest_a or not rest_b:
        return _without_split(rest_a, b.letters), _without_split(rest_b, a.letters)
    for word in list(rest_a):
        for other in rest_b:
            if _same_word(word, other):
                rest_a.remove(word)
                rest_b.remove(other)
                break
    if "".join(rest_a) == "".join(rest_b):  # "health care" and "healthcare"
        return [], []
    return _without_split(rest_a, b.letters), _without_split(rest_b, a.letters)


def _without(some: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    rest = list(others)
    left = []
    for word in some:
        if word in rest:
            rest.remove(word)
        elif word not in _SMALL:
            left.append(word)
    return left


def _without_split(rest: list[str], letters: str) -> list[str]:
    """Words that only a blank or a hyphen separates are in the other's letters; numbers and short words must stand."""
    return [word for word in rest if len(word) < 5 or word.isdigit() or word not in letters] if rest else rest


def _same_word(word: str, other: str) -> bool:
    if word.isdigit() or other.isdigit() or any(map(str.isdigit, word + other)):
        return False
    if _plain(word) == _plain(other):
        return True
    if min(len(word), len(other)) < 5:
        return False
    opposed = _OPPOSED.match(word), _OPPOSED.match(other)
    if any(opposed) and (opposed[0] and opposed[0].group()) != (opposed[1] and opposed[1].group()):
        return False
    allowed = 1 if min(len(word), len(other)) < 8 else 2
    return DamerauLevenshtein.distance(word, other, score_cutoff=allowed) <= allowed and word[0] == other[0]
