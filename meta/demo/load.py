"""Build the demonstration through the services that a click calls, from the facts beside this file."""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from meta.analysis import queries as analysis_queries
from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.demo import evidence, facts
from meta.demo.evidence import Catalogue
from meta.demo.people import Cast, arrive, begin
from meta.demo.plans import plan, publish_claims
from meta.earlier import services as earlier
from meta.earlier.rules import Kind
from meta.releases import services as releasing
from meta.releases.models import Release
from meta.releases.rules import NoticeKind, Step
from reviews.base.work import queries as work
from reviews.models import Review
from reviews.screening import services as screening
from reviews.screening.rules import Verdict


@dataclass(frozen=True, slots=True)
class Loaded:
    review: Review
    versions: int
    was_there: bool


@transaction.atomic
def load() -> Loaded:
    """The demo's reviews with all their versions, all of it or nothing; a second call changes nothing."""
    living = facts.read(facts.LIVING)
    there = Review.objects.filter(slug=living["review"]["slug"]).first()
    if there is not None:
        return Loaded(there, Release.objects.filter(review=there).count(), was_there=True)
    group, cast = arrive(living["review"]["team"])
    review = begin(living, group, cast)
    catalogue = Catalogue.of(living["protocol"], group)
    trials = facts.read("studies")
    planned: list[Analysis] = []
    for version in living["versions"]:
        for key in version.get("add", []):
            evidence.add(trials["studies"][key], review, cast, catalogue)
        if version.get("correct"):
            evidence.correct(trials["correction"], review, cast, catalogue)
        if not planned:  # the plans name trials, so these come first; nothing is computed before
            studies = evidence.studies_of(trials, group)
            planned = [plan(fact, review, cast, catalogue, studies) for fact in living["analyses"]]
            publish_claims(living, planned, cast)
            _state(living["statements"], trials, review, cast)
        _release(version, review, planned, cast)
    for notice in living["notices"]:
        releasing.give_notice(review=review, actor=cast.owner, kind=NoticeKind(notice["kind"]), text=notice["text"])
    for name in facts.NARROWER:
        _narrow(facts.read(name), trials, review, cast, catalogue)
    return Loaded(review, len(living["versions"]), was_there=False)


def _narrow(asked: dict[str, Any], trials: dict[str, Any], living: Review, cast: Cast, catalogue: Catalogue) -> Review:
    """A review over the same library, whose trials it includes or excludes by a question of its own."""
    review = begin(asked, living.team, cast)
    studies = evidence.studies_of(trials, living.team)
    for key, study in studies.items():
        verdict = Verdict.INCLUDE if key in asked["include"] else Verdict.EXCLUDE
        screening.decide_inclusion(
            review=review, study=study, verdict=verdict, actor=cast.enters, reason=asked["exclude"].get(key, "")
        )
    for choice in asked["arms"]:
        evidence.choose_arms(choice, review, studies[choice["study"]], cast)
    planned = [plan(fact, review, cast, catalogue, studies) for fact in asked["analyses"]]
    _state(asked["statements"], trials, review, cast)
    _release(asked["version"], review, planned, cast)
    return review


def _state(stated: list[dict[str, Any]], trials: dict[str, Any], review: Review, cast: Cast) -> None:
    studies = evidence.studies_of(trials, review.team)
    for fact in stated:
        study = studies[fact["study"]] if fact["study"] else None
        earlier.state(review=review, actor=cast.enters, **(fact | {"kind": Kind(fact["kind"]), "study": study}))


def _release(version: dict[str, Any], review: Review, planned: list[Analysis], cast: Cast) -> None:
    for one in planned:
        _recompute(one)
    releasing.make_release(
        review=review,
        actor=cast.owner,
        step=Step(version["step"]),
        note=version["note"],
        evidence_date=version["evidence_date"],
    )


def _recompute(planned: Analysis) -> None:
    """Do here what a worker would do: the demo is loaded before one runs.

    Raises:
        RuntimeError: the recompute failed; the reason is the one that the page would show.
    """
    analysis.recompute(analysis_id=planned.pk)
    standing = work.standing(analysis_queries.RECOMPUTE, planned.work_key)
    if standing.last_error:
        raise RuntimeError(f"The demo could not be computed: {standing.last_error}")
