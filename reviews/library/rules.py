"""Identities of reports and studies, in one spelling each."""

import re
import unicodedata
from enum import StrEnum


class Scheme(StrEnum):
    DOI = "doi"
    PMID = "pmid"
    PMCID = "pmcid"
    REGISTRY = "registry"


class Unrecognised(ValueError):
    """The text is not an identifier of its scheme; the message says what one looks like."""


_DOI = re.compile(r"10\.\d{4,9}/\S+")
_REGISTRY = re.compile(
    r"(NCT\d{8}|ISRCTN\d{8}|IRCT\d+N\d+|EUCTR\d{4}-\d{6}-\d{2}(-[A-Z]{2})?|ChiCTR\w+|CTRI/\d{4}/\d{2,3}/\d+"
    r"|(?!NCT|ISRCTN|IRCT|EUCTR)\w{3,}[\w/-]*\d)",
    re.IGNORECASE,
)
_WEB = {
    Scheme.DOI: "https://doi.org/{}",
    Scheme.PMID: "https://pubmed.ncbi.nlm.nih.gov/{}/",
    Scheme.PMCID: "https://pmc.ncbi.nlm.nih.gov/articles/{}/",
}


def canonical(scheme: Scheme, text: str) -> str:
    """The identifier in its one spelling: no address before a DOI, no `PMID:`, registry numbers in capitals.

    Raises:
        Unrecognised: it does not look like one.
    """
    value = text.strip()
    match scheme:
        case Scheme.DOI:
            found = _DOI.search(value)
            if not found:
                raise Unrecognised(f"“{value}” is not a DOI; one looks like 10.1186/s13054-022-03930-4.")
            return found[0].rstrip(".,;)").lower()
        case Scheme.PMID:
            digits = re.sub(r"^pmid:?\s*", "", value, flags=re.IGNORECASE)
            if not re.fullmatch(r"\d{1,9}", digits):
                raise Unrecognised(f"“{value}” is not a PubMed number; one looks like 33568628.")
            return str(int(digits))
        case Scheme.PMCID:
            digits = re.sub(r"^pmc", "", value, flags=re.IGNORECASE)
            if not re.fullmatch(r"\d{1,9}", digits):
                raise Unrecognised(f"“{value}” is not a PubMed Central number; one looks like PMC9259515.")
            return f"PMC{int(digits)}"
        case _:
            if not _REGISTRY.fullmatch(value):
                raise Unrecognised(f"“{value}” is not a registration number; one looks like NCT04371393.")
            return value.upper()


def web_address(scheme: Scheme, value: str) -> str:
    """Where a reader finds it; empty where we know no address for certain."""
    if scheme is Scheme.REGISTRY:
        return f"https://clinicaltrials.gov/study/{value}" if value.startswith("NCT") else ""
    return _WEB[scheme].format(value)


# --- Words of records ---------------------------------------------------------------------------------------------

PLAIN_LETTERS = {
    letter: plain[0]
    for letter in map(chr, range(0xC0, 0x250))
    if letter == letter.lower()
    if (plain := unicodedata.normalize("NFD", letter))[0] != letter
}
"""Small Latin letters with a mark, and the letter below the mark. PostgreSQL folds by it what SQLite folds by itself."""

_QUOTED = re.compile(r'"([^"]*)"|“([^”]*)”|(\S+)')
_LETTERS = re.compile(r"[^\W_]+")
MOST_PHRASES = 12
"""More words than this narrow nothing any more."""


def phrases(text: str) -> list[list[str]]:
    """What is asked for, as words that stand beside each other: one list for each word or quotation.

    A word with a hyphen is two words beside each other, as the index holds it.
    """
    found = []
    for quoted in _QUOTED.finditer(text):
        words = _LETTERS.findall(_plain(next(part for part in quoted.groups() if part is not None)))
        if words:
            found.append(words)
    return found[:MOST_PHRASES]


def _plain(text: str) -> str:
    return "".join(PLAIN_LETTERS.get(letter, letter) for letter in unicodedata.normalize("NFC", text).lower())


# --- Corrections of records -----------------------------------------------------------------------------------------

CORRECTABLE = (
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "registrations",
    "abstract",
    "language",
    "keywords",
)
"""What of a record a person may correct. Where it came from and its raw text are facts."""


def checked_field(name: str, text: str) -> str | int | None:
    """The text of a record's field as it is kept: one spelling for identifiers, whole years only.

    Raises:
        Unrecognised: the text cannot be what the field holds.
    """
    text = text.strip()
    match name:
        case "year":
            if not text:
                return None
            if not re.fullmatch(r"(1[5-9]|20|21)\d\d", text):
                raise Unrecognised(f"“{text}” is not a year; write four digits, for example 2021.")
            return int(text)
        case "doi" | "pmid" | "pmcid":
            return canonical(Scheme(name), text) if text else ""
        case "authors" | "registrations" | "keywords":
            return "\n".join(line for each in text.splitlines() if (line := " ".join(each.split())))
        case "abstract":
            return text
        case _:
            return " ".join(text.split())
