"""From the click that confirms a number to the new snapshot in sight, while the worker has nothing else to do."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator

from bench._site import FILES, SERVERS, Site, Visitor, field, middle, running, servers, until

CLICKS = 15
PROMISED = 1.0
"""Seconds, as the median."""

LOOK_AGAIN = 0.01
"""Seconds between two looks. The page itself looks every half second."""

EXTRACTION = "/reviews/msc-covid-19/extraction/"
STUDY = "Dilogo"


def run() -> Iterator[dict[str, object]]:
    yield measured(FILES)
    if all(servers()):
        yield measured(SERVERS)
    else:
        why = "PERENNIAL_TEST_DATABASE_URL and PERENNIAL_TEST_BROKER_URL are not set"
        yield {"figure": "click to new snapshot", "mode": SERVERS, "not measured": why}


def measured(mode: str) -> dict[str, object]:
    with running(mode) as site:
        clicks = Clicks(site)
        seconds = [clicks.click(number) for number in range(CLICKS + 1)][1:]  # the first one warms everything up
    return {
        "figure": "click to new snapshot",
        "mode": mode,
        "runs": len(seconds),
        "median": round(middle(seconds), 3),
        "fastest": round(min(seconds), 3),
        "slowest": round(max(seconds), 3),
        "promised": PROMISED,
        "kept": middle(seconds) <= PROMISED,
        "load": round(os.getloadavg()[0], 1),
    }


class Clicks:
    """Ben corrects a number again and again, Cleo confirms it and waits for the result."""

    def __init__(self, site: Site) -> None:
        self.ben, self.cleo = Visitor(site, "extractor"), Visitor(site, "second-extractor")
        studies = self.ben.get(EXTRACTION)
        found = re.search(rf'href="([^"]*/extraction/\d+/)"[^>]*>{STUDY}', studies)
        analysis = re.search(
            r'href="(/reviews/msc-covid-19/analysis/[^"]+/)"', self.ben.get("/reviews/msc-covid-19/analysis/")
        )
        if found is None or analysis is None:
            raise LookupError("The demo has no such study, or no analysis.")
        self.study, self.state = found[1], f"{analysis[1]}state/"

    def click(self, number: int) -> float:
        """Seconds from sending the confirmation until the new snapshot is answered."""
        self._correct(events=11 + number % 2)
        page = self.cleo.get(self.study)
        fields = {name: field(name, page) for name in ("outcome", "timepoint", "seen")}
        until(self._digest, "the worker is not idle")
        before = self._digest()
        began = time.monotonic()
        self.cleo.post(f"{self.study}confirm/", fields, HX_Request="true")
        until(lambda: self._digest() not in {"", before}, "no new snapshot came", pause=LOOK_AGAIN)
        return time.monotonic() - began

    def _correct(self, events: int) -> None:
        cell = re.search(r'href="([^"]*/extraction/arms/\d+/\d+/)"', self.ben.get(self.study))
        if cell is None:
            raise LookupError("Ben may not correct this study.")
        form = self.ben.get(cell[1])
        fields = {"count": f"{events}/20", "source": "Measured", "method": "reported", "reason": "To measure."}
        self.ben.post(cell[1], fields | {"seen": field("seen", form)})

    def _digest(self) -> str:
        """The digest of the snapshot on show; empty while a recompute is owed."""
        found = re.search(r'class="digest">([0-9a-f]{64})<', self.cleo.get(self.state))
        return found[1] if found else ""
