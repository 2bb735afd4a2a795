"""What an analysis pools: the confirmed numbers of its studies, in a stated order, with the rows that say so."""

from collections.abc import Mapping, Sequence
from typing import Any

from meta.analysis.models import Analysis
from meta.analysis.pooling import CONTINUOUS, UNGROUPED
from meta.analysis.rules import Settings
from reviews.extraction import queries as extraction
from reviews.extraction.queries import StudyEvidence
from reviews.extraction.rules import ArmRole, Measurement, Result
from reviews.library.models import Characteristic
from reviews.protocol.rules import OutcomeType


def inputs(analysis: Analysis, settings: Settings) -> dict[str, Any]:
    """All confirmed numbers that the analysis pools, with the rows they come from: JSON, in a stated order.

    Arms of one role are taken together, so that a control group is never counted twice. Studies that the plan leaves out
    stand under `left_out` with their reason and their numbers.
    """
    evidence = extraction.evidence(analysis.review, analysis.outcome, analysis.timepoint)
    named = groups(settings, [study.study_id for study in evidence])
    return assembled(evidence, settings, groups=named, is_measured=analysis.outcome.type == OutcomeType.CONTINUOUS)


def assembled(
    evidence: Sequence[StudyEvidence], settings: Settings, *, groups: Mapping[int, str], is_measured: bool
) -> dict[str, Any]:
    """The same from evidence that is at hand: a preview puts what is being typed among it."""
    reasons = {one.study_id: one.reason for one in settings.left_out}
    entries = [entry for study in evidence if (entry := _entry(study)) is not None]
    for entry in entries:
        if settings.has_subgroups:
            entry["group"] = groups.get(entry["study_id"], UNGROUPED)
    pooled: dict[str, Any] = {"studies": [entry for entry in entries if entry["study_id"] not in reasons]}
    left_out = [{**entry, "reason": reasons[entry["study_id"]]} for entry in entries if entry["study_id"] in reasons]
    if left_out:
        pooled["left_out"] = left_out
    return pooled | {"data": CONTINUOUS} if is_measured else pooled


def groups(settings: Settings, study_ids: Sequence[int]) -> dict[int, str]:
    """The subgroup of each study that has one: as the plan assigns it, else by the characteristic that it names."""
    if not settings.has_subgroups:
        return {}
    found: dict[int, str] = {}
    if settings.subgroups_by:
        facts = Characteristic.objects.filter(study__in=study_ids, name=settings.subgroups_by, is_current=True)
        found = {study: text for study, text in facts.values_list("study", "text") if text.strip()}
    return found | {one.study_id: one.group for one in settings.groups}


def _entry(study: StudyEvidence) -> dict[str, Any] | None:
    """A study as the engine reads it; None unless both sides have numbers of one kind. What a plain trial does not need
    (`part`, `estimated`) is left away, so that its digest says no more than its numbers do."""
    experimental, control = study.side(ArmRole.EXPERIMENTAL), study.side(ArmRole.CONTROL)
    if experimental is None or control is None or type(experimental) is not type(control):
        return None
    entry: dict[str, Any] = {
        "study_id": study.study_id,
        "label": f"{study.label}: {study.part}" if study.part else study.label,
        "year": study.year,
        "experimental": _numbers(experimental),
        "control": _numbers(control),
        "arms": [
            {
                "label": arm.label,
                "role": arm.role.value,
                **_numbers(arm.result),
                "values": list(arm.values),
            }
            for arm in study.arms
            if type(arm.result) is type(experimental)
        ],
    }
    if study.part:
        entry |= {"part": study.part, "shares": study.shares}
    if study.is_estimated:
        entry["estimated"] = True
    return entry


def _numbers(result: Result) -> dict[str, float]:
    if isinstance(result, Measurement):
        return {"mean": result.mean, "sd": result.sd, "total": result.total}
    return {"events": result.events, "total": result.total}
