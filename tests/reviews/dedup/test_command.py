"""`find_duplicates` at the command line. Every citation here is invented."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

HEADER = "record_id,title,authors,year,journal,volume,issue,pages,doi\n"
WALKS = "Invented trial of evening walks for restless legs in sailors"
ROW = '{},{},"Marlow, J.; Vint, A.",2011,Journal of Imaginary Medicine,12,,{},{}\n'
TABLE = (
    HEADER
    + ROW.format("a", WALKS, "144-150", "10.5555/walks")
    + ROW.format("b", WALKS.upper(), "144-50", "")
    + ROW.format("c", "Quite another invented study of gulls", "7-9", "")
    + ROW.format("d", f"Erratum to: {WALKS}", "912", "")
)


@pytest.fixture
def table(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "records.csv"
        path.write_bytes(text.encode(encoding))
        return str(path)

    return write


def told(*arguments):
    out = io.StringIO()
    call_command("find_duplicates", *arguments, stdout=out)
    return out.getvalue()


def lines(text):
    return [json.loads(line) for line in text.splitlines()]


def test_each_record_is_told_with_its_cluster_in_the_order_of_the_file(table):
    assert lines(told(table(TABLE), "--json")) == [
        {"record_id": "a", "cluster_id": "a", "certain": True},
        {"record_id": "b", "cluster_id": "a", "certain": True},
        {"record_id": "c", "cluster_id": "c", "certain": False},
        {"record_id": "d", "cluster_id": "d", "certain": False},
    ]


def test_a_byte_order_mark_hides_no_column(table):
    assert lines(told(table(TABLE, "utf-8-sig"), "--json"))[0]["record_id"] == "a"


def test_without_json_the_counts_are_told_in_a_sentence(table):
    assert "Records: 4. Copies merged without asking: 1, in 1 clusters." in told(table(TABLE))


def test_pairs_and_related_records_go_to_a_file(table, tmp_path):
    path = tmp_path / "pairs.jsonl"
    told(table(TABLE), "--pairs", str(path))
    (related,) = lines(path.read_text(encoding="utf-8"))
    assert (related["question"], related["left"], related["relation"]) == ("related", "d", "erratum_of")
    assert related["right"] in {"a", "b"}


def test_a_table_with_a_header_and_no_record_has_no_line(table):
    assert told(table(HEADER), "--json") == ""


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(CommandError, match=r"nothing\.csv cannot be read"):
        told(str(tmp_path / "nothing.csv"))


def test_a_table_without_a_column_of_ids_is_refused(table):
    with pytest.raises(CommandError, match="without a record_id"):
        told(table("title,year\nWalks,2011\n"))


def test_a_row_that_breaks_off_before_its_id_is_refused(table):
    with pytest.raises(CommandError, match="without a record_id"):
        told(table("title,year,record_id\nWalks,2011,a\nGulls\n"))


def test_a_row_with_too_many_or_too_few_cells_is_read_as_far_as_it_goes(table):
    read = lines(told(table("record_id,title,year\na,Walks\nb,Gulls,2011,more,and more\n"), "--json"))
    assert [line["record_id"] for line in read] == ["a", "b"]


def test_two_records_with_one_id_are_refused(table):
    with pytest.raises(CommandError, match="the same id"):
        told(table(HEADER + ROW.format("a", WALKS, "1", "") * 2))


def test_another_encoding_is_named_with_the_byte_at_which_it_shows(table):
    with pytest.raises(CommandError, match=r"not written in UTF-8 \(byte 11\)"):
        told(table("id,title\n1,\u00e9t\u00e9\n", "latin-1"))
