"""PET-PEESE: the effect that a line through the funnel gives an infinitely large study."""

from dataclasses import dataclass
from typing import Any

from meta.stats import shown_when
from meta.stats.arrays import Numbers, effects_and_variances
from meta.stats.distributions import two_sided
from meta.stats.results import NotEstimable, plain
from meta.stats.shown_when import ShownWhen

from .asymmetry import AsymmetryTest, regression_test

PET_SIGNIFICANT = 0.10
"""Two-sided, that is 5 % one-sided: if PET finds an effect, PEESE estimates it with less bias. Stanley 2017."""

UNSTABLE = "PET-PEESE is unstable with few studies, large heterogeneity or small effects (Stanley 2017)."


@dataclass(frozen=True, slots=True)
class PetPeese:
    """Both lines; ``chosen`` names the one that the usual rule takes. The intercepts are the corrected effects."""

    pet: AsymmetryTest
    peese: AsymmetryTest
    pet_p_value: float
    peese_p_value: float
    chosen: str
    model: str
    shown: ShownWhen

    @property
    def estimate(self) -> float:
        """The corrected effect of the chosen line."""
        found = self.pet if self.chosen == "PET" else self.peese
        return found.intercept or 0.0

    @property
    def notes(self) -> tuple[str, ...]:
        """Caveats, each a sentence."""
        return (*self.shown.unmet, UNSTABLE)

    def to_dict(self) -> dict[str, Any]:
        """JSON-safe."""
        return {**plain(self), "estimate": self.estimate, "notes": list(self.notes)}


def pet_peese(
    estimate: Numbers, variance: Numbers, *, model: str = "lm", tau2: str = "REML", level: float = 0.95
) -> PetPeese | NotEstimable:
    """The intercepts of the lines on standard errors (PET) and on variances (PEESE).

    Args:
        estimate, variance: effects and positive variances, shape (k,), k >= 3.
        model: "lm" (weighted, free dispersion) or "rma" (mixed effects).
        tau2: of the mixed-effects lines.
        level: of the intervals.

    Raises:
        TooFewStudies, SingularDesign, UnknownOption: no line can be drawn.

    Source: Stanley & Doucouliagos 2014.
    """
    y, v = effects_and_variances(estimate, variance)
    found = [regression_test(y, v, predictor=on, model=model, tau2=tau2, level=level) for on in ("sei", "vi")]
    pet, peese = found
    if not isinstance(pet, AsymmetryTest):
        return pet
    if not isinstance(peese, AsymmetryTest):
        return peese
    p_values = [_intercept_p(line) for line in (pet, peese)]
    return PetPeese(
        pet, peese, p_values[0], p_values[1], "PEESE" if p_values[0] < PET_SIGNIFICANT else "PET", model,
        shown_when.asymmetry(len(y), v),
    )  # fmt: skip


def _intercept_p(found: AsymmetryTest) -> float:
    return two_sided((found.intercept or 0.0) / (found.intercept_se or 1.0), found.df)
