"""From what a study reports to its effect and sampling variance."""

from meta.stats.continuity import Continuity
from meta.stats.errors import UnknownOption
from meta.stats.inputs import (
    BinaryArms,
    ContinuousArms,
    Correlations,
    GenericEffects,
    Means,
    PairedMeans,
    PersonTimeArms,
    Proportions,
    Rates,
    Table,
)
from meta.stats.measures import Measure

from . import binary, continuous, generic, paired, rates, single
from .base import Effects

__all__ = ["Effects", "effects_of"]


def effects_of(arms: Table, measure: Measure, rule: Continuity, variant: str | None = None) -> Effects:
    """The studies' own effects.

    Raises:
        UnknownOption: the measure does not go with this kind of data, or has no such variant.
    """
    if measure.kind != arms.kind:
        raise UnknownOption(f"{measure.name} ({measure.code}) needs {measure.kind} data, not {arms.kind} data.")
    match arms:
        case BinaryArms():
            return binary.effects_of(arms, measure.code, rule)
        case GenericEffects():
            return generic.effects_of(arms)
        case ContinuousArms():
            return continuous.effects_of(arms, measure.code, variant)
        case PersonTimeArms():
            return rates.effects_of(arms, measure.code, rule)
        case Proportions():
            return single.proportions_of(arms, measure.code, rule)
        case Rates():
            return single.rates_of(arms, measure.code, rule)
        case Means():
            return single.means_of(arms, measure.code)
        case Correlations():
            return paired.correlations_of(arms, measure.code)
        case PairedMeans():
            return paired.changes_of(arms, measure.code)
    raise UnknownOption(f"There are no effects for data of the kind {arms.kind!r}.")
