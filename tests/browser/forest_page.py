"""A page with one forest plot, served under a strict policy, and a browser that writes down what is amiss."""

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from meta.plots import forest
from meta.plots.forest import ForestPlot
from meta.plots.plotly import STYLE_HASHES

STATIC = Path(__file__).parents[2] / "static"
BUNDLE = Path(str(find_spec("plotly").origin)).parent / "package_data" / "plotly.min.js"  # type: ignore[union-attr]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
HASHES = " ".join(f"'{digest}'" for digest in STYLE_HASHES)

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "connect-src 'self'",
        f"style-src 'self' {HASHES}",
        "img-src 'self' blob:",
        "font-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)

PAGE = """<!doctype html>
<html lang="en"><head><title>Forest plot</title><link rel="icon" href="/icon.svg">
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/page.css">
<link rel="stylesheet" href="/css/forest.css"><script type="module" src="/js/forest.js"></script></head><body>
<figure class="forest-figure" data-forest data-plotly-src="/plotly.min.js" data-figure-wide="/wide.json"
  data-figure-narrow="/narrow.json">
<button type="button" data-forest-explore aria-pressed="false">Explore</button>
<button type="button" data-forest-png="/mortality.svg">PNG</button>
{drawings}</figure></body></html>"""

PAGE_CSS = """:root { --sheet: #ffffff; --ink: #1c2321; --ink-soft: #55605c; --leaf: #1f6f54; }
@media (prefers-color-scheme: dark) {
  :root { --sheet: #1b1f23; --ink: #e8ebe9; --ink-soft: #a3ada9; --leaf: #6cc3a0; }
}
body { margin: 0; padding: 1rem; background: var(--sheet); color: var(--ink); }"""

LISTEN = """window.violations = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.violations.push([event.effectiveDirective, event.blockedURI, event.sourceFile].join(" ")));"""


@contextmanager
def served(plot: ForestPlot, *, policy: str = POLICY) -> Iterator[str]:
    """The address of the page, for as long as the block runs."""
    icon = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    files: dict[str, tuple[str, bytes]] = {
        "/": ("text/html; charset=utf-8", PAGE.format(drawings=forest.svg(plot) + forest.svg_narrow(plot)).encode()),
        "/page.css": ("text/css", PAGE_CSS.encode()),
        "/css/forest.css": ("text/css", (STATIC / "css/forest.css").read_bytes()),
        "/js/forest.js": ("text/javascript", (STATIC / "js/forest.js").read_bytes()),
        "/plotly.min.js": ("text/javascript", BUNDLE.read_bytes()),
        "/wide.json": ("application/json", json.dumps(forest.figure(plot)).encode()),
        "/narrow.json": ("application/json", json.dumps(forest.figure(plot, width="narrow")).encode()),
        "/mortality.svg": ("image/svg+xml", forest.svg(plot, paper=True).encode()),
        "/icon.svg": ("image/svg+xml", icon.encode()),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = files.get(self.path, ("text/plain", b""))
            self.send_response(200 if self.path in files else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()


@contextmanager
def browser() -> Iterator[Browser]:
    """The system's Chromium."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        try:
            yield chromium
        finally:
            chromium.close()


@dataclass
class Visit:
    """A page and everything that the browser complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found

    def wait_for(self, expression: str) -> None:
        """Until an expression is true. Playwright's own waiting evaluates strings in the page, which the policy forbids."""
        until = monotonic() + 60
        while not self.page.evaluate(expression):
            if monotonic() > until:
                raise AssertionError(f"Waited in vain for {expression}")
            sleep(0.05)

    def explore(self) -> None:
        self.page.click("[data-forest-explore]")
        self.wait_for("!!document.querySelector('.forest-figure__live[data-layout] .main-svg')")


@contextmanager
def visit(chromium: Browser, address: str, **options: Any) -> Iterator[Visit]:
    """A visit to the page, with options of Playwright's `new_context`."""
    context = chromium.new_context(accept_downloads=True, **options)
    context.add_init_script(LISTEN)
    page = context.new_page()
    seen = Visit(page)
    page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    page.goto(address)
    yield seen
    context.close()
