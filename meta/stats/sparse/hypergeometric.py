r"""Events in one arm given the margins of the table: the non-central hypergeometric distribution, many tables at once.

.. math:: P(a \mid m; \theta) = \binom{n_1}{a}\binom{n_2}{m-a} e^{a\theta} \Big/ \sum_x \binom{n_1}{x}\binom{n_2}{m-x} e^{x\theta}

Source: Fisher 1935; Breslow & Day 1980.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from meta.stats.arrays import Array
from meta.stats.continuity import chosen_rows
from meta.stats.distributions import special
from meta.stats.errors import InvalidInput
from meta.stats.inputs import BinaryArms


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """Tables with all margins fixed. The possible events of all of them lie end to end in ``possible`` (T,), with log
    weights ``log_ways`` (T,); ``starts`` (k,) says where each begins, ``row`` (T,) whose each is."""

    events: Array
    lowest: Array
    highest: Array
    possible: Array
    log_ways: Array
    starts: npt.NDArray[np.intp]
    row: npt.NDArray[np.intp]
    own: npt.NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.events)

    def __call__(self, theta: Array) -> tuple[Array, Array, Array]:
        """Log-probability of the events seen at log odds ratios (k,) or (k, Q), its slope and curvature."""
        flat = theta.ndim == 1
        at = theta[:, None] if flat else theta
        log_terms, total, mean, variance = self._sums(at)
        value = log_terms[self.own] - total
        slope = self.events[:, None] - mean
        if flat:
            return value[:, 0], slope[:, 0], -variance[:, 0]
        return value, slope, -variance

    def _sums(self, theta: Array) -> tuple[Array, Array, Array, Array]:
        log_terms = self.log_ways[:, None] + self.possible[:, None] * theta[self.row]
        top = np.maximum.reduceat(log_terms, self.starts, axis=0)
        terms = np.exp(log_terms - top[self.row])
        total = np.add.reduceat(terms, self.starts, axis=0)
        mean = np.add.reduceat(terms * self.possible[:, None], self.starts, axis=0) / total
        away = self.possible[:, None] - mean[self.row]
        variance = np.add.reduceat(terms * away * away, self.starts, axis=0) / total
        return log_terms, np.log(total) + top, mean, variance

    def moments(self, theta: Array) -> tuple[Array, Array]:
        """Mean and variance of the events at log odds ratios (k,)."""
        _, _, mean, variance = self._sums(theta[:, None])
        return mean[:, 0], variance[:, 0]


def tables_of(arms: BinaryArms, rows: npt.NDArray[np.bool_]) -> Tables:
    """The tables of the chosen studies.

    Raises:
        InvalidInput: counts are not whole numbers, which a distribution given the margins needs.
    """
    a, b, c, d = chosen_rows(arms.cells, rows)
    if any((cell != np.round(cell)).any() for cell in (a, b, c, d)):
        raise InvalidInput("A model given the margins of the tables needs whole numbers of events and participants.")
    n1, n2, m = a + b, c + d, a + c
    lowest, highest = np.maximum(0.0, m - n2), np.minimum(n1, m)
    lengths = (highest - lowest + 1).astype(np.intp)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.intp)
    row = np.repeat(np.arange(len(a)), lengths)
    possible: Array = np.arange(int(lengths.sum()), dtype=np.float64) - starts[row] + lowest[row]
    gammaln = special().gammaln
    r1, r2, rm = n1[row], n2[row], m[row]
    log_ways = (
        gammaln(r1 + 1) - gammaln(possible + 1) - gammaln(r1 - possible + 1)
        + gammaln(r2 + 1) - gammaln(rm - possible + 1) - gammaln(r2 - rm + possible + 1)
    )  # fmt: skip
    return Tables(a, lowest, highest, possible, log_ways, starts, row, starts + (a - lowest).astype(np.intp))
