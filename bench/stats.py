"""Speed of meta/stats against R's metafor and statsmodels, one thread, as medians of ratios in one run."""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
ROUNDS = 3
RECORDED = {
    "mh_k20": 0.0045, "dl_k20": 0.0064, "reml_k20": 0.0055, "loo_reml_k200": 2.49, "dl_k5000": 3.12,
    "thousand_dl_k20": 3.40, "influence_reml_k200": 2.6,
}  # fmt: skip
"""Seconds of metafor 5.1-0 on a two-core machine like CI's, where R is not installed here (R 4.2.2, OpenBLAS)."""

R_PROGRAM = r"""
suppressMessages(library(metafor))
d <- read.csv(file("stdin")); k <- nrow(d)
clock <- function(f, n) { f(); t <- proc.time()[[3]]; for (i in seq_len(n)) f(); (proc.time()[[3]] - t) / n }
say <- function(name, s) { cat(sprintf('{"%s": %.9f}\n', name, s)); flush(stdout()) }
e <- d[1:20, ]
say("mh_k20", clock(function() rma.mh(ai=a, n1i=n1, ci=c, n2i=n2, data=e, measure="OR"), 40))
say("dl_k20", clock(function() rma(ai=a, n1i=n1, ci=c, n2i=n2, data=e, measure="OR", method="DL"), 40))
say("reml_k20", clock(function() rma(ai=a, n1i=n1, ci=c, n2i=n2, data=e, measure="OR", method="REML"), 40))
f <- rma(y, v, data=d[1:200, ], method="REML")
t <- proc.time()[[3]]; x <- leave1out(f); say("loo_reml_k200", proc.time()[[3]] - t)
t <- proc.time()[[3]]; x <- influence(f); say("influence_reml_k200", proc.time()[[3]] - t)
t <- proc.time()[[3]]; for (i in 1:100) rma(y, v, data=e, method="DL"); say("thousand_dl_k20", 10 * (proc.time()[[3]] - t))
"""


def run() -> Iterator[dict[str, Any]]:
    """Figures, one at a time. Measures in a child process, because threads are set before NumPy is loaded."""
    if os.environ.get("PERENNIAL_BENCH_CHILD") != "1":  # the child prints its figures, which this process passes on
        child = subprocess.run(
            [sys.executable, "-c", "import json, bench.stats as s\nfor f in s.run(): print(json.dumps(f), flush=True)"],
            env={**os.environ, **ONE_THREAD, "PERENNIAL_BENCH_CHILD": "1", "PYTHONPATH": str(Path(__file__).parents[1])},
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        yield from (json.loads(line) for line in child.stdout.splitlines())
        return
    yield from _measured()


def _measured() -> Iterator[dict[str, Any]]:
    import numpy as np

    from meta import stats

    rng = np.random.default_rng(20260922)
    sizes = rng.integers(40, 300, (2, 5000))
    n1, n2 = sizes.astype(float)
    a, c = rng.binomial(sizes, [[0.2], [0.25]]).astype(float)
    y, v = rng.normal(0.2, 0.5, 5000), rng.uniform(0.02, 0.4, 5000)
    labels = [f"Study {i}" for i in range(5000)]
    twenty = slice(0, 20)

    def arms(part: slice) -> stats.BinaryArms:
        return stats.BinaryArms(labels[part], a[part], n1[part], c[part], n2[part])

    def effects(k: int) -> stats.GenericEffects:
        return stats.GenericEffects.from_variances(labels[:k], y[:k], v[:k])

    # As metafor starts from a data frame, we start from a table: reading and checking it is timed apart.
    events, two_hundred, five_thousand = arms(twenty), effects(200), effects(5000)
    rows_y, rows_v = rng.normal(0.2, 0.5, (1000, 20)), rng.uniform(0.02, 0.4, (1000, 20))
    work: dict[str, tuple[Callable[[], object], int, float]] = {
        "mh_k20": (lambda: stats.pairwise(events, measure="OR", method="MH"), 200, 60),
        "dl_k20": (lambda: stats.pairwise(events, method="IV", model="random", tau2="DL"), 200, 60),
        "reml_k20": (lambda: stats.pairwise(events, method="IV", model="random", tau2="REML"), 100, 25),
        "loo_reml_k200": (lambda: stats.leave_one_out(two_hundred, model="random", tau2="REML"), 3, 100),
        "influence_reml_k200": (lambda: stats.influence(y[:200], v[:200]), 20, 50),
        "thousand_dl_k20": (lambda: stats.many(rows_y, rows_v, tau2="DL"), 20, 500),
        "dl_k5000": (lambda: stats.pairwise(five_thousand, model="random", tau2="DL"), 50, 3000),
    }
    ours: dict[str, list[float]] = {name: [] for name in work}
    theirs: dict[str, list[float]] = {name: [] for name in work}
    rscript = shutil.which("Rscript")
    table = "\n".join(
        ["a,n1,c,n2,y,v", *(f"{a[i]},{n1[i]},{c[i]},{n2[i]},{y[i]!r},{v[i]!r}".replace("np.float64(", "").replace(")", "")
                            for i in range(200))]
    )  # fmt: skip
    for _ in range(ROUNDS):
        if rscript:
            for name, seconds in _metafor(rscript, table).items():
                theirs[name].append(seconds)
        for name, (function, repeats, _) in work.items():
            ours[name].append(_clock(function, repeats))
    for name, (_, _, bar) in work.items():
        against = theirs[name]
        ratios = (
            [b / s for b, s in zip(against, ours[name], strict=True)]
            if against
            else [RECORDED[name] / s for s in ours[name]]
        )
        yield {
            "figure": name,
            "seconds": round(statistics.median(ours[name]), 9),
            "times_faster_than_metafor": round(statistics.median(ratios), 1),
            "bar": bar,
            "metafor": "measured in this run" if against else "recorded figure (R or this case is not run here)",
        }
    yield from _statsmodels(rows_y, rows_v, ours["thousand_dl_k20"])
    yield {"figure": "table_k20", "seconds": round(_clock(lambda: arms(twenty), 200), 9)}
    yield from _looking_harder(y[:15], v[:15], arms(twenty))
    by_k: dict[str, float] = {}
    for k in (10**3, 10**4, 10**5, 10**6):
        wide_y, wide_v = np.resize(y, (1, k)), np.resize(v, (1, k))
        by_k[str(k)] = round(_clock(partial(stats.many, wide_y, wide_v, tau2="DL"), 3), 6)
    yield {"figure": "growth_dl", "seconds_by_k": by_k}
    yield from _second_half()
    yield {"figure": "import_seconds", "seconds": round(_import_time(), 3), "bar": 0.35}
    yield {"figure": "demo_recompute_cpu_seconds", "seconds": round(_demo(), 4), "bar": 0.05}


def _looking_harder(y: Any, v: Any, arms: Any) -> Iterator[dict[str, Any]]:
    """Seconds of what has no counterpart in this run, against what is promised."""
    from meta import stats

    for estimator in ("DL", "REML"):
        seconds = _clock(partial(stats.gosh, y, v, tau2=estimator), 1)
        yield {
            "figure": f"gosh_k15_{estimator.lower()}",
            "subsets": 2**15 - 1,
            "seconds": round(seconds, 4),
            "bar": 1.0,
        }
    for model in ("CM.EL", "CM.AL", "UM.FS", "UM.RS"):
        seconds = _clock(partial(stats.glmm, arms, model=model), 1)
        figure = {"figure": f"glmm_{model.lower()}_k20", "seconds": round(seconds, 4)}

        yield {**figure, "bar": 1.0} if model == "CM.EL" else figure


def _second_half() -> Iterator[dict[str, Any]]:
    """Repeated looks, dependent effects, conversions: seconds of one call."""
    import numpy as np

    from meta.stats import agreement, conversions, multilevel, sequential

    rng = np.random.default_rng(20260922)
    times = [(i + 1) / 10 for i in range(10)]
    groups = np.repeat(np.arange(11), 5).tolist()
    y = (rng.normal(0.2, 0.2, 55) + np.repeat(rng.normal(0, 0.3, 11), 5)).tolist()
    v = rng.uniform(0.002, 0.02, 55).tolist()
    levels = multilevel.nested(("study", groups), ("arm", list(range(55))))
    five: dict[str, Any] = {"minimum": 5, "q1": 8, "median": 12, "q3": 18, "maximum": 30, "n": 29}
    work: dict[str, tuple[Callable[[], object], int, float | None]] = {
        "boundaries_10_looks": (lambda: sequential.boundaries(times), 20, 0.020),
        "futility_10_looks": (lambda: sequential.futility(times), 1, None),
        "three_levels_k55": (lambda: multilevel.multilevel(y, v, levels), 1, None),
        "median_wan": (lambda: conversions.mean_sd_from_median(**five), 200, None),
        "median_quantile_fit": (lambda: conversions.mean_sd_by_quantile_fit(**five), 5, None),
        "kappa": (lambda: agreement.agreement([[40, 5], [3, 52]]), 100, None),
    }
    for name, (function, repeats, bar) in work.items():
        yield {"figure": name, "seconds": round(_clock(function, repeats), 6), "bar": bar}


def _clock(function: Callable[[], object], repeats: int) -> float:
    """Seconds of one call: best of three loops, so that another process's turn does not count."""
    import time

    function()
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        for _ in range(repeats):
            function()
        best = min(best, (time.perf_counter() - start) / repeats)
    return best


def _metafor(rscript: str, table: str) -> dict[str, float]:
    done = subprocess.run(
        [rscript, "-e", R_PROGRAM],
        input=table,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **ONE_THREAD},
    )
    found: dict[str, float] = {}
    for line in done.stdout.splitlines():
        if line.startswith("{"):
            found |= json.loads(line)
    return found


def _statsmodels(rows_y: Any, rows_v: Any, ours: list[float]) -> Iterator[dict[str, Any]]:
    try:
        from statsmodels.stats.meta_analysis import combine_effects
    except ImportError:
        yield {"figure": "thousand_dl_k20_statsmodels", "note": "statsmodels is not installed; not compared"}
        return
    seconds = _clock(lambda: [combine_effects(y, v, method_re="dl") for y, v in zip(rows_y, rows_v, strict=True)], 1)
    ratio = statistics.median(seconds / one for one in ours)
    yield {"figure": "thousand_dl_k20_statsmodels", "times_faster_than_statsmodels": round(ratio, 1), "bar": 20}


def _import_time() -> float:
    code = "import time; t = time.perf_counter(); import meta.stats; print(time.perf_counter() - t)"
    times = [
        float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    ]
    return statistics.median(times)


def _demo() -> float:
    """CPU time of one recompute of the demo outcome with all sensitivity analyses, libraries loaded."""
    import time

    from meta import stats

    counts = [(10, 20, 16, 20), (2, 12, 7, 12), (0, 65, 0, 35), (0, 29, 2, 29), (0, 12, 3, 29), (0, 20, 0, 10),
              (3, 10, 6, 10), (5, 21, 4, 24), (5, 11, 1, 6), (6, 14, 11, 15), (42, 112, 47, 110), (3, 19, 8, 24),
              (4, 21, 13, 24)]  # fmt: skip

    def everything() -> None:
        arms = stats.BinaryArms([f"Trial {i}" for i in range(13)], *zip(*counts, strict=True))
        for model in stats.MODELS:
            stats.pairwise(arms, model=model).to_dict()
            stats.leave_one_out(arms, model=model).to_dict()
            stats.cumulative(arms, model=model).to_dict()
        for alternative in stats.alternatives(arms):
            alternative.result.to_dict()

    everything()
    times = []
    for _ in range(10):
        start = time.process_time()
        everything()
        times.append(time.process_time() - start)
    return statistics.median(times)
