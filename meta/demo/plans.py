"""Plan the analyses of the demonstration, and set what was printed beside them."""

from dataclasses import replace
from typing import Any

from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.analysis.published import services as published
from meta.analysis.published.rules import Claim
from meta.analysis.rules import PRESETS, Grouped
from meta.demo.evidence import Catalogue
from meta.demo.people import Cast
from reviews.models import Review, Study
from reviews.protocol.rules import OutcomeType

NUMBERS = ("estimate", "lower", "upper", "i2", "experimental", "control")


def plan(fact: dict[str, Any], review: Review, cast: Cast, catalogue: Catalogue, studies: dict[str, Study]) -> Analysis:
    """An analysis as the facts want it; subgroups are assigned by name, as the review of 2022 tells them."""
    place = catalogue.place(fact)
    settings = PRESETS[fact["preset"]].settings(continuous=place["outcome"].type == OutcomeType.CONTINUOUS)
    groups = tuple(Grouped(studies[key].pk, name) for key, name in fact.get("groups", {}).items())
    return analysis.plan_analysis(
        review=review,
        actor=cast.owner,
        title=fact["title"],
        key=fact["key"],
        experimental=fact["experimental"],
        control=fact["control"],
        settings=replace(settings, groups=groups),
        **place,
    )


def publish_claims(facts: dict[str, Any], planned: list[Analysis], cast: Cast) -> None:
    """What the earlier review printed, digit for digit, beside the analyses that compute it again."""
    by_key = {one.key: one for one in planned}
    for fact in facts["analyses"]:
        for claim in fact["published"]:
            published.write_down(
                analysis=by_key[fact["key"]],
                actor=cast.owner,
                label=claim["label"],
                claim=Claim(**{name: claim[name] for name in NUMBERS}),
                subgroup=claim["subgroup"],
                model=claim["model"],
                place=claim["place"],
                note=claim["note"],
                **facts["published_by"],
            )
