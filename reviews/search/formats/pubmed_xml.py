"""PubMed's XML, as efetch and the site's own files give it: articles and books."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import fields
from .base import NOTHING, Link, LinkKind, Reference, Rejection
from .xml import records, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

START = re.compile(rb"<(PubmedArticle|PubmedBookArticle)(?:\s[^<>]*)?>")

LINKS = {
    "RetractionOf": LinkKind.RETRACTION_OF, "RetractionIn": LinkKind.RETRACTION_IN, "PartialRetractionOf": LinkKind.RETRACTION_OF,
    "PartialRetractionIn": LinkKind.RETRACTION_IN, "ErratumFor": LinkKind.ERRATUM_FOR, "ErratumIn": LinkKind.ERRATUM_IN,
    "ExpressionOfConcernFor": LinkKind.CONCERN_FOR, "ExpressionOfConcernIn": LinkKind.CONCERN_IN, "CommentOn": LinkKind.COMMENT_ON,
    "CommentIn": LinkKind.COMMENT_IN, "UpdateOf": LinkKind.UPDATE_OF, "UpdateIn": LinkKind.UPDATE_IN,
    "RepublishedFrom": LinkKind.REPUBLISHED_FROM, "RepublishedIn": LinkKind.REPUBLISHED_IN,
    "CorrectedandRepublishedFrom": LinkKind.REPUBLISHED_FROM, "CorrectedandRepublishedIn": LinkKind.REPUBLISHED_IN,
}  # fmt: skip


def read(data: bytes, warnings: list[str]) -> Iterator[Reference | Rejection]:
    return records(data, START, reference)


def reference(line: int, raw: str, root: etree._Element) -> Reference:
    return book(line, raw, root) if root.tag == "PubmedBookArticle" else article(line, raw, root)


def article(line: int, raw: str, root: etree._Element) -> Reference:
    citation = root.find("MedlineCitation")
    citation = root if citation is None else citation
    body = citation.find("Article")
    body = citation if body is None else body
    journal = body.find("Journal")
    issue = journal.find("JournalIssue") if journal is not None else None
    types = tuple([text_of(one) for one in body.iterfind("PublicationTypeList/PublicationType")])
    ids = identifiers(root, "PubmedData/ArticleIdList/ArticleId")
    number = citation.find("PMID")
    title = text_of(body.find("ArticleTitle")) or text_of(body.find("VernacularTitle"))
    summary = abstract(body)
    version = number.get("Version", "") if number is not None else ""
    extra = others(citation, body, ids)
    if version not in ("", "1"):
        extra["PMID version"] = (version,)
    return Reference(
        line=line,
        raw=raw,
        kind="preprint" if "Preprint" in types else "journal",
        title=title,
        authors=authors(body, "AuthorList/Author"),
        year=date(issue, body, root),
        journal=text_of(journal.find("Title")) or text_of(journal.find("ISOAbbreviation"))
        if journal is not None
        else "",
        volume=issue.findtext("Volume", "").strip() if issue is not None else "",
        issue=issue.findtext("Issue", "").strip() if issue is not None else "",
        pages=pages(body),
        doi=fields.doi(ids.get("doi", "")) or electronic_doi(body),
        pmid=text_of(number) if text_of(number).isdigit() else ids.get("pubmed", ""),
        pmcid=fields.pmcid(ids.get("pmc", "")),
        registrations=fields.registrations(
            *[one.text or "" for one in body.iterfind("DataBankList/DataBank/AccessionNumberList/AccessionNumber")],
            title,
            summary,
        ),
        issn_isbn="; ".join([one.text.strip() for one in journal.iterfind("ISSN") if one.text])
        if journal is not None
        else "",
        abstract=summary,
        language=body.findtext("Language", "").strip(),
        keywords=keywords(citation),
        publication_types=types,
        accession=text_of(number),
        database="PubMed",
        links=links(citation),
        extra=extra or NOTHING,
    )


def book(line: int, raw: str, root: etree._Element) -> Reference:
    body = root.find("BookDocument")
    body = root if body is None else body
    volume = body.find("Book")
    volume = body if volume is None else volume
    own, whole = text_of(body.find("ArticleTitle")), text_of(volume.find("BookTitle"))
    ids = identifiers(root, "BookDocument/ArticleIdList/ArticleId") | identifiers(
        root, "PubmedBookData/ArticleIdList/ArticleId"
    )
    summary = abstract(body)
    number = text_of(body.find("PMID"))
    return Reference(
        line=line,
        raw=raw,
        kind="chapter" if own else "book",
        title=own or whole or text_of(body.find("VernacularTitle")),
        authors=authors(body, "AuthorList/Author") or authors(volume, "AuthorList/Author"),
        year=fields.year(volume.findtext("PubDate/Year", ""), body.findtext("ContributionDate/Year", "")),
        journal=whole if own else "",
        pages=pages(body),
        doi=fields.doi(ids.get("doi", "")),
        pmid=number if number.isdigit() else ids.get("pubmed", ""),
        issn_isbn="; ".join([text_of(one) for one in volume.iterfind("Isbn")]),
        registrations=fields.registrations(own or whole, summary),
        abstract=summary,
        language=body.findtext("Language", "").strip(),
        keywords=keywords(body),
        publication_types=tuple([text_of(one) for one in body.iterfind("PublicationType")]),
        accession=number or ids.get("bookaccession", ""),
        database="PubMed",
        extra={f"ArticleId {name}": (value,) for name, value in ids.items() if name not in ("doi", "pubmed")}
        or NOTHING,
    )


def identifiers(root: etree._Element, path: str) -> dict[str, str]:
    """The record's own ids: direct children only, for the reference list below holds hundreds of others'."""
    return {one.get("IdType", ""): one.text.strip() for one in root.iterfind(path) if one.text}


def authors(parent: etree._Element, path: str) -> tuple[str, ...]:
    names = []
    for person in parent.iterfind(path):
        family = text_of(person.find("LastName"))
        if family:
            given = text_of(person.find("ForeName")) or text_of(person.find("Initials"))
            suffix = text_of(person.find("Suffix"))
            names.append(", ".join([part for part in (family, f"{given} {suffix}".strip()) if part]))
        elif group := text_of(person.find("CollectiveName")):
            names.append(group)
    return tuple(names)


def abstract(body: etree._Element) -> str:
    parts = []
    for part in body.iterfind("Abstract/AbstractText"):
        text, label = text_of(part), part.get("Label")
        if text:
            parts.append(f"{label}: {text}" if label and label != "UNLABELLED" else text)
    return "\n".join(parts)


def date(issue: etree._Element | None, body: etree._Element, root: etree._Element) -> int | None:
    printed = issue.find("PubDate") if issue is not None else None
    if printed is not None and (
        found := fields.year(printed.findtext("Year", ""), printed.findtext("MedlineDate", ""))
    ):
        return found
    return fields.year(
        body.findtext("ArticleDate/Year", ""),
        *[one.findtext("Year", "") for one in root.iterfind("PubmedData/History/PubMedPubDate")],
    )


def pages(body: etree._Element) -> str:
    return body.findtext("Pagination/MedlinePgn", "").strip() or fields.pages(
        body.findtext("Pagination/StartPage", "").strip(), body.findtext("Pagination/EndPage", "").strip()
    )


def electronic_doi(body: etree._Element) -> str:
    return fields.first_doi(
        one.text or ""
        for one in body.iterfind("ELocationID")
        if one.get("EIdType") == "doi" and one.get("ValidYN", "Y") == "Y"
    )


def keywords(citation: etree._Element) -> tuple[str, ...]:
    terms = [text_of(one) for one in citation.iterfind("MeshHeadingList/MeshHeading/DescriptorName")]
    terms += [text_of(one) for one in citation.iterfind("KeywordList/Keyword")]
    return tuple([term for term in terms if term])


def links(citation: etree._Element) -> tuple[Link, ...]:
    made = []
    for one in citation.iterfind("CommentsCorrectionsList/CommentsCorrections"):
        named = one.get("RefType", "")
        if named == "Cites":
            continue
        source, number = text_of(one.find("RefSource")), text_of(one.find("PMID"))
        kind = LINKS.get(named, LinkKind.OTHER)
        made.append(
            Link(kind, source if kind is not LinkKind.OTHER else f"{named}: {source}", number, fields.doi(source))
        )
    return tuple(made)


def others(citation: etree._Element, body: etree._Element, ids: dict[str, str]) -> dict[str, tuple[str, ...]]:
    extra: dict[str, tuple[str, ...]] = {}
    for name, value in ids.items():
        if name not in ("doi", "pubmed", "pmc"):
            extra[f"ArticleId {name}"] = (value,)
    for path in ("OtherAbstract/AbstractText", "InvestigatorList/Investigator", "CoiStatement"):
        if values := tuple([text_of(one) for one in citation.iterfind(path)]):
            extra[path.partition("/")[0]] = values
    for path in ("GrantList/Grant", "VernacularTitle", "Abstract/CopyrightInformation"):
        if values := tuple([text_of(one) for one in body.iterfind(path)]):
            extra[path.rpartition("/")[2]] = values
    return extra
