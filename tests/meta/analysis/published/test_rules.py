"""A verdict is worked out from printed digits; nothing in it is typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.analysis.published.rules import (
    Claim,
    Printed,
    Recomputed,
    Sums,
    Unprintable,
    Verdict,
    compare,
    problems,
    sentence,
)

OF_CONTROLS = Sums(6, 93)


def found(estimate=0.2072, lower=0.02399, upper=1.7897, *, i2=0.0, is_ratio=True, control=OF_CONTROLS):
    return Recomputed(estimate, lower, upper, i2, is_ratio, Sums(0, 106), control)


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        (Claim("0.21", "0.02", "1.79"), Verdict.EXACT),
        (Claim("0.21"), Verdict.EXACT),
        (Claim("0.2", "0.0", "1.8", "0"), Verdict.EXACT),
        (Claim("0.207", "0.024", "1.790", "0", "0/106", "6/93"), Verdict.EXACT),
        (Claim("0.21", "0.02", "1.79", "0", "106", "93"), Verdict.EXACT),
        (Claim("0.21", "0.12", "1.79"), Verdict.MISPRINT),
        (Claim("0.21", "0.02", "17.9"), Verdict.MISPRINT),
        (Claim("2.10", "0.02", "1.79"), Verdict.MISPRINT),
        (Claim("0.21", "0.12", "1.97"), Verdict.NOT_REPRODUCED),  # two are off
        (Claim("0.21", "0.025", "1.79"), Verdict.NOT_REPRODUCED),  # off, but an interval that could be
        (Claim("0.21", "0.02", "1.79", "12"), Verdict.NOT_REPRODUCED),
        (Claim("0.21", "0.02", "1.79", "0", "0/106", "7/93"), Verdict.NOT_REPRODUCED),
        (Claim("0.22"), Verdict.NOT_REPRODUCED),
    ],
)
def test_a_claim_is_judged_at_its_own_digits(claim, verdict):
    assert compare(claim, found()).verdict is verdict


def test_nothing_recomputed_is_nothing_compared():
    comparison = compare(Claim("0.21"), None)
    assert comparison.verdict is Verdict.NOT_COMPARED
    assert "no recomputed result" in sentence(comparison)


def test_each_verdict_has_its_sentence():
    assert sentence(compare(Claim("0.21"), found())) == "Recomputed exactly, to every printed digit."
    assert sentence(compare(Claim("0.21", "0.12", "1.79"), found())) == (
        "A misprint: the printed numbers contradict each other (the lower limit: printed 0.12, recomputed 0.02), and "
        "the recomputed one mends them."
    )


def test_differences_lie_evenly_on_their_own_scale_and_not_as_logarithms():
    days = found(-3.8426, -6.1888, -1.4964, is_ratio=False)
    assert compare(Claim("-3.84", "-6.19", "-1.50"), days).verdict is Verdict.EXACT
    assert compare(Claim("\u22123.84", "\u20136.19", "\u22121.50"), days).verdict is Verdict.EXACT
    assert compare(Claim("-3.84", "-6.19", "-15.0"), days).verdict is Verdict.MISPRINT


def test_a_sum_of_people_is_compared_where_there_are_no_events():
    stay = found(control=Sums(None, 58.0))
    assert compare(Claim("0.21", control="58"), stay).verdict is Verdict.EXACT
    [difference] = compare(Claim("0.21", control="3/60"), stay).differences
    assert difference == ("control", "3/60", "58")


def test_i2_that_does_not_exist_cannot_be_the_printed_one():
    [difference] = compare(Claim("0.21", i2="0"), found(i2=None)).differences
    assert difference.recomputed == "not applicable"


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_a_number_stands_for_its_own_rounding(number, places):
    assert Printed(f"{number:.{places}f}").stands_for(number)


@given(st.floats(-1e3, 1e3), st.integers(0, 4), st.sampled_from([-1.5, 1.5]))
def test_a_number_further_off_than_half_a_digit_is_another(number, places, steps):
    assert not Printed(f"{number:.{places}f}").stands_for(float(f"{number:.{places}f}") + steps * 10**-places)


@pytest.mark.parametrize("text", ["", "0,18", "about 1", "1e3", "0.06-0.52"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unprintable):
        Printed(text)


def test_a_sum_that_is_none_is_refused():
    with pytest.raises(Unprintable):
        compare(Claim("0.21", control="six"), found())


def test_a_claim_says_which_of_its_fields_cannot_be_read():
    assert problems(Claim("0.21", "0.02", "1.79", "0", "0/106", "6/93")) == {}
    assert set(problems(Claim("x", "0,1", "1", "50 %", "1 of 2", "?"))) == {
        "estimate", "lower", "i2", "experimental", "control"
    }  # fmt: skip
    assert set(problems(Claim("", "0.1"))) == {"estimate", "upper"}
    assert set(problems(Claim("0.2", upper="0.3"))) == {"lower"}
