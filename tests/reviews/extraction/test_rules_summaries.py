"""Means and medians as people write them, what is made of them, and what cannot be true."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.extraction.rules import (
    ArmResult,
    ArmRole,
    Count,
    Measurement,
    MedianRule,
    Method,
    Quantity,
    Summary,
    SummaryForm,
    Unreadable,
    combined,
    derived,
    exclusive_problems,
    read_summary,
    summary_problems,
)

EXPERIMENTAL, CONTROL = ArmRole.EXPERIMENTAL, ArmRole.CONTROL


@pytest.mark.parametrize(
    ("typed", "form", "printed", "total"),
    [
        ("11.2 (3.4) n=29", SummaryForm.MEAN_SD, ("11.2", "3.4"), 29),
        ("11.2 ± 3.4", SummaryForm.MEAN_SD, ("11.2", "3.4"), 20),
        ("-1.5 [3]", SummaryForm.MEAN_SD, ("-1.5", "3"), 20),
        ("11 (8–14)", SummaryForm.MEDIAN_IQR, ("11", "8", "14"), 20),
        ("11 [8 to 14], n = 1,029", SummaryForm.MEDIAN_IQR, ("11", "8", "14"), 1029),
        ("11,5 (8,1–14,2)", SummaryForm.MEDIAN_IQR, ("11,5", "8,1", "14,2"), 20),
    ],
)
def test_a_mean_or_median_is_read_as_papers_print_it(typed, form, printed, total):
    read = read_summary(typed, people=20)
    assert (read.form, read.printed, read.total) == (form, printed, total)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("11", "is not a mean or a median"),
        ("eleven (3)", "is not a mean or a median"),
        ("11 (3) n=0", "Nobody was measured"),
        ("11 (3) n=999999999", "cannot be right"),
        ("11 (-3) n=9", "cannot be negative"),
        ("11 (12–14) n=9", "11 does not lie between 12 and 14"),
        ("11 (8,14) n=9", "Is 8,14 one number or two"),
        ("11 (8–14) n=2", "no standard deviation can be worked out"),
    ],
)
def test_what_is_no_mean_or_median_is_refused_with_its_reason(typed, says):
    with pytest.raises(Unreadable, match=says):
        read_summary(typed)


def test_somebody_has_to_say_how_many_people_were_measured():
    with pytest.raises(Unreadable, match="n=29"):
        read_summary("11 (3)")


@pytest.mark.parametrize(("form", "says"), [(SummaryForm.MEAN_CI, "two numbers"), (SummaryForm.MEAN_SE, "one number")])
def test_the_brackets_hold_what_the_row_says(form, says):
    typed = "11 (3)" if form is SummaryForm.MEAN_CI else "11 (8–14)"
    with pytest.raises(Unreadable, match=says):
        read_summary(typed, form=form, people=20)


def test_more_people_cannot_be_measured_than_were_randomised():
    read = read_summary("11 (3) n=21")
    assert summary_problems(read, randomised=21) == []
    assert "only 20 were randomised" in summary_problems(read, randomised=20)[0]


def test_a_printed_mean_and_sd_need_no_conversion():
    assert derived(read_summary("11 (3) n=9")) is None


def test_a_standard_error_becomes_an_sd():
    """SD = SE √n."""
    made = derived(read_summary("30 (0.8) n=25", form=SummaryForm.MEAN_SE))
    assert (made.mean, made.sd, made.method) == (30, pytest.approx(4.0), Method.CONVERTED)


def test_a_confidence_interval_becomes_an_sd():
    """Cochrane Handbook 6.5.2.2: 25 people, 30.0 to 34.2, gives 5.09 by the t distribution."""
    made = derived(read_summary("32.1 (30.0–34.2) n=25", form=SummaryForm.MEAN_CI))
    assert made.sd == pytest.approx(5.09, abs=0.005)
    assert made.method is Method.CONVERTED


def test_a_median_becomes_an_estimate_that_names_its_formula():
    """Luo's mean and Wan's SD of 8, 12, 18 with 29 people: 12.7134 and 7.7974."""
    made = derived(read_summary("12 (8–18) n=29"))
    assert (made.mean, made.sd) == (pytest.approx(12.7134, abs=5e-5), pytest.approx(7.7974, abs=5e-5))
    assert made.method is Method.ESTIMATED
    assert "Wan" in made.note


def test_the_table_of_order_statistics_is_a_choice():
    closed = derived(read_summary("12 (8–18) n=29"))
    table = derived(read_summary("12 (8–18) n=29", median_rule=MedianRule.TABLE))
    assert table.sd != closed.sd
    assert table.sd == pytest.approx(closed.sd, rel=0.03)
    assert table.mean == pytest.approx(38 / 3)


def test_a_range_becomes_an_estimate():
    made = derived(read_summary("12 (5–30) n=29", form=SummaryForm.MEDIAN_RANGE))
    assert (made.mean, made.sd) == (pytest.approx(13.3336, abs=5e-5), pytest.approx(6.1689, abs=5e-5))


def test_what_was_printed_stays_by_its_quantity():
    numbers = read_summary("12 (5–30) n=29", form=SummaryForm.MEDIAN_RANGE).numbers()
    assert {what: float(number) for what, number in numbers.items()} == {
        Quantity.MEDIAN: 12,
        Quantity.MINIMUM: 5,
        Quantity.MAXIMUM: 30,
    }


@given(st.integers(1, 900), st.integers(1, 90), st.integers(3, 5000))
def test_a_summary_that_is_printed_reads_back_as_itself(mean, sd, total):
    summary = Summary(SummaryForm.MEAN_SD, (str(mean), str(sd)), total)
    assert read_summary(str(summary)) == summary


def test_arms_with_means_are_taken_together_exactly():
    """(20, 5.2, 1.5) and (30, 6.1, 2.0) give 5.74 and 1.8542."""
    arms = [ArmResult(EXPERIMENTAL, Measurement(5.2, 1.5, 20)), ArmResult(EXPERIMENTAL, Measurement(6.1, 2.0, 30))]
    both = combined(arms, EXPERIMENTAL)
    assert (both.mean, both.sd, both.total) == (pytest.approx(5.74), pytest.approx(1.8542, abs=5e-5), 50)
    assert str(arms[0].result) == "5.2 (1.5), n = 20"
    assert combined(arms, CONTROL) is None
    assert combined(arms[:1], EXPERIMENTAL) == arms[0].result


def test_a_control_group_that_serves_two_comparisons_is_shared_out():
    counted = [ArmResult(CONTROL, Count(8, 24))]
    measured = [ArmResult(CONTROL, Measurement(5.2, 1.5, 20))]
    assert combined(counted, CONTROL, shares=2) == Count(4, 12)
    assert combined(measured, CONTROL, shares=2) == Measurement(5.2, 1.5, 10)


def test_outcomes_that_exclude_each_other_are_at_most_everybody():
    says = exclusive_problems({"died": Count(17, 20), "improved": Count(4, 20)})
    assert says == ["17 died and 4 improved make 21 of 20 people."]
    assert exclusive_problems({"died": Count(16, 20), "improved": Count(4, 20)}) == []
    assert exclusive_problems({"died": Count(20, 20)}) == []
