"""The front door: one comparison, one outcome, one call.

>>> from meta import stats
>>> arms = stats.BinaryArms(["A", "B"], [10, 2], [20, 12], [17, 7], [20, 12])
>>> result = stats.pairwise(arms, measure="OR", method="MH", model="common")
>>> round(result.display(result.pooled.estimate), 2)
0.16
"""

import math
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from .continuity import Continuity, chosen_rows, corrected, left_out
from .distributions import chi2_upper, critical_value
from .effects import Effects, effects_of
from .effects.single import freeman_tukey_inverse, harmonic_mean
from .inputs import BinaryArms, PersonTimeArms, Proportions, Table
from .measures import Measure
from .plan import Plan, plan
from .pooling import mantel_haenszel
from .pooling.intervals import confidence, pooled, prediction
from .pooling.inverse_variance import Weighted, cochran_q, typical_variance, weighted_mean
from .pooling.sample_size import sample_size_weights
from .results import Heterogeneity, Interval, NotEstimable, Pooled, StudyEffect, plain
from .tau2 import Tau2, estimate_tau2

Array = npt.NDArray[np.float64]

NOTHING_TO_POOL = NotEstimable("No study gives an effect that could be pooled.")
NO_EVENTS = NotEstimable("No study has both events and people without events, so no ratio can be estimated.")
TOO_EXTREME = NotEstimable("The numbers are too large or too small to be pooled without losing all precision.")
COMMON_ONLY = NotEstimable("A common-effect model has no prediction interval: every study has the same true effect.")


@dataclass(frozen=True, slots=True, eq=False)
class Pairwise:
    """One pairwise meta-analysis: the studies, what they give together, how much they differ, and what to mind.

    Everything is on the scale of analysis (``measure.scale``: log for ratios); ``display`` goes to the scale that
    people read. ``common`` is the common-effect result of the same plan, whatever the model, because a random-effects
    result is always shown beside it.
    """

    arms: Table
    plan: Plan
    effects: Effects
    weights: Array
    pooled: Pooled | NotEstimable
    common: Pooled | NotEstimable
    heterogeneity: Heterogeneity
    prediction: Interval | NotEstimable

    @property
    def measure(self) -> Measure:
        """The effect measure, with its scale, unit and back-transformation."""
        return self.plan.measure

    @property
    def k(self) -> int:
        """Number of studies with an effect."""
        return len(self.effects) - len(self.effects.reasons)

    @property
    def studies(self) -> tuple[StudyEffect, ...]:
        """The studies in the order given, with Wald intervals and their share of the weight."""
        z = critical_value(self.plan.level)
        total = float(self.weights.sum())
        percent = self.weights * (100.0 / total) if total > 0 else self.weights
        reasons = dict(self.effects.reasons)
        rows = zip(
            self.effects.labels,
            self.effects.estimate.tolist(),
            self.effects.variance.tolist(),
            percent.tolist(),
            strict=True,
        )
        studies = []
        for row, (label, y, v, weight) in enumerate(rows):
            reason = reasons.get(row)
            if reason is not None:
                studies.append(StudyEffect(label, None, None, None, None, weight or None, reason))
            else:
                half = z * math.sqrt(v)
                studies.append(StudyEffect(label, y, v, y - half, y + half, weight if total > 0 else None))
        return tuple(studies)

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence fit for a page."""
        from .notes import caveats

        return caveats(self)

    def display(self, x: float) -> float:
        """A number of the analysis scale on the scale that people read (exp for ratios)."""
        if isinstance(self.arms, Proportions) and self.measure.code == "PFT":
            return freeman_tukey_inverse(x, harmonic_mean(self.arms.total[self.effects.estimable]))
        return self.measure.display(x)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe: settings, studies, results, caveats; every float is finite."""
        return {
            "settings": self.plan.to_dict(),
            "measure": plain(self.measure),
            "k": self.k,
            "studies": [plain(study) for study in self.studies],
            "pooled": self._shown(self.pooled),
            "common": self._shown(self.common),
            "heterogeneity": plain(self.heterogeneity),
            "prediction": self._shown(self.prediction),
            "notes": list(self.notes),
        }

    def _shown(self, value: Pooled | Interval | NotEstimable) -> dict[str, Any]:
        if isinstance(value, NotEstimable):
            return {"not_estimable": value.reason}
        answer: dict[str, Any] = plain(value)
        names = ("estimate", "lower", "upper") if isinstance(value, Pooled) else ("lower", "upper")
        answer["display"] = {name: plain(self.display(getattr(value, name))) for name in names}
        return answer

    def summary(self) -> str:
        """The result in plain words."""
        from .text import summary

        return summary(self)

    def _repr_html_(self) -> str:
        from .text import html_table

        return html_table(self)


def pairwise(
    arms: Table,
    *,
    measure: str | Measure | None = None,
    method: str | None = None,
    model: str = "common",
    tau2: str | float = "DL",
    continuity: str | Continuity = "revman5",
    interval: str = "wald",
    prediction: str = "t_km1",
    level: float = 0.95,
    q_centre: str = "pooled",
    difference_variance: str = "greenland-robins",
    variant: str | None = None,
) -> Pairwise:
    """Pool one outcome.

    Args:
        arms: the data of the studies (``BinaryArms``, ``ContinuousArms``, ``GenericEffects``, ...).
        measure: an effect measure's code; the usual one of the kind of data if left out (OR, MD, ...).
        method: "MH", "PETO", "IV" or "SSW"; Mantel-Haenszel where the measure has it if left out.
        model: "common" or "random". Random effects weigh by inverse variance, whatever ``method`` is; with "MH" and
            "DL" tau2 comes from Q around the Mantel-Haenszel estimate, as in RevMan 5.
        tau2: an estimator's name (``ESTIMATORS``) or a number.
        continuity: the name of a rule for empty cells (``CONTINUITY``).
        interval, prediction: names of intervals (``INTERVALS``, ``PREDICTIONS``).
        level: confidence level of all intervals.
        q_centre, difference_variance, variant: see ``Plan``.

    Returns:
        A ``Pairwise``; what the data cannot give is a ``NotEstimable`` with its reason.

    Raises:
        UnknownOption: a name is not known, or does not go with the others.
    """
    return analyse(
        arms,
        plan(
            arms.kind, measure, method, model, tau2, continuity, interval, prediction, level, q_centre,
            difference_variance, variant,
        ),
    )  # fmt: skip


def analyse(arms: Table, chosen: Plan) -> Pairwise:
    """Carry out a plan (see ``pairwise``)."""
    effects = effects_of(arms, chosen.measure, chosen.continuity, chosen.variant)
    y, v = effects.usable
    nothing = NO_EVENTS if isinstance(arms, BinaryArms) and chosen.measure.is_ratio else NOTHING_TO_POOL
    with np.errstate(all="ignore"):
        iv = weighted_mean(y, v) if len(y) else None
        if iv is not None and not math.isfinite(iv.estimate * iv.standard_error * iv.sum):
            empty = np.zeros(len(effects))
            return Pairwise(arms, chosen, effects, empty, TOO_EXTREME, TOO_EXTREME, _no_spread(0), TOO_EXTREME)
        common, centre, weights = _common(arms, chosen, effects, y, v, iv, nothing)
        q = None
        if iv is not None:
            around = centre if centre is not None and chosen.q_centre == "pooled" else iv.estimate
            q = cochran_q(y, iv.weights, around)
        if chosen.model == "common":
            spread = _spread(len(y), q, iv, None)
            return Pairwise(arms, chosen, effects, weights, common, common, spread, COMMON_ONLY)
        if iv is None or q is None:
            return Pairwise(arms, chosen, effects, weights, nothing, common, _no_spread(0), nothing)
        return _random(arms, chosen, effects, y, v, iv, q, common)


def _random(
    arms: Table,
    chosen: Plan,
    effects: Effects,
    y: Array,
    v: Array,
    iv: Weighted,
    q: float,
    common: Pooled | NotEstimable,
) -> Pairwise:
    own_q = q if chosen.method == "MH" and chosen.q_centre == "pooled" else None
    found = (
        estimate_tau2(y, v, chosen.tau2, q=own_q)
        if isinstance(chosen.tau2, str)
        else Tau2(chosen.tau2, None, "fixed", "given by the user")
    )
    if own_q is not None and isinstance(found, Tau2) and found.method == "DL":
        found = Tau2(
            found.value, found.standard_error, found.method, found.search + ", Q around Mantel-Haenszel", found.raw
        )
    value = found.value if isinstance(found, Tau2) else 0.0
    classic = fit = weighted_mean(y, v, value)
    if chosen.method == "SSW" and isinstance(arms, BinaryArms):
        fit = sample_size_weights(arms, effects, y, v, value)
    answer = confidence(y, v, fit, value, interval=chosen.interval, level=chosen.level, common_se=iv.standard_error)
    expected = prediction(y, v, classic, value, method=chosen.prediction, level=chosen.level)
    weights = _spread_out(effects, fit.weights)
    spread = _spread(len(y), q, iv, found if isinstance(found, Tau2) else None)
    return Pairwise(arms, chosen, effects, weights, answer, common, spread, expected)


def _common(
    arms: Table, chosen: Plan, effects: Effects, y: Array, v: Array, iv: Weighted | None, nothing: NotEstimable
) -> tuple[Pooled | NotEstimable, float | None, Array]:
    """The common-effect result, its estimate as a centre for Q, and the weights of all studies."""
    empty = np.zeros(len(effects))
    if chosen.method in ("MH", "COCHRAN"):
        summed, rows = _mantel_haenszel(arms, chosen)
        if isinstance(summed, NotEstimable):
            return (nothing if iv is None else summed), None, empty
        weights = summed.weights
        if len(weights) < len(empty):
            weights = empty
            weights[rows] = summed.weights
        k = int(np.count_nonzero(summed.weights))
        answer = pooled(summed.estimate, summed.standard_error, df=None, level=chosen.level, k=k, method="wald")
        return answer, summed.estimate, weights
    if iv is None:
        return nothing, None, empty
    if chosen.method == "SSW" and isinstance(arms, BinaryArms):
        fit = sample_size_weights(arms, effects, y, v, 0.0)
        answer = pooled(fit.estimate, fit.standard_error, df=None, level=chosen.level, k=len(y), method="wald")
        return answer, iv.estimate, _spread_out(effects, fit.weights)
    interval = chosen.interval if chosen.model == "common" else "wald"
    return (
        confidence(y, v, iv, 0.0, interval=interval, level=chosen.level),
        iv.estimate,
        _spread_out(effects, iv.weights),
    )


def _mantel_haenszel(arms: Table, chosen: Plan) -> tuple[mantel_haenszel.Summed | NotEstimable, npt.NDArray[np.bool_]]:
    rows = arms.complete
    if isinstance(arms, PersonTimeArms):
        columns = arms.columns if rows.all() else arms.take(np.flatnonzero(rows)).columns
        rate = mantel_haenszel.rate_ratio if chosen.measure.code == "IRR" else mantel_haenszel.rate_difference
        if chosen.method == "COCHRAN":
            rate = mantel_haenszel.cochran_rate_ratio
        return (rate(*columns) if len(columns[0]) else NOTHING_TO_POOL), rows
    rule = chosen.continuity.pooled
    tables = cast("BinaryArms", arms)
    cells = tables.cells
    used = corrected(cells, rule, chosen.measure.code, lowest=tables.lowest_cell)
    ratio = chosen.measure.code != "RD"
    if not (arms.is_complete and used is cells and rule.drop_double_zero != "always"):
        rows = rows & ~left_out(cells, rule, chosen.measure.code)
        cells, used = chosen_rows(cells, rows), chosen_rows(used, rows)
    if not len(cells[0]):
        return NO_EVENTS, rows
    if chosen.measure.code == "OR":
        return mantel_haenszel.odds_ratio(*used), rows
    if ratio:
        return mantel_haenszel.risk_ratio(*used), rows
    shown = cells if rule.keep_difference else used
    sato = chosen.difference_variance == "sato"
    return mantel_haenszel.risk_difference(shown, used, variance="sato" if sato else "greenland-robins"), rows


def _spread_out(effects: Effects, weights: Array) -> Array:
    """Weights of the usable studies at their places among all."""
    if effects.complete:
        return weights
    everywhere = np.zeros(len(effects))
    everywhere[effects.estimable] = weights
    return everywhere


def _no_spread(k: int) -> Heterogeneity:
    return Heterogeneity(0.0, max(0, k - 1), 1.0, None, None, None, None, None, None, None)


def _spread(k: int, q: float | None, iv: Weighted | None, tau2: Tau2 | None) -> Heterogeneity:
    if k < 2 or q is None or iv is None:
        return _no_spread(k)
    df = k - 1
    h2 = q / df
    i2 = max(0.0, 100.0 * (q - df) / q) if q > 0 else 0.0
    p = chi2_upper(q, df)
    if tau2 is None:
        return Heterogeneity(q, df, p, i2, h2, None, None, None, i2, h2)
    typical = typical_variance(iv.weights, iv.sum)
    by_tau2 = None if typical is None else 100.0 * tau2.value / (tau2.value + typical)
    h2_by_tau2 = None if typical is None else tau2.value / typical + 1.0
    return Heterogeneity(
        q, df, p, i2, h2, tau2.value, tau2.standard_error, tau2.method, by_tau2, h2_by_tau2, tau2.search
    )
