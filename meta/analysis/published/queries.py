"""Printed results beside recomputed ones, with the verdict on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from meta import stats
from meta.analysis.models import Analysis, Snapshot
from meta.analysis.published import rules
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.rules import Comparison, Recomputed, Sums, Verdict
from meta.analysis.rules import Model


@dataclass(frozen=True, slots=True)
class Line:
    """A printed result, what the engine gives for it (None where there is nothing), and the verdict."""

    printed: PublishedResult
    recomputed: Recomputed | None
    comparison: Comparison

    @property
    def sentence(self) -> str:
        return rules.sentence(self.comparison)

    @property
    def word(self) -> str:
        return WORDS[self.comparison.verdict]

    @property
    def printed_text(self) -> str:
        """As it is printed, with what was printed beside it."""
        claim = self.printed.claim
        said = f"{claim.estimate} ({claim.lower} to {claim.upper})" if claim.lower else claim.estimate
        sides = " v ".join(side for side in (claim.experimental, claim.control) if side)
        return ", ".join(part for part in (said, f"I² {claim.i2}%" if claim.i2 else "", sides) if part)

    @property
    def recomputed_text(self) -> str:
        """The same numbers from the engine, with as many digits as the print has."""
        return rules.printed_alike(self.printed.claim, self.recomputed) if self.recomputed else "–"

    def to_dict(self) -> dict[str, Any]:
        """As a page shows it and a release freezes it."""
        printed = self.printed
        return {
            "label": printed.label,
            "subgroup": printed.subgroup,
            "model": printed.model,
            "printed": self.printed_text,
            "recomputed": self.recomputed_text,
            "verdict": self.comparison.verdict.value,
            "word": self.word,
            "sentence": self.sentence,
            "source": printed.source,
            "url": printed.url,
            "place": printed.place,
            "note": printed.note,
        }


WORDS = {
    Verdict.EXACT: "exact",
    Verdict.MISPRINT: "misprint",
    Verdict.NOT_REPRODUCED: "not reproduced",
    Verdict.NOT_COMPARED: "not compared",
}


def published_results(analyses: Sequence[Analysis]) -> QuerySet[PublishedResult]:
    """What is in force, analysis by analysis in the order of entering."""
    return (
        PublishedResult.objects.filter(analysis__in=analyses, is_current=True)
        .select_related("entered_by", "analysis__review")
        .order_by("analysis", "pk")
    )


def lines(
    printed: Sequence[PublishedResult], *, inputs: Mapping[str, Any] | None, result: Mapping[str, Any] | None
) -> list[Line]:
    """Each printed result with the verdict of a snapshot (None before the first)."""
    found = []
    for one in printed:
        number = recomputed(inputs, result, subgroup=one.subgroup, model=one.model) if inputs and result else None
        found.append(Line(one, number, rules.compare(one.claim, number)))
    return found


def groups_of(snapshot: Snapshot | None) -> list[str]:
    """The subgroups that a snapshot has results for, in its order."""
    found = snapshot.result.get("subgroups") if snapshot else None
    return [group["name"] for group in found[Model.COMMON]["groups"]] if found else []


def recomputed(
    inputs: Mapping[str, Any], result: Mapping[str, Any], *, subgroup: str = "", model: str = ""
) -> Recomputed | None:
    """The numbers of a snapshot that a printed result speaks of; None where there are none.

    Args:
        subgroup: a group's name, or empty for all studies.
        model: common or random, or empty for the one that the plan chose.
    """
    model = model or result["primary"]
    found, studies = result[model], inputs["studies"]
    if subgroup:
        groups = result.get("subgroups", {}).get(model, {}).get("groups", ())
        found = next((group for group in groups if group["name"] == subgroup), None)
        studies = [study for study in studies if study.get("group") == subgroup]
    if found is None or "estimate" not in found["pooled"]:
        return None
    shown, measure = found["pooled"]["display"], stats.measure(found["measure"]["code"])
    return Recomputed(
        estimate=shown["estimate"],
        lower=shown["lower"],
        upper=shown["upper"],
        i2=found["heterogeneity"]["i2"],
        is_ratio=measure.is_ratio,
        experimental=_sums(studies, "experimental"),
        control=_sums(studies, "control"),
    )


def _sums(studies: Sequence[Mapping[str, Any]], side: str) -> Sums:
    events = [study[side]["events"] for study in studies if "events" in study[side]]
    return Sums(
        events=sum(events) if len(events) == len(studies) else None,
        total=sum(study[side]["total"] for study in studies),
    )
