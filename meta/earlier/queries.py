"""What earlier reviews state, in the order in which it was entered."""

from django.db.models import QuerySet

from meta.earlier.models import Statement
from meta.earlier.rules import Kind
from reviews.models import Review


def statements(review: Review, kind: Kind | None = None) -> QuerySet[Statement]:
    """The statements that hold, oldest first; those that were corrected or taken back are not among them."""
    found = Statement.objects.filter(review=review, is_current=True)
    if kind is not None:
        found = found.filter(kind=kind)
    return found.select_related("study", "entered_by").order_by("pk")
