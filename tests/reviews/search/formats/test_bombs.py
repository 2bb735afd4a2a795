"""No file takes a reader down. At a twentieth of their size every day; PERENNIAL_BOMBS=full makes them 200 MB.

At full size each is read in a process of its own, which may take 10 s of CPU and 512 MB; the daily limits are as strict in
proportion, and generous where a process has its own costs.
"""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviews.search.formats import counting

from . import bombs

IS_FULL = os.environ.get("PERENNIAL_BOMBS") == "full"
SMALLER = 20
MOST_SECONDS, MOST_MEGABYTES = 10, 512
ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def cost(monkeypatch, tmp_path):
    def in_full(name):
        file = tmp_path / "bomb"
        file.write_bytes(bombs.bomb(name, 1_000_000))
        command = [sys.executable, "-m", "tests.reviews.search.formats.bombs", str(file)]
        try:
            found = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout)
        finally:
            file.unlink()
        assert found["seconds"] < MOST_SECONDS, found
        assert found["megabytes"] < MOST_MEGABYTES, found
        return found

    def in_little(name):
        monkeypatch.setattr(counting, "MOST_RECORDS", counting.MOST_RECORDS // SMALLER)
        monkeypatch.setattr(counting, "MOST_PRETENDERS", counting.MOST_PRETENDERS // SMALLER)
        found = bombs.cost(bombs.bomb(name, 1_000_000 // SMALLER))
        most = MOST_SECONDS if name in bombs.MADE else MOST_SECONDS / SMALLER * 4  # the made ones hardly grow smaller
        assert found["seconds"] < most, found
        return found

    return in_full if IS_FULL else in_little


@pytest.mark.parametrize("name", bombs.SAID)
def test_a_file_made_to_break_the_reader_is_answered_in_time(name, cost):
    found = cost(name)
    assert found["items"] == found["starts"]
    if bombs.SAID[name]:
        assert re.search(bombs.SAID[name], found["said"]), found
        assert found["said"].endswith(".")
