"""Tests of small-study effects from the numbers in the arms, which do not mistake the tie between a log ratio and its own
standard error for asymmetry."""

from dataclasses import replace

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Numbers, effects_and_variances
from meta.stats.continuity import chosen_rows, continuity, double_zero
from meta.stats.effects import Effects, effects_of
from meta.stats.effects.binary import observed_minus_expected
from meta.stats.inputs import BinaryArms, ContinuousArms
from meta.stats.measures import measure
from meta.stats.pairwise import pairwise
from meta.stats.results import NotEstimable, Pooled
from meta.stats.sparse.hypergeometric import tables_of

from .asymmetry import CORRELATED, NOT_ONLY_PUBLICATION, AsymmetryTest, egger, weighted_test
from .line import line
from .ranks import rank_test

NOTHING = NotEstimable("No study has both events and people without events.")


def _own_effects(arms: BinaryArms) -> Effects:
    return effects_of(arms, measure("OR"), continuity("revman5"))


def harbord(arms: BinaryArms) -> AsymmetryTest | NotEstimable:
    r"""Harbord's test for odds ratios: the weighted line of Z/V on :math:`1/\sqrt V`.

    .. math:: Z = a - n_1 (a+c)/N, \qquad V = \frac{n_1 n_2 (a+c)(b+d)}{N^2 (N-1)}

    Studies without events, or with nothing but events, say nothing and are left out.

    Source: Harbord, Egger & Sterne 2006.
    """
    gap, v = observed_minus_expected(*chosen_rows(arms.cells, arms.complete))
    keep = v > 0
    if not keep.any():
        return NOTHING
    root = 1.0 / np.sqrt(v[keep])
    shown = shown_when.asymmetry(int(keep.sum()), 1.0 / v[keep])
    return weighted_test(
        "Harbord's test", line(gap[keep] / v[keep], v[keep], root), int(keep.sum()), shown,
        (*shown.unmet, NOT_ONLY_PUBLICATION), limits=False,
    )  # fmt: skip


def peters(arms: BinaryArms) -> AsymmetryTest | NotEstimable:
    r"""Peters' test for odds ratios: the line of log odds ratios on 1/N, weights :math:`(1/(a+c) + 1/(b+d))^{-1}`.

    Source: Peters et al. 2006.
    """
    effects = _own_effects(arms)
    if not effects.estimable.any():
        return NOTHING
    a, b, c, d = chosen_rows(arms.cells, effects.estimable)
    events, none = a + c, b + d
    w = events * none / (events + none)
    shown = shown_when.asymmetry(len(w), effects.usable[1])
    return weighted_test(
        "Peters' test", line(effects.usable[0], w, 1.0 / (events + none)), len(w), shown,
        (*shown.unmet, NOT_ONLY_PUBLICATION), limits=True,
    )  # fmt: skip


def deeks(arms: BinaryArms) -> AsymmetryTest | NotEstimable:
    r"""Deeks' test for (diagnostic) odds ratios: the line on :math:`1/\sqrt{ESS}` with weights
    :math:`ESS = 4 n_1 n_2/(n_1 + n_2)`.

    Source: Deeks, Macaskill & Irwig 2005.
    """
    effects = _own_effects(arms)
    if not effects.estimable.any():
        return NOTHING
    a, b, c, d = chosen_rows(arms.cells, effects.estimable)
    n1, n2 = a + b, c + d
    size = 4.0 * n1 * n2 / (n1 + n2)
    shown = shown_when.asymmetry(len(size), effects.usable[1])
    return weighted_test(
        "Deeks' test", line(effects.usable[0], size, 1.0 / np.sqrt(size)), len(size), shown,
        (*shown.unmet, NOT_ONLY_PUBLICATION), limits=True,
    )  # fmt: skip


def arcsine_egger(arms: BinaryArms) -> AsymmetryTest | NotEstimable:
    """Egger's test on arcsine differences, whose variance does not depend on the events. Source: Rücker 2008."""
    effects = effects_of(arms, measure("AS"), continuity("revman5"))
    found = egger(*effects.usable)
    return found if isinstance(found, NotEstimable) else _named(found, "Rücker's arcsine test")


def schwarzer(arms: BinaryArms) -> AsymmetryTest | NotEstimable:
    r"""Schwarzer's test: Kendall's correlation of :math:`(a - E)/\sqrt{V}` with 1/V.

    E and V are mean and variance of a, given the margins and the Mantel-Haenszel odds ratio (0.5 added to the cells of
    studies with an empty one).

    Source: Schwarzer, Antes & Schumacher 2007.
    """
    pooled = pairwise(arms, measure="OR", method="MH").pooled
    if not isinstance(pooled, Pooled):
        return NOTHING
    keep = arms.complete & ~double_zero(arms.cells)
    tables = tables_of(arms, keep)
    mean, variance = tables.moments(np.full(len(tables), pooled.estimate))
    score = (tables.events - mean) / np.sqrt(variance)
    return rank_test("Schwarzer's test", score, 1.0 / variance, 1.0 / variance)


def pustejovsky(arms: ContinuousArms, *, variant: str = "meta-exact") -> AsymmetryTest | NotEstimable:
    r"""Pustejovsky and Rodgers' test for standardised mean differences: the line on :math:`\sqrt{1/n_1 + 1/n_2}`.

    Source: Pustejovsky & Rodgers 2019.
    """
    effects = effects_of(arms, measure("SMD"), continuity("revman5"), variant)
    y, v = effects_and_variances(*effects.usable)
    n1, n2 = (arms.columns[i][effects.estimable] for i in (2, 5))
    shown = shown_when.asymmetry(len(y), v)
    return weighted_test(
        "Pustejovsky and Rodgers' test", line(y, 1.0 / v, np.sqrt(1.0 / n1 + 1.0 / n2)), len(y), shown,
        (*shown.unmet, NOT_ONLY_PUBLICATION), limits=True,
    )  # fmt: skip


def egger_on_ratios(estimate: Numbers, variance: Numbers) -> AsymmetryTest | NotEstimable:
    """Egger's test where effects depend on their standard errors (log ratios, SMD): computed, but not to be shown."""
    found = egger(estimate, variance)
    if isinstance(found, NotEstimable):
        return found
    return _hidden(found)


def _hidden(found: AsymmetryTest) -> AsymmetryTest:
    return replace(found, shown=shown_when.not_usual(found.shown, CORRELATED), notes=(*found.notes, CORRELATED))


def _named(found: AsymmetryTest, name: str) -> AsymmetryTest:
    return replace(found, name=name)
