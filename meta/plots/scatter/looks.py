"""Sizes and greys that both drawings use. Nothing is told by colour: marks differ in shape, lines in stroke, areas in grey."""

from meta.plots.scatter.model import Shade, Shape, Stroke

FONT = "Helvetica, Arial, Liberation Sans, Arimo, sans-serif"
INK = "#1c2321"
SOFT = "#55605c"
PAPER = "#ffffff"
GROUND = "#ffffff"

SHADES: dict[Shade, str] = {0: GROUND, 1: "#e9e8e3", 2: "#d2d1cb", 3: "#b9b9b3"}
TOKENS: dict[str, str] = {INK: "--ink", SOFT: "--ink-soft", GROUND: "--sheet"} | {
    SHADES[shade]: f"--scatter-{shade}" for shade in (1, 2, 3)
}
"""The page's token for each colour, which a theme may set otherwise."""

DASHES: dict[Stroke, str] = {"solid": "", "dashed": "7 4", "dotted": "1.5 3.5", "mixed": "9 3 1.5 3"}
OPACITY: dict[Shape, float] = {"dot": 0.75, "hollow": 1.0, "speck": 0.5}

WIDTH = 340.0
"""Of the drawing, in pixels: on a phone of 360 px its letters keep their size."""

LEFT, RIGHT, TOP = 54.0, 10.0, 12.0
PLOT_HEIGHT = 250.0
SIZE, SMALL = 13.0, 12.0
"""Of letters; 12 px is the least that is read with ease on a phone."""
