"""Comparison with other programs' results: the logic behind the command ``check_reference``."""

from .compare import differences
from .run import answer, answers, comparison

__all__ = ["answer", "answers", "comparison", "differences"]
