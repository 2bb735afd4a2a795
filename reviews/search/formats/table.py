"""Rows under a header, from CSV or Excel: which column holds which field, and a record made of a row."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Reference, Rejection, UnreadableFileError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FIELDS = (
    "title", "authors", "year", "journal", "volume", "issue", "pages", "first_page", "last_page", "doi", "pmid", "pmcid",
    "registrations", "issn_isbn", "abstract", "language", "keywords", "publication_types", "urls", "accession", "database",
    "notes", "kind",
)  # fmt: skip
"""What a column can be mapped to; "" leaves it in ``extra``."""

COLUMNS = {
    "title": (
        "title articletitle documenttitle primarytitle studytitle publictitle scientifictitle brieftitle "
        "paper papertitle itemtitle ti"
    ),
    "authors": "authors author authornames authorss authorfullnames firstauthors creator creators au authorlist",
    "year": (
        "year publicationyear publishedyear pubyear yearpublished coverdate date publicationdate py "
        "datepublished dateofpublication publisheddate"
    ),
    "journal": (
        "journal journalbook sourcetitle publicationtitle source secondarytitle journaltitle journalname "
        "container containertitle booktitle so periodical"
    ),
    "volume": "volume vol vl",
    "issue": "issue number issuenumber no ip",
    "pages": "pages page pagerange pagination artno articlenumber pg",
    "first_page": "pagestart startpage firstpage beginpage bp sp",
    "last_page": "pageend endpage lastpage ep",
    "doi": "doi digitalobjectidentifier articledoi doilink di",
    "pmid": "pmid pubmedid medlinepmid pubmed pubmedpmid",
    "pmcid": "pmcid pmc pmcidnumber pubmedcentralid",
    "registrations": (
        "registrations nctnumber trialid registrationnumber otherids secondaryids mainid clinicaltrialnumbers "
        "nctid trialregistration trialregistrationnumber"
    ),
    "issn_isbn": "issn isbn issnisbn eissn issns isbns sn",
    "abstract": "abstract abstracttext briefsummary abstractnote summary description ab notesabstract",
    "language": "language languageoforiginaldocument languages la articlelanguage",
    "keywords": (
        "keywords keyword authorkeywords indexkeywords manualtags automatictags "
        "emtreedrugindextermsmajorfocus mesh meshterms ieeeterms conditions inspeccontrolledterms subjects"
    ),
    "publication_types": "publicationtype documenttype publicationtypes articletype studytype",
    "urls": "url urls link links studyurl fulltexturl pdflink fulltextlink",
    "accession": "accessionnumber key eid recordid accession id pui covidence uniqueid itemkey ut",
    "database": "database databasename db sourcedatabase librarycatalog",
    "notes": "notes note extra comments usernotes customnotes",
    "kind": "itemtype type referencetype kind typeofreference ty",
}  # fmt: skip
NAMED = {name: field for field, names in COLUMNS.items() for name in names.split()}
WEAK = {
    "source": "database",
    "id": "accession",
    "key": "accession",
    "type": "kind",
    "description": "abstract",
    "date": "year",
    "summary": "abstract",
}
"""Names with two meanings; they step back when a plainer column is there."""
JOINED = frozenset({"keywords", "notes", "urls", "publication_types", "registrations", "issn_isbn"})
INITIALS = re.compile(r"^[^\s,].*\s(?:[A-Z]\.?-?){1,4}\.?$")


class UnknownColumnsError(UnreadableFileError):
    """A table none of whose columns is known; a person maps ``columns``."""

    def __init__(self, columns: Sequence[str]) -> None:
        shown = ", ".join(f"“{one[:40]}”" for one in columns[:8])
        super().__init__(
            f"This is a table, but no column of it is known as a title ({shown}): say which column holds what."
        )
        self.columns = tuple(columns)


def plain(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def known(columns: Sequence[str]) -> int:
    return sum(1 for name in columns if plain(name) in NAMED)


def mapping_for(columns: Sequence[str], mapping: Mapping[str, str] | None = None) -> dict[str, str]:
    """The field of each column: what a person said, otherwise what its name says.

    Raises:
        UnreadableFileError: the mapping names a field that is none.
        UnknownColumnsError: neither title, abstract, DOI, PMID nor a registry number has a column.
    """
    found = {name: NAMED[plain(name)] for name in columns if plain(name) in NAMED}
    strong = {field for name, field in found.items() if plain(name) not in WEAK}
    for name, field in list(found.items()):
        other = WEAK.get(plain(name))
        if other and (field in strong or (plain(name) == "source" and "journal" in strong)):
            found[name] = other if other not in strong else ""
    for name, field in (mapping or {}).items():
        if field and field not in FIELDS:
            raise UnreadableFileError(f"There is no field called “{field[:40]}” to read the column “{name[:40]}” into.")
        if name in columns:
            found[name] = field
    if not {"title", "abstract", "doi", "pmid", "registrations"} & set(found.values()):
        raise UnknownColumnsError(columns)
    return {name: field for name, field in found.items() if field}


def reference(
    line: int, raw: str, columns: Sequence[str], cells: Sequence[str], mapping: Mapping[str, str]
) -> Reference | Rejection:
    """A record of one row. Cells beyond the header are kept under "beyond the header"."""
    if not any(cell.strip() for cell in cells):
        return Rejection(line, "There is nothing in this row.", raw)
    found: dict[str, list[str]] = {}
    extra: dict[str, tuple[str, ...]] = {}
    for name, cell in zip(columns, cells, strict=False):
        value = fields.said(as_written(cell))
        if not value:
            continue
        field = mapping.get(name)
        if field is None:
            extra[name] = (*extra.get(name, ()), value)
        elif field in found and field not in JOINED:
            extra[name] = (value,)
        else:
            found.setdefault(field, []).append(value)
    if beyond := tuple(cell for cell in cells[len(columns) :] if cell.strip()):
        extra["beyond the header"] = beyond
    return built(line, raw, found, extra)


def built(line: int, raw: str, found: dict[str, list[str]], extra: dict[str, tuple[str, ...]]) -> Reference:
    def one(field: str) -> str:
        return found[field][0] if field in found else ""

    title, abstract = fields.squeeze(one("title")), one("abstract")
    trials = fields.registrations(*found.get("registrations", ()), *found.get("urls", ()), title, abstract)
    number = re.sub(r"\.0$", "", one("pmid"))
    kind = fields.kind(one("kind"))
    if not kind and any(value.startswith("NCT") for value in found.get("registrations", ())):
        kind = "registration"
    if one("kind") and kind == "other":
        extra.setdefault("kind", (one("kind"),))
    return Reference(
        line=line,
        raw=raw,
        kind=kind,
        title=title,
        authors=people(one("authors")),
        year=fields.year(one("year")),
        journal=one("journal"),
        volume=one("volume"),
        issue=one("issue"),
        pages=one("pages") or fields.pages(one("first_page"), one("last_page")),
        doi=fields.doi(one("doi")) or fields.first_doi(found.get("urls", ())),
        pmid=number.lstrip("0")
        if number.isdigit()
        else fields.pmid(f"{number} {one('accession')} {' '.join(found.get('urls', ()))}"),
        pmcid=fields.pmcid(one("pmcid")) or (f"PMC{one('pmcid')}" if one("pmcid").isdigit() else ""),
        registrations=trials,
        issn_isbn="; ".join(found.get("issn_isbn", ())),
        abstract=abstract,
        language=one("language"),
        keywords=fields.once(part for value in found.get("keywords", ()) for part in terms(value)),
        publication_types=tuple(found.get("publication_types", ())),
        urls=tuple(found.get("urls", ())),
        accession=one("accession") or (trials[0] if trials and kind == "registration" else ""),
        database=one("database"),
        notes=tuple(found.get("notes", ())),
        extra=extra or NOTHING,
    )


FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def as_written(cell: str) -> str:
    """Without the apostrophe that careful exports, ours too, put before a cell that a spreadsheet would run."""
    return cell[1:] if cell[:1] == "'" and cell.lstrip("'")[:1] in FORMULA_SIGNS and cell.lstrip("'") else cell


def terms(value: str) -> list[str]:
    parts = fields.split_list(value.replace("\n", ";"))
    return (
        [part for part in (one.strip() for one in value.split(",")) if part]
        if len(parts) == 1 and value.count(",") > 1
        else parts
    )


def people(text: str) -> tuple[str, ...]:
    """Names from one cell. Where commas could part names or a name's halves, only clear cases are parted."""
    text = text.strip()
    if not text:
        return ()
    for sign in (";", "|", "\n"):
        if sign in text:
            return fields.once(name.strip(" ,") for name in text.split(sign))
    if re.search(r"\sand\s", text):
        parts = re.split(r"(?<!\s)\s++and\s++", text)
        return fields.once(name.strip(" ,") for part in parts for name in (commas(part) if len(parts) == 2 else [part]))
    return fields.once(commas(text))


def commas(text: str) -> list[str]:
    names = [name.strip() for name in text.rstrip(".").split(",") if name.strip()]
    if len(names) > 1 and all(INITIALS.match(name) or " " in name for name in names):
        return names
    if (
        len(names) > 2
        and not len(names) % 2
        and all(re.fullmatch(r"(?:[A-Z]\.?[ -]?){1,4}", name) for name in names[1::2])
    ):
        return [f"{family}, {given}" for family, given in zip(names[::2], names[1::2], strict=True)]
    return [text]
