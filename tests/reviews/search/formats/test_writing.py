from dataclasses import fields

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviews.search.formats import Reference, read
from reviews.search.formats.writing import bibtex, csv_rows, ris

word = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z", "Cs"), exclude_characters=";|"), min_size=5, max_size=9
)
phrase = st.lists(word, min_size=2, max_size=6).map(lambda words: "Axy " + " ".join(words) + " end")
reference = st.builds(
    Reference, line=st.just(1), raw=st.just(""), kind=st.sampled_from(["journal", "book", "conference"]), title=phrase,
    authors=st.lists(st.sampled_from(["Ñandú, Ana", "Li, Bo", "Drugs and Devices Group"]), unique=True, min_size=2).map(tuple),
    year=st.none() | st.integers(1500, 2099), journal=st.just("Journal & Trials"), volume=st.sampled_from(["", "12"]),
    issue=st.just("3"),
    pages=st.sampled_from(["10-19", "e12", ""]), doi=st.sampled_from(["", "10.1234/a_b(c)"]),
    pmid=st.sampled_from(["", "7654321"]),
    pmcid=st.sampled_from(["", "PMC123456"]), registrations=st.sampled_from([(), ("NCT01234567",)]), abstract=phrase,
    keywords=st.just(("one", "two")),
)  # fmt: skip
WRITERS = {
    "ris": lambda rows: "".join(ris(rows)),
    "bibtex": lambda rows: "".join(bibtex(rows)),
    "csv": lambda rows: "".join(csv_rows(rows, ["decision"])),
}
COMPARED = [one.name for one in fields(Reference) if one.name not in ("line", "raw", "extra", "notes", "accession")]


@pytest.mark.parametrize("name", WRITERS)
def test_what_is_written_reads_back_equal(name):
    @settings(max_examples=60, deadline=None, derandomize=True)
    @given(st.lists(reference, min_size=1, max_size=3))
    def check(references):
        text = WRITERS[name]([(one, {"decision": "include"}) for one in references])
        again = list(read(text.encode(), format=name).items)
        for one, other in zip(references, again, strict=True):
            assert {key: getattr(other, key) for key in COMPARED} == {key: getattr(one, key) for key in COMPARED}

    check()


def test_a_cell_that_a_spreadsheet_would_run_is_text_and_comes_back_whole():
    evil = Reference(1, "", title="=cmd|' /C calc'!A0", abstract="'=quoted", doi="10.1234/x")
    text = "".join(csv_rows([(evil, {"note": "@SUM(A1)"})], ["note"]))
    assert "\n'=cmd" in text
    assert text.rstrip().endswith("'@SUM(A1)")
    [again] = read(text.encode()).items
    assert (again.title, again.abstract, again.notes) == (evil.title, evil.abstract, ("@SUM(A1)",))


def test_decisions_beside_a_reference_are_written():
    one = Reference(1, "", title="A trial", authors=("Li, Bo",), year=2020)
    assert "N1  - decision: include\n" in "".join(ris([(one, {"decision": "include"})]))
    assert "note = {decision: include}" in "".join(bibtex([(one, {"decision": "include"})]))


def test_two_works_of_one_author_and_year_have_keys_of_their_own():
    one = Reference(1, "", title="A trial", authors=("Ñandú, Bo",), year=2020)
    text = "".join(bibtex([(one, {}), (one, {})]))
    assert "{nandu2020,\n" in text
    assert "{nandu2020-2,\n" in text
