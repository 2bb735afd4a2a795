"""Evidence under a real load: opening a review of 200 studies and 20 outcomes, saving a cell, bringing 10,000 rows."""

from __future__ import annotations

import os
import runpy
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

STUDIES, OUTCOMES = 200, 20
OPENED, SAVED = 20, 60
ROWS = 10_000
PROMISED_OPEN_MS = 300
PROMISED_SAVE_MS = 80
PROMISED_FILE_SECONDS = 10


def run() -> Iterator[dict[str, object]]:
    """In this process, on an empty database of its own: what the server needs, without the network. Statements are counted
    by tests, not here."""
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder:
        os.environ["PERENNIAL_DATA"] = folder
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        yield from _measured()


def _measured() -> Iterator[dict[str, object]]:
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    from bench._evidence import made

    settings.ALLOWED_HOSTS = ["testserver"]
    evidence = made(studies=STUDIES, outcomes=OUTCOMES, rows=ROWS)
    _as_the_web_process()
    browser = Client()
    browser.force_login(evidence.extractor)
    slug = evidence.review.slug
    pages = {
        "list of studies": reverse("reviews:extraction:studies", args=[slug]),
        "one study": reverse("reviews:extraction:study", args=[slug, evidence.study.pk]),
        "its table": reverse("reviews:extraction:table", args=[slug, evidence.study.pk]),
    }
    for name, address in pages.items():
        browser.get(address)  # loads its templates
        before = time.process_time()
        times = [_milliseconds(lambda address=address: browser.get(address)) for _ in range(OPENED)]  # type: ignore[misc]
        busy = 1000 * (time.process_time() - before) / OPENED
        yield {
            "figure": f"{name}, {STUDIES} studies and {OUTCOMES} outcomes",
            "milliseconds": round(statistics.median(times)),
            "slowest": round(max(times)),
            "processor milliseconds": round(busy),
            "promised": PROMISED_OPEN_MS,
            "kept": statistics.median(times) <= PROMISED_OPEN_MS,
        }
    times, busies = [], []
    for save in evidence.savings(browser, SAVED):
        before = time.process_time()
        times.append(_milliseconds(save))
        busies.append(1000 * (time.process_time() - before))
    p95 = statistics.quantiles(times, n=20)[-1]
    yield {
        "figure": "saving a cell",
        "milliseconds": round(statistics.median(times)),
        "p95": round(p95),
        "p95 of processor milliseconds": round(statistics.quantiles(busies, n=20)[-1]),
        "promised": PROMISED_SAVE_MS,
        "kept": p95 <= PROMISED_SAVE_MS,
    }
    before = time.process_time()
    seconds = _milliseconds(evidence.bring) / 1000
    busy = time.process_time() - before
    yield {
        "figure": f"{ROWS} rows of a CSV file, previewed and entered",
        "seconds": round(seconds, 1),
        "processor seconds": round(busy, 1),
        "promised": PROMISED_FILE_SECONDS,
        "kept": seconds <= PROMISED_FILE_SECONDS,
        "load": round(os.getloadavg()[0], 1),
    }


def _as_the_web_process() -> None:
    """What each process of bin/serve's web server does when it begins."""
    hooks = runpy.run_path(str(Path(__file__).resolve().parent.parent / "bin" / "_gunicorn.py"))
    hooks["post_fork"](None, None)


def _milliseconds(act: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    act()
    return 1000 * (time.perf_counter() - begun)
