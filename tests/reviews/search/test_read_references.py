import json

import pytest
from django.core.management import call_command

RIS = "TY  - JOUR\nTI  - First\nDO  - 10.1234/x\nER  - \nTY  - JOUR\nTI  - Last\nAB  - Text\nER  - \n"
CSV = "title,doi\nFirst,10.1234/x\n,\nLast,\n"


def test_a_file_is_summed_up_in_one_json_line(tmp_path, capsys):
    (tmp_path / "a.csv").write_text(CSV)
    call_command("read_references", str(tmp_path / "a.csv"), "--json")
    found = json.loads(capsys.readouterr().out)
    assert found["format"] == "csv"
    assert found["encoding"] == "ascii"
    assert (found["record_starts"], found["records"], found["rejected"]) == (3, 2, 1)
    assert found["rejections"] == [{"line": 3, "reason": "There is nothing in this row."}]
    assert (found["first_title"], found["last_title"]) == ("First", "Last")
    assert (found["with_doi"], found["with_pmid"], found["with_abstract"]) == (1, 0, 0)


def test_a_file_that_cannot_be_read_does_not_stop_the_others(tmp_path, capsys):
    (tmp_path / "a.ris").write_text(RIS)
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(SystemExit) as stopped:
        call_command(
            "read_references", str(tmp_path / "none"), str(tmp_path / "b.pdf"), str(tmp_path / "a.ris"), "--json"
        )
    assert stopped.value.code == 1
    missing, pdf, good = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert "cannot be opened" in missing["error"]
    assert "PDF" in pdf["error"]
    assert good["records"] == 2


def test_people_read_sentences(tmp_path, capsys):
    (tmp_path / "a.ris").write_text(RIS)
    call_command("read_references", str(tmp_path / "a.ris"))
    assert "2 of 2 records (ris, ascii)" in capsys.readouterr().out
