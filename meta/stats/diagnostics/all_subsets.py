"""GOSH: the pooled result of every subset of the studies, or of many drawn by chance where there are too many.

A cloud that falls into several heaps shows that the studies do not share one distribution of effects, and which of
them make the heaps. Source: Olkin, Dahabreh & Trikalinos 2012.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from meta.stats import shown_when
from meta.stats.arrays import Array, effects_and_variances, names
from meta.stats.batch.many import Many, pool
from meta.stats.errors import InvalidInput, UnknownOption
from meta.stats.results import plain
from meta.stats.sensitivity.subsets import tau2_of_selections
from meta.stats.shown_when import ShownWhen
from meta.stats.tau2 import ESTIMATORS

ALL_SUBSETS = 15
"""Up to this many studies all 2^k - 1 subsets are computed; 32,767 points are as many as a plot can show."""

DRAWN = 20_000
SEED = 20261125
"""Fixed, so that the same studies give the same cloud."""

MOST_STUDIES = 62
"""Subsets are kept as bits of a 64-bit number."""

BLOCK = 4096
"""Subsets computed at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Gosh:
    """Results of the subsets, one entry each: ``subset`` has bit i set where study i is in; ``i2`` in percent.

    ``complete`` tells whether these are all subsets. The last entry is the full set of studies.
    """

    labels: tuple[str, ...]
    subset: npt.NDArray[np.int64]
    size: npt.NDArray[np.int64]
    estimate: Array
    q: Array
    i2: Array
    tau2: Array
    complete: bool
    seed: int | None
    tau2_method: str | float | None
    shown: ShownWhen

    def __len__(self) -> int:
        return len(self.subset)

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        notes = ["Subsets overlap, so the cloud shows patterns and not uncertainty."]
        if not self.complete:
            notes.append(
                f"{len(self):,} subsets, drawn by chance (seed {self.seed}) from those of {len(self.labels)} studies."
            )
        return (*notes, *self.shown.unmet)

    def holds(self, study: int) -> npt.NDArray[np.bool_]:
        """Which subsets a study (row, from 0) is in."""
        found: npt.NDArray[np.bool_] = (self.subset >> study) & 1 == 1
        return found

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        columns = {name: plain(getattr(self, name)) for name in ("subset", "size", "estimate", "q", "i2", "tau2")}
        more = {name: plain(getattr(self, name)) for name in ("labels", "complete", "seed", "tau2_method", "shown")}
        return {**columns, **more, "notes": list(self.notes)}


def gosh(
    estimate: Sequence[float] | Array,
    variance: Sequence[float] | Array,
    *,
    tau2: str | float | None = None,
    subsets: int | None = None,
    seed: int = SEED,
    labels: Sequence[str] | None = None,
) -> Gosh:
    """Pool every subset (up to 15 studies), or ``subsets`` of them drawn by chance.

    Args:
        estimate, variance: effects and positive variances, shape (k,), 2 <= k <= 62.
        tau2: an estimator's name, a number, or None for the common effect.
        subsets: how many to draw; if left out, all up to 15 studies and 20,000 above.
        seed: of the draw.

    Raises:
        InvalidInput, TooFewStudies: the studies cannot be pooled, or are too many.
        UnknownOption: no such estimator.
    """
    y, v = effects_and_variances(estimate, variance, least=2, what="A plot of subsets")
    k = len(y)
    if k > MOST_STUDIES:
        raise InvalidInput(f"Subsets of more than {MOST_STUDIES} studies are not drawn.")
    if isinstance(tau2, str) and tau2 not in ESTIMATORS:
        raise UnknownOption(f"There is no tau2 estimator {tau2!r}; known are {', '.join(ESTIMATORS)}.")
    if subsets is not None and subsets < 1:
        raise InvalidInput("At least one subset must be drawn.")
    total = 2**k - 1
    complete = subsets >= total if subsets is not None else k <= ALL_SUBSETS
    chosen = np.arange(1, total + 1, dtype=np.int64) if complete else _drawn(k, subsets or DRAWN, seed)
    parts = [_pooled(y, v, chosen[i : i + BLOCK], tau2) for i in range(0, len(chosen), BLOCK)]

    def column(name: str) -> Array:
        return np.concatenate([getattr(part, name) for part in parts])

    return Gosh(
        names(labels, k), chosen, column("k").astype(np.int64), column("estimate"), column("q"), column("i2"),
        column("tau2"), complete, None if complete else seed, tau2, shown_when.influence(k),
    )  # fmt: skip


def _drawn(k: int, count: int, seed: int) -> npt.NDArray[np.int64]:
    """Different subsets, every study in with probability one half; the full set is always the last one."""
    full = 2**k - 1
    drawn = np.unique(np.random.default_rng(seed).integers(1, full, size=count - 1, dtype=np.int64))
    return np.append(drawn, np.int64(full))


def _pooled(y: Array, v: Array, chosen: npt.NDArray[np.int64], tau2: str | float | None) -> Many:
    masks = ((chosen[:, None] >> np.arange(len(y))) & 1).astype(np.float64)
    spread: str | float | Array | None = tau2
    if tau2 in ("REML", "ML"):
        spread = tau2_of_selections(y, v, masks, restricted=tau2 == "REML")
    shape = masks.shape
    return pool(
        np.broadcast_to(y, shape), np.broadcast_to(v, shape), masks, tau2=spread, interval="wald", level=0.95
    )  # fmt: skip
