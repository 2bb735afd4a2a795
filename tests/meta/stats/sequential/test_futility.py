"""Futility bounds, required information, inference after looks, and the whole analysis."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta import stats
from meta.stats import InvalidInput, UnknownOption
from meta.stats import sequential as sq
from tests.meta.stats.test_laws import LAW

EQUAL = [0.2, 0.4, 0.6, 0.8, 1.0]


@pytest.mark.parametrize(
    ("beta", "bounds", "drift", "inflation"),
    [
        (0.1, [-1.9773, -0.2070, 0.7644, 1.4468, 2.0310], 3.3988, 1.0994),
        (0.2, [-1.2921, 0.1697, 0.9625, 1.5265, 2.0310], 3.0109, 1.1550),
    ],
)
def test_worked_futility_bounds(beta, bounds, drift, inflation):
    found = sq.futility(EQUAL, beta=beta)
    assert found.bounds == pytest.approx(bounds, abs=1e-4)
    assert (found.drift, found.inflation) == pytest.approx((drift, inflation), abs=1e-4)
    assert found.shown[0] is None
    json.dumps(found.to_dict(), allow_nan=False)


def test_gsdesigns_default():
    found = sq.futility(
        [1 / 3, 2 / 3, 1], alpha=0.025, sides=1, beta=0.1, spending="hsd", gamma=-4, beta_spending="hsd", beta_gamma=-2
    )
    assert found.alpha_bounds.upper == pytest.approx([3.0107, 2.5465, 1.9992], abs=1e-4)
    assert found.bounds == pytest.approx([-0.2387, 0.9411, 1.9992], abs=1e-4)
    assert found.inflation == pytest.approx(1.0699, abs=1e-4)


def test_a_wedge_around_nothing():
    found = sq.futility(EQUAL, beta=0.2, shape="wedge")
    assert found.bounds == pytest.approx([0.0130, 0.2929, 0.9245, 1.5186, 2.0310], abs=1e-4)
    assert found.drift == pytest.approx(3.0198, abs=1e-4)


@LAW
@given(st.lists(st.integers(1, 20), min_size=2, max_size=5), st.floats(0.05, 0.4), st.booleans())
def test_both_errors_are_met(steps, beta, suppress):
    times = (np.cumsum(steps) / sum(steps)).tolist()
    found = sq.futility(times, beta=beta, suppress_negative=suppress)
    regions = [
        [(-math.inf if low is None else low, math.inf if high is None else high)]
        for low, high in zip(found.bounds, found.alpha_bounds.upper, strict=True)
    ]
    up, down = sq.exits(times, regions, found.drift)
    assert sum(down) == pytest.approx(beta, abs=1e-6)
    assert sum(up) == pytest.approx(1 - beta, abs=1e-6)
    if suppress:
        assert all(bound is None or bound >= 0 for bound in found.bounds)


def test_beta_spent_almost_at_once_asks_for_a_large_drift():
    late = sq.futility([0.5, 1.0], beta=0.2, beta_spending="hsd", beta_gamma=50)
    assert late.bounds[0] == pytest.approx(late.alpha_bounds.upper[0], abs=1e-4)
    early = sq.futility([0.1, 1.0], beta=0.2, beta_spending="hsd", beta_gamma=200)
    assert early.drift > late.drift > sq.futility([0.5, 1.0], beta=0.2).drift


def test_too_early_for_a_futility_bound():
    assert sq.futility([0.001, 0.5, 1.0]).bounds[0] is None


def test_beta_that_outruns_alpha_ends_at_its_bound():
    found = sq.futility([0.5, 0.9, 1.0], beta=0.5, beta_spending="pocock", spending="pocock")
    assert all(low <= high for low, high in zip(found.bounds, found.alpha_bounds.upper, strict=True))


@pytest.mark.parametrize("options", [{"shape": "x"}, {"beta_spending": "x"}])
def test_other_futility_is_refused(options):
    with pytest.raises(UnknownOption):
        sq.futility(EQUAL, **options)
    with pytest.raises(InvalidInput, match="last look"):
        sq.futility([0.2, 0.6])


def test_required_information():
    found = sq.required_for_risks(0.12, rrr=0.2, beta=0.1)
    assert found.adjusted == pytest.approx(7029.47, abs=0.01)
    assert (found.whole, found.even) == (7030, 7030)
    chen = sq.required_for_risks(0.2148, rrr=0.3)
    assert (chen.whole, chen.even) == (1129, 1130)
    diverse = sq.required_for_risks(0.05, rrr=0.25, beta=0.1, diversity=0.5)
    assert (diverse.adjusted, diverse.even) == (pytest.approx(22506.9, abs=0.1), 22508)
    means = sq.required_for_means(4, 8, diversity=0.4)
    assert (means.unadjusted, means.adjusted) == pytest.approx((125.582, 209.303), abs=1e-3)
    assert sq.required_for_means(4, 8, beta=0.1).adjusted == pytest.approx(168.12, abs=0.01)
    by_odds = sq.required_for_risks(0.12, odds_ratio=0.0960 / 0.904 / (0.12 / 0.88), beta=0.1)
    assert by_odds.adjusted == pytest.approx(found.adjusted, rel=1e-9)
    json.dumps(found.to_dict(), allow_nan=False)


def test_trials_that_no_size_can_replace():
    # RR 0.7, tau² 0.05, power 0.9: 4.13, so 5
    needed = sq.required_trials(math.log(0.7), 0.05, sq.unit_variance_of_risks("RR", 0.2, 0.14), beta=0.1)
    assert needed.least == 5
    nu = 1 / 0.2 + 1 / 0.14 - 2
    z2 = (1.959964 + 1.281552) ** 2
    assert needed.participants == pytest.approx(2 * nu / (5 * math.log(0.7) ** 2 / z2 - 0.05), rel=1e-5)
    more = sq.required_trials(math.log(0.7), 0.05, nu, trials=20, beta=0.1)
    assert more.participants < needed.participants
    assert sq.unit_variance_of_risks("OR", 0.2, 0.1) == pytest.approx(1 / 0.2 + 1 / 0.8 + 1 / 0.1 + 1 / 0.9)
    assert sq.unit_variance_of_risks("RD", 0.2, 0.1) == pytest.approx(0.25)
    # without heterogeneity one trial of that size has the power
    one = sq.required_trials(1.0, 0.0, 4.0)
    assert one.participants == pytest.approx(2 * 4 * (1.959964 + 0.8416212) ** 2, rel=1e-5)


def test_diversity_is_the_share_between_studies():
    assert sq.diversity(0.00164, 0.031949) == pytest.approx(0.9487, abs=1e-4)
    assert sq.diversity(0.2, 0.1) == 0


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda: sq.required_for_risks(0.12), InvalidInput),
        (lambda: sq.required_for_risks(1.2, rrr=0.2), InvalidInput),
        (lambda: sq.required_for_risks(0.12, rrr=0), InvalidInput),
        (lambda: sq.required_for_risks(0.12, rrr=0.2, alpha=0), InvalidInput),
        (lambda: sq.required_for_risks(0.12, rrr=0.2, sides=3), UnknownOption),
        (lambda: sq.required_for_risks(0.12, rrr=0.2, diversity=1), InvalidInput),
        (lambda: sq.required_for_means(0, 1), InvalidInput),
        (lambda: sq.diversity(0, 1), InvalidInput),
        (lambda: sq.required_trials(0, 0.1, 1), InvalidInput),
        (lambda: sq.required_trials(0.1, 0.1, 1, trials=2), InvalidInput),
        (lambda: sq.unit_variance_of_risks("RR", 0, 0.1), InvalidInput),
        (lambda: sq.unit_variance_of_risks("HR", 0.2, 0.1), UnknownOption),
    ],
)
def test_sizes_that_make_no_sense_are_refused(call, error):
    with pytest.raises(error):
        call()


def test_an_interval_for_repeated_looks():
    bound = sq.boundaries([0.2, 0.4]).upper[1]
    found = sq.adjusted_interval(math.log(0.7), 0.15, bound)
    assert [math.exp(x) for x in (found.lower, found.upper)] == pytest.approx([0.4231, 1.1582], abs=1e-3)
    with pytest.raises(InvalidInput):
        sq.adjusted_interval(1, 0, 2)


def test_stage_wise_inference():
    found = sq.stage_wise(sq.boundaries([0.2, 0.4, 0.6]), 2.9)
    assert found.p_value == pytest.approx(0.004101, abs=1e-6)
    assert (found.lower, found.upper, found.median_unbiased) == pytest.approx((1.1867, 6.2638, 3.7286), abs=1e-3)
    mirrored = sq.stage_wise(sq.boundaries([0.2, 0.4, 0.6]), -2.9)
    assert (mirrored.lower, mirrored.upper) == pytest.approx((-found.upper, -found.lower))
    single = sq.stage_wise(sq.boundaries([1.0]), 1.5)
    assert single.median_unbiased == pytest.approx(1.5, abs=1e-8)
    assert single.p_value == pytest.approx(0.1336144, abs=1e-6)
    with pytest.raises(InvalidInput):
        sq.stage_wise(sq.boundaries([1.0]), math.nan)


def test_the_worked_confidence_sequence():
    found = sq.confidence_sequence(math.log(0.7), 0.15, 0.1)
    assert [math.exp(x) for x in (found.lower, found.upper)] == pytest.approx([0.442, 1.109], abs=1e-3)
    assert found.e_value == pytest.approx(4.31, abs=5e-3)
    assert sq.confidence_sequence(100, 0.1, 1).e_value is None
    with pytest.raises(InvalidInput):
        sq.confidence_sequence(1, 0.1, 0)


@LAW
@given(st.floats(-3, 3), st.floats(0.02, 2), st.floats(0.01, 2), st.floats(0.001, 0.5))
def test_a_confidence_sequence_excludes_nothing_when_the_evidence_says_so(estimate, se, prior, alpha):
    found = sq.confidence_sequence(estimate, se, prior, alpha=alpha)
    excludes = found.lower > 0 or found.upper < 0
    if abs(found.log_e_value + math.log(alpha)) > 1e-9:
        assert excludes == (found.log_e_value > -math.log(alpha))


def test_a_confidence_sequence_keeps_its_promise_over_sixty_looks():
    rng = np.random.default_rng(20260922)
    information = np.cumsum(rng.uniform(2, 10, 60))
    misses = 0
    for _ in range(1500):
        steps = np.diff(np.concatenate(([0.0], information)))
        score = np.cumsum(rng.normal(0, np.sqrt(steps)))
        grown = 1 + information * 0.1
        e = -0.5 * np.log(grown) + 0.1 * score**2 / (2 * grown)
        misses += bool((e >= math.log(20)).any())
    one = sq.confidence_sequence(float(score[-1] / information[-1]), float(information[-1] ** -0.5), 0.1)
    assert one.log_e_value == pytest.approx(e[-1], rel=1e-9)
    assert misses / 1500 < 0.05


TRIALS = [(12, 60, 20, 58), (9, 75, 17, 77), (30, 140, 44, 138), (22, 150, 35, 152)]


def cumulative():
    arms = stats.BinaryArms([], *zip(*TRIALS, strict=True))
    rows = stats.cumulative(arms, measure="RR", method="IV", model="random", tau2="DL").rows
    people = np.cumsum([n1 + n2 for _, n1, _, n2 in TRIALS]).tolist()
    return [row.pooled.estimate for row in rows], [row.pooled.standard_error for row in rows], people


def test_four_trials_from_end_to_end():
    y, se, people = cumulative()
    control = sum(row[2] for row in TRIALS) / sum(row[3] for row in TRIALS)
    needed = sq.required_for_risks(control, rrr=0.25).even
    assert needed == 1226
    found = sq.monitor(y, se, people, needed)
    assert [look.fraction for look in found.looks] == pytest.approx([0.0962, 0.2202, 0.4470, 0.6933], abs=1e-4)
    assert [look.z for look in found.looks] == pytest.approx([-1.7275, -2.3570, -3.0072, -3.5195], abs=1e-4)
    assert [look.boundary for look in found.looks] == pytest.approx([7.1299, 4.6348, 3.1559, 2.4654], abs=1e-3)
    assert [look.crossed for look in found.looks] == [False, False, False, True]
    last = found.looks[-1].adjusted
    assert [math.exp(x) for x in (last.lower, last.upper)] == pytest.approx([0.4541, 0.8702], abs=1e-3)
    assert found.verdict == "TSA_BENEFIT"
    assert sq.monitor(y, se, people, needed, benefit_is="higher").verdict == "TSA_HARM"
    assert "Cochrane" in found.note
    json.dumps(found.to_dict(), allow_nan=False)


@pytest.mark.parametrize(
    ("z", "people", "options", "verdict"),
    [
        ([0.3], [20], {}, "TSA_NOT_EVALUABLE"),
        ([0.3, 0.2], [300, 600], {}, "TSA_INCONCLUSIVE"),
        ([0.3, 0.2], [300, 800], {"beta": 0.2}, "TSA_FUTILE"),
        ([0.3, 1.9], [300, 800], {"beta": 0.2}, "TSA_INCONCLUSIVE"),
        ([0.3, 0.2], [300, 1000], {}, "TSA_RIS_REACHED_NS"),
        ([0.3, 0.2, 0.1], [300, 1100, 1300], {}, "TSA_RIS_REACHED_NS"),
        ([0.3, -2.5], [300, 1100], {}, "TSA_BENEFIT"),
    ],
)
def test_verdicts(z, people, options, verdict):
    found = sq.monitor(z, [1.0] * len(z), people, 1000, **options)
    assert found.verdict == verdict
    assert found.sentence
    assert found.planned[-1][0] == 1.0


def test_early_and_close_looks_have_no_boundary():
    assert sq.evaluable([0.01, 0.2, 0.205, 0.5, 1.0, 1.4]) == [1, 3, 4]
    found = sq.monitor([1, 1, 1], [1, 1, 1], [200, 205, 500], 1000)
    assert [look.boundary is None for look in found.looks] == [False, True, False]
    assert found.looks[1].adjusted is None


@pytest.mark.parametrize(
    ("arguments", "options", "error"),
    [
        (([], [], [], 100), {}, InvalidInput),
        (([1], [1, 2], [1], 100), {}, InvalidInput),
        (([1], [0], [1], 100), {}, InvalidInput),
        (([1, 1], [1, 1], [5, 4], 100), {}, InvalidInput),
        (([1], [1], [5], 100), {"benefit_is": "left"}, UnknownOption),
    ],
)
def test_looks_that_make_no_sense_are_refused(arguments, options, error):
    with pytest.raises(error):
        sq.monitor(*arguments, **options)
