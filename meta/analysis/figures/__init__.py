"""From the JSON of a snapshot to the forest plot and the sentences that stand beside it."""

from meta.analysis.figures.drawing import forest
from meta.analysis.figures.reading import (
    Reading,
    Sides,
    heterogeneity_text,
    interval,
    pooled_text,
    reading,
    shown,
    sides,
    trials,
)
from meta.analysis.figures.words import (
    ZERO_CELLS,
    Subject,
    absolute_document,
    absolute_sentence,
    effect_name,
    headline,
    method_sentences,
)
from meta.plots import numbers

__all__ = [
    "ZERO_CELLS",
    "Reading",
    "Sides",
    "Subject",
    "absolute_document",
    "absolute_sentence",
    "effect_name",
    "forest",
    "headline",
    "heterogeneity_text",
    "interval",
    "method_sentences",
    "numbers",
    "pooled_text",
    "reading",
    "shown",
    "sides",
    "trials",
]
