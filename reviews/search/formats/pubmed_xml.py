"""PubMed's XML, as efetch and the site's own files give it: articles and books."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .xml import first_of_each, records, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

START = re.compile(rb"<(Pubmed(?:Book)?Article)(?:\s[^<>]{0,2000})?>")

LINKS = {
    "RetractionOf": LinkKind.RETRACTION_OF, "RetractionIn": LinkKind.RETRACTION_IN, "PartialRetractionOf": LinkKind.RETRACTION_OF,
    "PartialRetractionIn": LinkKind.RETRACTION_IN, "ErratumFor": LinkKind.ERRATUM_FOR, "ErratumIn": LinkKind.ERRATUM_IN,
    "ExpressionOfConcernFor": LinkKind.CONCERN_FOR, "ExpressionOfConcernIn": LinkKind.CONCERN_IN,
    "CommentOn": LinkKind.COMMENT_ON,
    "CommentIn": LinkKind.COMMENT_IN, "UpdateOf": LinkKind.UPDATE_OF, "UpdateIn": LinkKind.UPDATE_IN,
    "RepublishedFrom": LinkKind.REPUBLISHED_FROM, "RepublishedIn": LinkKind.REPUBLISHED_IN,
    "CorrectedandRepublishedFrom": LinkKind.REPUBLISHED_FROM, "CorrectedandRepublishedIn": LinkKind.REPUBLISHED_IN,
}  # fmt: skip


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    return records(data, START, reference)


def reference(line: int, raw: str, root: etree._Element) -> Reference:
    return book(line, raw, root) if root.tag == "PubmedBookArticle" else article(line, raw, root)


def article(line: int, raw: str, root: etree._Element) -> Reference:
    whole = first_of_each(root)
    citation = first_of_each(whole.get("MedlineCitation", root))
    body = first_of_each(citation.get("Article", root))
    data = whole.get("PubmedData")
    journal = first_of_each(body["Journal"]) if "Journal" in body else {}
    issue = first_of_each(journal["JournalIssue"]) if "JournalIssue" in journal else {}
    types = texts(body.get("PublicationTypeList"))
    ids = identifiers(data.find("ArticleIdList") if data is not None else None)
    number = text_of(citation.get("PMID"))
    title = text_of(body.get("ArticleTitle")) or text_of(body.get("VernacularTitle"))
    summary = abstract(body.get("Abstract"))
    return Reference(
        line=line,
        raw=raw,
        kind="preprint" if "Preprint" in types else "journal",
        title=title,
        authors=authors(body.get("AuthorList")),
        year=year(issue.get("PubDate"), body.get("ArticleDate"), data),
        journal=text_of(journal.get("Title")) or text_of(journal.get("ISOAbbreviation")),
        volume=text_of(issue.get("Volume")),
        issue=text_of(issue.get("Issue")),
        pages=pages(body.get("Pagination")),
        doi=fields.doi(ids.get("doi", "")) or electronic_doi(citation.get("Article")),
        pmid=number if number.isdigit() else ids.get("pubmed", ""),
        pmcid=fields.pmcid(ids.get("pmc", "")),
        registrations=fields.registrations(*banks(body.get("DataBankList")), title, summary),
        issn_isbn=issns(body.get("Journal")),
        abstract=summary,
        language=text_of(body.get("Language")),
        keywords=keywords(citation),
        publication_types=types,
        accession=number,
        database="PubMed",
        links=links(citation["CommentsCorrectionsList"]) if "CommentsCorrectionsList" in citation else (),
        extra=others(citation, body, ids) or NOTHING,
    )


def book(line: int, raw: str, root: etree._Element) -> Reference:
    document = root.find("BookDocument")
    body = first_of_each(root if document is None else document)
    volume = first_of_each(body["Book"]) if "Book" in body else body
    own, whole = text_of(body.get("ArticleTitle")), text_of(volume.get("BookTitle"))
    data = root.find("PubmedBookData")
    ids = identifiers(body.get("ArticleIdList")) | identifiers(data.find("ArticleIdList") if data is not None else None)
    summary = abstract(body.get("Abstract"))
    number = text_of(body.get("PMID"))
    return Reference(
        line=line,
        raw=raw,
        kind="chapter" if own else "book",
        title=own or whole or text_of(body.get("VernacularTitle")),
        authors=authors(body.get("AuthorList")) or authors(volume.get("AuthorList")),
        year=year(volume.get("PubDate"), body.get("ContributionDate"), data),
        journal=whole if own else "",
        pages=pages(body.get("Pagination")),
        doi=fields.doi(ids.get("doi", "")),
        pmid=number if number.isdigit() else ids.get("pubmed", ""),
        issn_isbn=text_of(volume.get("Isbn")),
        registrations=fields.registrations(own or whole, summary),
        abstract=summary,
        language=text_of(body.get("Language")),
        keywords=keywords(body),
        publication_types=tuple(filter(None, [text_of(body.get("PublicationType"))])),
        accession=number or ids.get("bookaccession", ""),
        database="PubMed",
        extra={f"ArticleId {name}": (value,) for name, value in ids.items() if name not in ("doi", "pubmed")}
        or NOTHING,
    )


def texts(parent: etree._Element | None) -> tuple[str, ...]:
    return tuple([text for one in parent if (text := text_of(one))]) if parent is not None else ()


def identifiers(parent: etree._Element | None) -> dict[str, str]:
    """The record's own ids: the list that is a direct child, for the reference list holds hundreds of others'."""
    return {one.get("IdType", ""): one.text.strip() for one in parent if one.text} if parent is not None else {}


def authors(parent: etree._Element | None) -> tuple[str, ...]:
    names = []
    for person in parent if parent is not None else ():
        part = {one.tag: one for one in person}
        family = text_of(part.get("LastName"))
        if family:
            given = text_of(part.get("ForeName")) or text_of(part.get("Initials"))
            suffix = text_of(part.get("Suffix"))
            given = f"{given} {suffix}".strip() if suffix else given
            names.append(f"{family}, {given}" if given else family)
        elif group := text_of(part.get("CollectiveName")):
            names.append(group)
    return tuple(names)


def abstract(parent: etree._Element | None) -> str:
    """The parts, each behind its label, one a line."""
    parts = []
    for part in parent if parent is not None else ():
        if part.tag == "AbstractText" and (text := text_of(part)):
            label = part.get("Label")
            parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(parts)


def year(printed: etree._Element | None, electronic: etree._Element | None, data: etree._Element | None) -> int | None:
    """Of the issue, then of the electronic article, then of the first step in PubMed's own history."""
    for date in (printed, electronic):
        if date is not None and (found := fields.year(date.findtext("Year") or "", date.findtext("MedlineDate") or "")):
            return found
    return (
        fields.year(*[one.findtext("Year") or "" for one in data.iterfind("History/PubMedPubDate")])
        if data is not None
        else None
    )


def pages(parent: etree._Element | None) -> str:
    if parent is None:
        return ""
    part = first_of_each(parent)
    return text_of(part.get("MedlinePgn")) or fields.pages(text_of(part.get("StartPage")), text_of(part.get("EndPage")))


def electronic_doi(parent: etree._Element | None) -> str:
    return fields.first_doi(
        one.text or ""
        for one in (parent.iterchildren("ELocationID") if parent is not None else ())
        if one.get("EIdType") == "doi" and one.get("ValidYN", "Y") == "Y"
    )


def banks(parent: etree._Element | None) -> list[str]:
    return (
        [text_of(one) for one in parent.iterfind("DataBank/AccessionNumberList/AccessionNumber")]
        if parent is not None
        else []
    )


def issns(parent: etree._Element | None) -> str:
    return "; ".join([text_of(one) for one in parent.iterchildren("ISSN")]) if parent is not None else ""


def keywords(part: dict[str, etree._Element]) -> tuple[str, ...]:
    headings, own = part.get("MeshHeadingList"), part.get("KeywordList")
    terms = [text_of(heading[0]) for heading in headings if len(heading)] if headings is not None else []
    terms += texts(own)
    return tuple([term for term in terms if term])


def links(parent: etree._Element) -> tuple[Link, ...]:
    made = []
    for one in parent:
        named = one.get("RefType", "")
        if named == "Cites":
            continue
        source, number = text_of(one.find("RefSource")), text_of(one.find("PMID"))
        kind = LINKS.get(named, LinkKind.OTHER)
        made.append(
            Link(kind, source if kind is not LinkKind.OTHER else f"{named}: {source}", number, fields.doi(source))
        )
    return tuple(made)


def others(
    citation: dict[str, etree._Element], body: dict[str, etree._Element], ids: dict[str, str]
) -> dict[str, tuple[str, ...]]:
    extra: dict[str, tuple[str, ...]] = {
        f"ArticleId {name}": (value,) for name, value in ids.items() if name not in ("doi", "pubmed", "pmc")
    }
    for place in (citation, body):
        for name in KEPT:
            if name in place:
                one = place[name]
                extra[name] = texts(one) if len(one) else (text_of(one),)
    number = citation.get("PMID")
    if number is not None and number.get("Version", "1") != "1":
        extra["PMID version"] = (number.get("Version", ""),)
    return extra


KEPT = (
    "OtherAbstract",
    "InvestigatorList",
    "CoiStatement",
    "GrantList",
    "ChemicalList",
    "SupplMeshList",
    "GeneralNote",
    "VernacularTitle",
)
"""What has no field of its own, as it stands; affiliations and cited works stay in the raw text only."""
