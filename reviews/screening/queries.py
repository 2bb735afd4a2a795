"""Which studies a review includes."""

from django.db.models import QuerySet

from reviews.library.models import Study
from reviews.screening.models import Inclusion
from reviews.screening.rules import Verdict
from reviews.team.models import Review


def included(review: Review) -> QuerySet[Study]:
    """The studies of a review, oldest first."""
    current = Inclusion.objects.filter(review=review, is_current=True, verdict=Verdict.INCLUDE)
    return Study.objects.filter(pk__in=current.values("study")).order_by("year", "label")


def reviews_including(study_id: int) -> QuerySet[Review]:
    current = Inclusion.objects.filter(study_id=study_id, is_current=True, verdict=Verdict.INCLUDE)
    return Review.objects.filter(pk__in=current.values("review")).order_by("pk")


def decisions(review: Review, study: Study) -> QuerySet[Inclusion]:
    """Everything that was decided about a study in a review, newest first."""
    return Inclusion.objects.filter(review=review, study=study).select_related("decided_by").order_by("-pk")
