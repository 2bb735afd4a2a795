"""Fresh data against R's metafor for what looks harder, where Rscript finds it (CI installs r-cran-metafor)."""

import json
import subprocess

import numpy as np
import pytest

from meta import stats

from .test_against_r import NO_METAFOR, RSCRIPT

PROGRAM = """
if (!suppressWarnings(suppressMessages(require(metafor, quietly = TRUE)))) quit(status = 77)
d <- read.csv(file("stdin"))
hard <- list(threshold = 1e-12, maxiter = 10000)
list_of <- function(x) paste0("[", paste(sprintf("%.15g", as.numeric(x)), collapse = ","), "]")
say <- function(id, ...) cat(sprintf('{"id": "%s", "v": [%s]}\\n', id, paste(sapply(list(...), list_of), collapse = ",")))
for (m in c("EE", "DL", "REML")) {
  f <- rma(yi = y, vi = v, data = d, method = m, control = hard); i <- influence(f)
  say(paste0("influence-", m), i$inf$rstudent, i$inf$dffits, i$inf$cook.d, i$inf$cov.r, i$inf$tau2.del, i$inf$hat,
      i$dfbs[[1]])
}
f <- rma(yi = y, vi = v, mods = ~ x, data = d, method = "REML", test = "knha", control = hard); i <- influence(f)
say("influence-mods", i$inf$rstudent, i$inf$dffits, i$inf$cook.d, i$inf$cov.r, i$inf$tau2.del, i$inf$hat, i$dfbs[[2]])
f <- rma(yi = y, vi = v, ni = n, data = d, method = "DL")
for (p in c("sei", "vi", "ni", "ninv", "sqrtni", "sqrtninv")) for (m in c("lm", "rma")) {
  r <- regtest(f, model = m, predictor = p); say(paste("regtest", m, p, sep = "-"), r$zval, r$pval)
}
r <- ranktest(f); say("ranktest", r$tau, r$pval)
for (e in c("L0", "R0", "Q0")) for (s in c("left", "right")) {
  t <- try(trimfill(f, estimator = e, side = s), silent = TRUE)
  if (!inherits(t, "try-error")) say(paste("trimfill", e, s, sep = "-"), t$k0, t$beta, t$se, t$tau2)
}
t <- trimfill(f); say("trimfill-side", t$side == "left", t$k0, t$beta)
for (k in c("Rosenthal", "Rosenberg")) { r <- fsn(y, v, data = d, type = k); say(k, r$fsnum, r$pval) }
r <- tes(y, v, data = d); say("tes", r$O, r$E, r$theta, r$pval)
"""

FIELDS = ("rstudent", "dffits", "cook_distance", "covariance_ratio", "tau2_deleted", "hat")


@pytest.mark.skipif(RSCRIPT is None, reason="R is not installed here")
@pytest.mark.parametrize("seed", [20261125, 7])
def test_fresh_data_agree_with_metafor(seed):
    rng = np.random.default_rng(seed)
    k = 14
    v, x, n = rng.uniform(0.01, 0.6, k), rng.normal(0, 1, k), rng.integers(20, 400, k)
    y = 0.3 + 0.8 * np.sqrt(v) + rng.normal(0, 0.3, k) + rng.normal(0, np.sqrt(v))
    rows = "\n".join(f"{float(y[i])!r},{float(v[i])!r},{float(x[i])!r},{n[i]}" for i in range(k))
    done = subprocess.run(
        [RSCRIPT, "-e", PROGRAM], input=f"y,v,x,n\n{rows}\n", capture_output=True, text=True, check=False
    )  # fmt: skip
    if done.returncode == NO_METAFOR:
        pytest.skip("R's metafor is not installed here")
    theirs = {line["id"]: line["v"] for line in map(json.loads, done.stdout.splitlines())}
    assert len(theirs) >= 24, done.stderr

    def same(name, ours, tolerance=1e-7):
        for one, other in zip(ours, theirs[name], strict=True):
            assert np.atleast_1d(one) == pytest.approx(np.atleast_1d(other), rel=tolerance, abs=1e-9), (name, rows)

    for method, tau2 in (("EE", None), ("DL", "DL"), ("REML", "REML")):
        found = stats.influence(y, v, tau2=tau2).studies
        columns = [[getattr(study, field) for study in found] for field in FIELDS]
        same(f"influence-{method}", [*columns, [study.dfbetas[0] for study in found]], 1e-5)
    found = stats.influence(y, v, moderators={"x": x}, interval="hk").studies
    columns = [[getattr(study, field) for study in found] for field in FIELDS]
    same("influence-mods", [*columns, [study.dfbetas[1] for study in found]], 1e-5)
    for predictor in stats.PREDICTORS:
        for model in ("lm", "rma"):
            test = stats.regression_test(y, v, predictor=predictor, model=model, sizes=n, tau2="DL")
            same(f"regtest-{model}-{predictor}", [test.statistic, test.p_value])
    from meta.stats.small_study.ranks import kendall

    mean = float((y / v).sum() / (1 / v).sum())
    tau = kendall((y - mean) / np.sqrt(v - 1 / (1 / v).sum()), v).tau
    same("ranktest", [tau, stats.begg(y, v, exact=True).p_value])
    for count in ("L0", "R0", "Q0"):
        for side in ("left", "right"):
            filled = stats.trim_and_fill(y, v, tau2="DL", estimator=count, side=side)
            name = f"trimfill-{count}-{side}"
            if name not in theirs:
                assert isinstance(filled, stats.NotEstimable)
                continue
            same(name, [filled.missing, filled.pooled.estimate, filled.pooled.standard_error, filled.tau2])
    filled = stats.trim_and_fill(y, v, tau2="DL")
    same("trimfill-side", [filled.side == "left", filled.missing, filled.pooled.estimate])
    for kind in ("Rosenthal", "Rosenberg"):
        number = stats.fail_safe(y, v, kind=kind)
        same(kind, [number.number, number.p_value])
    excess = stats.excess_significance(y, v)
    same("tes", [excess.observed, excess.expected, excess.effect, excess.p_value])
