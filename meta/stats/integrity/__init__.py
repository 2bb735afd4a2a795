"""Checks of printed numbers against each other: hints for a person who looks at the source, never an accusation."""

from .base import Check, Printed, printed
from .granularity import debit, grim, grimmer, percentage
from .plausibility import interval_symmetry, p_agrees, possible_spread, sd_or_se

__all__ = [
    "Check",
    "Printed",
    "debit",
    "grim",
    "grimmer",
    "interval_symmetry",
    "p_agrees",
    "percentage",
    "possible_spread",
    "printed",
    "sd_or_se",
]
