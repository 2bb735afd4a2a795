"""From what a study reports to its effect and sampling variance."""

from meta.stats.continuity import Continuity
from meta.stats.errors import UnknownOption
from meta.stats.inputs import BinaryArms, ContinuousArms, GenericEffects, Table
from meta.stats.measures import Measure

from . import binary, continuous, generic
from .base import Effects

__all__ = ["Effects", "effects_of"]


def effects_of(arms: Table, measure: Measure, rule: Continuity, variant: str | None = None) -> Effects:
    """The studies' own effects.

    Raises:
        UnknownOption: the measure does not go with this kind of data, or has no such variant.
    """
    if measure.kind != arms.kind:
        raise UnknownOption(f"{measure.name} ({measure.code}) needs {measure.kind} data, not {arms.kind} data.")
    if isinstance(arms, GenericEffects):
        return generic.effects_of(arms)
    if isinstance(arms, ContinuousArms):
        return continuous.effects_of(arms, measure.code, variant)
    if isinstance(arms, BinaryArms):
        return binary.effects_of(arms, measure.code, rule)
    raise UnknownOption(f"{measure.name} ({measure.code}) cannot be computed yet.")
