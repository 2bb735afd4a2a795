r"""When to stop reading: a test that says what it knows, after Callaghan & Müller-Hansen 2020 (Syst Rev 9:273).

The last records read are looked at as if they had been drawn at random from all that was unread before them, which is
cautious where the order was by relevance. If so few relevant ones among them would be improbable with the target
missed, reading may stop. Repeated looks make the level of the test approximate.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

TARGET = 0.95
ALPHA = 0.05
STEPS = 200
"""How finely the lower bound of recall is looked for."""

CAVEATS = (
    "Where few records are relevant, recall cannot be shown cheaply: with 40 found, about 63 % of the rest must be read.",
    "The test is looked at again and again, so its level is approximate.",
    "It is about the records that these reviewers would include, not about all that matter.",
    "Conflicts that are not settled hold the test, and new records reopen it.",
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the test says after the records read so far.

    ``p_value``: how improbable the last records are if the target were missed; 1 where nothing speaks against that.
    ``recall_at_least``: the largest recall that is shown at the level of the test (0: none is).
    """

    screened: int
    total: int
    found: int
    target: float
    alpha: float
    p_value: float
    recall_at_least: float

    @property
    def may_stop(self) -> bool:
        """Whether the target is shown to be reached."""
        return self.screened >= self.total or self.p_value < self.alpha


def ranked_test(labels: Sequence[int], total: int, *, target: float = TARGET, alpha: float = ALPHA) -> Verdict:
    r"""Test "fewer than the target share of the relevant records were found".

    For every window of the last i records that begins right after a relevant one, with k_i relevant in it and r found:

    .. math:: K_i = \lfloor r/\tau - (r - k_i) + 1 \rfloor, \quad N_i = N - (n - i), \quad
              p = \min_i P(X \le k_i), \; X \sim \text{Hypergeometric}(N_i, K_i, i)

    Args:
        labels: 1 relevant, 0 irrelevant, in the order read.
        total: all records, read or not.
        target: the recall to be shown, between 0 and 1.
        alpha: the level of the test.

    Raises:
        ValueError: more was read than there is, or the target is no share.
    """
    if len(labels) > total:
        raise ValueError("More records were read than there are.")
    if not 0 < target < 1:
        raise ValueError("The target is a share between 0 and 1.")
    read = np.asarray(labels, dtype=np.int64)
    found, screened = int(read.sum()), len(read)
    if screened == total:
        return Verdict(screened, total, found, target, alpha, 0.0, 1.0 if found else 0.0)
    p_value = _p_value(read, total, target)
    return Verdict(screened, total, found, target, alpha, p_value, _recall_shown(read, total, alpha))


def shows_target(
    labels: Sequence[int] | npt.NDArray[np.int64], total: int, *, target: float = TARGET, alpha: float = ALPHA
) -> bool:
    """Whether the ranked test shows the target: `ranked_test` without its bound of recall, for replays."""
    return len(labels) >= total or _p_value(np.asarray(labels, dtype=np.int64), total, target) < alpha


def _recall_shown(read: npt.NDArray[np.int64], total: int, alpha: float) -> float:
    """The largest target whose test rejects; the p-value only grows with the target."""
    low, high = 0, STEPS
    while high - low > 1:
        middle = (low + high) // 2
        if _p_value(read, total, middle / STEPS) < alpha:
            low = middle
        else:
            high = middle
    return low / STEPS


def _p_value(read: npt.NDArray[np.int64], total: int, target: float) -> float:
    found, screened = int(read.sum()), len(read)
    if not found:
        return 1.0
    starts = np.flatnonzero(read) + 1
    sizes = screened - starts
    inside = found - np.arange(1, found + 1)
    keep = sizes > 0
    sizes, inside = sizes[keep], inside[keep]
    if not len(sizes):
        return 1.0
    missed = np.floor(found / target - (found - inside) + 1).astype(np.int64)
    population = total - (screened - sizes)
    # Where the window's population cannot hold so many relevant records, the target is not missed for sure.
    if (missed > population).any():
        return 0.0
    return float(np.min(_at_most(inside, population, missed, sizes)))


def _at_most(
    k: npt.NDArray[np.int64],
    population: npt.NDArray[np.int64],
    successes: npt.NDArray[np.int64],
    draws: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """P(X <= k) of hypergeometric variables, one for each place."""
    from scipy.stats import hypergeom

    return np.asarray(hypergeom.cdf(k, population, successes, draws), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A claim that is tested on records drawn at random from the unread ones: valid at any look.

    Frozen at the switch: ``found`` relevant records until then, ``unread`` records, the target. ``evidence`` is the
    prior-posterior ratio against "the target is missed"; it certifies at 1/alpha. Source: Waudby-Smith & Ramdas 2020.
    """

    found: int
    unread: int
    target: float
    drawn: int
    relevant: int
    evidence: float
    alpha: float

    @property
    def is_certain(self) -> bool:
        """Whether the target is shown to be reached."""
        return self.drawn >= self.unread or self.evidence >= 1 / self.alpha


def certificate(
    drawn: Sequence[int], *, found: int, unread: int, target: float = TARGET, alpha: float = ALPHA
) -> Certificate:
    """Judge the claim after these random draws.

    Args:
        drawn: 1 relevant, 0 irrelevant, of the records drawn at random since the switch.
        found: relevant records at the switch, at least one.
        unread: records that were unread at the switch.

    Raises:
        ValueError: nothing was found before the switch, or more was drawn than was unread.
    """
    if found < 1:
        raise ValueError("Nothing relevant was found yet, so there is no share to certify.")
    t, k = len(drawn), int(sum(drawn))
    if t > unread:
        raise ValueError("More records were drawn than were unread.")
    missed = math.floor((found + k) / target - found + 1)
    if missed > unread - (t - k):
        # So many relevant records cannot be among the unread ones: the target cannot be missed.
        return Certificate(found, unread, target, t, k, 1 / alpha, alpha)
    a = 0.5
    b = max(1.0, 0.5 * unread / (found / target - found + 1))
    evidence = math.exp(_log_beta_binomial(k, t, a, b) - _log_hypergeometric(k, unread, missed, t))
    return Certificate(found, unread, target, t, k, evidence, alpha)


def _log_choose(n: float, k: float) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_beta_binomial(k: int, n: int, a: float, b: float) -> float:
    return _log_choose(n, k) + _log_beta(k + a, n - k + b) - _log_beta(a, b)


def _log_hypergeometric(k: int, population: int, successes: int, draws: int) -> float:
    return _log_choose(successes, k) + _log_choose(population - successes, draws - k) - _log_choose(population, draws)
