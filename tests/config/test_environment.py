"""What the environment says is checked before anything starts; a refusal names the value and says what it can be."""

import os
import stat
import threading
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import environment

LONG = "x" * environment.SHORTEST_SECRET


def refused(sentence):
    return pytest.raises(ImproperlyConfigured, match=sentence)


def test_a_choice_is_one_of_those_there_are():
    assert environment.one_of({}, "PERENNIAL_MODE", environment.MODES, "embedded") == "embedded"
    found = environment.one_of({"PERENNIAL_MODE": "production"}, "PERENNIAL_MODE", environment.MODES, "embedded")
    assert found == "production"
    with refused("PERENNIAL_MODE is 'prod'; it can be embedded or production"):
        environment.one_of({"PERENNIAL_MODE": "prod"}, "PERENNIAL_MODE", environment.MODES, "embedded")


@pytest.mark.parametrize(
    ("text", "means"),
    [
        ("1", True),
        ("true", True),
        ("Yes", True),
        (" on ", True),
        ("0", False),
        ("FALSE", False),
        ("no", False),
        ("off", False),
    ],
)
def test_a_switch_is_on_or_off(text, means):
    assert environment.switch({"DEBUG": text}, "DEBUG", default=not means) is means


@pytest.mark.parametrize("default", [True, False])
def test_a_switch_that_nobody_set_stands_as_it_should(default):
    assert environment.switch({}, "DEBUG", default=default) is default
    assert environment.switch({"DEBUG": " "}, "DEBUG", default=default) is default


def test_a_switch_is_nothing_else():
    with refused("DEBUG is 'maybe'; it can be 1 or 0"):
        environment.switch({"DEBUG": "maybe"}, "DEBUG", default=False)


def seconds(text):
    return environment.seconds(
        {"PERENNIAL_LEASE_SECONDS": text}, "PERENNIAL_LEASE_SECONDS", default=30, least=1, most=600
    )


def test_seconds_are_a_number_within_reason():
    assert seconds("") == 30
    assert [seconds("1"), seconds("2.5"), seconds("600")] == [1, 2.5, 600]


@pytest.mark.parametrize("text", ["0.9", "601", "-1", "soon", "nan", "inf"])
def test_seconds_beyond_reason_are_refused(text):
    with refused(f"PERENNIAL_LEASE_SECONDS is '{text}'; it must be a number of seconds from 1 to 600"):
        seconds(text)


def test_the_data_folder_is_made_and_only_its_owner_reads_it(tmp_path):
    folder = environment.data_folder({"PERENNIAL_DATA": str(tmp_path / "a" / "data")}, Path("/nowhere"))
    assert folder == tmp_path / "a" / "data"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_the_data_folder_has_a_place_of_its_own_unless_said_otherwise(tmp_path):
    assert environment.data_folder({}, tmp_path / "data") == tmp_path / "data"
    assert environment.data_folder({"PERENNIAL_DATA": ""}, tmp_path / "data") == tmp_path / "data"


def test_a_data_folder_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with refused(f"PERENNIAL_DATA points to {tmp_path}/file/data, which cannot be used: Not a directory"):
        environment.data_folder({"PERENNIAL_DATA": str(tmp_path / "file" / "data")}, tmp_path)


def test_a_data_folder_that_cannot_be_written_to_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    with refused(f"PERENNIAL_DATA points to {tmp_path}, which cannot be written to"):
        environment.data_folder({"PERENNIAL_DATA": str(tmp_path)}, tmp_path)


def secret(tmp_path, mode="production", **environ):
    return environment.secret(environ, mode=mode, folder=tmp_path)


def test_a_deployment_gives_its_secret(tmp_path):
    assert secret(tmp_path, SECRET_KEY=LONG) == LONG
    (tmp_path / "secret").write_text(f"{LONG}\n")
    assert secret(tmp_path, SECRET_KEY_FILE=str(tmp_path / "secret")) == LONG
    assert not (tmp_path / "secret-key").exists()


def test_a_deployment_without_a_secret_does_not_start(tmp_path):
    with refused("SECRET_KEY is missing: PERENNIAL_MODE=production does not start without one"):
        secret(tmp_path)
    with refused("SECRET_KEY is too short: it needs at least 50 characters"):
        secret(tmp_path, SECRET_KEY="short")
    with refused(f"SECRET_KEY_FILE points to {tmp_path}/nothing: No such file or directory"):
        secret(tmp_path, SECRET_KEY_FILE=str(tmp_path / "nothing"))
    assert not (tmp_path / "secret-key").exists()


def test_the_embedded_mode_makes_its_secret_once_and_keeps_it_private(tmp_path):
    made = secret(tmp_path, mode="embedded")
    assert len(made) >= environment.SHORTEST_SECRET
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert secret(tmp_path, mode="embedded") == made
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
    assert secret(tmp_path, mode="embedded", SECRET_KEY="short") == "short"


def test_of_two_processes_that_start_at_once_both_have_the_same_secret(tmp_path, monkeypatch):
    numbers = iter(range(100, 200))
    monkeypatch.setattr(os, "getpid", lambda: next(numbers))  # threads stand for processes
    together, found = threading.Barrier(8), []

    def start():
        together.wait()
        found.append(secret(tmp_path, mode="embedded"))

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert len(set(found)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]
