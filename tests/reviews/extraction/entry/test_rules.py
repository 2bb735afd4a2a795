"""What is read from a cell: the same cases as the page, which judges them in the browser test."""

import json
from pathlib import Path

import pytest

from reviews.extraction.entry.rules import Printed, read_cell, result_of
from reviews.extraction.rules import (
    Count,
    Measurement,
    MedianRule,
    Method,
    Summary,
    SummaryForm,
    Unreadable,
    ValueState,
)

CASES = json.loads((Path(__file__).parent / "typed.json").read_text())
READ = {"empty": type(None), "says": Count, "measured": Summary, "state": ValueState}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['text']} {case['printed']}" for case in CASES])
def test_a_cell_is_read_or_refused_as_the_page_says(case):
    options = {"is_count": case["is_count"], "printed": Printed(case["printed"]), "randomised": case["randomised"]}
    if case["kind"] in READ:
        assert isinstance(read_cell(case["text"], **options), READ[case["kind"]])
    else:
        with pytest.raises(Unreadable):
            read_cell(case["text"], **options)


def test_people_randomised_stand_in_where_the_report_does_not_say_and_that_is_known():
    assumed = read_cell("11 (3)", is_count=False, randomised=20)
    said = read_cell("11 (3) n=20", is_count=False, randomised=20)
    assert (assumed.total, assumed.total_is_printed) == (20, False)
    assert (said.total, said.total_is_printed) == (20, True)


def test_more_people_than_were_randomised_are_refused_in_both_kinds():
    with pytest.raises(Unreadable, match="only 20 were randomised"):
        read_cell("5/21", is_count=True, randomised=20)
    with pytest.raises(Unreadable, match="only 20 were randomised"):
        read_cell("11 (3) n=21", is_count=False, randomised=20)


@pytest.mark.parametrize("printed", [one for one in Printed if one is not Printed.AS_WRITTEN])
def test_a_choice_is_found_again_from_what_was_read_under_it(printed):
    text = "11 (3)" if printed in {Printed.MEAN_SD, Printed.MEAN_SE} else "11 (8–14)"
    assert Printed.of(read_cell(text, is_count=False, printed=printed, randomised=20)) is printed


def test_as_written_goes_by_how_many_numbers_there_are():
    assert Printed.AS_WRITTEN.form is None
    assert read_cell("11 (8–14)", is_count=False, randomised=20).form is SummaryForm.MEDIAN_IQR
    assert Printed.MEDIAN_IQR_TABLE.median_rule is MedianRule.TABLE


def test_what_an_analysis_reads_of_an_entry():
    assert result_of(Count(10, 20)) == (Count(10, 20), frozenset())
    assert result_of(ValueState.NOT_REPORTED) is None
    as_printed = read_cell("11 (3)", is_count=False, randomised=20)
    assert result_of(as_printed) == (Measurement(11, 3, 20), frozenset())
    # The Handbook's example, 6.5.2.2: 95 % interval 30.0 to 34.2 of 25 people has an SD of 5.09.
    of_interval = read_cell("32.1 (30.0 to 34.2) n=25", is_count=False, printed=Printed.MEAN_CI)
    result, methods = result_of(of_interval)
    assert result.sd == pytest.approx(5.09, abs=0.005)
    assert methods == {Method.CONVERTED}
    _, methods = result_of(read_cell("11 (8–14)", is_count=False, randomised=20))
    assert methods == {Method.ESTIMATED}
