"""The public page under load: requests a second from the cache, and how many bytes a reader waits for."""

from __future__ import annotations

import gzip
import http.client
import multiprocessing
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from bench._site import HOST, REVIEW, Site, middle, running

SECONDS = 4
RUNS = 3
CONNECTIONS = 16
PROMISED_REQUESTS = 1500
"""A second, on two cores that the load generator shares."""

PROMISED_BYTES = 80_000
"""HTML, CSS and SVG, compressed: everything before Plotly, which is fetched when somebody asks for it."""

Headers = Mapping[str, str]


def run() -> Iterator[dict[str, object]]:
    with running() as site:
        yield from weights(site)
        etag = answer(site, REVIEW, {})[1]["ETag"]
        for name, headers in (
            ("as it is", {}),
            ("compressed", {"Accept-Encoding": "gzip"}),
            ("not modified", {"If-None-Match": etag}),
        ):
            yield speed(site, name, headers)


def speed(site: Site, name: str, headers: Headers) -> dict[str, object]:
    """Requests a second as counted, and the processor time of one, which other work on the machine hardly changes."""
    load = with_wrk if shutil.which("wrk") else with_python
    load(site, headers, 1)  # warms every web process up
    before = site.web_seconds()
    counts = [load(site, headers, SECONDS) for _ in range(RUNS)]
    each = (site.web_seconds() - before) / (sum(counts) * SECONDS)
    return {
        "figure": f"public page, {name}",
        "mode": site.mode,
        "with": "wrk" if load is with_wrk else "bench/public.py",
        "runs": RUNS,
        "requests a second": round(middle(counts)),
        "slowest run": round(min(counts)),
        "processor milliseconds a request": round(1000 * each, 2),
        "promised": PROMISED_REQUESTS,
        "kept": middle(counts) >= PROMISED_REQUESTS,
        "load": round(os.getloadavg()[0], 1),
    }


def with_wrk(site: Site, headers: Headers, seconds: int) -> float:
    said = [part for name, value in headers.items() for part in ("--header", f"{name}: {value}")]
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", *said, site.address + REVIEW]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output and "If-None-Match" not in headers:
        raise RuntimeError(f"Not every answer was a page:\n{output}")
    found = re.search(r"Requests/sec:\s+([\d.]+)", output)
    return float(found[1]) if found else 0.0


def with_python(site: Site, headers: Headers, seconds: int) -> float:
    """Four processes with a kept connection each; they take more of the two cores than wrk does."""
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        counts = pool.starmap(ask_again_and_again, [(site.port, dict(headers), seconds)] * 4)
    return sum(counts) / seconds


def ask_again_and_again(port: int, headers: dict[str, str], seconds: int) -> int:
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    until, count = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        connection.request("GET", REVIEW, headers=headers)
        response = connection.getresponse()
        response.read()
        if response.status not in {200, 304}:
            raise RuntimeError(f"The public page was answered {response.status}")
        count += 1
    connection.close()
    return count


def weights(site: Site) -> Iterator[dict[str, object]]:
    """What a first visit fetches, as it is sent, by kind."""
    html = gzip.decompress(answer(site, REVIEW, {"Accept-Encoding": "gzip"})[0]).decode()
    asked = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"', html)
    paths = [REVIEW, *dict.fromkeys(path for path in asked if "plotly" not in path)]
    sizes: dict[str, int] = {}
    for path in paths:
        kind = Path(path).suffix.removeprefix(".") or "html"
        sizes[kind] = sizes.get(kind, 0) + len(answer(site, path, {"Accept-Encoding": "gzip"})[0])
    counted = sum(size for kind, size in sizes.items() if kind != "js")
    yield {
        "figure": "bytes of the public page before Plotly",
        "mode": site.mode,
        **{f"{kind} gzip": size for kind, size in sizes.items() if kind != "js"},
        "html, css and svg gzip": counted,
        "promised": PROMISED_BYTES,
        "kept": counted <= PROMISED_BYTES,
        "js gzip, apart": sizes.get("js", 0),
        "html uncompressed": len(html.encode()),
    }


def answer(site: Site, path: str, headers: Headers) -> tuple[bytes, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection(HOST, site.port, timeout=60)
    connection.request("GET", path, headers=dict(headers))
    response = connection.getresponse()
    body = response.read()
    connection.close()
    if response.status != 200:
        raise RuntimeError(f"{path} was answered {response.status}")
    return body, response.headers
