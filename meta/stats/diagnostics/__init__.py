"""Looking harder at single studies: what happens without each of them, and without any choice of them."""

from .all_subsets import Gosh, gosh
from .coordinates import Baujat, Point, Radial, Residual, baujat, radial, residuals
from .leaving_out import Influence, StudyInfluence, influence

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
