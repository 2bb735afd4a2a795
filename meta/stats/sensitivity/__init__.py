"""How far the result depends on single studies, on their order, and on the choices made."""

from .everyday import Alternative, alternatives, cumulative, leave_one_out
from .subsets import Row, Sensitivity, evaluate

__all__ = ["Alternative", "Row", "Sensitivity", "alternatives", "cumulative", "evaluate", "leave_one_out"]
