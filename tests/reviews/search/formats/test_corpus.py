"""The collected exports beside a developer's checkout: counts, titles and fields as their manifest says, or why not."""

import json
import re
from pathlib import Path

import pytest

from reviews.search.formats import Reference, read

FOLDER = Path(__file__).resolve().parents[5] / "shared" / "corpora" / "references"
FILES = (
    {
        one["file"]: one["expected"] | {"format": one["format"]}
        for one in json.loads((FOLDER / "manifest.json").read_text())["files"]
    }
    if FOLDER.exists()
    else {}
)
SAME = {"json": "ctgov_json", "nbib_generic": "nbib", "refer_blank": "refer"}

WRONG = {
    ("colrev__enl_data.enl", "n_records"): (3, "three works, each after a blank line; two have a %0, which stands below %T"),
    ("colrev__enl_data.enl", "n_with_title"): (3, "as above"),
    ("colrev__enl_data.enl", "first_title"): ("How Trust Leads to Commitment", "the manifest gives the second's title"),
    ("bibtexparser__features2.bib", "first_title"): ("Cool Stuff", "mytitle is an @string, which means Cool Stuff"),
    ("bibtexparser__features2.bib", "last_title"): ("Cool Stuff", "as above"),
    ("zotero__BibTeX_05.bib", "first_title"): ("non-braking space: ; accented characters: ñ", "LaTeX's accents are read"),
    ("zotero__BibTeX_05.bib", "last_title"): ("non-braking space: ; accented characters: ñ", "as above"),
    ("zotero__BibTeX_06.bib", "first_title"): ("Test of markupconversion", "LaTeX's markup is read"),
    ("zotero__BibTeX_06.bib", "last_title"): ("Test of markupconversion", "as above"),
    ("asysd__labelled_cp1252_head.csv", "doi"): (138, "62 cells say NA, which is no DOI"),
    ("asysd__labelled_cp1252_head.csv", "n_with_abstract"): (194, "6 cells say NA, which is no abstract"),
    ("asysd__test_export.csv", "doi"): (0, "“DOI 1” is no DOI"),
    ("citesource__RM.ris", "doi"): (376, "11 DOIs stand in an address as 10.1371%2Fjournal…"),
    ("derived__utf16be_bom_crlf.ris", "doi"): (376, "as in the file it was made of"),
    ("zotero__MEDLINEnbib_00.nbib", "n_with_pmid"): (0, "000000000000 is no PubMed number"),
    ("asysd__ris_export.txt", "n_with_pmid"): (22, "27 are EndNote's running numbers in ID"),
    ("citesource__Benchmarking.ris", "n_with_pmid"): (12, "5 are EndNote's running numbers in ID"),
    ("derived__nul_bytes_and_ctrl_z.ris", "n_with_pmid"): (12, "as in the file it was made of"),
    ("rispy__example_extraneous_data.ris", "n_with_pmid"): (0, "12345 in ID is the exporter's own number"),
    ("rispy__example_full.ris", "n_with_pmid"): (0, "12345 in ID is the exporter's own number"),
    ("derived__gb18030.ris", "n_with_pmid"): (1, "the last UR goes on for seven lines; the second is this work's PubMed address"),
    ("synthesisr__citesource_issue_24.ris", "n_with_pmid"): (1, "as above"),
    ("jabref__IsiImporterTestMedline.isi", "n_with_pmid"): (2, "UT MEDLINE:16842170 is a PubMed number"),
}  # fmt: skip
"""Where the manifest is held to be wrong: what is right, and why."""

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not FILES, reason="the reference material is not beside this checkout"),
]


def letters(text):
    return re.sub(r"[\W_]+", "", text or "").lower()


@pytest.mark.parametrize("name", FILES)
def test_an_export_reads_as_its_manifest_says(name):
    expected = FILES[name]
    reading = read((FOLDER / name).read_bytes(), name=name)
    items = list(reading.items)
    records = [one for one in items if isinstance(one, Reference)]
    assert reading.format == SAME.get(expected["format"], expected["format"])
    assert len(items) == reading.starts

    def right(key, got):
        assert got == (WRONG[name, key][0] if (name, key) in WRONG else expected[key]), key

    right("n_records", len(records))
    for key, at in (("first_title", 0), ("last_title", -1)):
        title = letters(records[at].title if records else "")
        wanted = letters(WRONG[name, key][0] if (name, key) in WRONG else expected[key])
        assert title.startswith(wanted) if (name, key) in WRONG else title == wanted
    for key, field in (("n_with_pmid", "pmid"), ("n_with_abstract", "abstract"), ("n_with_title", "title")):
        if expected.get(key) is not None:
            right(key, sum(bool(getattr(one, field)) for one in records))
    count = sum(bool(one.doi) for one in records)
    if (name, "doi") in WRONG:
        assert count == WRONG[name, "doi"][0]
    else:
        low = expected.get("n_with_doi_tag") or 0
        assert low <= count <= expected.get("n_with_doi_anywhere", low)
