"""bin/manage pool and bin/manage check_reference."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

TRIALS = (
    "study,ai,n1i,ci,n2i\nDilogo 2021,10,20,16,20\nLanzoni 2021,2,12,7,12\nShi 2021,0,65,0,35\nZhu 2021,0,29,2,29\n"
)


@pytest.fixture
def trials(tmp_path):
    file = tmp_path / "trials.csv"
    file.write_text(TRIALS)
    return file


def said(*arguments, **options):
    out = StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_pool_prints_a_table_a_sentence_and_caveats(trials):
    text = said("pool", str(trials), "--measure", "OR", "--method", "MH", "--model", "common")
    assert "Dilogo 2021" in text
    assert "Pooled odds ratio 0.20" in text
    assert "Note: Shi 2021" in text


@pytest.mark.parametrize("ending", ["svg", "html"])
def test_pool_draws_a_forest_plot(trials, tmp_path, ending):
    target = tmp_path / f"plot.{ending}"
    assert "Forest plot" in said("pool", str(trials), "--forest", str(target), "--title", "Death <28 days>")
    drawing = target.read_text()
    assert "<svg" in drawing
    assert "<28 days>" not in drawing


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--tau2", "XX"], "no tau2 estimator"),
        (["--measure", "MD"], "needs continuous data"),
        (["--forest", "plot.doc"], "svg or .html"),
    ],
)
def test_pool_refuses_in_words(trials, options, words):
    with pytest.raises(CommandError, match=words):
        said("pool", str(trials), *options)


def test_pool_needs_a_file_that_can_be_read(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        said("pool", str(tmp_path / "missing.csv"))


@pytest.fixture
def reference(tmp_path):
    columns = {"yi": [0.1, 0.8], "vi": [0.04, 0.09]}
    case = {"dataset": "d", "method": "rma.uni", "options": {"measure": "GEN", "tau2_method": "EE", "test": "z"}}
    estimate = (0.1 / 0.04 + 0.8 / 0.09) / (1 / 0.04 + 1 / 0.09)
    cases = [
        {"id": "right", **case, "results": {"estimate": estimate}},
        {"id": "wrong", **case, "results": {"estimate": 9.0}},
    ]
    file = tmp_path / "reference.json"
    file.write_text(json.dumps({"datasets": {"d": {"columns": columns}}, "cases": cases}))
    return file


def test_check_reference_answers_every_case(reference):
    lines = [json.loads(line) for line in said("check_reference", str(reference)).splitlines()]
    assert [line["id"] for line in lines] == ["right", "wrong"]
    assert lines[0]["results"] == lines[1]["results"]


def test_check_reference_compares(reference):
    lines = [json.loads(line) for line in said("check_reference", str(reference), "--compare").splitlines()]
    assert lines[0]["differences"][0]["key"] == "estimate"
    assert lines[-1] == {"cases": 2, "agree": 1, "reference_proved_wrong": 0}


def test_check_reference_needs_json(tmp_path):
    file = tmp_path / "x.json"
    file.write_text("no")
    with pytest.raises(CommandError, match="cannot be read as JSON"):
        said("check_reference", str(file))
