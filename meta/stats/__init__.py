"""Pairwise meta-analysis on NumPy arrays: effects, pooling, heterogeneity, with every caveat in the result.

``stats.pairwise`` is the front door; everything else here can be called by itself. No Django in this package.
"""

from .continuity import CONTINUITY, Continuity, Correction
from .effects import Effects
from .errors import InvalidInput, SingularDesign, StatsError, TooFewStudies, UnknownOption
from .inputs import (
    BinaryArms,
    ContinuousArms,
    Correlations,
    GenericEffects,
    Means,
    PairedMeans,
    PersonTimeArms,
    Proportions,
    Rates,
)
from .measures import MEASURES, Measure, measure
from .pairwise import Pairwise, analyse, pairwise
from .plan import METHODS, MODELS, Plan
from .pooling.intervals import INTERVALS, PREDICTIONS
from .results import Heterogeneity, Interval, NotEstimable, Pooled, StudyEffect
from .tau2 import ESTIMATORS

__version__ = "0.1.0"

__all__ = [
    "CONTINUITY",
    "ESTIMATORS",
    "INTERVALS",
    "MEASURES",
    "METHODS",
    "MODELS",
    "PREDICTIONS",
    "BinaryArms",
    "Continuity",
    "ContinuousArms",
    "Correction",
    "Correlations",
    "Effects",
    "GenericEffects",
    "Heterogeneity",
    "Interval",
    "InvalidInput",
    "Means",
    "Measure",
    "NotEstimable",
    "PairedMeans",
    "Pairwise",
    "PersonTimeArms",
    "Plan",
    "Pooled",
    "Proportions",
    "Rates",
    "SingularDesign",
    "StatsError",
    "StudyEffect",
    "TooFewStudies",
    "UnknownOption",
    "analyse",
    "measure",
    "pairwise",
]
