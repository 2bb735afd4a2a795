"""First contentful paint of the public page in Chromium, each time with nothing in the browser's cache."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

from playwright.sync_api import Browser, sync_playwright

from bench._site import REVIEW, Site, middle, running

LOADS = 11
PROMISED = 0.5
"""Seconds, as the median."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

FIRST_PAINT = """() => new Promise((resolve) => {
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (entry.name === "first-contentful-paint") resolve(entry.startTime);
  }).observe({ type: "paint", buffered: true });
})"""


def run() -> Iterator[dict[str, object]]:
    path = next(
        (found for name in (os.environ.get("CHROMIUM", ""), *BROWSERS) if name and (found := shutil.which(name))), ""
    )
    if not path:
        yield {"figure": "first contentful paint", "not measured": "there is no Chromium"}
        return
    with running() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        seconds = [first_paint(browser, site) for _ in range(LOADS + 1)][1:]  # the first one warms the processes up
        yield {
            "figure": "first contentful paint",
            "mode": site.mode,
            "with": f"Chromium {browser.version}",
            "runs": len(seconds),
            "median": round(middle(seconds), 3),
            "fastest": round(min(seconds), 3),
            "slowest": round(max(seconds), 3),
            "promised": PROMISED,
            "kept": middle(seconds) <= PROMISED,
            "load": round(os.getloadavg()[0], 1),
        }
        browser.close()


def first_paint(browser: Browser, site: Site) -> float:
    """Seconds from the start of the navigation, in a window that has never been anywhere."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.goto(site.address + REVIEW)
    milliseconds: float = page.evaluate(FIRST_PAINT)
    context.close()
    return milliseconds / 1000
