r"""The Doi plot and its LFK index of asymmetry.

Studies are put in order of their effects, each standing for as many people as its precision says
(:math:`N_i = 100 \max v / v_i`); z is the normal quantile of its middle rank. With c the effect where :math:`|z|` is smallest:

.. math:: LFK = \frac{5}{2k} \sum \Bigl[z_i + \frac{\max z - \min z}{\max y - \min y} (y_i - c)\Bigr]

Source: Furuya-Kanamori, Barendregt & Doi 2018.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from meta.stats import shown_when
from meta.stats.arrays import Numbers, effects_and_variances, names
from meta.stats.distributions import special
from meta.stats.results import NotEstimable, plain
from meta.stats.shown_when import ShownWhen

MINOR, MAJOR = 1.0, 2.0
"""Beyond these, asymmetry is called minor and major. Furuya-Kanamori 2018."""


@dataclass(frozen=True, slots=True)
class DoiPoint:
    """A study of the Doi plot: its effect and normal quantile."""

    label: str
    effect: float
    z: float


@dataclass(frozen=True, slots=True)
class Doi:
    """The points in order of their effects, the index, and what it is called."""

    index: float
    verdict: str
    points: tuple[DoiPoint, ...]
    shown: ShownWhen

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (
            *self.shown.unmet,
            "The index finds asymmetry too often where studies are many or differ (Schwarzer 2024).",
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "notes": list(self.notes)}


def doi(estimate: Numbers, variance: Numbers, *, labels: Sequence[str] | None = None) -> Doi | NotEstimable:
    """The Doi plot's points and the LFK index.

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 2.

    Raises:
        InvalidInput, TooFewStudies: the numbers cannot be used.
    """
    y, v = effects_and_variances(estimate, variance, least=2, what="A Doi plot")
    called = names(labels, len(y))
    order = np.argsort(y, kind="stable")
    y, v = y[order], v[order]
    size = 100.0 * float(v.max()) / v
    z = special().ndtri((np.cumsum(size) - 0.5 * size - 0.5) / size.sum())
    width = float(y[-1] - y[0])
    if width <= 0:
        return NotEstimable("All effects are equal, so there is no asymmetry to measure.")
    if not np.isfinite(z).all():
        return NotEstimable("The studies differ too much in precision for the ranks of a Doi plot.")
    centre = float(y[int(np.abs(z).argmin())])
    slope = float(z.max() - z.min()) / width
    index = 2.5 / len(y) * float((z + slope * (y - centre)).sum())
    size_of = abs(index)
    verdict = "no asymmetry" if size_of <= MINOR else "minor asymmetry" if size_of <= MAJOR else "major asymmetry"
    points = tuple(
        DoiPoint(called[row], effect, quantile)
        for row, effect, quantile in zip(order.tolist(), y.tolist(), z.tolist(), strict=True)
    )
    return Doi(index, verdict, points, shown_when.asymmetry(len(y)))
