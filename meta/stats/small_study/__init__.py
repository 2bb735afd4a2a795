"""Small-study effects: tests of asymmetry, corrections for it, and models of selection."""

from .asymmetry import PREDICTORS, AsymmetryTest, egger, macaskill, regression_test, thompson_sharp
from .doi_plot import Doi, DoiPoint, doi
from .e_values import EValue, e_value, e_value_of_difference
from .excess import ExcessSignificance, excess_significance
from .infinite_size import PetPeese, pet_peese
from .limit import LimitMetaAnalysis, limit_meta_analysis
from .ranks import begg
from .selection import SelectionModel, selection_model
from .tables import arcsine_egger, deeks, egger_on_ratios, harbord, peters, pustejovsky, schwarzer
from .trim_fill import TrimAndFill, trim_and_fill
from .unseen_studies import FailSafe, fail_safe
from .weights import SHAPES

__all__ = [
    "PREDICTORS",
    "SHAPES",
    "AsymmetryTest",
    "Doi",
    "DoiPoint",
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
]
