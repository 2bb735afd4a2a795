"""Look into a team's library."""

from django.db.models import QuerySet

from reviews.library.models import Study
from reviews.library.rules import Scheme
from reviews.team.models import Team


def studies(team: Team, *, search: str = "", doi: str = "") -> QuerySet[Study]:
    """The team's studies in the order in which they were added, with their reports; `doi` in its one spelling."""
    found = Study.objects.filter(team=team).prefetch_related("reports__identifiers").order_by("pk")
    if search:
        found = found.filter(label__icontains=search)
    if doi:
        found = found.filter(
            reports__identifiers__scheme=Scheme.DOI, reports__identifiers__value=doi, reports__identifiers__team=team
        ).distinct()
    return found
