"""Mean and SD from medians of skewed data: log-normal, quantile fit, Box-Cox, likelihood."""

import math

import numpy as np
import pytest
import scipy.stats

from meta.stats import InvalidInput
from meta.stats import conversions as c
from meta.stats.conversions import box_cox, quantile_fit
from meta.stats.conversions.medians import summary

SKEWED = [c.mean_sd_if_lognormal, c.mean_sd_by_quantile_fit, c.mean_sd_by_box_cox, c.mean_sd_by_likelihood]


def points(distribution, n, *, extremes=True, quartiles=True):
    q = distribution.ppf([1 / n, 0.25, 0.5, 0.75, 1 - 1 / n])
    found = {"median": q[2], "n": n}
    if quartiles:
        found |= {"q1": q[1], "q3": q[3]}
    if extremes:
        found |= {"minimum": q[0], "maximum": q[4]}
    return found


@pytest.mark.parametrize("function", SKEWED)
@pytest.mark.parametrize(("extremes", "quartiles"), [(True, False), (False, True), (True, True)])
def test_log_normal_data_give_back_their_moments(function, extremes, quartiles):
    distribution = scipy.stats.lognorm(0.4, scale=math.exp(2))
    found = function(**points(distribution, 400, extremes=extremes, quartiles=quartiles))
    assert found["mean"] == pytest.approx(distribution.mean(), rel=0.03)
    assert found["sd"] == pytest.approx(distribution.std(), rel=0.12)
    assert found.kind == "estimated"


@pytest.mark.parametrize("function", SKEWED[:3])
@pytest.mark.parametrize("factor", [1e-3, 1e4])
def test_units_do_not_matter(function, factor):
    given = points(scipy.stats.gamma(4, scale=3), 60)
    scaled = {name: value if name == "n" else value * factor for name, value in given.items()}
    before, after = function(**given), function(**scaled)
    assert after["mean"] == pytest.approx(before["mean"] * factor, rel=1e-5)
    assert after["sd"] == pytest.approx(before["sd"] * factor, rel=1e-5)


def test_where_the_unit_matters_it_is_said():
    tiny = {
        name: value if name == "n" else value / 1000
        for name, value in points(scipy.stats.gamma(4, scale=3), 60).items()
    }
    assert "unit" in c.mean_sd_by_likelihood(**tiny).notes[0]


@pytest.mark.parametrize(
    ("name", "distribution"),
    [
        ("normal", scipy.stats.norm(-5, 3)),
        ("log-normal", scipy.stats.lognorm(0.8, scale=3)),
        ("gamma", scipy.stats.gamma(2.5, scale=7)),
        ("weibull", scipy.stats.weibull_min(3.1, scale=11)),
        ("beta", scipy.stats.beta(0.7, 1.4)),
    ],
)
def test_exact_quantiles_lead_to_their_family(name, distribution):
    given = points(distribution, 200)
    found = c.mean_sd_by_quantile_fit(**given)
    assert found.notes == (f"Nearest family: {name}.",)
    assert found["mean"] == pytest.approx(distribution.mean(), rel=1e-5)
    assert found["sd"] == pytest.approx(distribution.std(), rel=1e-5)


def test_a_minimum_of_zero_is_moved_a_little():
    found = c.mean_sd_by_quantile_fit(minimum=0, median=5, maximum=30, n=50)
    assert found["mean"] > 5


def test_a_weibull_of_any_shape_starts_somewhere():
    for spread in (1e-4, 0.5, 1e3):
        shape, scale = quantile_fit.weibull_of(10.0, 10.0 * spread)
        assert shape > 0
        assert scale > 0


def test_back_transformation_is_the_mean_of_draws():
    rng = np.random.default_rng(20260922)
    for location, scale, power in ((2.0, 0.4, 0.0), (3.0, 0.8, 0.5), (1.0, 1.5, 0.4), (12.8, 1.5, 0.52)):
        x = rng.normal(location, scale, 400_000)
        if power:
            x = x[(x >= -1 / power) & (x <= 2 * location + 1 / power)]
        draws = np.exp(x) if not power else (x * power + 1) ** (1 / power)
        mean, sd = box_cox.back_transformed(location, scale, power)
        assert mean == pytest.approx(draws.mean(), rel=5e-3)
        assert sd == pytest.approx(draws.std(), rel=1e-2)


def test_the_likelihood_does_not_lose_its_tails():
    s = summary(minimum=1, median=500, maximum=501, n=5000)
    assert math.isfinite(box_cox.log_likelihood(s, 0.0, 1.0))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: c.mean_sd_by_box_cox(q1=0, median=1, q3=2, n=20), "above 0"),
        (lambda: c.mean_sd_by_box_cox(q1=1, median=1, q3=2, n=20), "differ"),
        (lambda: c.mean_sd_if_lognormal(q1=-1, median=1, q3=2, n=20), "above 0"),
        (lambda: c.mean_sd_if_lognormal(q1=1e-9, median=1, q3=1e9, n=20), "too widely"),
        (lambda: c.mean_sd_by_quantile_fit(q1=1e-30, median=1, q3=1e30, n=50), "finite mean"),
    ],
)
def test_values_that_have_no_such_form_are_refused(call, words):
    with pytest.raises(InvalidInput, match=words):
        call()
