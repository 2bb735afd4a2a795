"""When a figure or a test that looks harder may be shown to readers: rules as data, checked against the studies.

A result is computed whenever it can be (a statistician may want it); whether a page should show it is another question,
and its answer travels with the result.
"""

from dataclasses import dataclass

from .arrays import Array

ENOUGH_FOR_ASYMMETRY = 10
"""Cochrane Handbook 13.3.5.4: with fewer studies a test of asymmetry cannot tell chance from a pattern."""

DIFFERENT_SIZES = 4.0
"""Ratio of the largest to the smallest variance: below, all studies are of like size. Ioannidis & Trikalinos 2007."""

ENOUGH_FOR_INFLUENCE = 3
"""With two studies, leaving one out leaves one: every study is influential."""

ENOUGH_FOR_SELECTION = 10
"""A selection model has at least three parameters; fewer studies cannot carry them (Hedges & Vevea 2005)."""


@dataclass(frozen=True, slots=True)
class ShownWhen:
    """A rule, whether it is met, and if not, why in sentences fit for a page."""

    rule: str
    met: bool
    unmet: tuple[str, ...]
    source: str

    def __bool__(self) -> bool:
        return self.met


def asymmetry(k: int, v: Array | None = None) -> ShownWhen:
    """Tests and corrections of funnel-plot asymmetry: ten studies of different sizes."""
    unmet = []
    if k < ENOUGH_FOR_ASYMMETRY:
        unmet.append(f"Too few studies to test for asymmetry: {k}, and at least {ENOUGH_FOR_ASYMMETRY} are needed.")
    if v is not None and len(v) and float(v.max()) < DIFFERENT_SIZES * float(v.min()):
        unmet.append("The studies are of similar size, so small and large ones cannot be compared.")
    return ShownWhen(
        f"At least {ENOUGH_FOR_ASYMMETRY} studies, the largest variance at least {DIFFERENT_SIZES:.0f} times the "
        "smallest.",
        not unmet,
        tuple(unmet),
        "Cochrane Handbook 13.3.5; Ioannidis & Trikalinos 2007",
    )


def at_least(k: int, needed: int, what: str, source: str) -> ShownWhen:
    """A rule that asks for a number of studies only."""
    unmet = () if k >= needed else (f"Too few studies for {what}: {k}, and at least {needed} are needed.",)
    return ShownWhen(f"At least {needed} studies.", not unmet, unmet, source)


def influence(k: int) -> ShownWhen:
    """Influence diagnostics, Baujat and GOSH plots."""
    return at_least(k, ENOUGH_FOR_INFLUENCE, "a look at single studies", "Viechtbauer & Cheung 2010")


def selection(k: int) -> ShownWhen:
    """Selection models and limit meta-analysis."""
    return at_least(k, ENOUGH_FOR_SELECTION, "a model of selection", "Hedges & Vevea 2005")


ALWAYS = ShownWhen("Always.", True, (), "")


def not_usual(rule: ShownWhen, sentence: str) -> ShownWhen:
    """The rule with one more reason against."""
    return ShownWhen(rule.rule, False, (*rule.unmet, sentence), rule.source)
