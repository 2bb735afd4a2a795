"""Pairwise meta-analysis on NumPy arrays: effects, pooling, heterogeneity, with every caveat in the result.

``stats.pairwise`` is the front door; everything else here can be called by itself. No Django in this package.
"""

from .batch import Many, many
from .continuity import CONTINUITY, Continuity, Correction
from .effects import Effects
from .errors import InvalidInput, SingularDesign, StatsError, TooFewStudies, UnknownOption
from .frame import from_csv, from_frame
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
from .pooling.robust import henmi_copas, ivhet
from .regression import Regression, likelihood_ratio, permutation_test, regress
from .results import Heterogeneity, Interval, NotEstimable, Pooled, StudyEffect
from .sensitivity import Alternative, Sensitivity, alternatives, cumulative, leave_one_out
from .subgroups import Subgroups, subgroups
from .tau2 import ESTIMATORS, estimate_tau2
from .tau2.intervals import TAU2_INTERVALS, h_interval, i2_interval, tau2_interval

__version__ = "0.1.0"

__all__ = [
    "CONTINUITY",
    "ESTIMATORS",
    "INTERVALS",
    "MEASURES",
    "METHODS",
    "MODELS",
    "PREDICTIONS",
    "TAU2_INTERVALS",
    "Alternative",
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
    "Many",
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
    "Regression",
    "Sensitivity",
    "SingularDesign",
    "StatsError",
    "StudyEffect",
    "Subgroups",
    "TooFewStudies",
    "UnknownOption",
    "alternatives",
    "analyse",
    "cumulative",
    "estimate_tau2",
    "from_csv",
    "from_frame",
    "h_interval",
    "henmi_copas",
    "i2_interval",
    "ivhet",
    "leave_one_out",
    "likelihood_ratio",
    "many",
    "measure",
    "pairwise",
    "permutation_test",
    "regress",
    "subgroups",
    "tau2_interval",
]
