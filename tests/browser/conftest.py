"""A real Perennial to click through: `bin/serve` on a free port, with its worker and the demo."""

import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.forest_page import browser

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120
"""Seconds for a first start with the demo on a busy machine with two cores."""


@dataclass
class Watched:
    """What a browser complained about, and whom it asked."""

    complaints: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)

    def watch(self, page: Page, address: str) -> None:
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "request",
            lambda request: (
                None if request.url.startswith((address, "data:", "blob:")) else self.strangers.append(request.url)
            ),
        )

    def _said(self, kind: str, text: str) -> None:
        # A refused form answers 422, which Chromium mentions in its console: that is the form's message, not a fault.
        if kind in {"error", "warning"} and "status of 422" not in text:
            self.complaints.append(text)


@dataclass
class Visitor:
    """One person's browser, signed in by a door of the demo or not at all."""

    context: BrowserContext
    page: Page
    address: str
    watched: Watched

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def enter_as(self, name: str) -> None:
        self.go("/accounts/login/")
        self.page.get_by_role("button", name=name).click()
        self.page.wait_for_url("**/reviews/**")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with browser() as launched:
        yield launched


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a running Perennial with the demo; all of it is stopped at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    data = tmp_path_factory.mktemp("perennial")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("DATABASE", "CELERY", "DJANGO"))
    }
    log = (data / "serve.log").open("w+")
    process = subprocess.Popen(
        [ROOT / "bin" / "serve", "--port", str(port), "--data", str(data)],
        env=environment | {"PERENNIAL_DATA": str(data)},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_it_answers(address, process, data / "serve.log")
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        log.close()


def _wait_until_it_answers(address: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.3)
        else:
            return
    raise AssertionError(f"Perennial did not start:\n{log.read_text()}")


@pytest.fixture
def visitor(chromium: Browser, site: str) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for each person; at the end nobody's console may have complained."""
    opened: list[Visitor] = []

    def make(**options: object) -> Visitor:
        context = chromium.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))  # type: ignore[arg-type]
        context.set_default_timeout(15_000)
        page = context.new_page()
        watched = Watched()
        watched.watch(page, site)
        opened.append(Visitor(context, page, site, watched))
        return opened[-1]

    yield make
    for one in opened:
        one.context.close()
    assert [one.watched.complaints for one in opened if one.watched.complaints] == []
    assert [one.watched.strangers for one in opened if one.watched.strangers] == []
