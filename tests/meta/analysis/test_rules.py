import random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from meta.analysis.rules import (
    PRESETS,
    REVMAN_5,
    Absolute,
    Check,
    Direction,
    Grouped,
    LeftOut,
    Settings,
    absolute,
    digest,
    direction,
    is_heterogeneous,
    null_of,
    rounded,
    usual_method,
)

HELPS, HARMS, UNSURE = Direction.BENEFIT, Direction.HARM, Direction.UNSURE


@pytest.mark.parametrize(
    ("measure", "baseline", "effect", "people"),
    [
        # Cochrane Handbook 14.1.5: 1000 × (OR × risk) / (1 − risk + OR × risk)
        ("OR", 0.5, (1.0, 0.5, 2.0), Absolute(500, 500, 333, 667)),
        ("OR", 0.2, (0.5, 0.25, 1.0), Absolute(200, 111, 59, 200)),
        ("RR", 0.2, (0.5, 0.25, 2.0), Absolute(200, 100, 50, 400)),
        ("RR", 0.8, (1.5, 1.1, 2.0), Absolute(800, 1000, 880, 1000)),
        ("RD", 0.2, (-0.1, -0.3, 0.1), Absolute(200, 100, 0, 300)),
        ("MD", 0.2, (-0.1, -0.3, 0.1), None),
    ],
)
def test_an_effect_in_people_of_a_thousand(measure, baseline, effect, people):
    estimate, lower, upper = effect
    assert absolute(measure, baseline=baseline, estimate=estimate, lower=lower, upper=upper) == people


ratios = st.floats(0.01, 100)
differences = st.floats(-1, 1)
risks = st.floats(0.001, 0.999)


@given(st.sampled_from(["OR", "RR", "RD"]), risks, st.data())
def test_a_greater_effect_never_means_fewer_people(measure, baseline, data):
    effects = sorted(data.draw(st.lists(differences if measure == "RD" else ratios, min_size=3, max_size=3)))
    lower, estimate, upper = effects
    people = absolute(measure, baseline=baseline, estimate=estimate, lower=lower, upper=upper)
    assert 0 <= people.lower <= people.with_it <= people.upper <= 1000


@given(risks)
def test_no_difference_leaves_the_baseline_as_it_is(baseline):
    for measure, null in (("OR", 1.0), ("RR", 1.0), ("RD", 0.0)):
        people = absolute(measure, baseline=baseline, estimate=null, lower=null, upper=null)
        assert people.with_it == people.without


@pytest.mark.parametrize(
    ("measure", "benefit_is", "lower", "upper", "reads"),
    [
        ("OR", "lower", 0.40, 0.87, HELPS),
        ("OR", "higher", 0.40, 0.87, HARMS),
        ("OR", "lower", 1.10, 2.00, HARMS),
        ("OR", "higher", 1.10, 2.00, HELPS),
        ("OR", "lower", 0.47, 1.12, UNSURE),
        ("OR", "lower", 0.47, 1.00, UNSURE),
        ("RR", "lower", 0.40, 0.99, HELPS),
        ("RD", "lower", -0.20, -0.01, HELPS),
        ("RD", "lower", -0.20, 0.01, UNSURE),
        ("RD", "higher", 0.01, 0.20, HELPS),
        ("RD", "lower", 0.40, 0.87, HARMS),
    ],
)
def test_an_interval_says_benefit_harm_or_neither(measure, benefit_is, lower, upper, reads):
    assert direction(measure, benefit_is=benefit_is, lower=lower, upper=upper) is reads


def test_the_plan_that_a_review_begins_with_is_that_of_revman_5():
    assert REVMAN_5.to_dict() == {
        "measure": "OR",
        "method": "MH",
        "model": "common",
        "tau2": "DL",
        "zero_cells": "revman5",
        "level": 0.95,
    }
    assert Settings() == REVMAN_5


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (1 / 3, 0.333333333333),
        (2, 2),
        (True, True),
        (None, None),
        ("é", "é"),
        ((1, 2.5), [1, 2.5]),
        ({1: {"a": (0.1 + 0.2,)}}, {"1": {"a": [0.3]}}),
    ],
)
def test_fractions_are_cut_to_twelve_digits_before_they_are_hashed(value, kept):
    assert rounded(value) == kept
    assert type(rounded(value)) is type(kept)


def test_equal_inputs_hash_alike_though_a_database_spells_them_differently():
    assert digest(-0.0) == digest(0.0)
    # PostgreSQL gives 1e22 back as a whole number
    assert digest(1.23456789012345e22) == digest(12345678901234500000000)


short_numbers = st.integers(-(10**9), 10**9).map(lambda number: number / 1000)
leaves = st.none() | st.booleans() | st.integers(-(10**12), 10**12) | short_numbers | st.text(max_size=5)
values = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4)
)


def shuffled(value, dice):
    match value:
        case dict():
            keys = list(value)
            dice.shuffle(keys)
            return {key: shuffled(value[key], dice) for key in keys}
        case list():
            return tuple(shuffled(item, dice) for item in value)
        case _:
            return value


def noisy(value, dice):
    match value:
        case dict():
            return {key: noisy(item, dice) for key, item in value.items()}
        case list():
            return [noisy(item, dice) for item in value]
        case float():
            return value * (1 + dice.uniform(-1e-13, 1e-13))
        case _:
            return value


@given(values, st.randoms(use_true_random=False))
def test_a_digest_does_not_depend_on_the_order_of_keys(value, dice):
    assert digest(shuffled(value, dice)) == digest(value)


@given(values, st.integers(0, 2**32))
def test_a_digest_does_not_depend_on_the_thirteenth_digit(value, seed):
    assert digest(noisy(value, random.Random(seed))) == digest(value)


@given(values, values)
def test_what_differs_hashes_differently(one, other):
    assume(rounded(one) != rounded(other))
    assert digest(one) != digest(other)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"a": [float("-inf")]}])
def test_no_result_holds_what_is_not_a_number(value):
    with pytest.raises(ValueError, match="not JSON compliant"):
        digest(value)


# --- Plans -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p_value", "i2", "heterogeneous"),
    [
        (0.5, 0.0, False),
        (0.0999999, 0.0, True),
        (0.10, 50.0, False),
        (0.5, 50.0000001, True),
        (0.5, 49.9999999, False),
        (0.0, None, False),
    ],
)
def test_the_rule_takes_random_effects_on_unrounded_values(p_value, i2, heterogeneous):
    assert is_heterogeneous(p_value=p_value, i2=i2) is heterogeneous


def test_a_first_plan_says_what_it_always_said_so_that_its_digest_stays():
    assert REVMAN_5.to_dict() == {
        "measure": "OR",
        "method": "MH",
        "model": "common",
        "tau2": "DL",
        "zero_cells": "revman5",
        "level": 0.95,
    }
    assert digest(REVMAN_5.to_dict()) == "d9a4d174bd3ddc14ac1ea0732eb06ab0c4f55aa93b95d1f2c8c2f276714ef3ab"


def test_settings_come_back_from_what_was_written_down():
    settings = Settings(
        measure="MD",
        method="IV",
        model="switch",
        interval="hk",
        prediction="t_km1",
        subgroups_by="Severity",
        groups=(Grouped(1, "Critical"),),
        left_out=(LeftOut(2, "Not randomised"),),
        checks=(Check.CUMULATIVE,),
    )
    plain = settings.to_dict()
    assert plain["groups"] == [{"study_id": 1, "group": "Critical"}]
    assert Settings.from_dict(plain) == settings
    assert Settings.from_dict(REVMAN_5.to_dict()) == REVMAN_5
    assert settings.has_subgroups
    assert not REVMAN_5.has_subgroups


@pytest.mark.parametrize(
    ("measure", "method"), [("OR", "MH"), ("RR", "MH"), ("RD", "MH"), ("PETO", "PETO"), ("MD", "IV"), ("AS", "IV")]
)
def test_a_measure_has_its_usual_method(measure, method):
    assert usual_method(measure) == method


@pytest.mark.parametrize(
    ("key", "continuous", "expected"),
    [
        ("revman-5", False, Settings()),
        ("revman-5", True, Settings(measure="MD", method="IV")),
        ("chen-2022", False, Settings(model="switch")),
        (
            "cochrane-2025",
            False,
            Settings(method="IV", model="random", tau2="REML", interval="hk", prediction="t_km1"),
        ),
    ],
)
def test_a_preset_fits_the_type_of_the_outcome(key, continuous, expected):
    assert PRESETS[key].settings(continuous=continuous) == expected


def test_a_measure_without_a_null_value_is_read_around_zero():
    assert (null_of("OR"), null_of("MD"), null_of("MN")) == (1.0, 0.0, 0.0)
