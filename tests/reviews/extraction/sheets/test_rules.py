"""A file of arm data: what is wrong with it is said by line and column, with the cure; no cell is a formula."""

import pytest

from reviews.extraction.sheets.rules import MOST_ROWS, decoded, plain, read_sheet, safe

HEAD = "study,arm,outcome,timepoint,result"


def problems(text):
    return [str(problem) for problem in read_sheet(text, file="arms.csv")[1]]


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_cells_are_parted_by_commas_semicolons_or_tabs(mark):
    text = "\n".join(
        [HEAD.replace(",", mark), mark.join(["Shu 2020", "MSC", "Death", "28 days", "0/12"]), "", mark * 4]
    )
    lines, wrong = read_sheet(text, file="arms.csv")
    assert wrong == []
    assert [(line.number, line["study"], line["result"], line["note"]) for line in lines] == [
        (2, "Shu 2020", "0/12", "")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "arms.csv: The file is empty."),
        ("study,arm,outcome,timepoint\n", "arms.csv, line 1, column result: This column is missing."),
        (f"{HEAD},p_value\n", "arms.csv, line 1, column p_value: There is no such column."),
        (f"{HEAD},arm\n", "arms.csv, line 1, column arm: This column stands there twice."),
        (f"{HEAD}\nShu 2020,MSC,Death,28 days,0/12,more\n", "arms.csv, line 2: It has 6 cells, the head 5."),
        (f'{HEAD}\n"Shu 2020,MSC\n', "arms.csv, line 2: It cannot be read"),
        (
            f"{HEAD}\nShu 2020,MSC,Death,28 days,{'9' * 81}\n",
            "arms.csv, line 2, column result: It has 81 signs; shorten",
        ),
        (HEAD + "\nA,B,C,D,E" * (MOST_ROWS + 1), "arms.csv: It has 10001 rows; bring at most 10000 at a time."),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_its_cure(text, says):
    assert problems(text)[0].startswith(says)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-3 (2)", "@SUM(A1)", "\tx"])
def test_no_cell_is_taken_for_a_formula_and_comes_back_as_it_was(text):
    assert safe(text) == f"'{text}"
    assert plain(safe(text)) == text.strip()


def test_other_cells_stay_as_they_are():
    assert safe("10/20") == "10/20"
    assert plain(" 'tis ") == "'tis"
    assert plain("'tis") == "'tis"


def test_a_file_in_another_code_is_not_guessed_at():
    assert decoded("é".encode("latin-1")) is None
    assert decoded("\ufeffé\r\nx".encode()) == "é\nx"
