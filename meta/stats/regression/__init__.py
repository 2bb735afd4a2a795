"""Meta-regression."""

from .design import Design, design
from .model import Coefficient, Omnibus, Regression, likelihood_ratio, regress
from .permutation import Permuted, permutation_test

__all__ = [
    "Coefficient",
    "Design",
    "Omnibus",
    "Permuted",
    "Regression",
    "design",
    "likelihood_ratio",
    "permutation_test",
    "regress",
]
