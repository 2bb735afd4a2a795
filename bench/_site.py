"""A Perennial with the demo to measure: web and worker with the commands of bin/serve, in a folder of their own."""

from __future__ import annotations

import http.client
import os
import re
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import urlencode, urlsplit, urlunsplit

from bench.start import free_port

PROJECT = Path(__file__).resolve().parent.parent
sys.path.append(str(PROJECT / "bin"))

import _serve  # noqa: E402  # the commands are scripts: their modules lie beside them

HOST = _serve.HOST

REVIEW = "/r/msc-covid-19/"
SHORTER_THAN_KEPT = 2.0
"""Seconds; the web process keeps an idle connection for five."""

FILES, SERVERS = "SQLite and files", "PostgreSQL and Redis"


@dataclass(frozen=True)
class Site:
    """Where it answers, and on what it stands."""

    port: int
    mode: str
    data: Path
    web: _serve.Child

    def web_seconds(self) -> float:
        """Processor time that the web processes have used; of Linux, nothing elsewhere."""
        group = self.web.process.pid if self.web.process else 0
        ticks = 0
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with suppress(FileNotFoundError, ProcessLookupError):
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf("SC_CLK_TCK")

    @property
    def address(self) -> str:
        return f"http://{_serve.HOST}:{self.port}"


@contextmanager
def running(mode: str = FILES) -> Iterator[Site]:
    """Start it, with the demo loaded, and end every process of it afterwards."""
    with tempfile.TemporaryDirectory(prefix="perennial-bench-") as folder, storage(mode) as urls:
        data = Path(folder)
        (data / "logs").mkdir()
        options = _serve.Options(port=free_port(), data=data, demo=True)
        environment = {
            name: value
            for name, value in _serve.embedded(options).items()
            if name not in {"DATABASE_URL", "CELERY_BROKER_URL"}
        } | dict(urls)
        subprocess.run(
            [sys.executable, PROJECT / "bin" / "_prepare.py", "--data", data, "--demo"],
            cwd=PROJECT,
            env=environment,
            stderr=subprocess.DEVNULL,
            check=True,
        )
        children = [
            _serve.Child(name, command(sys.executable, options), environment=environment, log=data / "logs" / name)
            for name, command in (("web", _serve.web), ("worker", _serve.worker))
        ]
        try:
            for child in children:
                child.start()
            until(lambda: _serve.answer(options.port) == 200, "the web process does not answer")
            yield Site(options.port, mode, data, children[0])
        finally:
            for child in children:
                child.ask_to_end()
            for child in children:
                child.end(time.monotonic() + _serve.GRACE)


@contextmanager
def storage(mode: str) -> Iterator[Mapping[str, str]]:
    """The URLs of a database and a broker of our own; none of them in the embedded mode."""
    if mode == FILES:
        yield {}
        return
    import psycopg
    import redis

    database, broker = servers()
    name = f"perennial_bench_{secrets.token_hex(4)}"
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        with redis.Redis.from_url(broker) as server:
            server.flushdb()
        yield {"DATABASE_URL": urlunsplit(urlsplit(database)._replace(path=f"/{name}")), "CELERY_BROKER_URL": broker}
    finally:
        with psycopg.connect(database, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def servers() -> tuple[str, str]:
    """The servers that the tests use as well; empty where none are named.

    Raises:
        ValueError: the broker's database is the one that others use without saying so.
    """
    database = os.environ.get("PERENNIAL_TEST_DATABASE_URL", "")
    broker = os.environ.get("PERENNIAL_TEST_BROKER_URL", "")
    if broker and urlsplit(broker).path.strip("/") in {"", "0"}:
        raise ValueError("PERENNIAL_TEST_BROKER_URL must name a database other than 0: it is emptied.")
    return database, broker


def until(fact: Callable[[], object], otherwise: str, seconds: float = 60.0, pause: float = 0.01) -> None:
    deadline = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > deadline:
            raise TimeoutError(otherwise)
        time.sleep(pause)


class Visitor:
    """A signed-in browser without its window: one kept connection and its cookies."""

    def __init__(self, site: Site, role: str) -> None:
        self.connection = http.client.HTTPConnection(_serve.HOST, site.port, timeout=60)
        self.cookies: dict[str, str] = {}
        self.last_asked = 0.0
        self.get("/accounts/login/")
        self.post(f"/demo/enter/{role}/", {})

    def get(self, path: str, **headers: str) -> str:
        return self._ask("GET", path, None, headers)

    def post(self, path: str, fields: Mapping[str, str], **headers: str) -> str:
        body = urlencode(dict(fields) | {"csrfmiddlewaretoken": self.cookies["csrftoken"]})
        return self._ask("POST", path, body, headers | {"Content-Type": "application/x-www-form-urlencoded"})

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> str:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        if time.monotonic() - self.last_asked > SHORTER_THAN_KEPT:
            self.connection.close()  # and is opened again by the request
        self.connection.request(method, path, body, names | {"Cookie": cookies})
        response = self.connection.getresponse()
        for header in response.headers.get_all("Set-Cookie", []):
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        text = response.read().decode()
        self.last_asked = time.monotonic()
        if response.status >= 400:
            raise RuntimeError(f"{method} {path} was answered {response.status}")
        return text


def field(name: str, html: str) -> str:
    """The value of an input, which may be written before or after its name."""
    tag = next((tag for tag in re.findall(r"<input[^>]*>", html) if f'name="{name}"' in tag), None)
    if tag is None:
        raise LookupError(f"The page has no input named {name}.")
    value = re.search(r'value="([^"]*)"', tag)
    return value[1] if value else ""


def middle(values: list[float]) -> float:
    """The median, of an odd or even number of runs."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
