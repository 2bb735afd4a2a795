"""The Python environment of this checkout: made when missing, brought up to date when the pins change.

Everything here runs before a single package is installed, so it uses the standard library alone.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
RUNTIME = ("requirements.txt",)
DEVELOPMENT = ("requirements.txt", "requirements-dev.txt")

MEGABYTES = {RUNTIME: 600, DEVELOPMENT: 1000}
"""What an installed environment takes, with its bytecode, measured and rounded up."""

NO_NETWORK = (
    "NewConnectionError",
    "NameResolutionError",
    "ConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ProxyError",
    "Network is unreachable",
    "Temporary failure in name resolution",
)
"""What pip prints when no index answers, whichever way it fails."""

LEAKS = ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE", "__PYVENV_LAUNCHER__")
"""Settings of the caller's Python that would change ours."""

HOPELESS = 30.0
"""Seconds of nothing but failed attempts to reach an index after which trying on is pointless."""

PERIOD = 10.0
"""Seconds between two lines of progress where no terminal can rewrite one."""


class Trouble(Exception):
    """Something only a person can mend, in one sentence."""


@dataclass(frozen=True)
class Environment:
    """One checkout's ``.venv``."""

    project: Path = PROJECT

    @property
    def folder(self) -> Path:
        return self.project / ".venv"

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def log(self) -> Path:
        return self.folder / "install.log"

    @property
    def stamp(self) -> Path:
        """What was installed. Written last, so it is there only when the installation was completed."""
        return self.folder / "installed.json"

    @property
    def unfinished(self) -> Path:
        """There while an installation runs, and after one that was killed."""
        return self.folder / "unfinished"

    def ensure(self, files: Sequence[str]) -> Path:
        """Return the environment's Python with the packages of ``files`` installed.

        Raises:
            Trouble: it cannot be made here; the sentence says why and what to do.
        """
        if self.is_current(files):
            return self.python
        try:
            self.folder.mkdir(exist_ok=True)
            with locked(self.folder / "lock", waiting="Another start is installing Perennial's packages; waiting…"):
                if not self.is_current(files):
                    self._make(tuple(files))
        except OSError as error:
            raise Trouble(why_unwritable(error, self.project)) from error
        return self.python

    def is_current(self, files: Sequence[str]) -> bool:
        """Whether everything in ``files``, as they are now, is installed for the Python that is there."""
        try:
            stamp = json.loads(self.stamp.read_text())
        except (OSError, ValueError):
            return False
        if not isinstance(stamp, dict) or self.unfinished.exists():
            return False
        wanted = digests(self.project, files)
        return covers(stamp, wanted) and stamp.get("python") == version_of(self.python)

    def _make(self, files: tuple[str, ...]) -> None:
        started = time.monotonic()
        if self.unfinished.exists():
            say("The last installation was cut short; starting it afresh.")
            self._clear()
        elif not works(self.python):
            self._clear()
        fresh = not self.python.exists()
        if fresh:
            self._refuse_too_little_space(files)
        self.stamp.unlink(missing_ok=True)
        self.unfinished.touch()
        self.log.write_text("")
        if fresh:
            say("Making a Python environment in .venv…")
            self._create()
        self._install(files)
        stamp = {"python": version_of(self.python), "files": digests(self.project, files)}
        self.stamp.write_text(json.dumps(stamp, indent=1) + "\n")
        self.unfinished.unlink()
        say(f"Installed in {time.monotonic() - started:.0f} s.")

    def _clear(self) -> None:
        """Empty the folder but for the lock, which we hold."""
        for path in self.folder.iterdir():
            if path.name == "lock":
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def _refuse_too_little_space(self, files: tuple[str, ...]) -> None:
        needed = MEGABYTES.get(files, 0)
        free = shutil.disk_usage(self.project).free // 2**20
        if free < needed:
            raise Trouble(
                f"The disk is full: {self.project} has {free} MB free, and Perennial's packages need {needed}."
            )

    def _create(self) -> None:
        base = getattr(sys, "_base_executable", None) or sys.executable
        if subprocess.call([base, "-Ic", "import ensurepip, venv"], stderr=subprocess.DEVNULL):
            raise Trouble(venv_missing(base))
        self._run([base, "-m", "venv", str(self.folder)], progress=None)

    def _install(self, files: tuple[str, ...]) -> None:
        count = sum(len(pins(self.project / name)) for name in files)
        length = "about a minute" if files == RUNTIME else "about two minutes"
        say(f"Installing {count} packages and what they need, {length}…")
        command = [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--no-user"]
        # Bytecode is made by the first import instead, for what is imported only: that saves half of the time.
        command += ["--no-compile", "--progress-bar", "off", "-r", str(self.project / files[-1])]
        progress = Progress(self.folder)
        try:
            self._run(command, progress=progress)
        finally:
            progress.close()

    def _run(self, command: Sequence[str], *, progress: Progress | None) -> None:
        with self.log.open("ab") as log, self.log.open("r", errors="replace") as reader:
            process = subprocess.Popen(
                command, cwd=self.project, env=clean(), stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
            )
            try:
                while process.poll() is None:
                    time.sleep(0.25)
                    if progress:
                        progress.show(reader.read())
                        if progress.is_hopeless():
                            break
            finally:
                process.kill()
                process.wait()
        if process.returncode:
            raise Trouble(f"{diagnose(self.log, self.project)} The whole story: {self.log}")


class Progress:
    """What pip has done so far: one line rewritten on a terminal, a line now and then elsewhere."""

    def __init__(self, venv: Path) -> None:
        self.venv = venv
        self.found = 0
        self.total = 0
        self.before = self._installed()
        self.retrying_since: float | None = None
        self.tty = sys.stderr.isatty()
        self.last = time.monotonic()
        self.open = False

    def show(self, output: str) -> None:
        for line in output.splitlines():
            if line.startswith("Collecting "):
                self.found += 1
                self.retrying_since = None
            elif line.startswith("Installing collected packages:"):
                self.total = line.count(",") + 1
            elif "Retrying (Retry(" in line:
                self.retrying_since = self.retrying_since or time.monotonic()
        if self.tty:
            sys.stderr.write(f"\r\x1b[K  {self.text()}")
            sys.stderr.flush()
            self.open = True
        elif time.monotonic() - self.last > PERIOD:
            say(f"  {self.text()}")
            self.last = time.monotonic()

    def text(self) -> str:
        if self.total:
            return f"installed {min(max(self._installed() - self.before, 0), self.total)} of {self.total}"
        if self.retrying_since:
            return "no answer from the package index yet, trying again"
        return f"fetched {self.found}"

    def is_hopeless(self) -> bool:
        return self.retrying_since is not None and time.monotonic() - self.retrying_since > HOPELESS

    def close(self) -> None:
        if self.open:
            sys.stderr.write("\r\x1b[K")

    def _installed(self) -> int:
        return sum(1 for _ in self.venv.glob("lib/python*/site-packages/*.dist-info"))


def pins(requirements: Path) -> list[str]:
    """The packages that a requirements file names itself."""
    lines = (line.split("#")[0].strip() for line in requirements.read_text().splitlines())
    return [line for line in lines if line and not line.startswith("-")]


def digests(project: Path, files: Sequence[str]) -> dict[str, str]:
    """The SHA-256 of each requirements file as it is now."""
    return {name: hashlib.sha256((project / name).read_bytes()).hexdigest() for name in files}


def covers(stamp: Mapping[str, object], wanted: Mapping[str, str]) -> bool:
    """Whether what was installed includes all that is wanted."""
    files = stamp.get("files")
    return isinstance(files, dict) and all(files.get(name) == digest for name, digest in wanted.items())


def version_of(python: Path) -> str | None:
    """The version (major.minor) that the Python at this path answers with; None if it does not run."""
    question = "import sys; print('{}.{}'.format(*sys.version_info))"
    try:
        answer = subprocess.run([python, "-ISc", question], capture_output=True, text=True, check=False)
    except OSError:
        return None
    return answer.stdout.strip() or None if answer.returncode == 0 else None


def works(python: Path) -> bool:
    """Whether this environment's Python runs, finds its pip and is new enough."""
    question = "import pip, sys; sys.exit(sys.version_info < (3, 11))"
    try:
        return subprocess.call([python, "-Ic", question], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def clean(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """The caller's environment without what would bend our Python."""
    source = os.environ if environment is None else environment
    return {name: value for name, value in source.items() if name not in LEAKS}


def venv_missing(base: str) -> str:
    """The sentence for Debian's Python, which comes without venv."""
    systems_own = os.path.realpath(base) == os.path.realpath("/usr/bin/python3")
    package = "python3-venv" if systems_own else f"python{sys.version_info[0]}.{sys.version_info[1]}-venv"
    return f"This Python cannot make environments yet: run 'apt install {package}' and start again."


def why_unwritable(error: OSError, folder: Path) -> str:
    """The sentence for a folder that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: nothing more can be written in {folder}."
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return f"Perennial cannot write in {folder}: the folder is read-only for this user."
    return f"Perennial cannot work in {folder}: {error.strerror or error}."


def diagnose(log: Path, project: Path) -> str:
    """What went wrong in an installation, in one sentence, read from its log."""
    text = log.read_text(errors="replace")
    for folder in (project, Path(tempfile.gettempdir())):
        full = shutil.disk_usage(folder).free < 2**20
        if full or "[Errno 28]" in text or "No space left on device" in text:
            return f"The disk is full: Perennial's packages need about {MEGABYTES[RUNTIME]} MB in {project}."
    if "[Errno 30]" in text or "[Errno 13]" in text:
        return f"Perennial cannot write in {project}: the folder is read-only for this user."
    if any(sign in text for sign in NO_NETWORK):
        return "No answer from the package index: the first start needs the network once, to fetch Python packages."
    if "from versions: none" in text:
        return "The package index offers none of what is needed: is the network or pip's configuration right?"
    errors = re.findall(r"^ERROR: (.+)$", text, flags=re.MULTILINE)
    return f"Installing Python packages failed: {errors[-1] if errors else 'pip ended without a word'}."


@contextmanager
def locked(path: Path, *, waiting: str) -> Iterator[None]:
    """Hold the lock file at ``path``; say ``waiting`` when another process has it."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(waiting)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def say(sentence: str) -> None:
    """Tell the person at the terminal, leaving standard output to the command itself."""
    sys.stderr.write(f"{sentence}\n")
    sys.stderr.flush()


def ensure(files: Sequence[str]) -> Path:
    """Return this checkout's Python, made ready; end with one sentence where that is impossible."""
    try:
        return Environment().ensure(files)
    except Trouble as trouble:
        say(str(trouble))
    except KeyboardInterrupt:
        say("\nStopped.")
    sys.exit(2)
