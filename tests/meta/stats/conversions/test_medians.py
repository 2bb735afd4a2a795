"""Mean and SD from medians, under normality, with the gate before it."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, UnknownOption, conversions
from tests.meta.stats.test_laws import LAW, same

FIVE = {"minimum": 5, "q1": 8, "median": 12, "q3": 18, "maximum": 30, "n": 29}


def only(*names):
    return {name: FIVE[name] for name in (*names, "median", "n")}


def test_the_worked_examples():
    s1 = conversions.mean_sd_from_median(**only("minimum", "maximum"))
    assert (s1["mean"], s1["sd"]) == pytest.approx((13.3336, 6.1689), abs=1e-4)
    s2 = conversions.mean_sd_from_median(**only("q1", "q3"))
    assert (s2["mean"], s2["sd"]) == pytest.approx((12.7134, 7.7974), abs=1e-4)
    s3 = conversions.mean_sd_from_median(**FIVE, sd="shi")
    assert (s3["mean"], s3["sd"]) == pytest.approx((13.4103, 6.7316), abs=1e-4)
    assert conversions.mean_sd_from_median(**FIVE)["sd"] == pytest.approx(6.9832, abs=1e-4)
    assert conversions.mean_sd_from_median(**only("q1", "q3"), mean="wan").value == pytest.approx(38 / 3)


def test_both_ways_of_counting_the_spread():
    # Wan's printed tables: η(13) = 1.206, η(29) = 1.284, ξ(2) = 1.128, ξ(50) = 4.498
    assert conversions.quartiles_in_sds(13, "table") == pytest.approx(1.206, abs=5e-4)
    assert conversions.quartiles_in_sds(12, "table") == conversions.quartiles_in_sds(13, "table")
    assert conversions.quartiles_in_sds(29, "table") == pytest.approx(1.284, abs=5e-4)
    assert conversions.range_in_sds(2, "table") == pytest.approx(2 / math.sqrt(math.pi), rel=1e-12)
    assert conversions.range_in_sds(50, "table") == pytest.approx(4.498, abs=5e-4)
    for n in (1001, 100_001):
        for f in (conversions.quartiles_in_sds, conversions.range_in_sds):
            assert f(n, "table") == pytest.approx(f(n), rel=5e-3)
    # length of stay of a printed review is met by the table only
    shu = conversions.mean_sd_from_median(median=20, q1=16, q3=24, n=12, mean="wan", eta="table")
    assert shu["sd"] == pytest.approx(6.635, abs=5e-4)


def test_order_statistics_of_all_ranks_sum_to_nothing():
    for n in (3, 10, 57):
        assert sum(conversions.expected_order_statistic(r, n) for r in range(1, n + 1)) == pytest.approx(0, abs=1e-10)


def test_skewness_gate():
    s1 = conversions.skewness_test(**only("minimum", "maximum"))
    s2 = conversions.skewness_test(**only("q1", "q3"))
    s3 = conversions.skewness_test(**FIVE)
    assert [s.is_skewed for s in (s1, s2, s3)] == [True, False, True]
    assert (s1.statistic, s1.critical) == pytest.approx((0.44, 0.3587), abs=1e-3)
    assert (s2.statistic, s2.critical) == pytest.approx((0.2, 0.485), abs=1e-4)
    assert (s3.statistic, s3.critical) == pytest.approx((0.6185, 0.5554), abs=1e-4)
    assert "skewed" in conversions.mean_sd_from_median(**FIVE).notes[0]
    assert conversions.mean_sd_from_median(**only("q1", "q3")).notes == ()


def test_skewness_gate_errs_in_about_five_percent_of_normal_samples():
    rng = np.random.default_rng(20260922)
    draws = rng.normal(size=(4000, 41))
    draws.sort(axis=1)
    skewed = [
        conversions.skewness_test(
            q1=row[10], median=row[20], q3=row[30], minimum=row[0], maximum=row[40], n=41
        ).is_skewed
        for row in draws
    ]
    assert np.mean(skewed) == pytest.approx(0.05, abs=0.015)


@LAW
@given(
    st.lists(st.floats(-100, 100), min_size=5, max_size=5, unique=True).map(sorted),
    st.integers(3, 500), st.floats(0.01, 50), st.floats(-100, 100),
)  # fmt: skip
def test_units_scale_through(points, n, factor, shift):
    if points[3] - points[1] < 1e-3:
        return
    names = ("minimum", "q1", "median", "q3", "maximum")
    for sd in ("wan", "shi"):
        before = conversions.mean_sd_from_median(**dict(zip(names, points, strict=True)), n=n, sd=sd)
        moved = dict(zip(names, (factor * x + shift for x in points), strict=True))
        after = conversions.mean_sd_from_median(**moved, n=n, sd=sd)
        assert same(after["mean"], factor * before["mean"] + shift, 1e-6)
        assert same(after["sd"], factor * before["sd"], 1e-6)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"median": 5, "n": 20}, "no spread"),
        ({"median": 5, "q1": 4, "n": 20}, "Both quartiles"),
        ({"median": 5, "minimum": 4, "n": 20}, "Both extremes"),
        ({"median": 5, "q1": 6, "q3": 7, "n": 20}, "must not fall"),
        ({"median": 5, "q1": 4, "q3": 7, "n": 2}, "at least 3"),
        ({"median": 5, "q1": 5, "q3": 5, "n": 20}, "All values are equal"),
        ({"median": 5, "q1": 5, "q3": 5, "minimum": 1, "maximum": 9, "n": 20}, "quartiles are equal"),
        ({"median": None, "q1": 5, "q3": 6, "n": 20}, "finite"),
    ],
)
def test_summaries_that_cannot_be_are_refused(given, words):
    with pytest.raises(InvalidInput, match=words):
        conversions.mean_sd_from_median(**given)


@pytest.mark.parametrize("options", [{"mean": "x"}, {"sd": "x"}, {"eta": "x"}, {"sd": "shi"}])
def test_unknown_ways_are_refused(options):
    with pytest.raises(UnknownOption):
        conversions.mean_sd_from_median(**only("q1", "q3"), **options)


def test_hozo_takes_the_median_of_many():
    few, many = ({"minimum": 1, "median": 4, "maximum": 20, "n": n, "mean": "hozo"} for n in (25, 26))
    assert conversions.mean_sd_from_median(**few)["mean"] == pytest.approx(29 / 4)
    assert conversions.mean_sd_from_median(**many)["mean"] == 4
    assert conversions.mean_sd_from_median(**{**many, "mean": "wan"})["mean"] == pytest.approx(29 / 4)
    assert conversions.mean_sd_from_median(**FIVE, mean="wan")["mean"] == pytest.approx((5 + 16 + 24 + 36 + 30) / 8)
    with pytest.raises(UnknownOption, match="hozo"):
        conversions.mean_sd_from_median(**FIVE, mean="hozo")


def test_a_summary_has_only_what_it_was_given():
    from meta.stats.conversions.medians import summary

    with pytest.raises(InvalidInput, match="not given"):
        _ = summary(median=5, q1=4, q3=7, n=9).extremes
