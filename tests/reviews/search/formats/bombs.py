"""Files made to break a reader: endless lines, millions of empty records, things within things, blanks, packed nothing.

``python -m tests.reviews.search.formats.bombs FILE`` reads one, and prints what it cost and what was said.
"""

import io
import json
import re
import sys
import time
import zipfile
from pathlib import Path

import openpyxl

from reviews.search.formats import Rejection, UnreadableFileError, read

MANY = "records begin in this file"
LONG = "MB long"
EMPTY = "nothing in this"
PRETENDS = "Millions of places"
PUBMED = b"<PubmedArticleSet>"

REPEATED = {
    "ris_line": (b"TY  - JOUR\nAB  - ", b"x", 200, b"\nER  - \n", LONG),
    "ris_line_of_tags": (b"TY  - JOUR\nAB  - ", b"A1  - ", 28, b"\nER  - \n", LONG),
    "ris_line_of_starts": (b"TY  - JOUR\nAB  - ", b" TY  -", 28, b"\nER  - \n", PRETENDS),
    "ris_records": (b"", b"TY  - \nER  - \n", 1, b"", MANY),
    "ris_blank_lines": (b"TY  - JOUR\n", b"\n", 200, b"", LONG),
    "ris_blanks": (b"TY  - JOUR\n", b" ", 200, b"TY  - JOUR\n", LONG),
    "ris_crlf": (b"", b"TY  - JOUR\r\nTI  - a\r\nER  - \r\n", 6, b"", MANY),
    "ris_crlf_line": (b"TY  - JOUR\r\n", b"AB  - x\r\n", 22, b"", LONG),
    "ris_utf16": (b"\xff\xfe", "TY  - JOUR\r\nTI  - a\r\nER  - \r\n".encode("utf-16-le"), 3, b"", MANY),
    "ris_cp1252": (b"", b"TY  - JOUR\r\nTI  - \xe9a\r\nER  - \r\n", 6, b"", MANY),
    "prose": (b"", b"x", 200, b"", "No format"),
    "blanks": (b"", b" ", 200, b"", "No format"),
    "nbib_line": (b"PMID- 1\nTI  - ", b"x", 200, b"", LONG),
    "nbib_records": (b"", b"PMID- \n\n", 1, b"", MANY),
    "nbib_records_without_number": (b"", b"OWN - ERIC\n\n", 1, b"", MANY),
    "nbib_blank_lines": (b"OWN - x\n", b" \n", 100, b"", LONG),
    "refer_records": (b"", b"%0 \n", 1, b"", MANY),
    "refer_records_without_type": (b"", b"%T x\n\n", 1, b"", MANY),
    "refer_blank_lines": (b"%T - x\n", b"\n", 200, b"", LONG),
    "wos_records": (b"", b"PT J\nER\n\n", 1, b"", MANY),
    "ovid_records": (b"", b"<1>\n", 1, b"", MANY),
    "ovid_blanks": (b"<", b" ", 100, b"", "XML or JSON"),
    "bibtex_line": (b"@article{a, title={", b"x", 200, b"}}", LONG),
    "bibtex_braces": (b"@article{a, title=", b"{", 4, b"", ""),
    "bibtex_entries_in_entries": (b"@article{a, title={", b"@article{a, title={\n", 1, b"", MANY),
    "bibtex_records": (b"", b"@article{\n}\n", 1, b"", MANY),
    "csv_line": (b"title,doi\n", b"x", 200, b",1\nb,2\n", LONG),
    "csv_quotes": (b'title,doi\n"', b"x\n", 100, b",1\nb,2\n", LONG),
    "csv_header": (b"", b"title,", 33, b"", "no header row|No format"),
    "csv_records": (b"title,doi\n", b",\n", 1, b"", MANY),
    "csv_blank_lines": (b"title,doi\n", b"\n", 200, b"a,b\n", ""),
    "pubmed_line": (PUBMED + b"<PubmedArticle><x>", b"x", 200, b"</x></PubmedArticle>", LONG),
    "pubmed_depth": (PUBMED + b"<PubmedArticle>", b"<a>", 1, b"</PubmedArticle>", ""),
    "pubmed_records": (PUBMED, b"<PubmedArticle></PubmedArticle>\n", 1, b"", MANY),
    "pubmed_open_records": (PUBMED, b"<PubmedArticle>", 1, b"", MANY),
    "pubmed_attributes": (PUBMED, b"<PubmedArticle ", 14, b"", PRETENDS),
    "endnote_records": (b"<xml><records>", b"<record></record>", 1, b"", MANY),
    "ctgov_line": (b'{"studies":[{"protocolSection":"', b"x", 200, b"", LONG),
    "ctgov_depth": (b'{"studies":[{"protocolSection":', b"[", 7, b"", "cut off or broken"),
    "ctgov_records": (b'{"studies":[', b'{"protocolSection":{}},', 1, b"", MANY),
    "ris_gap": (b"TY  - JOUR\nN1  - PMID", b" ", 7, b"x;\nUR  - https://x.org\nKW  - a;b\nER  - ", ""),
    "ris_gap_in_address": (b"TY  - JOUR\nUR  - a", b" ", 7, b"x\nKW  - a\nER  - ", ""),
    "ris_gap_in_keyword": (b"TY  - JOUR\nKW  - a", b" ", 7, b"x\nER  - ", ""),
    "nbib_gap": (b"PMID- 1\nLID - 10.1234/x", b" ", 7, b"x [doi]\nPMC - PMC", ""),
    "refer_gap": (b"%0 Book\n%K a", b" ", 7, b"x\n", ""),
    "wos_gap": (b"PT J\nDE a", b" ", 7, b"x\nER\n", ""),
    "ovid_gap": (b"<1>\nSO  - a", b" ", 7, b"x\nAU  - a b\n", ""),
    "ovid_gap_in_name": (b"<1>\nAU  - a", b" ", 7, b"x\n", ""),
    "ovid_gap_in_number": (b"<1>\nTI  - a\n<1", b" ", 7, b"x\n", ""),
    "bibtex_gap": (b"@article{a, title={", b" ", 7, b"x", ""),
    "bibtex_gap_in_key": (b"@article{a", b" ", 7, b"x, title={a}}", ""),
    "bibtex_gap_in_name": (b"@article{a, author={a", b" ", 7, b"x and b}}", ""),
    "bibtex_gap_in_accent": (b"@article{a, title={\\'{", b" ", 7, b"x y}}}", ""),
    "csv_gap": (b"title,authors,keywords\na,b", b" ", 7, b"x and y,z\n", ""),
    "csv_gap_in_keywords": (b"title,authors,keywords\na,b,c", b" ", 7, b"x\n", ""),
}  # fmt: skip
"""What stands before, what is repeated, how many million times, what stands behind, what is said ("" for nothing)."""


def lol(million):
    names = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    article = "<PMID>1</PMID><Article><ArticleTitle>&a11;</ArticleTitle></Article>"
    record = f"<PubmedArticle><MedlineCitation>{article}</MedlineCitation></PubmedArticle>"
    return f'<!DOCTYPE l [<!ENTITY a0 "ha">{names}]>{PUBMED.decode()}{record}</PubmedArticleSet>'.encode()


def strings(million):
    """Abbreviations that are made of themselves ten times, again and again."""
    return b'@string{a="xxxxxxxxxx"}\n' + b"@string{a=a#a#a#a#a#a#a#a#a#a}\n" * 2000 + b"@article{k,title=a}"


def packed(million):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.ris", b"TY  - JOUR\nAB  - " + b"0" * (200 * million))
    return made.getvalue()


def far_cell(million):
    book = openpyxl.Workbook()
    book.active["A1"] = "title"
    book.active["XFD1048576"] = "x"
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


MADE = {
    "pubmed_entities": (lol, ""),
    "bibtex_strings": (strings, ""),
    "zip": (packed, "far more than any export"),
    "excel_far_cell": (far_cell, ""),
}
SAID = {name: parts[-1] for name, parts in REPEATED.items()} | {name: said for name, (_, said) in MADE.items()}


def bomb(name, million):
    """The bytes; ``million`` is what a million is taken to be."""
    if name in MADE:
        return MADE[name][0](million)
    before, unit, times, behind, _ = REPEATED[name]
    return b"".join((before, unit * (times * million), behind))


def peak():
    """Megabytes of memory at the highest, from Linux; getrusage would count the parent's, from before exec."""
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024


def cost(data):
    """CPU seconds, megabytes at the highest, starts, items, and the last sentence that was said."""
    began = time.process_time()
    starts = items = 0
    said = ""
    try:
        reading = read(data)
        starts = reading.starts
        for item in reading.items:
            items += 1
            said = item.reason if isinstance(item, Rejection) else said
    except UnreadableFileError as error:
        said = str(error)
    return {
        "seconds": time.process_time() - began,
        "megabytes": peak(),
        "starts": starts,
        "items": items,
        "said": said,
    }


if __name__ == "__main__":
    print(json.dumps(cost(Path(sys.argv[1]).read_bytes())))  # noqa: T201
