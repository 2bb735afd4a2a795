"""Pairwise meta-analysis on NumPy arrays: effects, pooling, heterogeneity, with every caveat in the result.

``stats.pairwise`` is the front door; everything else here can be called by itself. No Django in this package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:  # looking harder and sparse data
    from .diagnostics import (
        Baujat,
        Gosh,
        Influence,
        Radial,
        Residual,
        baujat,
        gosh,
        influence,
        radial,
        residuals,
    )
    from .shown_when import (
        ShownWhen,
    )
    from .small_study import (
        PREDICTORS,
        SHAPES,
        AsymmetryTest,
        Doi,
        EValue,
        ExcessSignificance,
        FailSafe,
        LimitMetaAnalysis,
        PetPeese,
        SelectionModel,
        TrimAndFill,
        arcsine_egger,
        begg,
        deeks,
        doi,
        e_value,
        e_value_of_difference,
        egger,
        egger_on_ratios,
        excess_significance,
        fail_safe,
        harbord,
        limit_meta_analysis,
        macaskill,
        pet_peese,
        peters,
        pustejovsky,
        regression_test,
        schwarzer,
        selection_model,
        thompson_sharp,
        trim_and_fill,
    )
    from .sparse import (
        BetaBinomial,
        CountModel,
        beta_binomial,
        glmm,
    )

__version__ = "0.1.0"

LOADED_AT_FIRST_USE: dict[str, str] = {
    # looking harder and sparse data
    **dict.fromkeys(
        (
            "Baujat",
            "Gosh",
            "Influence",
            "Radial",
            "Residual",
            "baujat",
            "gosh",
            "influence",
            "radial",
            "residuals",
        ),
        ".diagnostics",
    ),
    **dict.fromkeys(
        ("ShownWhen",),
        ".shown_when",
    ),
    **dict.fromkeys(
        (
            "PREDICTORS",
            "SHAPES",
            "AsymmetryTest",
            "Doi",
            "EValue",
            "ExcessSignificance",
            "FailSafe",
            "LimitMetaAnalysis",
            "PetPeese",
            "SelectionModel",
            "TrimAndFill",
            "arcsine_egger",
            "begg",
            "deeks",
            "doi",
            "e_value",
            "e_value_of_difference",
            "egger",
            "egger_on_ratios",
            "excess_significance",
            "fail_safe",
            "harbord",
            "limit_meta_analysis",
            "macaskill",
            "pet_peese",
            "peters",
            "pustejovsky",
            "regression_test",
            "schwarzer",
            "selection_model",
            "thompson_sharp",
            "trim_and_fill",
        ),
        ".small_study",
    ),
    **dict.fromkeys(
        (
            "BetaBinomial",
            "CountModel",
            "beta_binomial",
            "glmm",
        ),
        ".sparse",
    ),
}
"""Names that load their module only when they are asked for, so that an everyday analysis starts quickly."""

__all__ = [
    "CONTINUITY",
    "ESTIMATORS",
    "INTERVALS",
    "MEASURES",
    "METHODS",
    "MODELS",
    "PREDICTIONS",
    "PREDICTORS",
    "SHAPES",
    "TAU2_INTERVALS",
    "Alternative",
    "AsymmetryTest",
    "Baujat",
    "BetaBinomial",
    "BinaryArms",
    "Continuity",
    "ContinuousArms",
    "Correction",
    "Correlations",
    "CountModel",
    "Doi",
    "EValue",
    "Effects",
    "ExcessSignificance",
    "FailSafe",
    "GenericEffects",
    "Gosh",
    "Heterogeneity",
    "Influence",
    "Interval",
    "InvalidInput",
    "LimitMetaAnalysis",
    "Many",
    "Means",
    "Measure",
    "NotEstimable",
    "PairedMeans",
    "Pairwise",
    "PersonTimeArms",
    "PetPeese",
    "Plan",
    "Pooled",
    "Proportions",
    "Radial",
    "Rates",
    "Regression",
    "Residual",
    "SelectionModel",
    "Sensitivity",
    "ShownWhen",
    "SingularDesign",
    "StatsError",
    "StudyEffect",
    "Subgroups",
    "TooFewStudies",
    "TrimAndFill",
    "UnknownOption",
    "alternatives",
    "analyse",
    "arcsine_egger",
    "baujat",
    "begg",
    "beta_binomial",
    "cumulative",
    "deeks",
    "doi",
    "e_value",
    "e_value_of_difference",
    "egger",
    "egger_on_ratios",
    "estimate_tau2",
    "excess_significance",
    "fail_safe",
    "from_csv",
    "from_frame",
    "glmm",
    "gosh",
    "h_interval",
    "harbord",
    "henmi_copas",
    "i2_interval",
    "influence",
    "ivhet",
    "leave_one_out",
    "likelihood_ratio",
    "limit_meta_analysis",
    "macaskill",
    "many",
    "measure",
    "pairwise",
    "permutation_test",
    "pet_peese",
    "peters",
    "pustejovsky",
    "radial",
    "regress",
    "regression_test",
    "residuals",
    "schwarzer",
    "selection_model",
    "subgroups",
    "tau2_interval",
    "thompson_sharp",
    "trim_and_fill",
]


def __getattr__(name: str) -> Any:
    module = LOADED_AT_FIRST_USE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(module, __name__), name)
    globals()[name] = found
    return found
