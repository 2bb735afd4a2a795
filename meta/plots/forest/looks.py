"""Colours, letters and sizes that both the static and the interactive drawing use."""

from meta.plots.forest.model import Data, Mark

FONT = "Helvetica, Arial, Liberation Sans, Arimo, sans-serif"
"""One set of metrics under four names: columns are measured on the server, so a wider face would make them collide."""

INK = "#1c2321"
SOFT = "#55605c"
PAPER = "#ffffff"
LEAF = "#1f6f54"

SQUARE: dict[Data, str] = {"dichotomous": "#0000cc", "continuous": "#008000", "generic": "#cc0000"}
"""RevMan's colours, the green darkened: its #00cc00 does not stand out from white paper."""

DIAMOND_HALF = 9.0
BAR_HALF = 1.5
ARROW = 7.0

MARK_WORDS: dict[Mark, str] = {"new": "new", "corrected": "corrected"}


def side(weight: float | None) -> float:
    """RevMan's square: 2 + 0.16 px for each per cent of weight."""
    return 2 + 0.16 * (weight or 0.0)
