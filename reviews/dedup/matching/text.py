"""Texts made comparable: what databases, keyboards and spreadsheets do to a title is undone here."""

import html
import re
import unicodedata
from urllib.parse import unquote

_NOTHING = frozenset(
    {"", "na", "n/a", "n.a.", "-", "--", "none", "null", "nan", "unknown", "anonymous", "[anonymous]", "anon"}
)

_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "epsilon", "ζ": "zeta", "η": "eta", "θ": "theta",
    "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi", "ρ": "rho", "σ": "sigma",
    "ς": "sigma", "τ": "tau", "φ": "phi", "χ": "chi", "ψ": "psi", "ω": "omega",
}  # fmt: skip
_LETTERS = {"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "þ": "th", "ð": "d", "&": " and "}
_TABLE = str.maketrans({**_GREEK, **_LETTERS})
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,60}>")
_WORD = re.compile(r"[a-z0-9]+|[^\W_a-z0-9]+")


def given(text: str) -> str:
    """The text, or nothing where a program wrote that there is nothing (R writes NA)."""
    stripped = text.strip()
    return "" if len(stripped) <= 12 and stripped.casefold() in _NOTHING else stripped


def fold(text: str) -> str:
    """Lower case without accents, markup and entities; Greek letters by name."""
    if "&" in text:
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub("", text)
    text = text.casefold()
    if text.isascii():
        return text.replace("&", " and ")
    text = unicodedata.normalize("NFKD", text.translate(_TABLE))
    return "".join(sign for sign in text if not unicodedata.combining(sign)).translate(_TABLE)


def words(folded: str) -> list[str]:
    return _WORD.findall(folded)


_DOI = re.compile(r"10\.\d{4,9}/\S+")


def doi(text: str) -> str:
    """A DOI in lower case without resolver, or nothing: what follows the slash must name something."""
    text = given(text)
    if not text:
        return ""
    if "%" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(text)
    found = _DOI.search(text.casefold())
    if not found:
        return ""
    value = found.group().rstrip(".,;)]") if "(" not in found.group() else found.group().rstrip(".,;]")
    if value.endswith(")") and value.count(")") > value.count("("):
        value = value.rstrip(")")
    # "10.17705/1CAIS." is a journal's stem that lost its number; as a DOI it would join strangers.
    return (
        ""
        if value.endswith("/") or (found.group().endswith(".") and not re.search(r"\d", value.split("/", 1)[1][2:]))
        else value
    )


_REGISTRATION = re.compile(
    r"\b(?:NCT\s?\d{8}|ISRCTN\s?\d{6,9}|ACTRN\s?\d{11,14}p?|ChiCTR[-\w]{6,20}|EUCTR\d{4}-\d{6}-\d{2}|\d{4}-\d{6}-\d{2}-\d{2}"
    r"|IRCT\d{8,}[A-Z0-9]*|CTRI/\d{4}/\d{2,3}/\d{5,6}|DRKS\d{8}|NTR\s?\d{3,4}|UMIN\d{9}|JPRN-\w+|KCT\d{7}|PACTR\d{12,}|CRD\d{8,14})\b",
    re.IGNORECASE,
)


def registrations(*texts: str) -> frozenset[str]:
    """Trial and review registry numbers named in the texts, upper case without blanks."""
    return frozenset(
        re.sub(r"\s", "", found).upper()
        for text in texts
        if any(sign.isdigit() for sign in text)
        for found in _REGISTRATION.findall(text)
    )


_ISSN = re.compile(r"\b(\d{4})-?(\d{3}[\dxX])\b")


def issns(text: str) -> frozenset[str]:
    return frozenset((a + b).upper() for a, b in _ISSN.findall(text))


_YEAR = re.compile(r"\b(1[6-9]\d\d|20\d\d)\b")


def year(text: str) -> int | None:
    found = _YEAR.search(text)
    return int(found.group()) if found else None


_ROMAN = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "v": 5,
    "vi": 6,
    "vii": 7,
    "viii": 8,
    "ix": 9,
    "x": 10,
    "xi": 11,
    "xii": 12,
}


def roman(word: str) -> int | None:
    return _ROMAN.get(word)
