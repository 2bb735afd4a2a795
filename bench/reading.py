"""Speed of the readers of references, CPU seconds in one process, beside rispy and a bare lxml iterparse on the same file."""

from __future__ import annotations

import io
import random
import statistics
import time
from collections import deque
from typing import TYPE_CHECKING, Any

import rispy
from lxml import etree

from reviews.search import formats

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RECORDS = 5_000
ROUNDS = 5
SEED = 7
WORDS = [
    "patients", "trial", "randomised", "controlled", "effect", "treatment", "mortality", "cells", "therapy",
    "placebo", "group", "outcome", "risk", "days", "severe", "respiratory", "distress", "infusion",
    "clinical", "safety", "adverse", "events", "follow-up", "weeks", "baseline", "analysis", "comparison",
    "hospital",
]  # fmt: skip


def words(dice: random.Random, count: int) -> str:
    return " ".join(dice.choices(WORDS, k=count)).capitalize() + "."


def ris(dice: random.Random, count: int) -> str:
    """Records as a database exports them: some 22 lines, an abstract of 200 words."""
    made = []
    for number in range(count):
        authors = "".join(f"AU  - {dice.choice(WORDS).title()}, {dice.choice('ABCDEFG')}.\n" for _ in range(5))
        keywords = "".join(f"KW  - {dice.choice(WORDS)}\n" for _ in range(6))
        made.append(
            f"TY  - JOUR\n{authors}TI  - {words(dice, 14)}\n"
            f"JO  - Journal of {dice.choice(WORDS)}\nPY  - {dice.randint(1990, 2026)}\n"
            f"VL  - {dice.randint(1, 90)}\nIS  - {dice.randint(1, 12)}\nSP  - {number}\nEP  - {number + 9}\nSN  - 1234-5678\n"
            f"DO  - 10.1234/example.{number}\nUR  - https://example.org/{number}\nAB  - {words(dice, 200)}\n{keywords}ER  - \n\n"
        )
    return "".join(made)


def pubmed(dice: random.Random, count: int) -> str:
    """Articles with ids, dates, authors with affiliations, a structured abstract, headings and 15 cited works."""
    made = ["<?xml version='1.0' encoding='utf-8'?>\n<PubmedArticleSet>\n"]
    for number in range(1, count + 1):
        people = "".join(
            f"<Author ValidYN='Y'><LastName>{dice.choice(WORDS).title()}</LastName>"
            "<ForeName>A B</ForeName>"
            "<Initials>AB</Initials>"
            f"<AffiliationInfo><Affiliation>{words(dice, 12)}</Affiliation></AffiliationInfo></Author>"
            for _ in range(5)
        )
        parts = "".join(
            f"<AbstractText Label='{one}' NlmCategory='{one}'>{words(dice, 50)}</AbstractText>"
            for one in ("BACKGROUND", "METHODS", "RESULTS", "CONCLUSIONS")
        )
        mesh = "".join(
            f"<MeshHeading><DescriptorName UI='D{k}' MajorTopicYN='N'>{dice.choice(WORDS)}</DescriptorName></MeshHeading>"
            for k in range(8)
        )
        cited = "".join(
            f"<Reference><Citation>{words(dice, 14)}</Citation><ArticleIdList><ArticleId IdType='pubmed'>{number + k}"
            "</ArticleId></ArticleIdList></Reference>"
            for k in range(15)
        )
        made.append(
            f"<PubmedArticle><MedlineCitation Status='MEDLINE' Owner='NLM'><PMID Version='1'>{number}</PMID>"
            f"<Article PubModel='Print'><Journal><ISSN IssnType='Print'>1234-5678</ISSN><JournalIssue>"
            f"<Volume>{number % 90}</Volume><Issue>3</Issue><PubDate><Year>2020</Year></PubDate></JournalIssue>"
            f"<Title>Journal of {dice.choice(WORDS)}</Title></Journal>"
            f"<ArticleTitle>{words(dice, 14)}</ArticleTitle><Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>"
            f"<Abstract>{parts}</Abstract><AuthorList>{people}</AuthorList><Language>eng</Language><PublicationTypeList>"
            f"<PublicationType UI='D016428'>Journal Article</PublicationType></PublicationTypeList>"
            f"</Article><MeshHeadingList>{mesh}</MeshHeadingList></MedlineCitation><PubmedData><ArticleIdList>"
            f"<ArticleId IdType='pubmed'>{number}</ArticleId>"
            f"<ArticleId IdType='doi'>10.1234/p.{number}</ArticleId></ArticleIdList>"
            f"<ReferenceList>{cited}</ReferenceList></PubmedData></PubmedArticle>\n"
        )
    made.append("</PubmedArticleSet>\n")
    return "".join(made)


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def ours(data: bytes) -> None:
    deque(formats.read(data).items, maxlen=0)


def bare(data: bytes) -> None:
    for _, element in etree.iterparse(
        io.BytesIO(data), tag="PubmedArticle", resolve_entities=False, load_dtd=False, no_network=True
    ):
        element.clear()


def compare(name: str, data: bytes, other: Callable[[], object], bar: float) -> dict[str, Any]:
    """The median of the ratios of several rounds, in each of which both read the same bytes."""
    pairs = [(seconds(lambda: ours(data)), seconds(other)) for _ in range(ROUNDS)]
    ratio = statistics.median(theirs / own for own, theirs in pairs)
    own = statistics.median(one for one, _ in pairs)
    return {
        "bench": "reading",
        "name": name,
        "records_per_second": round(RECORDS / own),
        "ratio": round(ratio, 2),
        "bar": bar,
        "ok": ratio >= bar,
    }


def run() -> Iterator[dict[str, Any]]:
    """Figures, one at a time: how many times as fast as the other each reader is (1 = the same)."""
    dice = random.Random(SEED)
    text = ris(dice, RECORDS)
    yield compare("ris_to_rispy", text.encode(), lambda: rispy.loads(text), 0.6)
    data = pubmed(dice, RECORDS).encode()
    yield compare("pubmed_xml_to_iterparse", data, lambda: bare(data), 0.4)
