"""What a trial that somebody is typing would do to the results: computed by the engine, shown, and never stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from meta.analysis import figures, queries
from meta.analysis.inputs import assembled, groups
from meta.analysis.pooling import pool
from meta.analysis.queries import Result
from meta.analysis.rules import Direction, Settings, direction
from reviews.extraction import queries as extraction
from reviews.extraction.queries import StudyEvidence
from reviews.models import Review
from reviews.protocol.rules import OutcomeType

Place = tuple[int, int]
"""An outcome's id and a timepoint's."""


@dataclass(frozen=True, slots=True)
class Touched:
    """One analysis before and after; `before` is empty where there is no result yet."""

    title: str
    measure: str
    before: str
    after: str
    k: int
    participants: int
    says: str
    is_left_out: bool = False


def preview(
    review: Review, drafts: Mapping[Place, StudyEvidence], *, characteristics: Mapping[str, str] | None = None
) -> list[Touched]:
    """Each analysis that the drafts touch, in the review's order.

    Args:
        drafts: by outcome and time, the trial as it is typed so far; one with `study_id` 0 is not in the review yet.
        characteristics: what is typed of a trial that is not there yet, by name, for analyses with subgroups.
    """
    found = []
    for result in queries.results(review, outcome_ids={outcome for outcome, _ in drafts}):
        analysis = result.analysis
        draft = drafts.get((analysis.outcome_id, analysis.timepoint_id))
        if draft is not None:
            found.append(_touched(result, draft, characteristics or {}))
    return found


def _touched(result: Result, draft: StudyEvidence, characteristics: Mapping[str, str]) -> Touched:
    analysis, settings = result.analysis, queries.settings_of(result.plan)
    evidence = extraction.evidence(analysis.review, analysis.outcome, analysis.timepoint, drafts=[draft])
    inputs = assembled(
        evidence,
        settings,
        groups=_groups(settings, evidence, characteristics),
        is_measured=analysis.outcome.type == OutcomeType.CONTINUOUS,
    )
    pooled = pool(inputs, settings, checks=False)
    subject, plain = queries.subject_of(result), settings.to_dict()
    after = figures.reading(subject=subject, inputs=inputs, settings=plain, result=pooled)
    before = _stands(result)
    return Touched(
        title=analysis.title,
        measure=settings.measure,
        before=before[0] if before else "",
        after=after.text,
        k=after.k,
        participants=after.participants,
        says=_says(before[1] if before else None, after.direction if after.pooled else None),
        is_left_out=any(one.study_id == draft.study_id for one in settings.left_out),
    )


def _stands(result: Result) -> tuple[str, Direction] | None:
    """What the newest snapshot says, and of whom; None where there is no result yet."""
    if result.snapshot is None:
        return None
    settings, found = result.snapshot.settings, result.snapshot.result
    pooled = found[found["primary"]]["pooled"]
    if "estimate" not in pooled:
        return None
    effect = figures.interval(settings["measure"], pooled)
    benefit_is = result.analysis.outcome.benefit_is
    towards = direction(settings["measure"], benefit_is=benefit_is, lower=effect.lower, upper=effect.upper)
    return figures.pooled_text(settings["measure"], pooled), towards


def _groups(settings: Settings, evidence: Sequence[StudyEvidence], typed: Mapping[str, str]) -> dict[int, str]:
    named = groups(settings, [study.study_id for study in evidence if study.study_id])
    own = {name.casefold(): text.strip() for name, text in typed.items()}.get(settings.subgroups_by.casefold(), "")
    return named | {0: own} if own else named


WORDS = {
    Direction.BENEFIT: "the whole interval lies on the side of benefit",
    Direction.HARM: "the whole interval lies on the side of harm",
    Direction.UNSURE: "both benefit and harm remain possible",
}


def _says(before: Direction | None, after: Direction | None) -> str:
    """What an interval would say that it did not say before; empty where it says the same."""
    if after is None or before is after:
        return ""
    return f"Then {WORDS[after]}."
