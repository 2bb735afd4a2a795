import ast
import sys
from pathlib import Path

import _python
import pytest

BIN = Path(_python.__file__).parent


@pytest.mark.parametrize("name", ["_python.py", "serve", "test", "manage", "bench"])
def test_what_an_old_python_reads_is_readable_to_it(name):
    ast.parse((BIN / name).read_text(), feature_version=(3, 6))


def test_an_old_python_alone_ends_with_one_sentence(monkeypatch, capsys):
    monkeypatch.setattr(_python, "find_newer", lambda: None)
    with pytest.raises(SystemExit) as ended:
        _python.require(here=(3, 8))
    assert ended.value.code == 2
    sentence = "Python 3.8 is too old; Perennial needs 3.11 or newer, e.g. apt install python3.11\n"
    assert capsys.readouterr().err == sentence


def test_an_old_python_hands_over_to_a_newer_one(monkeypatch):
    handed_over = []
    monkeypatch.setattr(_python, "find_newer", lambda: "/opt/python3.12")
    monkeypatch.setattr(_python.os, "execv", lambda path, arguments: handed_over.append((path, arguments)))
    monkeypatch.setattr(sys, "argv", ["bin/serve", "--port", "9"])
    _python.require(here=(3, 8))
    assert handed_over == [("/opt/python3.12", ["/opt/python3.12", "bin/serve", "--port", "9"])]


def test_a_new_python_goes_on():
    _python.require()


def test_a_shim_that_only_complains_is_passed_over(monkeypatch, tmp_path):
    shim = tmp_path / "python3.11"
    shim.write_text("#!/bin/sh\necho 'python3.11: command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    (tmp_path / "python3.12").symlink_to(sys.executable)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert _python.find_newer() == str(tmp_path / "python3.12")


def test_windows_is_told_where_perennial_runs(monkeypatch, capsys):
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(SystemExit):
        _python.require()
    assert "WSL" in capsys.readouterr().err
