import pytest

from meta.publication.rules import ArmRow, arm_rows, formula_safe


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
