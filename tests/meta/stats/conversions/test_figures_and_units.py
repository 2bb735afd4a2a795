"""Readings off figures with their error, and units."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.stats import InvalidInput, UnknownOption
from meta.stats import conversions as c
from tests.meta.stats.test_laws import LAW, same


def test_the_worked_readings():
    found = c.read_value(c.Axis(520, 0, 120, 200), 388)
    assert (found["value"], found["slope"], found["sd"]) == pytest.approx((66.0, -0.5, 0.6241), abs=1e-4)
    logarithmic = c.read_value(c.Axis(500, 1, 100, 1000, logarithmic=True), 260)
    assert logarithmic["value"] == pytest.approx(63.096, abs=1e-3)
    assert logarithmic.notes
    bar = c.sd_from_whisker(66, 90, 12, "SE")
    assert (bar["se"], bar["sd"]) == pytest.approx((24.0, 83.1384), abs=1e-4)
    assert c.sd_from_whisker(66, 90, 12, "SD")["sd"] == pytest.approx(24)
    assert c.sd_from_whisker(66, 90, 12, "CI")["se"] == pytest.approx(24 / 2.200985, rel=1e-6)


def test_the_error_of_a_reading_is_the_one_of_simulated_clicks():
    rng = np.random.default_rng(7)
    clicks = rng.normal([520, 120, 388], 1.0, (20_000, 3))
    values = 200 * (clicks[:, 2] - clicks[:, 0]) / (clicks[:, 1] - clicks[:, 0])
    assert c.read_value(c.Axis(520, 0, 120, 200), 388)["sd"] == pytest.approx(values.std(), rel=0.02)


def test_unlike_whiskers_are_noted():
    assert c.sd_from_whisker(66, 90, 12, "SE", other=42).notes == ()
    assert "log data" in c.sd_from_whisker(66, 90, 12, "SE", other=50).notes[0]


def test_rounding_and_added_variance():
    assert c.rounding_sd(1).value == pytest.approx(0.1 / math.sqrt(12))
    assert c.variance_with_reading(1.0, [0.3, 0.4]).value == pytest.approx(1.25)


def test_readers_are_compared():
    found = c.compare_readers([10, 20, 30, 44], [11, 19, 31, 40], 100)
    assert found.bias == pytest.approx(0.75)
    assert found.third_needed == (3,)
    assert found.mean == (10.5, 19.5, 30.5, 42.0)
    assert 0.9 < found.icc < 1
    assert c.compare_readers([5, 5], [5, 5], 10).icc is None
    # Shrout & Fleiss's ICC(2,1) of their own table, first two judges
    shrout = c.compare_readers([9, 6, 8, 7, 10, 6], [2, 1, 4, 1, 5, 2], 10)
    table = np.array([[9, 2], [6, 1], [8, 4], [7, 1], [10, 5], [6, 2]], dtype=float)
    rows, columns = table.mean(axis=1), table.mean(axis=0)
    msr, msc = 2 * rows.var(ddof=1), 6 * columns.var(ddof=1)
    mse = ((table - rows[:, None] - columns + table.mean()) ** 2).sum() / 5
    assert shrout.icc == pytest.approx((msr - mse) / (msr + mse + 2 * (msc - mse) / 6))


def test_units():
    assert c.convert_unit(12.4, "mg/dL", "mg/L").value == pytest.approx(124.0)
    assert c.convert_unit(35, "ng/L", "pg/mL").value == 35
    assert c.convert_unit(37, "°C", "°F", sd=1).values == pytest.approx({"value": 98.6, "sd": 1.8})
    assert c.convert_unit(1, "µg/mL DDU", "ng/mL FEU").value == pytest.approx(2000)
    assert c.convert_unit(1, "μg/L", "ng/mL").value == 1  # the Greek letter stands for the micro sign
    for there, here in (("nmol/L", "mg/L"), ("IU/mL", "pg/mL")):
        with pytest.raises(InvalidInput, match="no general factor"):
            c.convert_unit(1, there, here)
    with pytest.raises(UnknownOption, match="not known"):
        c.convert_unit(1, "furlong", "m")


@LAW
@given(st.sampled_from(sorted(c.UNITS)), st.floats(-1000, 1000), st.floats(0, 100))
def test_every_unit_leads_there_and_back(name, value, sd):
    dimension = c.UNITS[name].dimension
    for other in (key for key, unit in c.UNITS.items() if unit.dimension == dimension):
        there = c.convert_unit(value, name, other, sd=sd)
        back = c.convert_unit(there["value"], other, name, sd=there["sd"])
        assert same((back["value"], back["sd"]), (value, sd), 1e-9)


def test_values_outside_what_people_have_are_suspect():
    assert c.unit_suspicion(120, "mg/L", "CRP") is None
    assert "0.1 would" in c.unit_suspicion(1200, "mg/L", "CRP")
    assert "factor of" not in c.unit_suspicion(-5, "mg/L", "CRP")
    with pytest.raises(UnknownOption, match="No values"):
        c.unit_suspicion(1, "mg/L", "unobtainium")


@pytest.mark.parametrize(
    "call",
    [
        lambda: c.Axis(1, 0, 1, 5),
        lambda: c.Axis(1, 5, 2, 5),
        lambda: c.Axis(1, 0, 2, 5, logarithmic=True),
        lambda: c.sd_from_whisker(5, 5, 10, "SE"),
        lambda: c.compare_readers([1], [1], 5),
        lambda: c.compare_readers([1, 2], [1, 2], 0),
    ],
)
def test_readings_without_meaning_are_refused(call):
    with pytest.raises(InvalidInput):
        call()


def test_a_whisker_that_nobody_explains_is_no_data():
    with pytest.raises(UnknownOption, match="not explained"):
        c.sd_from_whisker(5, 6, 10, "unclear")
