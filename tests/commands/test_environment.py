import errno
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import _environment
import pytest
from _environment import RUNTIME, Environment, Trouble

VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def project(tmp_path):
    """A project that needs one package, which lies beside it: no network."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text(f"{wheel(tmp_path, '1.0')}\n")
    (folder / "requirements-dev.txt").write_text("-r requirements.txt\n")
    return folder


def wheel(folder, version):
    path = folder / f"tiny-{version}-py3-none-any.whl"
    info = f"tiny-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("tiny.py", f"version = {version!r}\n")
        archive.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
        archive.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        archive.writestr(f"{info}/RECORD", "")
    return path


def tiny_version(environment):
    command = [environment.python, "-c", "import tiny; print(tiny.version)"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.timeout(900)  # it installs, four times slower where other work goes on
def test_an_environment_is_made_kept_renewed_and_mended(project, tmp_path, capsys, monkeypatch):
    environment = Environment(project)

    environment.ensure(RUNTIME)
    assert tiny_version(environment) == "1.0"
    assert "Installing 1 packages" in capsys.readouterr().err

    environment.ensure(RUNTIME)
    assert capsys.readouterr().err == "", "nothing changed, so nothing is said or done"

    (project / "requirements.txt").write_text(f"{wheel(tmp_path, '2.0')}\n")
    environment.ensure(RUNTIME)
    assert tiny_version(environment) == "2.0"

    # As a killed installation leaves it: the mark is there and half of a package is gone.
    environment.unfinished.touch()
    next(environment.folder.glob("lib/python*/site-packages/tiny.py")).unlink()
    afresh = []
    monkeypatch.setattr(Environment, "_create", lambda self: afresh.append(sorted(self.folder.iterdir())))
    monkeypatch.setattr(Environment, "_install", lambda self, files: None)
    environment.ensure(RUNTIME)
    assert "cut short" in capsys.readouterr().err
    assert afresh == [[environment.log, environment.folder / "lock", environment.unfinished]]
    assert not environment.unfinished.exists()


def test_what_was_installed_for_running_does_not_cover_testing(project):
    environment = stamped(project, RUNTIME)
    assert environment.is_current(RUNTIME)
    assert not environment.is_current(_environment.DEVELOPMENT)


def test_what_was_installed_for_testing_covers_running(project):
    assert stamped(project, _environment.DEVELOPMENT).is_current(RUNTIME)


def test_a_changed_pin_is_noticed(project):
    environment = stamped(project, RUNTIME)
    (project / "requirements.txt").write_text("tiny==3.0\n")
    assert not environment.is_current(RUNTIME)


def test_another_python_is_noticed(project):
    assert not stamped(project, RUNTIME, version="3.99").is_current(RUNTIME)


def test_an_unfinished_installation_is_noticed(project):
    environment = stamped(project, RUNTIME)
    environment.unfinished.touch()
    assert not environment.is_current(RUNTIME)


def test_a_torn_stamp_is_no_stamp(project):
    environment = stamped(project, RUNTIME)
    environment.stamp.write_text('{"python": ')
    assert not environment.is_current(RUNTIME)


def stamped(project, files, version=VERSION):
    """An environment that looks as if ``files`` had been installed in it."""
    environment = Environment(project)
    environment.python.parent.mkdir(parents=True)
    environment.python.symlink_to(sys.executable)
    digests = _environment.digests(project, files)
    environment.stamp.write_text(_environment.json.dumps({"python": version, "files": digests}))
    return environment


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        (
            "WARNING: Retrying (Retry(total=4)) NewConnectionError(...)\nERROR: No matching distribution",
            "No answer from",
        ),
        ("ERROR: Could not find a version that satisfies x==9 (from versions: none)", "is the network or pip's"),
        ("ERROR: Could not install packages due to an OSError: [Errno 30] Read-only file system", "read-only"),
        ("ERROR: first\nERROR: Hash mismatch for x", "failed: Hash mismatch for x"),
        ("", "pip ended without a word"),
    ],
)
def test_a_failed_installation_is_told_in_one_sentence(tmp_path, log, sentence):
    path = tmp_path / "install.log"
    path.write_text(log)
    told = _environment.diagnose(path, tmp_path)
    assert sentence in told
    assert "\n" not in told


def test_a_failing_pip_names_the_reason_and_its_log(project):
    environment = Environment(project)
    environment.folder.mkdir()
    failing = [sys.executable, "-c", "raise SystemExit('[Errno 28] No space left on device')"]
    with pytest.raises(Trouble, match=r"^The disk is full: .* The whole story: .*install\.log$"):
        environment._run(failing, progress=None)


def test_a_disk_without_room_is_refused_before_anything_is_fetched(project, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(free=10 * 2**20))
    with pytest.raises(Trouble, match="has 10 MB free, and Perennial's packages need 600"):
        Environment(project).ensure(RUNTIME)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk is full: nothing more can be written in /p."),
        (errno.EROFS, "Perennial cannot write in /p: the folder is read-only for this user."),
        (errno.EACCES, "Perennial cannot write in /p: the folder is read-only for this user."),
        (errno.ENAMETOOLONG, "Perennial cannot work in /p: File name too long."),
    ],
)
def test_a_folder_that_cannot_be_written_is_told_in_one_sentence(number, sentence):
    assert _environment.why_unwritable(OSError(number, os.strerror(number)), Path("/p")) == sentence


def test_a_read_only_project_is_refused(project, monkeypatch):
    def refuse(self, *arguments, **options):
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(Trouble, match="read-only"):
        Environment(project).ensure(RUNTIME)


def test_debians_python_without_venv_is_told_the_line_to_run(monkeypatch):
    monkeypatch.setattr(_environment.subprocess, "call", lambda *arguments, **options: 1)
    with pytest.raises(Trouble, match=r"apt install python3(\.\d+)?-venv"):
        Environment(Path("/nowhere"))._create()
    assert "apt install python3-venv" in _environment.venv_missing("/usr/bin/python3")


def test_progress_reads_what_pip_says(tmp_path):
    progress = _environment.Progress(tmp_path)
    progress.show("Collecting Django==5.2\n  Downloading x\nCollecting celery==5.7\n")
    assert progress.text() == "fetched 2"
    progress.show("WARNING: Retrying (Retry(total=4, ...\n")
    assert progress.text() == "no answer from the package index yet, trying again"
    assert not progress.is_hopeless()
    progress.retrying_since -= _environment.HOPELESS
    assert progress.is_hopeless()
    progress.show("Installing collected packages: Django, celery\n")
    (tmp_path / "lib/python3.11/site-packages/Django-5.2.dist-info").mkdir(parents=True)
    assert progress.text() == "installed 1 of 2"


def test_pins_are_the_packages_that_a_file_names(tmp_path):
    path = tmp_path / "requirements-dev.txt"
    path.write_text("# tools\n-r requirements.txt\n\npytest==9  # runner\nmypy==2\n")
    assert _environment.pins(path) == ["pytest==9", "mypy==2"]


def test_the_callers_python_settings_do_not_leak():
    assert _environment.clean({"PYTHONPATH": "/x", "PYTHONHOME": "/y", "HOME": "/h"}) == {"HOME": "/h"}
