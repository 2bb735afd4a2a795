"""Caveats of a result, each a sentence that a page can show. Thresholds are named, with their reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from .continuity import double_zero
from .effects.binary import UNCORRECTED
from .inputs import BinaryArms
from .results import Interval, Pooled

if TYPE_CHECKING:
    from .pairwise import Pairwise

FEW_STUDIES = 5
"""Below this, tau2 is too uncertain to lean on; the page says so."""

FEW_FOR_PREDICTION = 5
"""Below this, a prediction interval says more about the lack of studies than about the next one."""

LARGE_EFFECT_FOR_PETO = 1.0
"""On the log scale (an odds ratio of about 0.37 or 2.7): Peto's method is biased beyond, and with unequal arms."""

SUBSTANTIAL_I2 = 50.0
"""Percent; Cochrane Handbook 10.10.2: from 50 to 90 percent may be substantial heterogeneity."""


def caveats(result: Pairwise) -> tuple[str, ...]:
    """All caveats that apply to a result."""
    return (*_about_studies(result), *_about_model(result))


def _about_studies(result: Pairwise) -> list[str]:
    notes = []
    for reason, count in sorted(Counter(reason for _, reason in result.effects.reasons).items()):
        labels = [result.effects.labels[row] for row, why in result.effects.reasons if why == reason]
        notes.append(f"{', '.join(labels)}: {'no' if count == 1 else 'have no'} effect of their own ({reason}).")
    arms = result.arms
    rule = result.plan.continuity
    if isinstance(arms, BinaryArms) and result.measure.code not in UNCORRECTED and rule.studies.add:
        a, b, c, d = arms.cells
        empty = ((a == 0) | (b == 0) | (c == 0) | (d == 0)) & result.effects.estimable
        if result.measure.is_ratio:
            empty = empty & ~double_zero(arms.cells)
        if empty.any():
            what = "" if rule.pooled.add or result.plan.method != "MH" else " (shown effects only, not the pooled one)"
            notes.append(
                f"Empty cells were corrected in {int(empty.sum())} of {len(arms)} studies, rule {rule.name}{what}; "
                "compare with methods that need no correction."
            )
    return notes


def _about_model(result: Pairwise) -> list[str]:
    notes = []
    spread, value, plan = result.heterogeneity, result.pooled, result.plan
    if result.k == 1:
        notes.append("There is one study only: nothing is pooled, and heterogeneity cannot be judged.")
    elif plan.model == "random" and result.k < FEW_STUDIES:
        notes.append(f"With {result.k} studies the spread between studies (tau²) is very uncertain.")
    if plan.model == "common" and spread.i2 is not None and spread.i2 >= SUBSTANTIAL_I2:
        notes.append(
            f"The studies differ more than chance explains (I² {spread.i2:.0f} %); a common effect is doubtful."
        )
    if spread.search is not None and "several peaks" in spread.search:
        notes.append("The likelihood of tau² has several peaks; the highest was taken.")
    if not isinstance(value, Pooled):
        return notes
    if plan.method == "PETO" and abs(value.estimate) > LARGE_EFFECT_FOR_PETO:
        notes.append("Peto's method is biased for effects as large as this one; compare with Mantel-Haenszel.")
    if plan.model == "random" and value.method == "hk" and result.k == 2:
        notes.append("With two studies the Hartung-Knapp interval is very wide, or by chance far too narrow.")
    if plan.model == "random" and value.method == "hk" and spread.tau2 == 0:
        notes.append("tau² is 0: the Hartung-Knapp interval can then be narrower than the common-effect one.")
    if isinstance(result.prediction, Interval) and result.k < FEW_FOR_PREDICTION:
        notes.append(f"A prediction interval from {result.k} studies is hardly informative.")
    return notes
