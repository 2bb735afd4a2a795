"""What a model of counts returns."""

from dataclasses import dataclass
from typing import Any

from meta.stats.measures import Measure
from meta.stats.pooling.tables import ChiSquare
from meta.stats.results import NotEstimable, Pooled, plain

from .maximise import Convergence

FEW_STUDIES = 5
"""Below this, a variance between studies estimated by maximum likelihood is hardly better than a guess."""


@dataclass(frozen=True, slots=True)
class CountModel:
    """A generalised linear mixed model of counts.

    ``tau2`` is the variance between studies on the scale of analysis (0 under a common effect), ``study_variance`` that
    of random study effects (UM.RS). ``q_wald`` and ``q_lrt`` test whether the studies share one effect. ``i2`` and ``h2``
    compare tau2 with the typical variance of the studies' own effects. ``log_likelihood`` is the one that is maximised;
    given the predicted random effects (which metafor shows after quadrature with several nodes) it is
    ``log_likelihood_given_effects``, None where effects are the same or both arms' are random. ``left_out`` holds the
    studies that say nothing.
    """

    model: str
    measure: Measure
    random: bool
    pooled: Pooled
    tau2: float
    study_variance: float | None
    q_wald: ChiSquare | NotEstimable
    q_lrt: ChiSquare | NotEstimable
    i2: float
    h2: float
    log_likelihood: float
    log_likelihood_given_effects: float | None
    nodes: int
    convergence: Convergence
    left_out: tuple[str, ...]

    @property
    def k(self) -> int:
        """Studies in the model."""
        return self.pooled.k

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        told = list(self.convergence.notes())
        if self.left_out:
            told.append(
                f"{', '.join(self.left_out)}: no events, or only events, in all arms; they say nothing on a ratio."
            )
        if self.random and self.k < FEW_STUDIES:
            told.append(f"With {self.k} studies the spread between studies (tau²) is very uncertain.")
        return tuple(told)

    def display(self, x: float) -> float:
        """A number of the analysis scale on the scale that people read."""
        return self.measure.display(x)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        found: dict[str, Any] = plain(self)
        shown = {name: self.display(getattr(self.pooled, name)) for name in ("estimate", "lower", "upper")}
        return {**found, "display": shown, "notes": list(self.notes)}

    def summary(self) -> str:
        """The result in plain words."""
        from meta.stats.text import number

        shown = [number(self.display(x)) for x in (self.pooled.estimate, self.pooled.lower, self.pooled.upper)]
        return (
            f"Pooled {self.measure.name} {shown[0]} ({shown[1]} to {shown[2]}), {number(100 * self.pooled.level, 0)} % "
            f"confidence interval, {MODELS[self.model].split(':')[0].lower()}, {self.k} studies, "
            f"tau² {number(self.tau2, 3)}."
        )


MODELS: dict[str, str] = {
    "UM.FS": "Unconditional model with fixed study effects: logistic or Poisson regression, one intercept per study.",
    "UM.RS": "Unconditional model with random study effects: fewer parameters, but the controls' risks must be alike.",
    "CM.EL": "Conditional model with exact likelihood: given the margins of each table; the reference for rare events.",
    "CM.AL": "Conditional model with approximate likelihood: a binomial in place of the exact one; for rare events.",
    "one-group": "One-group model: a logistic or Poisson regression with an intercept per study drawn at random.",
}
"""Every model with one sentence on what it is."""
