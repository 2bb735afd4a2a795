r"""Can whole numbers give this mean, SD or percentage as printed? GRIM, GRIMMER, DEBIT and percentages.

All sums are exact (fractions), so a pass or fail never hangs on rounding in the machine. A value exactly half-way
counts as either, because papers round both ways.
"""

import math
from fractions import Fraction

from meta.stats.errors import InvalidInput

from .base import CHECK_SOURCE, Check, Printed, people, printed

GRIM = "Brown & Heathers 2017, Soc Psychol Personal Sci 8:363"
GRIMMER = "Anaya 2016, PeerJ Preprints 4:e2400v1; Allard 2018"
DEBIT = "Heathers & Brown 2019"
SHOWN = 5
"""Possible sums, pairs or counts listed as evidence; there can be thousands."""


def _whole(lower: Fraction, upper: Fraction) -> range:
    return range(math.ceil(lower), math.floor(upper) + 1)


def grim(mean: str, n: float, *, items: int = 1) -> Check:
    r"""Could a mean of whole numbers be printed so? Is there a whole sum in :math:`[(\bar x - h) G, (\bar x + h) G]`?

    Args:
        mean: as printed, as text. n: people. items: whole-number items averaged per person; G = n × items.

    Returns:
        ``not_applicable`` where G is not below 10^decimals: every mean is then possible.

    Source: Brown & Heathers 2017.
    """
    given, grains = printed(mean, "The mean"), people(n) * people(items)
    if grains >= 10**given.decimals:
        return Check("GRIM", "not_applicable", f"With {grains} answers every mean of {given.decimals} decimals is possible.",
                     {"mean": given.text, "n": n, "items": items}, GRIM)  # fmt: skip
    sums = _whole(given.lower * grains, given.upper * grains)
    evidence = {"mean": given.text, "n": n, "items": items, "sums": list(sums[:SHOWN]),
                "candidates": [total / grains for total in sums[:SHOWN]]}  # fmt: skip
    if sums:
        return Check("GRIM", "pass", f"A sum of {sums[0]} gives the mean as printed.", evidence, GRIM)
    return Check(
        "GRIM", "fail", f"No sum of {grains} whole numbers gives a mean of {given.text}. {CHECK_SOURCE}", evidence, GRIM
    )


def percentage(percent: str, n: float, *, count: float | None = None) -> Check:
    """Could a whole number of people be printed as this percentage, and is it the printed number?

    Args:
        percent: as printed, as text, without its sign. n: people. count: if printed too.

    Source: the interval of GRIM, for counts.
    """
    given, size = printed(str(percent).rstrip(" %"), "The percentage"), people(n)
    counts = [x for x in _whole(given.lower * size / 100, given.upper * size / 100) if 0 <= x <= size]
    evidence = {"percent": given.text, "n": size, "counts": counts[:SHOWN], "count": count}
    if not counts:
        sentence = f"No number of {size} people is {given.text} percent. {CHECK_SOURCE}"
        return Check("percentage", "fail", sentence, evidence, GRIM)
    if count is not None and count not in counts:
        sentence = f"{count:g} of {size} is {100 * count / size:.{given.decimals + 1}f} percent, not {given.text}. {CHECK_SOURCE}"
        return Check("percentage", "fail", sentence, evidence, GRIM)
    return Check("percentage", "pass", f"{counts[0]} of {size} is {given.text} percent.", evidence, GRIM)


MOST_SUMS = 100_000
"""Pairs of sum and sum of squares looked through; beyond, the numbers are too coarse for the check to fail."""


def grimmer(mean: str, sd: str, n: float, *, items: int = 1) -> Check:
    r"""Could whole numbers have this mean and SD as printed?

    For each sum S that the mean allows: is there a whole Q, even or odd as S, at least :math:`S^2/n`, in
    :math:`[(s - h)^2 (n - 1) + S^2/n, (s + h)^2 (n - 1) + S^2/n]`?

    A failure is a warning only: versions of this test are known to err.

    Args:
        mean, sd: as printed, as text. n: people, at least 2. items: per person; SDs are of their mean.

    Source: Anaya 2016; Allard 2018.
    """
    centre, spread = printed(mean, "The mean"), printed(sd, "The standard deviation")
    size, parts = people(n, 2), people(items)
    if spread.value < 0:
        raise InvalidInput("The standard deviation must not be negative.")
    sums = _whole(centre.lower * size * parts, centre.upper * size * parts)
    evidence = {"mean": centre.text, "sd": spread.text, "n": size, "items": parts}
    if not sums:
        return Check("GRIMMER", "warn", f"Already the mean {centre.text} is not possible. {CHECK_SOURCE}",
                     evidence | {"sum_sumsq": []}, GRIMMER)  # fmt: skip
    if len(sums) > MOST_SUMS:
        return Check("GRIMMER", "not_applicable", "So many people leave every SD possible.", evidence, GRIMMER)
    low = max(Fraction(0), spread.lower) * parts
    high = spread.upper * parts
    found: list[list[int]] = []
    for total in sums:
        least = Fraction(total * total, size)
        for squares in _whole(max(least, low**2 * (size - 1) + least), high**2 * (size - 1) + least):
            if squares % 2 == total % 2:
                found.append([total, squares])
            if len(found) >= SHOWN:
                break
        if len(found) >= SHOWN:
            break
    evidence |= {"sum_sumsq": found}
    if found:
        return Check("GRIMMER", "pass", "Whole numbers with this mean and SD are possible.", evidence, GRIMMER)
    return Check("GRIMMER", "warn", f"No whole numbers have mean {centre.text} and SD {spread.text}. {CHECK_SOURCE}",
                 evidence, GRIMMER)  # fmt: skip


def debit(mean: str, sd: str, n: float) -> Check:
    r"""Could yes-or-no data have this mean and SD as printed? Is the SD :math:`\sqrt{n p (1 - p)/(n - 1)}`?

    Args:
        mean: share of yes, from 0 to 1, as printed. sd: as printed. n: people, at least 2.

    Source: Heathers & Brown 2019.
    """
    share, spread, size = printed(mean, "The mean"), printed(sd, "The standard deviation"), people(n, 2)
    if not 0 <= share.value <= 1 or spread.value < 0:
        raise InvalidInput("The mean of yes-or-no data lies between 0 and 1, and a standard deviation is not negative.")
    low, high = _debit_range(share, size)
    evidence = {"mean": share.text, "sd": spread.text, "n": size, "sd_range": [low, high]}
    # both ends are irrational: their squares are compared with the exact limits of the printed SD
    fits = low <= float(spread.upper) * (1 + 1e-15) and high >= float(max(Fraction(0), spread.lower)) * (1 - 1e-15)
    if fits:
        return Check("DEBIT", "pass", "The SD is that of a share of people.", evidence, DEBIT)
    return Check("DEBIT", "fail", f"A share of {share.text} among {size} has an SD between {low:.4g} and {high:.4g}, "
                 f"not {spread.text}. {CHECK_SOURCE}", evidence, DEBIT)  # fmt: skip


def _debit_range(share: Printed, n: int) -> tuple[float, float]:
    low, high = max(Fraction(0), share.lower), min(Fraction(1), share.upper)
    ends = [low * (1 - low), high * (1 - high)]
    top = Fraction(1, 4) if low <= Fraction(1, 2) <= high else max(ends)
    return (math.sqrt(min(ends) * Fraction(n, n - 1)), math.sqrt(top * Fraction(n, n - 1)))
