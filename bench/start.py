"""How long a newcomer waits: the first start from a clean clone with an empty HOME, and the second."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PROMISED = {"first start": 180.0, "second start": 10.0}
"""Seconds to the printed address, on two cores."""


def run() -> Iterator[dict[str, object]]:
    with tempfile.TemporaryDirectory(prefix="perennial-start-") as folder:
        clone = Path(folder) / "perennial"
        subprocess.run(["git", "clone", "--quiet", "--no-local", str(PROJECT), str(clone)], check=True)
        home = Path(folder) / "home"
        home.mkdir()
        for name, promised in PROMISED.items():
            seconds = start(clone, home)
            yield {"figure": name, "seconds": round(seconds, 1), "promised": promised, "kept": seconds <= promised}


def start(clone: Path, home: Path) -> float:
    """Start and stop Perennial; return the seconds until it printed its address."""
    began = time.monotonic()
    command = [str(clone / "bin" / "serve"), "--port", str(free_port())]
    process = subprocess.Popen(
        command, env={"HOME": str(home), "PATH": os.environ["PATH"]}, stdout=subprocess.PIPE, text=True
    )
    try:
        if process.stdout is None or not any("http://" in line for line in process.stdout):
            raise RuntimeError(f"bin/serve ended before it printed an address (code {process.wait()})")
        return time.monotonic() - began
    finally:
        process.send_signal(signal.SIGINT)
        process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
