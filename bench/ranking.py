"""Reading saved by the ranking on labelled sets beside the tree, against ASReview's published model in the same run.

The sets are reference material that does not travel with the project; without them nothing is measured.
"""

from __future__ import annotations

import csv
import json
import statistics
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

SETS = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "screening"
PROMISED = {"loss": 0.068, "wss95": 0.670}
LARGEST_CELL = 10_000_000


def run() -> Iterator[dict[str, Any]]:
    """A figure for each set, then the means."""
    if not SETS.exists():
        yield {"figure": "ranking", "note": f"no labelled sets in {SETS}; nothing measured"}
        return
    starts = json.loads((SETS / "starts.json").read_text(encoding="utf-8"))
    figures = []
    with ProcessPoolExecutor(2) as pool:
        for name, measured in zip(starts, pool.map(measure, starts, starts.values()), strict=True):
            figures.append(measured)
            yield {"figure": f"ranking_{name}", **measured}
    means = {key: round(statistics.mean(one[key] for one in figures), 4) for key in figures[0]}
    yield {
        "figure": "ranking_mean",
        **means,
        "promised": PROMISED,
        "kept": means["loss"] <= PROMISED["loss"] and means["wss95"] >= PROMISED["wss95"],
    }


def measure(name: str, start: dict[str, Any]) -> dict[str, float]:
    """Means over all starts of one set: ours, ASReview's model, and ours without any label."""
    from reviews.screening.ranking.metrics import quality
    from reviews.screening.ranking.simulate import replay

    csv.field_size_limit(LARGEST_CELL)
    with (SETS / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    places = {row["record_id"]: place for place, row in enumerate(rows)}
    texts = [f"{row['title']} {row['abstract']}" for row in rows]
    labels = [int(row["label"]) for row in rows]
    ours, theirs, shown = [], [], []
    for seed, ids in enumerate(start["priors"]):
        priors = [places[record] for record in ids]
        done = replay(texts, labels, criteria=start["criteria"], priors=priors, seed=seed)
        ours.append(done.quality)
        shown.append(done.stop.recall if done.stop else 1.0)
        order = asreview_order(texts, labels, priors)
        theirs.append(quality([labels[row] for row in order]))
    cold = replay(texts, labels, criteria=start["criteria"])
    return {
        "wss95": round(statistics.mean(one.wss95 for one in ours if one), 4),
        "loss": round(statistics.mean(one.loss for one in ours if one), 4),
        "asreview_wss95": round(statistics.mean(one.wss95 for one in theirs if one), 4),
        "asreview_loss": round(statistics.mean(one.loss for one in theirs if one), 4),
        "first_without_label": float(cold.quality.first) if cold.quality else 0.0,
        "worst_recall_at_stop": round(min(shown), 4),
    }


def asreview_order(texts: list[str], labels: list[int], priors: list[int]) -> list[int]:
    """The order of ASReview's published model (ELAS u4), refitted by the same schedule as ours."""
    import numpy as np
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.svm import LinearSVC

    from reviews.screening.ranking import labels_until_refit

    warnings.simplefilter("ignore", ConvergenceWarning)
    matrix = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(texts).tocsr()
    truth = np.asarray(labels)
    queue: list[int] = []
    order: list[int] = []
    judged, served = list(priors), 0
    while len(judged) < len(truth):
        if not queue or served >= labels_until_refit(len(judged) - served):
            known = truth[judged]
            weight = np.where(known == 1, 1.0, known.sum() / (9.8 * (len(known) - known.sum())))
            machine = LinearSVC(C=0.11, tol=1e-3, max_iter=2000, random_state=1)
            machine.fit(matrix[judged], known, sample_weight=weight * (len(known) / weight.sum()))
            rest = np.setdiff1d(np.arange(len(truth)), judged)
            scores = machine.decision_function(matrix[rest])
            queue, served = rest[np.argsort(-scores, kind="stable")].tolist(), 0
        row = queue.pop(0)
        judged.append(row)
        order.append(row)
        served += 1
    return order
