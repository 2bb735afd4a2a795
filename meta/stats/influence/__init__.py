"""Looking harder at single studies: what happens without each of them, and without any choice of them."""

from .coordinates import Baujat, Point, Radial, Residual, baujat, radial, residuals
from .diagnostics import Influence, StudyInfluence, influence
from .gosh import Gosh, gosh

__all__ = [
    "Baujat",
    "Gosh",
    "Influence",
    "Point",
    "Radial",
    "Residual",
    "StudyInfluence",
    "baujat",
    "gosh",
    "influence",
    "radial",
    "residuals",
]
