"""What a plan can choose from: everything that the engine offers for the type of an outcome, each with one sentence on
when it is right. The sentences are the engine's own where it has them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from meta import stats
from meta.analysis.rules import SWITCH, Model
from meta.stats.effects.continuous import FORMULAS
from meta.stats.measures import Kind
from reviews.protocol.rules import OutcomeType

KIND_OF: Mapping[OutcomeType, Kind] = {OutcomeType.DICHOTOMOUS: "binary", OutcomeType.CONTINUOUS: "continuous"}

WHEN: Mapping[str, str] = {
    "OR": "The usual measure for events; constant over baseline risks more often than others, but easily read as a risk.",
    "RR": "Easily understood; changes with the choice of event or no event.",
    "RD": "Events among so many more or fewer people; rarely the same at other baseline risks.",
    "PETO": "Odds ratio for rare events (below 1 %), small effects and arms of similar size.",
    "AS": "Difference of arcsine roots: defined for trials without any event; hard to put into words.",
    "PHI": "Correlation of group and event, to set beside correlations from other designs.",
    "YUQ": "An odds ratio on the scale from -1 to 1.",
    "PBIT": "Standardised difference, if the event stands for a normal quantity beyond a threshold.",
    "OR2DL": "Odds ratio as standardised difference, to pool events with measured outcomes (logistic).",
    "OR2DN": "Odds ratio as standardised difference, to pool events with measured outcomes (normal).",
    "MD": "All trials measure in the same unit: the result is in that unit.",
    "SMD": "Trials measure the same thing on different scales; the result is in standard deviations.",
    "SMDH": "As the standardised difference, where the two groups vary differently.",
    "SMD1": "Standardised by the control group alone, where the intervention changes the spread.",
    "ROM": "All means are positive and effects grow with the mean, as with many blood values.",
    "CVR": "Whether an intervention changes the relative spread, not the mean.",
    "VR": "Whether an intervention changes the spread, not the mean.",
}
"""Every measure with one sentence on when it is right. Source: Cochrane Handbook, chapters 6 and 10; metafor's manual."""

MODEL_RULES: Mapping[str, str] = {
    **stats.MODELS,
    SWITCH: "By heterogeneity: common effect when homogeneous, random effects when Q's P is below 0.10 or I² above 50 %; "
    "both results are kept. To recompute older reviews: the Cochrane Handbook (10.10.4) advises against choosing so.",
}

NAMES: Mapping[str, str] = {
    "wald": "Wald",
    "t": "t distribution",
    "hk": "Hartung-Knapp",
    "hk-se": "Hartung-Knapp, error never smaller",
    "hk-ci": "Wider of Hartung-Knapp and Wald",
    "hk-iqwig": "Hartung-Knapp, never below common",
    "kr": "Kenward-Roger",
    "t_km1": "t, k − 1",
    "t_km2": "t, k − 2",
    "z": "Normal",
    "hk-km2": "Hartung-Knapp, k − 2",
    "kr-pr": "Kenward-Roger, one less",
    "HSk": "Hunter-Schmidt, corrected",
}
"""Short names where the engine's sentence begins with none."""

METHODS_OF: Mapping[Kind, tuple[str, ...]] = {"binary": ("MH", "IV", "PETO", "SSW"), "continuous": ("IV",)}

VARIANTS: Mapping[str, str] = {
    "separate": "Mean difference: each arm with its own variance.",
    "pooled": "One common variance for both arms.",
    "hedges": "Hedges' g with the exact correction (metafor's default).",
    "revman5": "Hedges' g as Review Manager 5 computes it.",
    "borenstein": "Hedges' g with Borenstein's variance.",
    "unbiased": "Hedges' g with the unbiased variance.",
    "meta-exact": "Hedges' g as R's meta with exact.smd.",
    "cohen": "Cohen's d, without the correction for few participants.",
    "meta": "Glass' delta as R's meta.",
    "plain": "Without a correction for bias.",
    "corrected": "With the second-order correction for bias.",
    "pooled-corrected": "One common variance, with the correction for bias.",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: its code, its name, and when it is right."""

    code: str
    name: str
    sentence: str


def measures(kind: OutcomeType | None = None) -> list[Option]:
    """The measures of one type of outcome, or of all."""
    kinds = set(KIND_OF.values()) if kind is None else {KIND_OF[kind]}
    return [
        Option(measure.code, f"{measure.name[:1].upper()}{measure.name[1:]}", WHEN[measure.code])
        for measure in stats.MEASURES.values()
        if measure.kind in kinds
    ]


def methods(kind: OutcomeType | None = None) -> list[Option]:
    codes = METHODS_OF[KIND_OF[kind]] if kind else METHODS_OF["binary"]
    return [split(code, stats.METHODS[code]) for code in codes]


def models() -> list[Option]:
    return [split(code, sentence) for code, sentence in MODEL_RULES.items()]


def estimators() -> list[Option]:
    return [split(code, sentence) for code, sentence in stats.ESTIMATORS.items()]


def intervals() -> list[Option]:
    return [split(code, sentence) for code, sentence in stats.INTERVALS.items()]


def predictions() -> list[Option]:
    return [Option("", "None", "RevMan 5 showed none."), *named(stats.PREDICTIONS)]


def zero_cells() -> list[Option]:
    return [Option(rule.name, rule.name, rule.sentence) for rule in stats.CONTINUITY.values()]


def variants(measure: str | None = None) -> list[Option]:
    """The formulas of one measure, or of all; the first, unnamed, is the engine's usual one."""
    codes: Iterable[str] = VARIANTS if measure is None else FORMULAS.get(measure, ())
    return [Option("", "Usual", "The first formula that the methods page gives for the measure."), *_variants(codes)]


def named(sentences: Mapping[str, str]) -> list[Option]:
    return [split(code, sentence) for code, sentence in sentences.items()]


def split(code: str, sentence: str) -> Option:
    """A choice with its name: one of ours, or what the sentence says before its colon (“Peto: for rare events”)."""
    name, colon, rest = sentence.partition(": ")
    if code in NAMES:
        return Option(code, NAMES[code], sentence)
    return (
        Option(code, name, f"{rest[:1].upper()}{rest[1:]}") if colon else Option(code, sentence.rstrip("."), sentence)
    )


def name_of(offered: Iterable[Option], code: str) -> str:
    """The name of a choice; the code itself where a newer engine wrote it."""
    return next((option.name for option in offered if option.code == code), code)


def _variants(codes: Iterable[str]) -> list[Option]:
    return [Option(code, code, VARIANTS[code]) for code in codes]


BOTH_MODELS = tuple(model.value for model in Model)
