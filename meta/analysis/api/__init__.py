"""What a review pools and every result that was ever computed, for programs."""

from meta.analysis.api import analyses, doubt, published, trying
from meta.analysis.api.shapes import STATES

__all__ = ["STATES", "urlpatterns"]

urlpatterns = [*trying.urlpatterns, *analyses.urlpatterns, *doubt.urlpatterns, *published.urlpatterns]
