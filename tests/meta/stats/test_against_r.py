"""Fresh data against R's metafor, where Rscript finds it (skipped elsewhere; CI installs r-cran-metafor)."""

import json
import shutil
import subprocess

import numpy as np
import pytest

from meta import stats

RSCRIPT = shutil.which("Rscript")
PROGRAM = """
if (!suppressWarnings(suppressMessages(require(metafor, quietly = TRUE)))) quit(status = 77)
d <- read.csv(file("stdin"))
hard <- list(threshold = 1e-12, maxiter = 10000)
say <- function(id, r) cat(sprintf('{"id": "%s", "v": [%.15g, %.15g, %.15g, %.15g, %.15g]}\\n', id, r$beta[1], r$se[1],
                                   if (is.null(r$tau2)) 0 else r$tau2, r$QE, r$QEp))
two <- function(...) list(ai = d$a, n1i = d$n1, ci = d$c, n2i = d$n2, ...)
say("MH-OR", do.call(rma.mh, two(measure = "OR")))
say("MH-RR", do.call(rma.mh, two(measure = "RR")))
say("PETO", do.call(rma.peto, two()))
for (m in c("DL", "HE", "HS", "SJ")) say(m, rma(yi = y, vi = v, data = d, method = m))
for (m in c("REML", "ML", "EB")) say(m, rma(yi = y, vi = v, data = d, method = m, control = hard))
say("knha", rma(yi = y, vi = v, data = d, method = "DL", test = "knha"))
say("mods", rma(yi = y, vi = v, mods = ~ x, data = d, method = "DL"))
"""


NO_METAFOR = 77


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed here")
def test_fresh_data_agree_with_metafor():
    rng = np.random.default_rng(20261122)
    k = 12
    n1, n2 = rng.integers(30, 200, k), rng.integers(30, 200, k)
    a, c = rng.binomial(n1, 0.25) + 1, rng.binomial(n2, 0.3) + 1
    y, v, x = rng.normal(0.3, 0.6, k), rng.uniform(0.01, 0.3, k), rng.normal(0, 1, k)
    table = "a,n1,c,n2,y,v,x\n" + "\n".join(
        f"{a[i]},{n1[i]},{c[i]},{n2[i]},{float(y[i])!r},{float(v[i])!r},{float(x[i])!r}" for i in range(k)
    )
    done = subprocess.run([RSCRIPT, "-e", PROGRAM], input=table, capture_output=True, text=True, check=False)
    if done.returncode == NO_METAFOR:
        pytest.skip("R's metafor is not installed here")
    theirs = {line["id"]: line["v"] for line in map(json.loads, done.stdout.splitlines())}
    assert len(theirs) == 12

    arms = stats.BinaryArms([], a, n1, c, n2)
    effects = stats.GenericEffects.from_variances([], y, v)
    found = {
        "MH-OR": stats.pairwise(arms, measure="OR", continuity="exact"),
        "MH-RR": stats.pairwise(arms, measure="RR", continuity="exact"),
        "PETO": stats.pairwise(arms, method="PETO"),
        "knha": stats.pairwise(effects, model="random", tau2="DL", interval="hk"),
        **{m: stats.pairwise(effects, model="random", tau2=m) for m in ("DL", "HE", "HS", "SJ", "REML", "ML", "EB")},
    }
    for name, result in found.items():
        spread = result.heterogeneity
        ours = [result.pooled.estimate, result.pooled.standard_error, spread.tau2 or 0, spread.q, spread.p_value]
        tolerance = 1e-6 if name in ("REML", "ML", "EB") else 1e-8
        assert ours == pytest.approx(theirs[name], rel=tolerance, abs=1e-10), (name, table)
    fit = stats.regress(y, v, {"x": x}, tau2="DL", test="z")
    first = fit.coefficients[0]
    assert [first.estimate, first.standard_error, fit.tau2.value, fit.q_residual] == pytest.approx(
        theirs["mods"][:4], rel=1e-8
    )
