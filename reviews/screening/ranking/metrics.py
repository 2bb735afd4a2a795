"""How good an order of reading was, by the usual measures. Labels are in the order read, priors left out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RECALL = 0.95
TENTH = 0.10


@dataclass(frozen=True, slots=True)
class Quality:
    """Measures of one order of reading.

    ``wss95``: share of the reading saved against chance at 95 % recall, (N - n95)/N - 0.05. ``recall10``: recall after
    a tenth of the records. ``atd``: mean rank of the relevant records. ``loss``: area between the perfect recall curve
    and this one, over what can lie between (0 best, 1 worst). ``first``: rank of the first relevant record.
    """

    wss95: float
    recall10: float
    atd: float
    loss: float
    first: int


def quality(labels: Sequence[int]) -> Quality | None:
    """The measures of an order; None where it holds no relevant record.

    Args:
        labels: 1 relevant, 0 irrelevant, for every record but the priors, in the order read.
    """
    ranks = np.flatnonzero(np.asarray(labels)) + 1
    n, relevant = len(labels), len(ranks)
    if not relevant:
        return None
    enough = int(ranks[math.ceil(RECALL * relevant) - 1])
    others = n - relevant
    # The area above the curve, less that of the perfect order: what each relevant record came too late.
    late = float(ranks.sum()) - relevant * (relevant + 1) / 2
    return Quality(
        wss95=(n - enough) / n - (1 - RECALL),
        recall10=float((ranks <= TENTH * n).sum()) / relevant,
        atd=float(ranks.mean()),
        loss=late / (relevant * others) if others else 0.0,
        first=int(ranks[0]),
    )
