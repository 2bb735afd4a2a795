"""A study's effect and its sampling variance, for many studies at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NO_NUMBER = "a number is missing"
EMPTY_CELL = "a cell is empty and no continuity correction was asked for"
NO_RATIO = "no events, or only events, in both arms: the ratio is not defined"
NO_VARIANCE = "the sampling variance is zero or not defined"


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Estimates and sampling variances on the scale of analysis.

    ``estimate`` and ``variance`` have shape (k,), one entry per study; where ``estimable`` is False both hold 0 as a
    placeholder and ``reasons`` tells why. The estimable studies alone are ``usable``.
    """

    labels: tuple[str, ...]
    estimate: Array
    variance: Array
    estimable: Flags
    reasons: tuple[tuple[int, str], ...] = ()

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def complete(self) -> bool:
        """Whether every study is estimable."""
        return not self.reasons

    @property
    def usable(self) -> tuple[Array, Array]:
        """Estimates and variances of the estimable studies only."""
        if not self.reasons:
            return self.estimate, self.variance
        return self.estimate[self.estimable], self.variance[self.estimable]

    def reason(self, row: int) -> str | None:
        """Why a study is not estimable, or None."""
        return dict(self.reasons).get(row)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe; None where not estimable."""

        def listed(array: Array) -> list[float | None]:
            return [float(x) if ok else None for x, ok in zip(array, self.estimable, strict=True)]

        return {
            "labels": list(self.labels),
            "estimate": listed(self.estimate),
            "variance": listed(self.variance),
            "not_estimable": {self.labels[row]: reason for row, reason in self.reasons},
        }


def collect(
    labels: Sequence[str],
    estimate: Array,
    variance: Array,
    why: Sequence[tuple[Flags, str]] = (),
    *,
    zero_variance: bool = False,
) -> Effects:
    """Effects from raw arrays that may hold NaN: what is not finite, or has no positive variance, is set aside.

    ``why`` lists masks with the reason that goes with each, the most telling first. ``zero_variance`` keeps studies
    whose variance is exactly zero (they can be shown, though inverse variance cannot weigh them).
    """
    least = 0.0 if zero_variance else np.nextafter(0.0, 1.0)
    good = np.isfinite(estimate) & (variance >= least) & (variance < np.inf)
    for mask, _ in why:
        good &= ~mask
    names = tuple(labels)
    if good.all():
        return Effects(names, estimate, variance, good)
    reasons = []
    for row in np.flatnonzero(~good):
        told = next((text for mask, text in why if mask[row]), NO_VARIANCE)
        reasons.append((int(row), told))
    return Effects(names, np.where(good, estimate, 0.0), np.where(good, variance, 0.0), good, tuple(reasons))


def from_estimates(labels: Sequence[str], estimate: Array, variance: Array) -> Effects:
    """Effects given as estimate and sampling variance; a missing or zero variance makes a study not estimable."""
    missing = np.isnan(estimate) | np.isnan(variance)
    return collect(labels, estimate, variance, ((missing, NO_NUMBER), (variance == 0, NO_VARIANCE)))
