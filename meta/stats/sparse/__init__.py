"""Models for sparse data: counts as they are, without corrections of empty cells."""

from .beta_binomial import BetaBinomial, beta_binomial
from .counts import glmm
from .results import MODELS, CountModel

__all__ = ["MODELS", "BetaBinomial", "CountModel", "beta_binomial", "glmm"]
