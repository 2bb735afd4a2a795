from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.extraction.rules import (
    MOST_PEOPLE,
    ArmResult,
    ArmRole,
    Count,
    Unreadable,
    combined,
    count_problems,
    read_count,
    whole,
)

EXPERIMENTAL, CONTROL = ArmRole.EXPERIMENTAL, ArmRole.CONTROL

possible_counts = st.integers(1, MOST_PEOPLE).flatmap(
    lambda total: st.builds(Count, st.integers(0, total), st.just(total))
)


@pytest.mark.parametrize(
    ("typed", "events", "total"),
    [
        ("10/20", 10, 20),
        (" 10 / 20 ", 10, 20),
        ("0/65", 0, 65),
        ("20/20", 20, 20),
        ("10 of 20", 10, 20),
        ("10 OF 20", 10, 20),
        ("10of20", 10, 20),
        ("1,042/12,345", 1042, 12345),
        ("1 042/12 345", 1042, 12345),
        ("1\u202f042/12\u00a0345", 1042, 12345),
        ("007/020", 7, 20),
    ],
)
def test_a_count_is_read_as_people_write_it(typed, events, total):
    assert read_count(typed) == Count(events, total)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "is not a count. Write events and total as 10/20."),
        ("10", "“10” is not a count"),
        ("10/20/30", "is not a count"),
        ("50%", "is not a count"),
        ("-1/20", "is not a count"),
        ("ten of twenty", "is not a count"),
        ("1.5/20", "is not a count"),
        ("1,5/20", "is not a count"),
        ("1 2/30", "is not a count"),
        ("9" * 5000 + "/20", "is not a count"),
        ("21/20", "21 of 20 people cannot have had the event."),
        ("0/0", "The total is 0; an arm without people has no result."),
        ("1/10000001", "A total of 10000001 people cannot be right."),
    ],
)
def test_what_is_no_count_is_refused_with_its_reason(typed, says):
    with pytest.raises(Unreadable) as refusal:
        read_count(typed)
    assert says in str(refusal.value)


@given(possible_counts)
def test_a_count_that_is_printed_reads_back_as_itself(count):
    assert read_count(str(count)) == count
    assert read_count(f"{count.events:,} of {count.total:,}") == count


@pytest.mark.parametrize(
    ("count", "randomised", "problems"),
    [
        (Count(10, 20), None, []),
        (Count(10, 20), 20, []),
        (Count(10, 20), 25, []),
        (Count(10, 20), 19, ["20 people were analysed, but only 19 were randomised to this arm."]),
        (
            Count(21, 20),
            19,
            [
                "21 of 20 people cannot have had the event.",
                "20 people were analysed, but only 19 were randomised to this arm.",
            ],
        ),
        (Count(0, 0), None, ["The total is 0; an arm without people has no result."]),
        (Count(-1, 20), None, ["A number of people cannot be negative."]),
    ],
)
def test_what_cannot_be_true_of_an_arm_is_said(count, randomised, problems):
    assert count_problems(count, randomised=randomised) == problems


def test_arms_of_one_role_are_taken_together():
    arms = [
        ArmResult(EXPERIMENTAL, Count(3, 11)),
        ArmResult(CONTROL, Count(8, 24)),
        ArmResult(EXPERIMENTAL, Count(0, 8)),
    ]
    assert combined(arms, EXPERIMENTAL) == Count(3, 19)
    assert combined(arms, CONTROL) == Count(8, 24)
    assert combined(arms[:1], CONTROL) is None


@given(st.lists(st.builds(ArmResult, st.sampled_from(ArmRole), possible_counts), max_size=6))
def test_taking_arms_together_loses_nobody_and_counts_nobody_twice(arms):
    sides = [side for role in ArmRole if (side := combined(arms, role)) is not None]
    assert sum(side.events for side in sides) == sum(arm.result.events for arm in arms)
    assert sum(side.total for side in sides) == sum(arm.result.total for arm in arms)


@pytest.mark.parametrize("number", [Decimal("20"), Decimal("20.00000000"), Decimal("2E+1")])
def test_a_count_comes_back_from_the_database_as_a_whole_number(number):
    assert whole(number) == 20


def test_a_number_with_a_fraction_was_never_a_count():
    with pytest.raises(ValueError, match=r"20.5 is not a whole number of people"):
        whole(Decimal("20.5"))
