"""Identities of reports and studies, in one spelling each."""

import re
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
