"""All checks in order, each under its heading with its time, and a plain summary."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree

import _environment
from _environment import PROJECT, say

OURS = (
    "DATABASE_URL",
    "CELERY_BROKER_URL",
    "CACHE_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "CSRF_TRUSTED_ORIGINS",
    "DEFAULT_FROM_EMAIL",
    "DJANGO_SETTINGS_MODULE",
    "LOG_LEVEL",
    "S3_BUCKET",
    "S3_ENDPOINT",
    "S3_ACCESS_KEY",
    "S3_SECRET_KEY",
)
"""Settings of an installation, which must not reach its tests; so does PERENNIAL_ but for PERENNIAL_TEST_."""

PRODUCTION = {
    "PERENNIAL_MODE": "production",
    "SECRET_KEY": "only-for-check-deploy-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJK",
    "ALLOWED_HOSTS": "perennial.example.org",
    "DATABASE_URL": "postgres://perennial@127.0.0.1/perennial",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
    "CACHE_URL": "rediscache://127.0.0.1/1",
}
"""What a deployment would set; nothing connects to it."""

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_DATABASE = ("tests/commands", "tests/meta/stats", "tests/meta/plots")
"""These never touch a database, so a second engine would tell nothing new."""

NO_TEST_RAN = 5
"""The code that pytest ends with when it selected nothing."""


@dataclass(frozen=True)
class Counts:
    """What pytest counted."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)


def main(arguments: Sequence[str]) -> int:
    python = str(_environment.ensure(_environment.DEVELOPMENT))
    try:
        with tempfile.TemporaryDirectory(prefix="perennial-test-") as folder:
            environment = isolated(os.environ, Path(folder))
            if arguments:
                use_browser(environment)
                return subprocess.call([python, "-m", "pytest", *arguments], cwd=PROJECT, env=environment)
            return Checks(python, environment, Path(folder), strict=os.environ.get("CI", "") == "true").run()
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130


def isolated(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The caller's environment without any installation's settings, and with a data folder of its own."""
    kept = {
        name: value
        for name, value in _environment.clean(environment).items()
        if name not in OURS and (not name.startswith("PERENNIAL_") or name.startswith("PERENNIAL_TEST_"))
    }
    return {**kept, "PERENNIAL_DATA": str(folder / "data"), "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class Checks:
    """Every check, what became of it, and the summary."""

    def __init__(self, python: str, environment: dict[str, str], folder: Path, *, strict: bool) -> None:
        self.python = python
        self.environment = environment
        self.folder = folder
        self.strict = strict
        self.outcomes: list[tuple[str, bool, float]] = []
        self.notes: list[str] = []
        self.counts = Counts()

    def run(self) -> int:
        self.static()
        self.tests()
        return self.summary()

    def static(self) -> None:
        django = (self.python, "manage.py")
        self.step("Formatting", self.module("ruff", "format", "--check", "."))
        self.step("Lint", self.module("ruff", "check", "."))
        self.step("Templates: formatting", self.module("djlint", "templates", "--check", "--quiet"))
        self.step("Templates: lint", self.module("djlint", "templates", "--lint", "--quiet"))
        self.step("Types", self.module("mypy", "."))
        self.step("Imports", [self.python, "-c", "from importlinter.cli import lint_imports_command as c; c()"])
        self.step("Migrations", [*django, "makemigrations", "--check", "--dry-run"])
        self.step("Deployment", [*django, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION)

    def tests(self) -> None:
        use_browser(self.environment)
        cover = ("--cov", "--cov-report=", "--cov-append")
        measured = {"COVERAGE_FILE": str(self.folder / "coverage")}
        self.pytest("Tests", "-n", "2", "-m", "not browser and not faults", *cover, **measured)
        self.pytest("Tests in the browser and under faults", "-m", "browser or faults", *cover, **measured)
        self.step("Coverage", self.module("coverage", "json", "-q", "-o", self.folder / "coverage.json"), measured)
        if self.outcomes[-1][1]:
            self.step("Coverage floors", [self.python, "bin/_coverage.py", str(self.folder / "coverage.json")])
        self.second_engine()

    def second_engine(self) -> None:
        database = self.environment.get("PERENNIAL_TEST_DATABASE_URL", "")
        broker = self.environment.get("PERENNIAL_TEST_BROKER_URL", "")
        missing = [
            f"{variable} is {f'{url}, where nothing answers' if url else 'not set'}"
            for variable, url in (("PERENNIAL_TEST_DATABASE_URL", database), ("PERENNIAL_TEST_BROKER_URL", broker))
            if not reachable(url)
        ]
        if missing:
            self.notes.append(f"Not run: the tests on PostgreSQL and Redis ({'; '.join(missing)}).")
            if self.strict:
                self.outcomes.append(("Tests on PostgreSQL and Redis", False, 0.0))
            return
        elsewhere = [f"--ignore={folder}" for folder in NO_DATABASE]
        self.pytest(
            *("Tests on PostgreSQL and Redis", "-n", "2", "-m", "not browser and not faults", *elsewhere),
            DATABASE_URL=database,
            CELERY_BROKER_URL=broker,
        )

    def pytest(self, heading: str, *arguments: str, **environment: str) -> None:
        """Run pytest once; in CI a skipped test counts as a failed check."""
        report = self.folder / f"junit-{len(self.outcomes)}.xml"
        self.step(heading, self.module("pytest", *arguments, f"--junitxml={report}"), environment, may_find_none=True)
        counts = counted(report)
        self.counts += counts
        if counts.skipped:
            self.notes.append(f"{heading}: {counts.skipped} skipped.")
            if self.strict:
                self.outcomes.append((f"{heading}: nothing skipped in CI", False, 0.0))

    def step(
        self,
        heading: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        *,
        may_find_none: bool = False,
    ) -> None:
        print(f"\n== {heading}", flush=True)
        started = time.monotonic()
        code = subprocess.call(
            command, cwd=PROJECT, env={**self.environment, **(environment or {})}, stdin=subprocess.DEVNULL
        )
        seconds = time.monotonic() - started
        good = code == 0 or (may_find_none and code == NO_TEST_RAN)
        self.outcomes.append((heading, good, seconds))
        print(f"-- {heading}: {'good' if good else 'FAILED'} ({seconds:.1f} s)", flush=True)

    def module(self, name: str, *arguments: str | Path) -> list[str | Path]:
        return [self.python, "-m", name, *arguments]

    def summary(self) -> int:
        failed = [heading for heading, good, _ in self.outcomes if not good]
        print("\n== Summary")
        for heading, good, seconds in self.outcomes:
            print(f"  {'good  ' if good else 'FAILED'} {seconds:7.1f} s  {heading}")
        for note in self.notes:
            print(f"  {note}")
        total = sum(seconds for _, _, seconds in self.outcomes)
        print(f"  {f'{len(failed)} of the checks failed' if failed else 'Everything is good'}; {total:.0f} s in all.")
        print(f"{self.counts.passed} passed, {self.counts.failed} failed", flush=True)
        return 1 if failed or not self.counts.passed else 0


def counted(report: Path) -> Counts:
    """Add up one JUnit report; nothing where pytest could not even write it."""
    if not report.exists():
        return Counts()
    suites = ElementTree.parse(report).getroot().iter("testsuite")
    total = Counts()
    for suite in suites:
        tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        total += Counts(tests - failed - skipped, failed, skipped)
    return total


def reachable(url: str) -> bool:
    """Whether something listens where this URL points."""
    parts = urlsplit(url)
    if not parts.hostname:
        return False
    port = parts.port or {"redis": 6379, "rediss": 6379}.get(parts.scheme, 5432)
    try:
        socket.create_connection((parts.hostname, port), timeout=3).close()
    except OSError:
        return False
    return True


# The browser


def use_browser(environment: dict[str, str]) -> None:
    """Put the path of a Chromium in the environment, installing it where that is allowed, or say how to."""
    browser = find_browser(environment)
    if browser is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium for the browser tests…")
        install_browser()
        browser = find_browser(environment)
    if browser is None:
        say("No Chromium found, so browser tests cannot run: apt install chromium (or set CHROMIUM to its path).")
    else:
        environment["CHROMIUM"] = browser


def find_browser(environment: Mapping[str, str]) -> str | None:
    named = environment.get("CHROMIUM")
    candidates = (named, *BROWSERS) if named else BROWSERS
    return next((path for name in candidates if (path := shutil.which(name))), None)


def install_browser() -> None:
    with tempfile.TemporaryFile() as output:
        for command in (("update", "-qq"), ("install", "-y", "-qq", "--no-install-recommends", "chromium")):
            code = subprocess.call(
                ["apt-get", *command],
                env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        if code:
            output.seek(0)
            sys.stderr.buffer.write(output.read()[-2000:])
