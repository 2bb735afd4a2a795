"""Names and sentences: what a measure is called, what an interval means, how a result was computed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from meta import stats
from meta.analysis import options
from meta.analysis.rules import PER, SWITCH, Absolute, Direction, Model, null_of
from meta.plots import numbers
from meta.plots.forest import Interval
from meta.plots.forest.build import EFFECT_NAMES, METHOD_LABELS

MODEL_NAMES = {Model.COMMON.value: "Fixed", Model.RANDOM.value: "Random"}
MODEL_SENTENCES = {
    Model.COMMON.value: "Common effect: every trial estimates the same effect",
    Model.RANDOM.value: "Random effects: the effect differs from trial to trial",
    SWITCH: "Common effect when homogeneous, random effects when Q's P is below 0.10 or I² above 50%",
}
METHOD_NAMES = {**METHOD_LABELS, "COCHRAN": "Cochran"}
METHOD_WORDS = {"MH": "Mantel-Haenszel", "IV": "Inverse variance", "PETO": "Peto", "SSW": "Sample-size weights"}
ZERO_CELLS = {
    "revman5": "0.5 is added to every cell of a trial with a zero cell; trials without any events carry no weight"
}
STANDARDISED = frozenset({"SMD", "SMDH", "SMD1"})


@dataclass(frozen=True, slots=True)
class Subject:
    """What an analysis is about, in the words that its figure and sentences use."""

    title: str
    benefit_is: str
    happened: str
    experimental: str
    control: str
    outcome: str = ""
    unit: str = ""
    is_measured: bool = False

    @property
    def measured(self) -> str:
        """What was measured, inside a sentence."""
        name = self.outcome or self.title
        return name if name[:2].isupper() else name[:1].lower() + name[1:]


def effect_name(measure: str) -> str:
    """RevMan's name of a measure, or the engine's."""
    name = stats.measure(measure).name
    return EFFECT_NAMES.get(measure, f"{name[:1].upper()}{name[1:]}")


def headline(subject: Subject, towards: Direction, *, estimate: float, measure: str, k: int) -> str:
    """The result in one plain sentence, without a word about certainty, which people judge."""
    trials = "one trial" if k == 1 else f"{k} trials"
    if towards is Direction.UNSURE:
        settle = "does not settle" if k == 1 else "do not settle"
        return (
            f"The {trials} so far {settle} whether {subject.experimental} makes a difference: "
            "both benefit and harm remain possible."
        )
    is_fewer = estimate < null_of(measure)
    if subject.is_measured:
        what = subject.measured
        if measure in {"VR", "CVR"}:
            what = f"the spread of {what}"
        more = "lower" if is_fewer else "higher"
        return (
            f"{what[:1].upper()}{what[1:]} was {more} with {subject.experimental} than without it, on average over the "
            f"{trials} so far."
        )
    happened = subject.happened or "had the event"
    more = "Fewer" if is_fewer else "More"
    return f"{more} people {happened} with {subject.experimental} than without it, in the {trials} so far."


def absolute_sentence(subject: Subject, people: Absolute) -> str:
    happened = subject.happened or "had the event"
    return (
        f"Of 1,000 people like those in the trials, {people.without} {happened} without {subject.experimental} and "
        f"{people.with_it} ({people.lower} to {people.upper}) with it."
    )


def absolute_document(subject: Subject, people: Absolute | None) -> dict[str, Any] | None:
    if people is None:
        return None
    return {
        "per": PER,
        "without": people.without,
        "with": people.with_it,
        "lower": people.lower,
        "upper": people.upper,
        "sentence": absolute_sentence(subject, people),
    }


def measured_sentence(subject: Subject, measure: str, effect: Interval, *, spread: float | None) -> str:
    """A measured outcome in its unit; empty for measures that have no such form.

    Args:
        effect: on the scale that people read.
        spread: a standard deviation of the outcome in its unit, to say a standardised difference in that unit.
    """
    with_it = f"with {subject.experimental} than without it"
    if measure == "MD":
        return f"On average, {subject.measured} was {_apart(effect, subject.unit)} {with_it}."
    if measure == "ROM":
        percent = Interval(*(100 * (value - 1) for value in (effect.estimate, effect.lower, effect.upper)))
        return f"On average, {subject.measured} was {_apart(percent, '%', places=0)} {with_it}."
    if measure in STANDARDISED:
        said = f"On average, {subject.measured} was {_apart(effect, 'standard deviations')} {with_it}."
        if spread and subject.unit:
            own = Interval(*(spread * value for value in (effect.estimate, effect.lower, effect.upper)))
            said += (
                f" With a standard deviation of {numbers.decimal(spread)} {subject.unit}, as in the control groups, that "
                f"is {_apart(own, subject.unit)}."
            )
        return said
    return ""


def _apart(effect: Interval, unit: str, *, places: int = 2) -> str:
    """``3.84 days lower (1.50 to 6.19 lower)``; across no difference ``(6.19 lower to 0.30 higher)``."""
    space = "" if unit in {"", "%"} else " "

    def size(value: float) -> str:
        return numbers.decimal(abs(value), places)

    def way(value: float) -> str:
        return "lower" if value < 0 else "higher"

    low, high = sorted((effect.lower, effect.upper), key=abs)
    if way(effect.lower) == way(effect.upper):
        limits = f"{size(low)} to {size(high)} {way(low)}"
    else:
        limits = f"{size(effect.lower)} lower to {size(effect.upper)} higher"
    return f"{size(effect.estimate)}{space}{unit} {way(effect.estimate)} ({limits})"


def method_sentences(settings: Mapping[str, Any]) -> list[dict[str, str]]:
    """How a result was computed, in words for a page."""
    is_binary = stats.measure(settings["measure"]).kind == "binary"
    sentences = [
        ("Effect measure", effect_name(settings["measure"]).lower()),
        ("Method", METHOD_WORDS.get(settings["method"], settings["method"])),
        ("Model", MODEL_SENTENCES[settings["model"]]),
    ]
    if settings["model"] != Model.COMMON.value:
        sentences.append(("Between-trial variance", options.name_of(options.estimators(), settings["tau2"])))
    if settings.get("variant"):
        sentences.append(("Formula", settings["variant"]))
    if is_binary:
        sentences.append(("Zero cells", ZERO_CELLS.get(settings["zero_cells"], _rule(settings["zero_cells"]))))
    if "interval" in settings:
        sentences.append(("Confidence interval", options.name_of(options.intervals(), settings["interval"])))
    if settings.get("prediction"):
        sentences.append(("Prediction interval", options.name_of(options.predictions(), settings["prediction"])))
    sentences.append(("Confidence level", numbers.level(settings["level"])))
    if settings.get("subgroups_by"):
        sentences.append(("Subgroups by", settings["subgroups_by"]))
    elif settings.get("groups"):
        sentences.append(("Subgroups", ", ".join(dict.fromkeys(one["group"] for one in settings["groups"]))))
    return [{"name": name, "text": text} for name, text in sentences]


def chosen_sentence(chosen_by: Mapping[str, Any] | None) -> str:
    """What the rule saw and which model it took; empty where the plan names the model itself."""
    if not chosen_by:
        return ""
    if chosen_by["i2"] is None:
        return "Fewer than two trials can be compared, so the rule takes the common effect."
    seen = f"Q's {numbers.p_value(chosen_by['p_value'])}, I² = {numbers.whole_percent(chosen_by['i2'])}"
    if chosen_by["heterogeneous"]:
        return f"The trials are heterogeneous by the plan's rule ({seen}), so random effects are taken."
    return f"The trials are homogeneous by the plan's rule ({seen}), so the common effect is taken."


def left_out_sentences(left_out: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"Left out by the plan: {study['label']} ({study['reason']})." for study in left_out]


def _rule(name: str) -> str:
    rule = stats.CONTINUITY.get(name)
    return rule.sentence if rule else name
