r"""Several groups made one, and one control group shared out among several comparisons."""

import math
from collections.abc import Sequence
from typing import Any

from meta.stats.errors import InvalidInput

from .base import Conversion, group_size, not_negative, number

HANDBOOK_COMBINE = "Cochrane Handbook 6.5.2.10, Table 6.5.a"
HANDBOOK_SHARED = "Cochrane Handbook 23.3.4"


def _columns(**columns: Sequence[float]) -> None:
    sizes = {len(column) for column in columns.values()}
    if len(sizes) != 1 or not sizes.copy().pop():
        raise InvalidInput(f"{', '.join(columns)} must hold one number per group, for at least one group.")


def combine_arms(n: Sequence[float], mean: Sequence[float], sd: Sequence[float]) -> Conversion:
    r"""Size, mean and standard deviation of several groups taken as one: exact, whatever the order.

    .. math:: N = \sum n_i, \quad M = \sum n_i m_i / N, \quad
              S^2 = \frac{\sum (n_i - 1) s_i^2 + \sum n_i (m_i - M)^2}{N - 1}

    Args:
        n, mean, sd: one number per group; n at least 1, sd not negative (of a group of one it plays no part).

    Returns:
        ``n``, ``mean``, ``sd``, in the units given: the values that all participants together would give.

    Raises:
        InvalidInput: columns of different length, a negative number, or one participant in all.

    Source: Cochrane Handbook 6.5.2.10 (two groups, applied again for more).
    """
    _columns(n=n, mean=mean, sd=sd)
    sizes = [group_size("Every n", size, 1) for size in n]
    means = [number("Every mean", one) for one in mean]
    spreads = [not_negative("Every standard deviation", one) for one in sd]
    total = math.fsum(sizes)
    if total <= 1:
        raise InvalidInput("One participant in all has no standard deviation.")
    centre = math.fsum(size * one for size, one in zip(sizes, means, strict=True)) / total
    within = math.fsum((size - 1) * one**2 for size, one in zip(sizes, spreads, strict=True))
    apart = math.fsum(size * (one - centre) ** 2 for size, one in zip(sizes, means, strict=True))
    return Conversion(
        "combine_arms",
        {"n": total, "mean": centre, "sd": math.sqrt((within + apart) / (total - 1))},
        {"n": sizes, "mean": means, "sd": spreads},
        "N = Σn; M = Σnm/N; SD = √((Σ(n−1)s² + Σn(m−M)²)/(N−1))",
        HANDBOOK_COMBINE,
        "calculated",
    )


def combine_counts(events: Sequence[float], total: Sequence[float]) -> Conversion:
    """Events and participants of several groups taken as one: sums.

    Args:
        events, total: one number per group; 0 <= events <= total.

    Returns:
        ``events`` and ``total``.

    Raises:
        InvalidInput: columns of different length, or more events than participants.
    """
    _columns(events=events, total=total)
    counts = [not_negative("Every number of events", count) for count in events]
    sizes = [not_negative("Every total", size) for size in total]
    if any(count > size for count, size in zip(counts, sizes, strict=True)):
        raise InvalidInput("There are more events than participants in a group.")
    return Conversion(
        "combine_counts",
        {"events": math.fsum(counts), "total": math.fsum(sizes)},
        {"events": counts, "total": sizes},
        "sums of events and of participants",
        HANDBOOK_COMBINE,
        "calculated",
    )


def _parts(parts: float) -> int:
    found = number("The number of comparisons", parts)
    if found != int(found) or found < 2:
        raise InvalidInput("A group is shared out among two or more comparisons.")
    return int(found)


SHARED_NOTE = "The comparisons stay correlated a little; combining the treated groups avoids that."


def split_counts(events: float, total: float, comparisons: int) -> Conversion:
    """The part of a shared control group that one of several comparisons gets: events and participants divided.

    Args:
        events, total: of the whole control group, 0 <= events <= total.
        comparisons: how many share it, 2 or more.

    Returns:
        ``events`` and ``total`` of one part; they may be fractional, and the parts add up to the whole.
    """
    count, size, m = not_negative("events", events), not_negative("total", total), _parts(comparisons)
    if count > size:
        raise InvalidInput("There are more events than participants.")
    return _split(
        "split_counts",
        {"events": count / m, "total": size / m},
        {"events": count, "total": size, "comparisons": m},
        "x/m of n/m",
    )


def split_means(n: float, mean: float, sd: float, comparisons: int) -> Conversion:
    """The part of a shared control group that one of several comparisons gets: its size divided, nothing else.

    Args:
        n, mean, sd: of the whole control group.
        comparisons: how many share it, 2 or more.

    Returns:
        ``n`` (may be fractional), ``mean`` and ``sd`` of one part.
    """
    size, m = group_size("n", n, 1), _parts(comparisons)
    centre, spread = number("The mean", mean), not_negative("The standard deviation", sd)
    return _split(
        "split_means",
        {"n": size / m, "mean": centre, "sd": spread},
        {"n": size, "mean": centre, "sd": spread, "comparisons": m},
        "n/m; mean and SD as they are",
    )


def _split(formula: str, values: dict[str, float], inputs: dict[str, Any], expression: str) -> Conversion:
    return Conversion(formula, values, inputs, expression, HANDBOOK_SHARED, "calculated", (SHARED_NOTE,))
