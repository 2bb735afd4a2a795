"""Numbers are printed as reviewers print them."""

import pytest

from meta.plots import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.184, "0.18"), (-3.84, "−3.84"), (-0.001, "0.00"), (1234.5, "1234.50"), (123456.0, "1.23e5"), (-4e9, "−4.00e9")],
)
def test_two_decimals_and_a_true_minus_sign(value, text):
    assert numbers.decimal(value) == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_not_a_number_is_not_printed(value):
    with pytest.raises(ValueError, match="not a number"):
        numbers.decimal(value)


def test_an_estimate_in_a_plot_and_in_a_sentence():
    assert numbers.estimate(0.72, 0.49, 1.06) == "0.72 [0.49, 1.06]"
    assert numbers.in_words(-3.84, -6.19, -1.5) == "−3.84 (−6.19 to −1.50)"


@pytest.mark.parametrize(
    ("p", "text"),
    [
        (1.0, "P = 1.00"),
        (0.98, "P = 0.98"),
        (0.13, "P = 0.13"),
        (0.104, "P = 0.10"),
        (0.0451, "P = 0.045"),
        (0.05, "P = 0.05"),
        (0.0010018, "P = 0.001"),
        (0.00144, "P = 0.0014"),
        (0.0996, "P = 0.10"),
        (0.000012, "P = 0.000012"),
        (0.0000099, "P < 0.00001"),
        (0.0, "P < 0.00001"),
    ],
)
def test_p_values_have_two_significant_figures_and_a_floor(p, text):
    assert numbers.p_value(p) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.00"), (1e-9, "0.00"), (0.0004, "0.0004"), (0.0101, "0.010"), (0.1, "0.10"), (1.234, "1.23")],
)
def test_tau_squared_is_never_rounded_to_none(value, text):
    assert numbers.tau_squared(value) == text


def test_percentages():
    assert numbers.weight(45.06) == "45.1%"
    assert numbers.whole_percent(27.6) == "28%"
    assert numbers.level(0.95) == "95%"
    assert numbers.level(0.975) == "97.5%"
