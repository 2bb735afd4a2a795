"""Effects that depend on each other: known sampling covariances, several levels, several outcomes, robust errors."""

from .components import STRUCTURES, Correlated, Level, nested
from .covariance import (
    aggregate,
    constant_correlation,
    sampling_covariance,
    shared_control_covariance,
    shared_group_correlation,
)
from .inference import Ratio, Robust, profile_interval, ratio_test, robust
from .model import Effect, Multilevel, Variance, multilevel

__all__ = [
    "STRUCTURES",
    "Correlated",
    "Effect",
    "Level",
    "Multilevel",
    "Ratio",
    "Robust",
    "Variance",
    "aggregate",
    "constant_correlation",
    "multilevel",
    "nested",
    "profile_interval",
    "ratio_test",
    "robust",
    "sampling_covariance",
    "shared_control_covariance",
    "shared_group_correlation",
]
