"""Hazard ratios from print, and people behind curves."""

import math

import numpy as np
import pytest

from meta.stats import InvalidInput, UnknownOption
from meta.stats import conversions as c


def test_parmars_and_tierneys_roads():
    found = c.hazard_from_ci(0.5, 0.98, hr=0.7)
    assert found["log_hr"] == pytest.approx(-0.3567, abs=1e-4)
    assert (found["se"], found["v"], found["o_minus_e"]) == pytest.approx((0.1717, 33.931, -12.102), abs=1e-3)
    again = c.hazard_from_logrank(found["o_minus_e"], found["v"])
    assert again["hr"] == pytest.approx(0.7)
    p = math.erfc(abs(found["log_hr"]) / found["se"] / math.sqrt(2))
    assert c.hazard_from_p(0.7, p)["v"] == pytest.approx(found["v"], rel=1e-9)
    assert c.hazard_from_ci(0.5, 2)["hr"] == pytest.approx(1)


def test_a_logrank_p_with_events():
    found = c.hazard_from_p_and_events(0.03, "benefit", events=40)
    assert (found["z"], found["v"], found["o_minus_e"], found["hr"]) == pytest.approx(
        (2.1701, 10, -6.8624, 0.5035), abs=1e-3
    )
    harm = c.hazard_from_p_and_events(0.03, "harm", events1=20, events2=20, p_is_bound=True)
    assert harm["hr"] == pytest.approx(1 / found["hr"])
    assert harm.notes


def test_expected_events():
    found = c.hazard_from_expected(10, 15, 20, 15)
    assert found["hr"] == pytest.approx(0.5)
    assert found["v"] == pytest.approx(7.5)


TIMES = [0, 7, 14, 21, 28]
ONE, OTHER = [1, 0.97, 0.93, 0.91, 0.9], [1, 0.93, 0.86, 0.82, 0.79]


def test_the_worked_curves():
    assert c.interval_counts(TIMES, ONE, 60).deaths == pytest.approx([1.8, 2.4, 1.2, 0.6])
    assert c.interval_counts(TIMES, OTHER, 58).deaths == pytest.approx([4.06, 4.06, 2.32, 1.74])
    found = c.hazard_from_curves(TIMES, ONE, OTHER, 60, 58)
    assert (found["log_hr"], found["se"]) == pytest.approx((-0.7772, 0.4899), abs=1e-4)
    assert found["deaths1"] == pytest.approx(6.0)


def test_censoring_starts_after_the_shortest_follow_up():
    free = c.interval_counts(TIMES, ONE, 60)
    some = c.interval_counts(TIMES, ONE, 60, follow_up_min=10, follow_up_max=40)
    assert some.censored[0] == 0
    assert all(lost > 0 for lost in some.censored[1:])
    # in the interval that holds it, only from there on: 60 left after 1.8 deaths, half of (14 - 10)/(40 - 10)
    assert some.censored[1] == pytest.approx(58.2 * 0.5 * 4 / 30)
    assert sum(some.deaths) < sum(free.deaths)
    with_censoring = c.hazard_from_curves(TIMES, ONE, OTHER, 60, 58, follow_up_min=10, follow_up_max=40)
    assert with_censoring["log_hr"] == pytest.approx(-0.7772, abs=0.05)


def test_intervals_without_deaths_are_joined():
    flat = c.hazard_from_curves([0, 1, 2, 3, 4], [1, 1, 0.9, 0.9, 0.8], [1, 0.9, 0.9, 0.8, 0.75], 50, 50)
    joined = c.hazard_from_curves([0, 2, 4], [1, 0.9, 0.8], [1, 0.9, 0.75], 50, 50)
    assert flat["log_hr"] == pytest.approx(joined["log_hr"], rel=0.05)
    late = c.hazard_from_curves([0, 1, 2], [1, 0.9, 0.9], [1, 0.9, 0.8], 50, 50)
    assert late["deaths2"] == pytest.approx(10)


def test_nobody_is_left_at_a_survival_of_zero():
    assert c.interval_counts([0, 1, 2, 3], [1, 0.5, 0, 0], 10).deaths == pytest.approx([5, 5, 0])


def kaplan_meier(times, events):
    order = np.lexsort((~np.array(events), times))
    t, e = np.array(times)[order], np.array(events)[order]
    s, curve = 1.0, {0.0: 1.0}
    for i in range(len(t)):
        if e[i]:
            s *= 1 - 1 / (len(t) - i)
            curve[float(t[i])] = s
    return curve


def test_people_are_reconstructed_from_curve_and_numbers_at_risk():
    rng = np.random.default_rng(11)
    death, lost = rng.exponential(20, 120), rng.uniform(5, 40, 120)
    t, e = np.round(np.minimum(death, lost), 3), death <= lost
    curve = kaplan_meier(t, e)
    marks = [0, 6, 12, 18, 24]
    at_risk = [int((t >= mark).sum()) for mark in marks]
    found = c.reconstruct(list(curve), list(curve.values()), marks, at_risk)
    assert len(found.times) == 120
    assert sum(found.events) == pytest.approx(int(e.sum()), abs=3)
    assert list(found.times) == sorted(found.times)
    again = kaplan_meier(found.times, found.events)
    for when in (5, 10, 20):
        was = min(s for x, s in curve.items() if x <= when)
        assert min(s for x, s in again.items() if x <= when) == pytest.approx(was, abs=0.02)
    told = c.reconstruct(list(curve), list(curve.values()), marks[:1], at_risk[:1], total_events=int(e.sum()))
    assert sum(told.events) == pytest.approx(int(e.sum()), abs=4)


def test_numbers_that_cannot_be_met_are_noted():
    found = c.reconstruct([0, 1, 2, 3], [1, 0.5, 0.5, 0.25], [0, 2], [10, 9], total_events=2)
    assert any("printed at risk" in note for note in found.notes)
    assert any("events are printed" in note for note in found.notes)
    dead = c.reconstruct([0, 1, 2], [1, 0, 0], [0], [10])
    assert sum(dead.events) == 10
    assert dead.notes == ()


@pytest.mark.parametrize(
    "call",
    [
        lambda: c.hazard_from_logrank(1, 0),
        lambda: c.hazard_from_logrank(1e6, 1),
        lambda: c.hazard_from_p(1, 0.5),
        lambda: c.logrank_variance(),
        lambda: c.logrank_variance(events=5, events1=1, events2=2),
        lambda: c.logrank_variance(events1=1),
        lambda: c.hazard_from_expected(0, 1, 1, 1),
        lambda: c.interval_counts([0], [1], 5),
        lambda: c.interval_counts([1, 2], [1, 0.5], 5),
        lambda: c.interval_counts([0, 2], [1, 1.5], 5),
        lambda: c.interval_counts(TIMES, ONE, 9, follow_up_min=3),
        lambda: c.interval_counts(TIMES, ONE, 9, follow_up_min=9, follow_up_max=3),
        lambda: c.hazard_from_curves([0, 1], [1, 1], [1, 0.5], 9, 9),
        lambda: c.hazard_from_curves([0, 1], [1, 0], [1, 0], 9, 9),
        lambda: c.reconstruct([0], [1], [0], [9]),
        lambda: c.reconstruct([1, 2], [1, 0.5], [0], [9]),
        lambda: c.reconstruct([0, 2, 1], [1, 0.5, 0.4], [0], [9]),
        lambda: c.reconstruct([0, 1], [1, 0.5], [1], [9]),
        lambda: c.reconstruct([0, 1], [1, 0.5], [0, 1], [5, 9]),
    ],
)
def test_impossible_survival_is_refused(call):
    with pytest.raises(InvalidInput):
        call()


def test_a_direction_is_needed():
    with pytest.raises(UnknownOption, match="benefit, harm"):
        c.hazard_from_p_and_events(0.03, "up", events=40)
