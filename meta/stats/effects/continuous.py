r"""Two arms, a measured quantity. m, s, n: mean, standard deviation and number of participants; 1 is the experimental
arm. Every formula has arrays of shape (k,) in and out; what is undefined is NaN and is set aside by ``effects_of``."""

from collections.abc import Callable

import numpy as np

from meta.stats.errors import UnknownOption
from meta.stats.inputs import ContinuousArms

from .base import NO_NUMBER, Array, Effects, collect

Pair = tuple[Array, Array]
Formula = Callable[[Array, Array, Array, Array, Array, Array], Pair]

NOT_DEFINED = "an arm is too small, or a mean or standard deviation has the wrong sign, for this measure"


def bias_factor(df: Array) -> Array:
    r"""Hedges' exact correction for few participants, near 1 - 3/(4 df - 1).

    .. math:: J(m) = \frac{\Gamma(m/2)}{\sqrt{m/2}\,\Gamma((m-1)/2)}

    Above 100 degrees of freedom the Stirling series of its logarithm is used, whose error is below 1e-15; a
    difference of large log-gammas would lose digits. Not defined (NaN) below 2 degrees of freedom.

    Source: Hedges 1981.
    """
    half = 0.5 * np.asarray(df, dtype=np.float64)
    with np.errstate(all="ignore"):
        u = 1.0 / half
        series = np.exp(-u * (3 / 8 + u * (1 / 8 + u * (3 / 64 + u * (1 / 64 + u * (3 / 640 + u / 384))))))
        if (half > 50.0).all():
            return series
        from meta.stats.distributions import special

        gammaln = special().gammaln
        exact = np.exp(gammaln(half) - 0.5 * np.log(half) - gammaln(half - 0.5))
    return np.where(half > 50.0, series, np.where(half >= 1.0, exact, np.nan))


def pooled_variance(s1: Array, n1: Array, s2: Array, n2: Array) -> Array:
    """Within-arm variance, both arms together, weighted by degrees of freedom."""
    pooled: Array = ((n1 - 1) * s1**2 + (n2 - 1) * s2**2) / (n1 + n2 - 2)
    return pooled


def mean_difference(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Difference of the means (units of the outcome).

    .. math:: m_1 - m_2, \qquad v = s_1^2/n_1 + s_2^2/n_2

    Source: Deeks & Higgins 2010.
    """
    return m1 - m2, s1**2 / n1 + s2**2 / n2


def mean_difference_pooled(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """Difference of the means, one variance for both arms: v = sp^2 (1/n1 + 1/n2). Source: metafor ``vtype = "HO"``."""
    return m1 - m2, pooled_variance(s1, n1, s2, n2) * (1 / n1 + 1 / n2)


def _cohen(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Array:
    d: Array = (m1 - m2) / np.sqrt(pooled_variance(s1, n1, s2, n2))
    return d


def hedges_g(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Hedges' g with the exact bias factor J, in standard deviations.

    .. math:: g = J(n_1 + n_2 - 2)\,\frac{m_1 - m_2}{s_p}, \qquad v = \frac1{n_1} + \frac1{n_2} + \frac{g^2}{2(n_1+n_2)}

    Source: Hedges 1981; variance: large-sample, metafor ``vtype = "LS"``.
    """
    g = bias_factor(n1 + n2 - 2) * _cohen(m1, s1, n1, m2, s2, n2)
    return g, 1 / n1 + 1 / n2 + g**2 / (2 * (n1 + n2))


def hedges_g_borenstein(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Hedges' g with :math:`v = J^2 (1/n_1 + 1/n_2 + d^2 / (2(n_1+n_2)))`.

    Source: Borenstein et al. 2009; metafor ``vtype = "LS2"``.
    """
    j, d = bias_factor(n1 + n2 - 2), _cohen(m1, s1, n1, m2, s2, n2)
    return j * d, j**2 * (1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2)))


def hedges_g_unbiased(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Hedges' g with the unbiased variance :math:`1/n_1 + 1/n_2 + (1 - \frac{m-2}{m J^2}) g^2`, m = n1 + n2 - 2.

    Source: Hedges 1983; metafor ``vtype = "UB"``.
    """
    m = n1 + n2 - 2
    j = bias_factor(m)
    g = j * _cohen(m1, s1, n1, m2, s2, n2)
    return g, 1 / n1 + 1 / n2 + (1 - (m - 2) / (m * j**2)) * g**2


def hedges_g_revman(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Review Manager's g, N = n1 + n2.

    .. math:: g = d\Bigl(1 - \frac{3}{4N - 9}\Bigr), \qquad v = \frac{N}{n_1 n_2} + \frac{g^2}{2(N - 3.94)}

    Source: Deeks & Higgins 2010.
    """
    n = n1 + n2
    g = _cohen(m1, s1, n1, m2, s2, n2) * (1 - 3 / (4 * n - 9))
    return g, n / (n1 * n2) + g**2 / (2 * (n - 3.94))


def hedges_g_meta(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """Hedges' g with exact J and the variance of White & Thomas 2005, as R's meta with ``exact.smd = TRUE``."""
    n = n1 + n2
    j, d = bias_factor(n - 2), _cohen(m1, s1, n1, m2, s2, n2)
    g = j * d
    return g, n / (n1 * n2) + (1 - (n - 4) / ((n - 2) * j**2)) * g**2


def cohen_d(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """Cohen's d, not corrected for few participants; v = 1/n1 + 1/n2 + d^2/(2 N). Source: Cohen 1988."""
    d = _cohen(m1, s1, n1, m2, s2, n2)
    return d, 1 / n1 + 1 / n2 + d**2 / (2 * (n1 + n2))


def glass_delta(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Difference in standard deviations of the control arm, bias-corrected with J(n2 - 1).

    .. math:: \Delta = J(n_2 - 1) \frac{m_1 - m_2}{s_2}, \qquad v = 1/n_1 + 1/n_2 + \Delta^2/(2 n_2)

    Source: Glass 1976; metafor "SMD1".
    """
    delta = bias_factor(n2 - 1) * (m1 - m2) / s2
    return delta, 1 / n1 + 1 / n2 + delta**2 / (2 * n2)


def glass_delta_meta(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """Glass' delta, not bias-corrected, v = N/(n1 n2) + delta^2/(2(n2 - 1)), as R's meta."""
    delta = (m1 - m2) / s2
    return delta, (n1 + n2) / (n1 * n2) + delta**2 / (2 * (n2 - 1))


def unequal_variances(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Standardised by the root of the mean of both variances, which may differ; J with n1 + n2 - 2.

    .. math:: g = J \frac{m_1 - m_2}{\bar s},\; \bar s^2 = \frac{s_1^2 + s_2^2}{2}, \qquad
        v = \frac{g^2}{8 \bar s^4}\Bigl(\frac{s_1^4}{n_1-1} + \frac{s_2^4}{n_2-1}\Bigr)
            + \frac{1}{\bar s^2}\Bigl(\frac{s_1^2}{n_1-1} + \frac{s_2^2}{n_2-1}\Bigr)

    Source: Bonett 2008, 2009; as metafor 5 (3.8 multiplied v by J squared).
    """
    u1, u2 = s1**2, s2**2
    mean = (u1 + u2) / 2
    g = bias_factor(n1 + n2 - 2) * (m1 - m2) / np.sqrt(mean)
    spread = g**2 * (u1**2 / (n1 - 1) + u2**2 / (n2 - 1)) / (8 * mean**2)
    return g, spread + (u1 / (n1 - 1) + u2 / (n2 - 1)) / mean


def log_ratio_of_means(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Natural log of the ratio of the means; both must have the same sign.

    .. math:: \log(m_1/m_2), \qquad v = \frac{s_1^2}{n_1 m_1^2} + \frac{s_2^2}{n_2 m_2^2}

    Source: Hedges, Gurevitch & Curtis 1999; Friedrich et al. 2008.
    """
    return np.log(m1 / m2), s1**2 / (n1 * m1**2) + s2**2 / (n2 * m2**2)


def log_ratio_of_means_corrected(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Log ratio of means with the second-order bias correction, metafor's default since 4.8; the variance stays.

    .. math:: \log\frac{m_1}{m_2} + \frac12\Bigl(\frac{s_1^2}{n_1 m_1^2} - \frac{s_2^2}{n_2 m_2^2}\Bigr)

    Source: Lajeunesse 2015.
    """
    c1, c2 = s1**2 / (n1 * m1**2), s2**2 / (n2 * m2**2)
    return np.log(m1 / m2) + (c1 - c2) / 2, c1 + c2


def log_ratio_of_means_pooled(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """Log ratio of means with one variance for both arms. Source: metafor ``vtype = "HO"``."""
    pooled = pooled_variance(s1, n1, s2, n2)
    return np.log(m1 / m2), pooled * (1 / (n1 * m1**2) + 1 / (n2 * m2**2))


def log_ratio_of_means_pooled_corrected(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    """The bias-corrected log ratio of means with the variance of one common standard deviation."""
    estimate, _ = log_ratio_of_means_corrected(m1, s1, n1, m2, s2, n2)
    return estimate, log_ratio_of_means_pooled(m1, s1, n1, m2, s2, n2)[1]


def log_variability_ratio(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Natural log of the ratio of the standard deviations.

    .. math:: \log\frac{s_1}{s_2} + \frac{1}{2(n_1-1)} - \frac{1}{2(n_2-1)}, \qquad
        v = \frac{1}{2(n_1-1)} + \frac{1}{2(n_2-1)}

    Source: Nakagawa et al. 2015.
    """
    h1, h2 = 0.5 / (n1 - 1), 0.5 / (n2 - 1)
    return np.log(s1 / s2) + h1 - h2, h1 + h2


def log_variation_ratio(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Natural log of the ratio of the coefficients of variation, without any bias correction.

    .. math:: \log\frac{s_1/m_1}{s_2/m_2}, \qquad
        v = \sum_i \Bigl[\frac{1}{2(n_i-1)} + \frac{s_i^2}{n_i m_i^2}\Bigr]

    Source: Nakagawa et al. 2015.
    """
    c1, c2 = s1**2 / (n1 * m1**2), s2**2 / (n2 * m2**2)
    return np.log((s1 / m1) / (s2 / m2)), 0.5 / (n1 - 1) + 0.5 / (n2 - 1) + c1 + c2


def log_variation_ratio_corrected(m1: Array, s1: Array, n1: Array, m2: Array, s2: Array, n2: Array) -> Pair:
    r"""Log ratio of the coefficients of variation, corrected for the bias of its standard deviations and means.

    .. math:: \log\frac{s_1/m_1}{s_2/m_2} + \frac12\Bigl(\frac{1}{n_1-1} - \frac{1}{n_2-1}\Bigr)
        + \frac12\Bigl(\frac{s_2^2}{n_2 m_2^2} - \frac{s_1^2}{n_1 m_1^2}\Bigr)

    Source: Senior, Viechtbauer & Nakagawa 2020.
    """
    y, v = log_variation_ratio(m1, s1, n1, m2, s2, n2)
    c1, c2 = s1**2 / (n1 * m1**2), s2**2 / (n2 * m2**2)
    return y + 0.5 / (n1 - 1) - 0.5 / (n2 - 1) + (c2 - c1) / 2, v


FORMULAS: dict[str, dict[str, Formula]] = {
    "MD": {"separate": mean_difference, "pooled": mean_difference_pooled},
    "SMD": {
        "hedges": hedges_g,
        "revman5": hedges_g_revman,
        "borenstein": hedges_g_borenstein,
        "unbiased": hedges_g_unbiased,
        "meta-exact": hedges_g_meta,
        "cohen": cohen_d,
    },
    "SMD1": {"hedges": glass_delta, "meta": glass_delta_meta},
    "SMDH": {"hedges": unequal_variances},
    "ROM": {
        "plain": log_ratio_of_means,
        "corrected": log_ratio_of_means_corrected,
        "pooled": log_ratio_of_means_pooled,
        "pooled-corrected": log_ratio_of_means_pooled_corrected,
    },
    "VR": {"corrected": log_variability_ratio},
    "CVR": {"corrected": log_variation_ratio_corrected, "plain": log_variation_ratio},
}
"""Per measure its variants; the first is the one used if none is named."""


def effects_of(arms: ContinuousArms, measure: str, variant: str | None) -> Effects:
    """The studies' own effects by a variant of the formula.

    Raises:
        UnknownOption: no such variant.
    """
    variants = FORMULAS[measure]
    if variant is not None and variant not in variants:
        raise UnknownOption(f"{measure} has no variant {variant!r}; known are {', '.join(variants)}.")
    formula = variants[variant or next(iter(variants))]
    m1, s1, n1, m2, s2, n2 = arms.columns
    with np.errstate(all="ignore"):
        y, v = formula(m1, s1, n1, m2, s2, n2)
        return collect(arms.labels, y, v, ((~arms.complete, NO_NUMBER), (~np.isfinite(y + v), NOT_DEFINED)))
