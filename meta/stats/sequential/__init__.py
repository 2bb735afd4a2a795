"""Repeated looks at growing evidence. Secondary by design: Cochrane advises against it for main conclusions."""

from .boundaries import SECONDARY, Boundaries, boundaries, drift_for_power, inflation, power
from .futility import Futility, futility
from .inference import (
    ConfidenceSequence,
    StageWise,
    adjusted_interval,
    confidence_sequence,
    stage_wise,
    unadjusted_error,
)
from .information import (
    Required,
    Trials,
    diversity,
    experimental_risk,
    required_for_means,
    required_for_risks,
    required_trials,
    unit_variance_of_risks,
)
from .monitoring import Look, Monitoring, evaluable, monitor
from .recursion import Walk, exits
from .spending import SPENDING, spent

__all__ = [
    "SECONDARY",
    "SPENDING",
    "Boundaries",
    "ConfidenceSequence",
    "Futility",
    "Look",
    "Monitoring",
    "Required",
    "StageWise",
    "Trials",
    "Walk",
    "adjusted_interval",
    "boundaries",
    "confidence_sequence",
    "diversity",
    "drift_for_power",
    "evaluable",
    "exits",
    "experimental_risk",
    "futility",
    "inflation",
    "monitor",
    "power",
    "required_for_means",
    "required_for_risks",
    "required_trials",
    "spent",
    "stage_wise",
    "unadjusted_error",
    "unit_variance_of_risks",
]
