"""Which record to read next: learned from the decisions so far, and from the criteria before there are any.

Pure: texts and labels in, scores out. The live queue and ``simulate_screening`` use the same code.
"""

from .model import Model, Texts
from .schedule import labels_until_refit

__all__ = ["Model", "Texts", "labels_until_refit"]
