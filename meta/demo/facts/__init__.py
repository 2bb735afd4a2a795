"""The facts of the demonstration, each with its source: read here, and written nowhere else."""

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

LIVING = "msc"
"""The living review of all trials."""

NARROWER = ("placebo", "cells")
"""Reviews with a narrower question each, over the same library."""


def read(name: str) -> dict[str, Any]:
    """A file of facts by its name: `studies`, or a review."""
    found: dict[str, Any] = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))
    return found
