import pytest

from meta.publication.rules import (
    ArmRow,
    arm_rows,
    bias_table,
    characteristics,
    formula_safe,
    results_of_study,
    shown,
)


def value(arm, quantity, printed, **said):
    return {
        "outcome": "Death",
        "timepoint": "28 days",
        "arm": arm,
        "quantity": quantity,
        "as_printed": printed,
        "measured_at": "day 28",
        "source": "Dilogo 2021",
        "place": "Table 2",
        "method": "reported",
        "entered_by": "Ben",
        "confirmed_by": "Cleo",
    } | said


def document(*values):
    arms = [
        {"label": "MSC", "role": "experimental", "randomised": 20},
        {"label": "Placebo", "role": "control", "randomised": None},
    ]
    study = {"label": "Dilogo 2021", "year": 2021, "arms": arms, "values": list(values)}
    return {"review": {"slug": "cells"}, "version": "1.0.0", "studies": [study]}


def test_each_arm_is_one_row_with_its_counts_and_their_source():
    rows = arm_rows(
        document(value("MSC", "events", "10"), value("MSC", "total", "20"), value("Placebo", "events", "17"))
    )
    assert rows[0] == ArmRow(
        review="cells",
        version="1.0.0",
        study="Dilogo 2021",
        year=2021,
        outcome="Death",
        timepoint="28 days",
        arm="MSC",
        role="experimental",
        randomised=20,
        events=10,
        total=20,
        mean=None,
        sd=None,
        measured_at="day 28",
        source="Dilogo 2021",
        place="Table 2",
        method="reported",
        entered_by="Ben",
        confirmed_by="Cleo",
    )
    assert (rows[1].arm, rows[1].role, rows[1].events, rows[1].total) == ("Placebo", "control", 17, None)


def test_a_measured_number_keeps_its_fraction_and_an_unknown_one_is_not_zero():
    (row,) = arm_rows(document(value("MSC", "mean", "4.25"), value("MSC", "sd", "")))
    assert (row.mean, row.sd, row.events) == (4.25, None, None)


def test_where_two_numbers_of_an_arm_come_from_two_places_both_are_named():
    (row,) = arm_rows(document(value("MSC", "events", "1"), value("MSC", "total", "2", place="Figure 1", method="")))
    assert (row.place, row.method) == ("Table 2; Figure 1", "reported")


def test_a_document_without_studies_has_no_rows():
    assert arm_rows({"studies": []}) == []


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@cell", "\tx", "\rx"])
def test_no_text_is_taken_for_a_formula(text):
    assert formula_safe(text) == f"'{text}"


@pytest.mark.parametrize("cell", ["10", "a=b", "", -1, 2.5, None])
def test_what_is_no_formula_stays_as_it_is(cell):
    assert formula_safe(cell) == cell


def test_a_number_is_taken_as_it_was_worked_out_where_nobody_printed_it():
    (row,) = arm_rows(document(value("MSC", "mean", "", number="4.25"), value("MSC", "sd", "1.0", number="1")))
    assert (row.mean, row.sd) == (4.25, 1.0)


def test_characteristics_have_a_column_for_each_that_any_study_has():
    studies = [
        {"label": "A", "key": "a", "characteristics": [{"name": "Dose", "text": "once"}]},
        {"label": "B", "key": "b", "characteristics": [{"name": "Country", "text": "Chile"}]},
    ]
    found = characteristics(studies)
    assert found["names"] == ["Dose", "Country"]
    assert [[cell["text"] for cell in row["cells"]] for row in found["rows"]] == [["once", ""], ["", "Chile"]]


def bias(study, subject, says, source="Chen 2022"):
    return {"study": study, "subject": subject, "says": says, "source": source, "url": "", "place": "Text"}


def test_what_nobody_stated_of_a_bias_stays_empty():
    studies = [{"label": label, "key": label.lower()} for label in ("A", "B", "C")]
    stated = [bias("A", "Selection", "high"), bias("A", "Selection", "low", "Another"), bias("B", "Detection", "low")]
    found = bias_table({"studies": studies, "earlier": {"risk_of_bias": stated}})
    assert found["domains"] == ["Selection", "Detection"]
    assert [[cell["says"] for cell in row["cells"]] for row in found["rows"]] == [["high; low", ""], ["", "low"]]
    assert found["others"] == ["C"]
    assert len(found["sources"]) == 2
    assert bias_table({"studies": studies, "earlier": {"risk_of_bias": []}}) is None


def test_a_study_is_read_in_the_order_of_the_protocol():
    values = [
        value("MSC", "events", "1", number="1", outcome="Adverse events", timepoint="end"),
        value("MSC", "events", "2", number="2"),
        value("Placebo", "events", "3", number="3"),
        value("MSC", "events", "4", number="4", outcome="Something else", timepoint="end"),
    ]
    wanted = [{"outcome": "Death", "timepoint": "28 days"}, {"outcome": "Adverse events", "timepoint": "end"}]
    found = results_of_study({"values": values}, {"outcomes": wanted})
    assert [one["outcome"] for one in found] == ["Death", "Adverse events", "Something else"]
    assert [arm["label"] for arm in found[0]["arms"]] == ["MSC", "Placebo"]
    assert found[0]["arms"][0]["values"][0]["shown"] == "2"
    assert next(one["outcome"] for one in results_of_study({"values": values}, None)) == "Adverse events"


@pytest.mark.parametrize(
    ("printed", "number", "seen"),
    [("11.20", "11.2", "11.20"), ("", "4.67312345", "4.673"), ("", None, ""), ("0", "0", "0")],
)
def test_a_value_is_shown_as_printed_or_as_it_was_worked_out(printed, number, seen):
    assert shown({"as_printed": printed, "number": number}) == seen
