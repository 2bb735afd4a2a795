"""Find a Python that is new enough, from a Python that may be old.

This file alone must be readable by Python 3.6, so that an old Python ends in one sentence and not in a SyntaxError.
"""

import os
import shutil
import subprocess
import sys
from typing import NoReturn

NEEDED = (3, 11)
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.14")
"""In this order: 3.11 is the one that the pinned packages were tested with."""


def require(here: "tuple[int, int] | None" = None) -> None:
    """Return only under a Python that is new enough: go on in a newer one from the PATH, or end with a sentence."""
    if sys.platform == "win32":
        refuse("Perennial runs on Linux and macOS; on Windows, run it inside WSL.")
    version = sys.version_info[:2] if here is None else here
    if version >= NEEDED:
        return
    newer = find_newer()
    if newer is None:
        refuse(too_old(version))
    os.execv(newer, [newer, *sys.argv])


def find_newer() -> "str | None":
    """Return the path of the first candidate that really runs (a pyenv shim may only complain), or None."""
    for name in CANDIDATES:
        path = shutil.which(name)
        if path and runs(path):
            return path
    return None


def runs(path: str) -> bool:
    """Whether the program at ``path`` is a Python that is new enough."""
    question = "import sys; sys.exit(0 if sys.version_info >= {!r} else 1)".format(NEEDED)  # noqa: UP032
    try:
        return subprocess.call([path, "-c", question], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


def too_old(version: "tuple[int, int]") -> str:
    """The sentence for an old Python."""
    return "Python {}.{} is too old; Perennial needs {}.{} or newer, e.g. apt install python3.11".format(  # noqa: UP032
        version[0], version[1], NEEDED[0], NEEDED[1]
    )


def refuse(sentence: str) -> NoReturn:
    """End with one sentence."""
    sys.stderr.write(sentence + "\n")
    sys.exit(2)
