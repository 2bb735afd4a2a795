import datetime
import io
import zipfile

import openpyxl
import pytest

from reviews.search.formats import (
    Format,
    LinkKind,
    Reference,
    Rejection,
    UnreadableFileError,
    counting,
    detect,
    read,
    reading,
    zipped,
)

from .samples import CSV, NBIB, RIS, SAMPLES


def records(data, **options):
    reading = read(data.encode() if isinstance(data, str) else data, **options)
    items = list(reading.items)
    assert len(items) == reading.starts
    return items


@pytest.mark.parametrize("name", SAMPLES)
def test_the_format_is_found_from_the_content(name):
    assert detect(SAMPLES[name].encode()).format == name


@pytest.mark.parametrize("name", SAMPLES)
def test_both_records_are_read_whole(name):
    first, second = records(SAMPLES[name])
    assert (first.title, second.title) == ("Cells & hope: a trial", "A second record")
    assert first.year == 2021
    assert first.registrations == ("NCT01234567",)
    assert first.abstract.removeprefix("AIM: ").startswith("First")
    assert first.raw
    assert second.line > first.line or name == "endnote_xml"
    if name != "ctgov_json":
        assert (first.volume, first.issue, first.pages, first.journal) == ("12", "3", "10-19", "Journal of Trials")
        assert (first.doi, first.pmid) == ("10.1234/abc.5", "7654321")
        assert first.authors[0] in ("Ñandú, Ana", "Ñandú A")
        assert len(first.authors) == 2


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - {"pubmed_xml", "endnote_xml", "ctgov_json"}))
def test_what_no_field_holds_is_kept(name):
    assert any(values in (("kept",), ("yes",)) for values in records(SAMPLES[name])[0].extra.values())


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", ["ris", "nbib", "wos_tagged", "refer", "csv"])
def test_no_encoding_and_no_line_end_costs_a_record(name, encoding, end):
    first, second = records(SAMPLES[name].replace("\n", end).encode(encoding))
    assert "Ñ" in first.authors[0]
    assert second.title == "A second record"


def test_byte_order_marks_between_joined_files_are_dropped():
    assert len(records(RIS.encode("utf-8-sig") + RIS.encode("utf-8-sig"))) == 4


def test_nul_and_ctrl_z_are_dropped():
    assert records("\0" + RIS.replace("hope", "ho\0pe") + "\x1a")[0].title == "Cells & hope: a trial"


def test_russian_and_chinese_are_told_from_western_text():
    text = "TY  - JOUR\nTI  - {}\nER  - \n"
    assert records(text.format("Рандомизированное исследование лечения").encode("cp1251"))[0].title.startswith("Рандом")
    assert records(text.format("参考文献管理工具研究").encode("gb18030"))[0].title == "参考文献管理工具研究"
    assert records(text.format("Über Fälle").encode("cp1252"))[0].title == "Über Fälle"


def test_a_person_can_override_format_and_encoding():
    [first, *_] = records(RIS.replace("hope", "Fälle").encode("cp1252"), format="ris", encoding="cp1251")
    assert "Fдlle" in first.title
    with pytest.raises(UnreadableFileError, match="no encoding called"):
        read(RIS.encode(), encoding="klingon")
    with pytest.raises(UnreadableFileError, match="no format called"):
        read(RIS.encode(), format="klingon")


def test_a_record_without_end_is_a_record():
    assert [one.title for one in records("TY  - JOUR\nTI  - a\nTY  - JOUR\nTI  - b")] == ["a", "b"]


def test_an_accession_of_another_database_is_no_pubmed_number():
    [one] = records("TY  - JOUR\nTI  - a\nAN  - 1234567\nDB  - Embase\nID  - 54321\nER  - ")
    assert one.pmid == ""


def test_a_retraction_is_told_from_its_notice():
    assert records(NBIB)[0].links[0].kind is LinkKind.RETRACTION_IN
    assert records(NBIB.replace("RIN -", "ROF -"))[0].links[0].kind is LinkKind.RETRACTION_OF
    assert records(SAMPLES["pubmed_xml"])[0].links[0].pmid == "7700000"


def test_an_article_cut_off_is_named_with_its_line():
    cut = SAMPLES["pubmed_xml"].partition("<BookDocument>")[0]
    first, lost = records(cut)
    assert isinstance(first, Reference)
    assert isinstance(lost, Rejection)
    assert "in the middle" in lost.reason
    assert lost.line == cut[: cut.index("<PubmedBookArticle")].count("\n") + 1


def test_entities_are_never_resolved():
    evil = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + SAMPLES["pubmed_xml"].partition("?>")[2].replace(
        "&amp;", "&a;"
    )
    assert records(evil)[0].title == "Cells &a; hope: a trial"


def test_an_empty_row_is_a_rejection_and_a_ragged_row_a_warning():
    reading = read(b"title,doi\na,10.1234/x,beyond\n,\nb\n")
    first, empty, short = list(reading.items)
    assert first.extra == {"beyond the header": ("beyond",)}
    assert "nothing in this row" in empty.reason
    assert short.title == "b"
    assert "Line 2 has 3 cells" in reading.warnings[0]


def test_a_table_without_known_columns_is_read_by_a_mapping():
    data = b"Titel;Jahr;Wer\nA;2020;Li B\n"
    with pytest.raises(UnreadableFileError, match="say which column"):
        read(data)
    reading = read(data, mapping={"Titel": "title", "Jahr": "year", "Wer": "authors"})
    [one] = reading.items
    assert (one.title, one.year, one.authors) == ("A", 2020, ("Li B",))
    assert reading.mapping == {"Titel": "title", "Jahr": "year", "Wer": "authors"}


def workbook(rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def test_excel_is_read_like_csv():
    data = workbook([["Title", "Year", "DOI"], ["A trial", 2021, "10.1234/x"], [], ["B", 1999.0, None]])
    assert detect(data).format is Format.EXCEL
    assert [(one.line, one.title, one.year) for one in records(data)] == [(2, "A trial", 2021), (4, "B", 1999)]


def packed(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return made.getvalue()


def test_a_zip_is_read_member_by_member():
    log = "article_id,user_id,user_email,key,value,created_at\n1,1,a@example.org,included,1,2024\n"
    reading = read(packed(a__ris=RIS, b__csv=CSV, log__csv=log, c__txt="nothing here"))
    assert [one.extra["file"] for one in reading.items] == [("a.ris",)] * 2 + [("b.csv",)] * 2
    assert reading.starts == 4
    assert "log of decisions" in reading.warnings[0]


def test_a_zip_bomb_is_refused_before_it_is_unpacked():
    with pytest.raises(UnreadableFileError, match="far more than any export"):
        read(packed(a__ris=b"0" * 20_000_000))


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"), (b"%PDF-1.7", "PDF"), (b"<!DOCTYPE html><html>", "web page"), (b"just prose", "No format"),
        (b"PK\x03\x04rubbish", "damaged"), (b"<a/>", "XML or JSON"), (b"\x1f\x8b\x08", "gzip"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_answered_with_a_sentence(data, sentence):
    with pytest.raises(UnreadableFileError, match=sentence):
        read(data)


def test_keywords_and_addresses_that_stand_one_a_line_stay_apart():
    addresses = "UR  - https://example.org/1\nhttps://pubmed.ncbi.nlm.nih.gov/7654321/\n"
    [one] = records(f"TY  - JOUR\nKW  - sepsis\nacute lung\n      injury\n{addresses}ER  - ")
    assert one.keywords == ("sepsis", "acute lung injury")
    assert one.urls == ("https://example.org/1", "https://pubmed.ncbi.nlm.nih.gov/7654321/")
    assert one.pmid == "7654321"


def test_the_prefix_that_cinahl_sets_before_a_pubmed_number_is_dropped():
    [one] = records("TY  - JOUR\nTI  - a\nN1  - Peer Reviewed. NLM UID: 101208192. PMID: NLM7654321.\nER  - ")
    assert one.pmid == "7654321"


def test_more_records_than_any_export_holds_are_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(counting, "MOST_RECORDS", 2)
    assert len(records(RIS)) == 2
    for text in (RIS + RIS, CSV + "C\n"):
        with pytest.raises(UnreadableFileError, match="More than 2 records begin"):
            read(text.encode())
    with pytest.raises(UnreadableFileError, match="More than 2 records begin"):
        read(packed(a__ris=RIS, b__nbib=NBIB))


def test_a_file_beyond_the_size_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    with pytest.raises(UnreadableFileError, match="larger than 0 MB"):
        read(RIS.encode())


def test_blank_lines_are_neither_rows_nor_records():
    assert [one.line for one in records("title,doi\n\n\na,10.1234/x\n\n\n\nb,\n\n")] == [4, 8]
    assert [one.line for one in records("\n \nOWN - a\nTI  - b\n\n \n\nOWN - c\n\n")] == [3, 8]


def repacked(data, **changed):
    """A zip file with members changed; None leaves one out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = changed.get(name.rpartition("/")[2].partition(".")[0], old.read(name))
            if content is not None:
                new.writestr(name, content)
    return made.getvalue()


def test_a_workbook_keeps_what_kinds_of_cells_say():
    rows = [
        ["Title", "Year", "Number", "Seen"],
        ["=1+1", datetime.date(2021, 3, 4), 3.5, True],
        ["b", 1999, 0, False],
    ]
    first, second = records(workbook(rows))
    assert first.year == 2021
    assert (first.issue, first.extra["Seen"]) == ("3.5", ("1",))
    assert second.extra["Seen"] == ("0",)


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"sheet1": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}, "declares entities"),
        ({"sheet1": b"<broken"}, "damaged or of a kind"),
        ({"workbook": None}, "damaged or of a kind"),
    ],
)
def test_a_workbook_that_cannot_be_trusted_is_refused_with_a_sentence(changed, sentence):
    with pytest.raises(UnreadableFileError, match=sentence):
        read(repacked(workbook([["Title"], ["A trial"]]), **changed))


def test_an_empty_workbook_and_an_office_document_are_refused():
    with pytest.raises(UnreadableFileError, match="no rows"):
        read(workbook([]))
    with pytest.raises(UnreadableFileError, match="Office document"):
        read(packed(**{"[Content_Types]__xml": "<a/>", "word/document__xml": "<a/>"}))


def test_a_zip_of_too_much_is_refused_with_a_sentence(monkeypatch):
    monkeypatch.setattr(zipped, "MOST_MEMBERS", 1)
    with pytest.raises(UnreadableFileError, match="holds 2 files"):
        read(packed(a__ris=RIS, b__ris=RIS))
    monkeypatch.setattr(zipped, "MOST_UNPACKED", 100)
    with pytest.raises(UnreadableFileError, match="larger than"):
        read(packed(a__ris=RIS))


def test_a_locked_or_damaged_zip_is_refused_with_a_sentence():
    data = bytearray(packed(a__ris=RIS))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 8] |= 1
    with pytest.raises(UnreadableFileError, match="password"):
        read(bytes(data))
    data[directory + 8] &= 0xFE
    data[directory - 20 : directory] = bytes(20)
    with pytest.raises(UnreadableFileError, match=r"a\.ris” in the zip file is damaged"):
        read(bytes(data))


def test_a_zip_in_a_zip_and_an_empty_one_are_named_and_left():
    with pytest.raises(UnreadableFileError, match="inside the zip file is not opened"):
        read(packed(a__zip=packed(b__ris=RIS)))
    with pytest.raises(UnreadableFileError, match="It is empty"):
        read(packed())
    hidden = {"folder/.b__ris": RIS}
    assert read(packed(c__ris=RIS, **hidden)).members == ("c.ris",)


def test_a_large_member_is_unpacked_again_rather_than_held(monkeypatch):
    monkeypatch.setattr(reading, "HELD_UNPACKED", 1)
    assert len(records(packed(a__ris=RIS, b__nbib=NBIB))) == 4
