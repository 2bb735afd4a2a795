"""A bin/serve under test: what it says, shows and leaves behind."""

import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


def until(fact, *, seconds=60.0, message="it did not come true"):
    """Wait for ``fact()`` to answer something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (answer := fact()):
        assert time.monotonic() < deadline, message
        time.sleep(0.05)
    return answer


class Started:
    """One bin/serve of this checkout, on a data folder of its own."""

    def __init__(self, data, port, *arguments, home):
        self.data = data
        self.port = port
        self.output = data.parent / f"output-{time.monotonic_ns()}"
        command = [PROJECT / "bin" / "serve", "--port", str(port), "--data", str(data), *arguments]
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command, env={"HOME": str(home), "PATH": os.environ["PATH"]}, stdout=output, stderr=subprocess.STDOUT
            )

    def says(self, text, *, seconds=120.0):
        def said():
            assert text in self.words() or self.process.poll() is None, f"ended early: {self.words()}"
            return text in self.words()

        until(said, seconds=seconds, message=f"never said {text!r}")
        return self

    def words(self):
        return self.output.read_text()

    def ends(self, *, seconds=30.0):
        return self.process.wait(seconds)

    def stop(self, number=signal.SIGINT):
        self.process.send_signal(number)
        return self.ends()

    def page(self, path="/"):
        """The status of a page; None when nothing answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=10) as response:
                return response.status
        except urllib.error.HTTPError as error:
            with error:
                return error.code
        except OSError:
            return None

    def children(self, *words):
        """The processes that work on this data folder and whose command line has all the words."""
        return [pid for pid, command in processes_on(self.data) if all(word in command for word in words)]


def processes_on(data):
    """Everything alive that was started for this data folder, whoever its parent is now."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PERENNIAL_DATA={data}\0".encode() not in (folder / "environ").read_bytes():
                continue
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if command:  # a process that ended and waits to be collected has none
            found.append((int(folder.name), command))
    return sorted(found)
