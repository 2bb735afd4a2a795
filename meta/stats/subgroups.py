"""Subgroup analysis: the same plan within each group, and whether the groups differ."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .distributions import chi2_upper
from .errors import InvalidInput
from .inputs import Table
from .pairwise import Pairwise, analyse, pairwise
from .plan import Plan
from .regression.design import design
from .regression.tau2 import estimate_tau2
from .results import NotEstimable, Pooled, plain

MANY_TESTS = (
    "Subgroup differences are observed, not randomised; the more subgroups are tested, the more differ by chance."
)


@dataclass(frozen=True, slots=True)
class Difference:
    """Q between groups: chi-square with (groups - 1) degrees of freedom, and the I2 of the groups' results."""

    q: float
    df: int
    p_value: float
    i2: float


@dataclass(frozen=True, slots=True, eq=False)
class Subgroups:
    """Results by group in the order of first appearance, the overall result, and the tests of differences.

    ``difference_common`` and ``difference_random`` compare the groups' common-effect and random-effects estimates.
    """

    groups: tuple[tuple[str, Pairwise], ...]
    overall: Pairwise
    difference_common: Difference | NotEstimable
    difference_random: Difference | NotEstimable
    common_tau2: bool

    @property
    def difference(self) -> Difference | NotEstimable:
        """The test that goes with the plan's model."""
        return self.difference_random if self.overall.plan.model == "random" else self.difference_common

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (MANY_TESTS, *self.overall.notes)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""

        def shown(value: Difference | NotEstimable) -> dict[str, Any]:
            answer: dict[str, Any] = (
                {"not_estimable": value.reason} if isinstance(value, NotEstimable) else plain(value)
            )
            return answer

        return {
            "groups": {level: result.to_dict() for level, result in self.groups},
            "overall": self.overall.to_dict(),
            "difference_common": shown(self.difference_common),
            "difference_random": shown(self.difference_random),
            "common_tau2": self.common_tau2,
            "notes": list(self.notes),
        }

    def summary(self) -> str:
        """One sentence a group, then the test of differences."""
        from .text import interval_text, p_text

        parts = []
        for level, result in self.groups:
            value = result.pooled
            said = value.reason if isinstance(value, NotEstimable) else interval_text(result, value)
            parts.append(f"{level} ({result.k} studies): {said}.")
        test = self.difference
        if isinstance(test, Difference):
            parts.append(f"Test of subgroup differences: {p_text(test.p_value)}, I² {test.i2:.0f} %.")
        return " ".join(parts)


def difference(values: Sequence[Pooled | NotEstimable]) -> Difference | NotEstimable:
    r"""Test of the groups' estimates, :math:`Q_b = \sum (\hat\theta_g - \bar\theta)^2 / SE_g^2`.

    Source: Borenstein et al. 2009, ch. 19; Cochrane Handbook 10.11.3.1.
    """
    known = [value for value in values if isinstance(value, Pooled) and value.standard_error > 0]
    if len(known) < 2:
        return NotEstimable("A test of differences needs at least two groups with a result.")
    y = np.array([value.estimate for value in known])
    w = np.array([value.standard_error for value in known]) ** -2.0
    mean = float(w.dot(y)) / float(w.sum())
    q = float(w.dot((y - mean) ** 2))
    df = len(known) - 1
    return Difference(q, df, chi2_upper(q, df), max(0.0, 100 * (q - df) / q) if q > 0 else 0.0)


def subgroups(arms: Table, groups: Sequence[str], *, common_tau2: bool = False, **options: Any) -> Subgroups:
    """Pool each group, and all together, by one plan.

    Args:
        arms: the data of all studies.
        groups: one label per study.
        common_tau2: one tau2 for all groups (estimated with the groups as moderator) instead of one each.
        **options: as ``pairwise``.

    Raises:
        InvalidInput: not one group per study.
    """
    return subgroups_of(pairwise(arms, **options), groups, common_tau2=common_tau2)


def subgroups_of(overall: Pairwise, groups: Sequence[str], *, common_tau2: bool = False) -> Subgroups:
    """As ``subgroups``, for a result that is there already.

    Raises:
        InvalidInput: not one group per study.
    """
    arms = overall.arms
    if len(groups) != len(arms):
        raise InvalidInput("There must be one group per study.")
    names = [str(group) for group in groups]
    levels = list(dict.fromkeys(names))
    tau2 = _common_tau2(overall, names) if common_tau2 and isinstance(overall.plan.tau2, str) else None
    results = []
    for level in levels:
        rows = [row for row, name in enumerate(names) if name == level]
        results.append((level, _group(arms.take(rows), overall.plan, tau2)))
    return Subgroups(
        tuple(results),
        overall,
        difference([result.common for _, result in results]),
        difference([_random(result) for _, result in results]),
        common_tau2,
    )


def _group(arms: Table, plan: Plan, tau2: float | None) -> Pairwise:
    return analyse(arms, plan if tau2 is None else replace(plan, tau2=tau2))


def _random(result: Pairwise) -> Pooled | NotEstimable:
    """The group's random-effects result, whatever the plan's model."""
    if result.plan.model == "random":
        return result.pooled
    return analyse(result.arms, replace(result.plan, model="random")).pooled


def _common_tau2(overall: Pairwise, names: Sequence[str]) -> float | None:
    effects = overall.effects
    y, v = effects.usable
    kept = [name for name, ok in zip(names, effects.estimable, strict=True) if ok]
    if len(y) <= len(set(kept)):
        return None
    x = design({"group": kept}, len(y), intercept=False).matrix
    return estimate_tau2(y, v, x, str(overall.plan.tau2)).value
