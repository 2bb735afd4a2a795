"""Perennial on one machine: prepares the data folder, then keeps web and worker running until told to stop."""

from __future__ import annotations

import argparse
import ctypes
import fcntl
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import IO

import _environment
from _environment import PROJECT, Trouble, say

HOST = "127.0.0.1"
"""Loopback only: the embedded demo lets anyone in who can reach it."""

PAUSES = (0.0, 1.0, 2.0, 5.0, 10.0)
"""Seconds before a process that died is started again, longer each time it dies young."""

YOUNG = 30.0
"""A process that lived longer than this has started well; the next pause is the shortest again."""

PATIENCE = 60.0
"""Seconds that the web process may take to answer for the first time."""

FORBEARANCE = 5.0
"""Seconds that its first page may be an error."""

GRACE = 3.0
"""Seconds that a process may take to end what it is doing. What it leaves is owed, and done after the next start."""

LONG_LOG = 5_000_000
"""Bytes; a log that is longer is put aside at the next start."""


def main(arguments: Sequence[str]) -> int:
    options = parse(arguments)
    python = _environment.ensure(_environment.RUNTIME)
    try:
        with owned(options.data, options.port) as papers:
            refuse_taken(options.port)
            return Serving(python, options, papers).run()
    except Trouble as trouble:
        say(str(trouble))
    except OSError as error:
        say(_environment.why_unwritable(error, options.data))
    except KeyboardInterrupt:
        say("\nStopped.")
        return 130
    return 2


@dataclass(frozen=True)
class Options:
    port: int
    data: Path
    demo: bool


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="bin/serve", description="Start Perennial on this machine.")
    parser.add_argument("--port", type=port_number, default=8000, help="on 127.0.0.1 (default: 8000)")
    parser.add_argument("--data", type=Path, help="the data folder (default: $PERENNIAL_DATA or ./.data)")
    parser.add_argument("--no-demo", action="store_true", help="start without the demo review and its doors")
    options = parser.parse_args(arguments)
    data = options.data or Path(os.environ.get("PERENNIAL_DATA") or PROJECT / ".data")
    demo = not options.no_demo and os.environ.get("PERENNIAL_MODE", "embedded") == "embedded"
    return Options(port=options.port, data=data.expanduser().resolve(), demo=demo)


def port_number(text: str) -> int:
    if text.isdecimal() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port; take a number from 1 to 65535")


# One start for one data folder


@dataclass
class Papers:
    """What this start has written down, so that the next one can clear up after it was killed."""

    file: IO[str]
    port: int
    children: dict[str, tuple[int, str]] = field(default_factory=dict)

    def write(self) -> None:
        self.file.seek(0)
        self.file.truncate()
        json.dump({"pid": os.getpid(), "port": self.port, "children": self.children}, self.file)
        self.file.flush()

    def clear(self) -> None:
        self.file.seek(0)
        self.file.truncate()


@contextmanager
def owned(data: Path, port: int) -> Iterator[Papers]:
    """Hold the data folder, made when missing.

    Raises:
        Trouble: another start holds it.
    """
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    (data / "logs").mkdir(exist_ok=True)
    with (data / "serve.lock").open("a+") as file:
        last = read_papers(file)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            address = f"http://{HOST}:{last['port']}/" if "port" in last else "an address still to come"
            raise Trouble(
                f"Perennial already runs on {data}, at {address}: stop it first, or give another folder with --data."
            ) from None
        clear_up_after(last)
        papers = Papers(file, port)
        papers.write()
        yield papers
        papers.clear()


def read_papers(file: IO[str]) -> dict[str, object]:
    file.seek(0)
    try:
        papers = json.load(file)
    except ValueError:
        return {}
    return papers if isinstance(papers, dict) else {}


def clear_up_after(last: dict[str, object]) -> None:
    """End what a killed start left behind: its own processes, known by number and time of birth."""
    children = last.get("children")
    left = [pid for pid, born in children.values() if birth(pid) == born] if isinstance(children, dict) else []
    for pid in left:
        kill_group(pid)
    deadline = time.monotonic() + GRACE
    while any(birth(pid) for pid in left) and time.monotonic() < deadline:
        time.sleep(0.05)


def birth(pid: int) -> str:
    """When a process started, in the system's own words; empty when there is none."""
    command = ["ps", "-o", "lstart=", "-p", str(pid)]
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return "" if fields[0] == "Z" else fields[19]
    except FileNotFoundError:
        if Path("/proc/self").exists():
            return ""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def refuse_taken(port: int) -> None:
    """
    Raises:
        Trouble: something listens there, or the port is not ours to take.
    """
    # Web workers of a start that was just killed notice it within a second or two.
    deadline = time.monotonic() + 2
    while not (free := is_free(port)) and time.monotonic() < deadline:
        time.sleep(0.1)
    if free is None:
        raise Trouble(f"Port {port} is reserved for the system; use --port 8000.")
    if not free:
        other = next((number for number in range(port + 1, 65536) if is_free(number)), 8000)
        raise Trouble(f"Port {port} is taken; use --port {other}.")


def is_free(port: int) -> bool | None:
    """Whether a server could listen there; None where the system forbids it."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, port))
        except PermissionError:
            return None
        except OSError:
            return False
    return True


# The processes


class Child:
    """One process that must run: started, watched, started again when it dies, ended with all of its own."""

    def __init__(self, name: str, command: Sequence[str], *, environment: dict[str, str], log: Path) -> None:
        self.name = name
        self.command = command
        self.environment = environment
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.due = 0.0
        self.deaths = 0

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A group of its own: Ctrl-C in the terminal reaches only the supervisor, which ends the group in order.
                process_group=0,
                preexec_fn=end_with_parent,
            )
        self.started = time.monotonic()

    def has_died(self) -> bool:
        """Whether the process ended since the last look; the rest of its group is ended too."""
        if self.process is None or self.process.poll() is None:
            return False
        kill_group(self.process.pid)
        if time.monotonic() - self.started > YOUNG:
            self.deaths = 0
        self.due = time.monotonic() + PAUSES[min(self.deaths, len(PAUSES) - 1)]
        self.deaths += 1
        return True

    def how_it_died(self) -> str:
        code = self.process.returncode if self.process else 0
        return f"ended by signal {-code}" if code < 0 else f"ended with code {code}"

    def ask_to_end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.terminate()

    def end(self, deadline: float) -> None:
        """Wait until the deadline, then leave nothing of the group."""
        if self.process is None:
            return
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.01))
        except subprocess.TimeoutExpired:
            pass
        finally:
            kill_group(self.process.pid)
            self.process.wait()


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
_SET_SIGNAL_OF_PARENTS_DEATH = 1


def end_with_parent() -> None:
    """Ask Linux to end this process when the supervisor is killed and cannot do it itself."""
    if _LIBC:
        _LIBC.prctl(_SET_SIGNAL_OF_PARENTS_DEATH, signal.SIGTERM)


class Serving:
    """A start, from the data folder made ready to the last process ended."""

    def __init__(self, python: Path, options: Options, papers: Papers) -> None:
        self.options = options
        self.papers = papers
        self.python = str(python)
        self.environment = embedded(options)
        logs = options.data / "logs"
        self.web = Child("web", web(self.python, options), environment=self.environment, log=logs / "web.log")
        self.worker = Child(
            "worker", worker(self.python, options), environment=self.environment, log=logs / "worker.log"
        )
        self.children: list[Child] = []
        self.stopping = False

    def run(self) -> int:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            self.prepare()
            self.begin(self.web)
            self.await_answer()
            # The page comes first; the worker gets ready while the person reads it.
            self.begin(self.worker)
            if not self.stopping:
                print(self.welcome(), flush=True)
            while not self.stopping:
                self.look_after()
                time.sleep(0.1)
        finally:
            self.end()
        say("Stopped.")
        return 0

    def stop(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:  # asked twice: do not wait for anyone
            for child in self.children:
                if child.process:
                    kill_group(child.process.pid)
        self.stopping = True

    def prepare(self) -> None:
        """
        Raises:
            Trouble: the database, the demo or the static files could not be made ready.
        """
        command = [self.python, str(PROJECT / "bin" / "_prepare.py"), "--data", str(self.options.data)]
        if self.options.demo:
            command.append("--demo")
        process = subprocess.Popen(
            command,
            cwd=PROJECT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=end_with_parent,
        )
        while process.poll() is None:
            if self.stopping:
                process.kill()
            time.sleep(0.02)
        if process.returncode and not self.stopping:
            raise Trouble("Perennial did not start; the reason stands above.")

    def begin(self, child: Child) -> None:
        """Start a process for the first time and look after it from now on."""
        put_aside(child.log)
        self.children.append(child)
        self.start(child)

    def start(self, child: Child) -> None:
        if self.stopping:
            return
        child.start()
        if child.process:
            self.papers.children[child.name] = (child.process.pid, birth(child.process.pid))
            self.papers.write()

    def look_after(self) -> None:
        for child in self.children:
            if child.has_died() and not self.stopping:
                say(
                    f"The {child.name} process {child.how_it_died()}; starting it again. Its last words: {last_words(child.log)}"
                )
                child.process = None
            if child.process is None and time.monotonic() >= child.due:
                self.start(child)

    def await_answer(self) -> None:
        """
        Raises:
            Trouble: no page came in time.
        """
        deadline = time.monotonic() + PATIENCE
        while not self.stopping and ((status := answer(self.options.port)) is None or status >= 500):
            self.look_after()
            if status:
                deadline = min(deadline, time.monotonic() + FORBEARANCE)
            if time.monotonic() > deadline or self.web.deaths >= 3:
                raise Trouble(f"The web process does not start; its last words: {last_words(self.web.log)}")
            time.sleep(0.05)

    def welcome(self) -> str:
        address = f"http://{HOST}:{self.options.port}/"
        demo = f"\n  The demo   {address}r/msc-covid-19/" if self.options.demo else ""
        return f"\n  Perennial  {address}{demo}\n  Its data   {self.options.data}\n  To stop    Ctrl-C\n"

    def end(self) -> None:
        for child in self.children:
            child.ask_to_end()
        deadline = time.monotonic() + GRACE
        for child in self.children:
            child.end(deadline)


def embedded(options: Options) -> dict[str, str]:
    """The environment of every process: what the person set, and the embedded mode where nothing was set."""
    environment = _environment.clean()
    environment.setdefault("PERENNIAL_MODE", "embedded")
    environment["PERENNIAL_DATA"] = str(options.data)
    environment["PERENNIAL_DEMO"] = "1" if options.demo else "0"
    # Small matrices: more threads only get in each other's way.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment.setdefault(name, "1")
    environment["PYTHONUNBUFFERED"] = "1"
    # The migrations have run Django's checks a moment ago; for them the worker would load every page of the site.
    environment["CELERY_SKIP_CHECKS"] = "1"
    return environment


def web(python: str, options: Options) -> list[str]:
    return [
        *(python, "-m", "gunicorn", "config.wsgi:application"),
        *("--config", str(PROJECT / "bin" / "_gunicorn.py")),
        *("--bind", f"{HOST}:{options.port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
        # Loaded once and then forked: half the time to start, half the memory.
        "--preload",
        *("--timeout", "60", "--graceful-timeout", "5", "--keep-alive", "5"),
        *("--pid", str(options.data / "web.pid")),
        "--no-control-socket",
        *("--log-level", "warning"),
    ]


def worker(python: str, options: Options) -> list[str]:
    return [
        *(python, "-m", "celery", "-A", "config", "worker", "-B"),
        *("-s", str(options.data / "beat-schedule")),
        *("--pool", "prefork", "--concurrency", "2"),
        *("--without-gossip", "--without-mingle"),
        *("--loglevel", "WARNING"),
    ]


def answer(port: int) -> int | None:
    """The status of the home page; None when nothing answers."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def put_aside(log: Path) -> None:
    if log.exists() and log.stat().st_size > LONG_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def last_words(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()] if log.exists() else []
    return f"{lines[-1].strip()} (in {log})" if lines else f"none (in {log})"
