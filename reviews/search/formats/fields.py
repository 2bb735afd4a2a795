"""The parts of a record that every format writes in its own way: DOIs, years, pages, registry numbers, kinds."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Iterable

DOI = re.compile(r"10\.\d{4,9}/[^\s\"|]+", re.IGNORECASE)
YEAR = re.compile(r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)")
PMID_SAID = re.compile(
    r"(?:\bPMID|\bPubMed(?: ?ID)?|\bMEDLINE)\s*+[:=#]?\s*+(?:NLM)?(\d{1,8})(?!\d)"
    r"|(?:pubmed\.ncbi\.nlm\.nih\.gov/|ncbi\.nlm\.nih\.gov/pubmed/|list_uids=)(\d{1,8})(?!\d)",
    re.IGNORECASE,
)
"""CINAHL writes "PMID: NLM" before the number."""
PMCID = re.compile(r"(?<![A-Za-z])PMC\s?(\d{3,9})(?!\d)", re.IGNORECASE)
BARE_PMID = re.compile(r"\d{5,8}\Z")
NOTHING_SAID = frozenset({"", "na", "n/a", "nan", "none", "null", "-", "--"})
"""What R, pandas and people write where there is no value."""

SHORT = 300
REGISTRY_NUMBER = re.compile(
    r"(?<![A-Za-z0-9])(?:NCT\s?0\d{7}|ISRCTN\s?\d{6,8}|ACTRN\s?\d{14}|ChiCTR[-A-Za-z]*\d{6,12}|(?:JPRN-)?UMIN\d{9}|jRCT[a-z]?\d{9,10}"
    r"|DRKS\d{8}|CTRI/\d{4}/\d{2,3}/\d{6}|PACTR\d{12,15}|NTR\d{3,4}|IRCT\d{6,14}N?\d{0,3}|KCT\d{7}|RBR-?[a-z0-9]{5,8}|TCTR\d{11}"
    r"|SLCTR/\d{4}/\d{3}|LBCTR\d{10}|(?:EUCTR)?(?:19|20)\d\d-\d{6}-\d\d|20\d\d-5\d{5}-\d\d-\d\d)(?![0-9])",
)
KINDS = {
    "abst": "conference", "art": "other", "blog": "web", "book": "book", "cases": "other", "chap": "chapter",
    "conf": "conference", "cpaper": "conference", "ctlg": "other", "data": "dataset", "dict": "chapter", "ebook": "book",
    "echap": "chapter",
    "edbook": "book", "ejour": "journal", "elec": "web", "encyc": "chapter", "gen": "other", "icomm": "web", "jour": "journal",
    "jfull": "journal", "mgzn": "journal", "news": "journal", "pat": "patent", "rprt": "report", "ser": "book", "thes": "thesis",
    "unpb": "unpublished", "unpd": "unpublished", "inpr": "journal", "journal article": "journal", "article": "journal",
    "journal": "journal", "review": "journal", "magazine article": "journal", "newspaper article": "journal",
    "electronic article": "journal", "book section": "chapter", "book chapter": "chapter", "edited book": "book",
    "electronic book": "book", "conference paper": "conference", "conference proceedings": "conference",
    "conference proceeding": "conference", "conference abstract": "conference", "proceedings": "conference",
    "proceedings paper": "conference",
    "meeting abstract": "conference", "inproceedings": "conference", "thesis": "thesis", "phdthesis": "thesis",
    "mastersthesis": "thesis", "report": "report", "techreport": "report", "incollection": "chapter", "inbook": "chapter",
    "booklet": "book", "collection": "book", "mvbook": "book", "online": "web", "web page": "web", "dataset": "dataset",
    "patent": "patent", "unpublished": "unpublished", "preprint": "preprint", "j": "journal", "b": "book", "s": "book",
    "p": "patent", "c": "conference", "chapter": "chapter", "conference": "conference", "web": "web",
    "trial registration": "registration",
    "registration": "registration", "journalarticle": "journal", "booksection": "chapter",
    "conferencepaper": "conference", "webpage": "web",
}  # fmt: skip


def kind(said: str) -> str:
    """Our word for a source's type: journal, book, chapter, conference, …; "other" for one that is not known."""
    return KINDS.get(said.strip().lower(), "other") if said else ""


def squeeze(text: str) -> str:
    return " ".join(text.split())


def said(text: str) -> str:
    """The value without blanks around it; "" where it only says that there is none."""
    text = text.strip()
    return "" if len(text) < 5 and text.lower() in NOTHING_SAID else text


def doi(text: str) -> str:
    """The first DOI in a text, lower-case, without resolver or what sentences leave behind it; "" if there is none."""
    if "10." not in text:
        if "%2" not in text:
            return ""
        text = unquote(text)
    if "%2" in text or "%3" in text:
        text = unquote(text)
    if "&" in text:
        text = html.unescape(text)
    found = DOI.search(text)
    if not found:
        return ""
    name = found[0].lower()
    while name[-1] in ".,;:)]}>'’”":
        opening = {")": "(", "]": "[", "}": "{", ">": "<"}.get(name[-1])
        if opening and name.count(opening) >= name.count(name[-1]):
            break  # 10.1016/s0140-6736(05)12345-(7) ends in its own bracket
        name = name[:-1]
    return name if len(name) > name.index("/") + 1 else ""


def first_doi(texts: Iterable[str]) -> str:
    return next((name for text in texts if (name := doi(text))), "")


def year(*texts: str) -> int | None:
    """The first year of the first text that has one, from 1500 on; "2019/05/03/", "2020 Jul-Aug" and "2001///" do."""
    for text in texts:
        found = YEAR.search(text)
        if found:
            return int(found[0])
    return None


def pmid(text: str) -> str:
    """A PubMed number that the text itself calls one, or its address."""
    found = PMID_SAID.search(text)
    return (found[1] or found[2]).lstrip("0") if found else ""


def pmcid(text: str) -> str:
    found = PMCID.search(text)
    return f"PMC{found[1]}" if found else ""


def registrations(*texts: str) -> tuple[str, ...]:
    """Trial registry numbers in the order found, each once."""
    text = "\n".join(texts)
    # Plain searches are far cheaper than the pattern; the texts without any of the great registries' letters are many.
    # The small ones' (NTR, RBR) are found where the registry's field is short, or a great one's is beside them.
    if "CT" in text or "UMIN" in text or "DRKS" in text or len(text) < SHORT:
        return tuple(dict.fromkeys(number.replace(" ", "") for number in REGISTRY_NUMBER.findall(text)))
    return ()


def pages(first: str, last: str = "") -> str:
    if not last or last == first or "-" in first or "–" in first:
        return first
    return f"{first}-{last}" if first else last


def split_list(text: str) -> list[str]:
    """Keywords joined by semicolons, or by bars; commas stay, because terms contain them."""
    return [part for part in (piece.strip() for piece in re.split(r"[;|]", text)) if part]


def once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value))
