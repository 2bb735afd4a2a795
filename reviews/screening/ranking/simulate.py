"""Replay a labelled set, one record at a time, as one person with the live queue would read it."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reviews.screening import stopping

from .metrics import Quality, quality
from .model import Model, Texts
from .schedule import labels_until_refit

CURVE_POINTS = 100
"""Points of the recall curve that are kept: enough to draw it."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Where the stopping rule would have ended the reading; ``recall`` is of all relevant records, priors included."""

    after: int
    recall: float
    saved: float


@dataclass(frozen=True, slots=True)
class Replay:
    """One replay: the order (rows, priors left out), how good it was, what it cost, and where the rule stops.

    ``curve`` holds pairs of records read and recall, both without priors. ``stop`` is None where the rule never stops.
    """

    order: tuple[int, ...]
    quality: Quality | None
    curve: tuple[tuple[int, float], ...]
    stop: Stop | None
    fits: int
    seconds_vectorising: float
    seconds_fitting: float
    slowest_fit: float


def replay(
    texts: Sequence[str],
    labels: Sequence[int],
    *,
    criteria: str = "",
    priors: Sequence[int] = (),
    seed: int = 0,
    target: float = stopping.TARGET,
) -> Replay:
    """Read the whole set in the order that the model gives, learning by the live queue's schedule.

    Args:
        texts, labels: title and abstract, and 1 relevant or 0 irrelevant, of each record.
        criteria: the review's criteria text, or empty.
        priors: rows that are known at the start; left out of the measures.
        seed: of every draw.
        target: recall that the stopping rule is to show.

    Raises:
        ValueError: no text holds a word.
    """
    truth = np.asarray(labels, dtype=np.int64)
    began = time.perf_counter()
    model = Model(Texts.fit(texts), criteria, seed)
    vectorised = time.perf_counter() - began
    judged = list(priors)
    unread = np.ones(len(truth), dtype=bool)
    unread[judged] = False
    random = np.random.default_rng(seed)
    order: list[int] = []
    times: list[float] = []
    queue: list[int] = []
    served = 0
    while len(judged) < len(truth):
        if not queue or served >= labels_until_refit(len(judged) - served):
            began = time.perf_counter()
            scores = model.scores(judged, truth[judged].tolist())
            rest = np.flatnonzero(unread)
            by_score = random.permutation(rest) if scores is None else rest[np.argsort(-scores[rest], kind="stable")]
            queue, served = by_score.tolist(), 0
            times.append(time.perf_counter() - began)
        row = queue.pop(0)
        unread[row] = False
        judged.append(row)
        order.append(row)
        served += 1
    read = truth[order]
    return Replay(
        order=tuple(order),
        quality=quality(read.tolist()),
        curve=_curve(read),
        stop=_stop(truth[judged], len(priors), target),
        fits=len(times),
        seconds_vectorising=vectorised,
        seconds_fitting=sum(times),
        slowest_fit=max(times, default=0.0),
    )


def _curve(read: np.ndarray) -> tuple[tuple[int, float], ...]:
    found, relevant = np.cumsum(read), int(read.sum())
    if not relevant:
        return ()
    places = np.unique(np.linspace(1, len(read), min(CURVE_POINTS, len(read))).astype(int))
    return tuple((int(place), float(found[place - 1]) / relevant) for place in places)


def _stop(read: np.ndarray, priors: int, target: float) -> Stop | None:
    """The first moment at which the rule would have suggested to stop; looked for after each refit of the ranking."""
    total, relevant = len(read), int(read.sum())
    place = max(priors, 1)
    while place < total:
        if stopping.shows_target(read[:place], total, target=target):
            recall = float(read[:place].sum()) / relevant
            return Stop(place - priors, recall, (total - place) / (total - priors))
        place += labels_until_refit(place)
    return None
