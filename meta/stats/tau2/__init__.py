"""Estimators of the between-study variance tau2, by name."""

from meta.stats.errors import UnknownOption
from meta.stats.results import NotEstimable

from .base import Array, Tau2
from .closed import dersimonian_laird, hedges, hunter_schmidt, sidik_jonkman
from .likelihood import maximum_likelihood
from .moments import paule_mandel

__all__ = ["ESTIMATORS", "Tau2", "estimate_tau2"]

ESTIMATORS: dict[str, str] = {
    "DL": "DerSimonian-Laird: RevMan 5's only method; quick, a little low when there are few studies.",
    "REML": "Restricted maximum likelihood: the default of Cochrane since 2025; right for most analyses.",
    "ML": "Maximum likelihood: needed to compare models; too low when there are few studies.",
    "PM": "Paule-Mandel: makes few assumptions, good with unequal study sizes.",
    "PMM": "Median-unbiased Paule-Mandel: too high as often as too low.",
    "EB": "Empirical Bayes (Morris): gives the same value as Paule-Mandel.",
    "HE": "Hedges: gives every study the same weight; for very heterogeneous studies of similar size.",
    "SJ": "Sidik-Jonkman: never zero; for large heterogeneity.",
    "HS": "Hunter-Schmidt: precise but too low when there are few studies.",
    "HSk": "Hunter-Schmidt corrected for few studies.",
}
"""Every estimator with one sentence on when it is right."""


def estimate_tau2(y: Array, v: Array, method: str, *, q: float | None = None) -> Tau2 | NotEstimable:
    """The between-study variance by the named method.

    Args:
        y, v: effects and positive variances, shape (k,).
        method: a key of ``ESTIMATORS``.
        q: for "DL" only, the Q to use instead of the one around the inverse-variance mean.

    Raises:
        UnknownOption: no such method.
    """
    if method not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {method!r}; known are {', '.join(ESTIMATORS)}.")
    if len(y) < 2:
        return NotEstimable("The spread between studies needs at least two studies.")
    match method:
        case "DL":
            return dersimonian_laird(y, v, q)
        case "REML" | "ML":
            return maximum_likelihood(y, v, restricted=method == "REML")
        case "PM" | "EB" | "PMM":
            return paule_mandel(y, v, method=method)
        case "HE":
            return hedges(y, v)
        case "SJ":
            return sidik_jonkman(y, v)
        case _:
            return hunter_schmidt(y, v, small_sample=method == "HSk")
