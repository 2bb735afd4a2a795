"""Plan the analyses of the demonstration, and set what was printed beside them."""

from typing import Any

from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.demo.evidence import Catalogue
from meta.demo.people import Cast
from reviews.models import Review


def plan(fact: dict[str, Any], review: Review, cast: Cast, catalogue: Catalogue) -> Analysis:
    return analysis.plan_analysis(
        review=review,
        actor=cast.owner,
        title=fact["title"],
        key=fact["key"],
        experimental=fact["experimental"],
        control=fact["control"],
        **catalogue.place(fact),
    )


def publish_claims(facts: dict[str, Any], planned: list[Analysis], cast: Cast) -> None:
    """What Chen et al. printed, digit for digit."""
