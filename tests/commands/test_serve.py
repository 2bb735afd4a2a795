import errno
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import _environment
import _serve
import pytest
from _environment import Trouble

from tests.commands.started import until


def test_a_port_that_is_taken_is_named_with_one_that_is_free():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(Trouble) as refusal:
            _serve.refuse_taken(port)
    words = str(refusal.value).split()
    assert str(refusal.value).startswith(f"Port {port} is taken; use --port ")
    assert _serve.is_free(int(words[-1].rstrip(".")))


def test_a_free_port_is_accepted(free_port):
    _serve.refuse_taken(free_port)


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", ""])
def test_a_port_that_makes_no_sense_is_refused(port, capsys):
    with pytest.raises(SystemExit):
        _serve.parse(["--port", port])
    assert "a number from 1 to 65535" in capsys.readouterr().err or port == "-1"


def test_the_data_folder_is_the_option_then_the_variable_then_beside_the_project(monkeypatch, tmp_path):
    monkeypatch.delenv("PERENNIAL_DATA", raising=False)
    assert _serve.parse([]).data == _environment.PROJECT / ".data"
    monkeypatch.setenv("PERENNIAL_DATA", str(tmp_path / "variable"))
    assert _serve.parse([]).data == tmp_path / "variable"
    assert _serve.parse(["--data", str(tmp_path / "option")]).data == tmp_path / "option"


def test_a_second_start_on_the_same_data_is_refused(tmp_path):
    refusal = pytest.raises(Trouble, match=r"already runs on .*, at http://127.0.0.1:8123/")
    with _serve.owned(tmp_path, 8123), refusal, _serve.owned(tmp_path, 8124):
        pass


def test_a_start_after_an_orderly_end_is_welcome(tmp_path):
    with _serve.owned(tmp_path, 8123):
        pass
    with _serve.owned(tmp_path, 8124) as papers:
        assert papers.port == 8124


def test_what_a_killed_start_left_running_is_ended(tmp_path):
    with subprocess.Popen(["sleep", "60"], process_group=0) as left:
        papers = {"pid": 1, "port": 8123, "children": {"web": [left.pid, _serve.birth(left.pid)]}}
        (tmp_path / "serve.lock").write_text(json.dumps(papers))
        with _serve.owned(tmp_path, 8123):
            assert left.wait(5) < 0


def test_a_stranger_who_got_the_number_of_a_dead_process_is_left_alone(tmp_path):
    with subprocess.Popen(["sleep", "60"], process_group=0) as stranger:
        papers = {"pid": 1, "port": 8123, "children": {"web": [stranger.pid, "born long ago"]}}
        (tmp_path / "serve.lock").write_text(json.dumps(papers))
        with _serve.owned(tmp_path, 8123):
            assert stranger.poll() is None
        stranger.kill()


def test_torn_papers_are_no_papers(tmp_path):
    (tmp_path / "serve.lock").write_text('{"pid": 1, "chil')
    with _serve.owned(tmp_path, 8123):
        pass


def test_a_dead_process_has_no_birth():
    process = subprocess.Popen(["true"])
    process.wait()
    assert _serve.birth(process.pid) == ""


def child(tmp_path, *command):
    return _serve.Child("worker", command, environment=dict(os.environ), log=tmp_path / "log")


def test_a_child_that_keeps_dying_young_is_started_less_and_less_often(tmp_path):
    dying = child(tmp_path, "false")
    pauses = []
    for _ in range(7):
        dying.start()
        dying.process.wait()
        assert dying.has_died()
        pauses.append(round(dying.due - time.monotonic()))
    assert pauses == [0, 1, 2, 5, 10, 10, 10]


def test_a_child_that_lived_long_is_started_again_at_once(tmp_path):
    lived = child(tmp_path, "false")
    lived.start()
    lived.process.wait()
    lived.deaths = 4
    lived.started -= _serve.YOUNG + 1
    assert lived.has_died()
    assert round(lived.due - time.monotonic()) == 0


def test_a_child_that_will_not_end_is_ended_with_all_of_its_own(tmp_path):
    stubborn = "trap '' TERM; sleep 61 & echo ready; while true; do sleep 62; done"
    stays = child(tmp_path, "sh", "-c", stubborn)
    stays.start()
    while "ready" not in stays.log.read_text():
        time.sleep(0.02)
    stays.ask_to_end()
    stays.end(time.monotonic() + 0.2)
    assert stays.how_it_died() == "ended by signal 9"
    until(lambda: not group_exists(stays.process.pid), seconds=5)


def group_exists(leader):
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_full_disk_is_told_in_one_sentence(monkeypatch, tmp_path, capsys):
    def refuse(self, *arguments, **options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_environment, "ensure", lambda files: Path(sys.executable))
    monkeypatch.setattr(Path, "mkdir", refuse)
    assert _serve.main(["--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"The disk is full: nothing more can be written in {tmp_path}.\n"


def test_children_get_the_embedded_mode_unless_the_person_chose_another(monkeypatch, tmp_path):
    options = _serve.Options(port=8000, data=tmp_path, demo=False)
    monkeypatch.delenv("PERENNIAL_MODE", raising=False)
    environment = _serve.embedded(options)
    assert environment["PERENNIAL_MODE"] == "embedded"
    assert environment["PERENNIAL_DEMO"] == "0"
    assert environment["PERENNIAL_DATA"] == str(tmp_path)
    monkeypatch.setenv("PERENNIAL_MODE", "production")
    assert _serve.embedded(options)["PERENNIAL_MODE"] == "production"


def test_the_demo_is_for_the_embedded_mode_only(monkeypatch):
    monkeypatch.delenv("PERENNIAL_MODE", raising=False)
    assert _serve.parse([]).demo
    assert not _serve.parse(["--no-demo"]).demo
    monkeypatch.setenv("PERENNIAL_MODE", "production")
    assert not _serve.parse([]).demo


def test_the_web_process_listens_on_loopback_only(tmp_path):
    options = _serve.Options(port=8123, data=tmp_path, demo=True)
    command = _serve.web("python", options)
    assert command[command.index("--bind") + 1] == "127.0.0.1:8123"


def test_a_long_log_is_put_aside(tmp_path, monkeypatch):
    monkeypatch.setattr(_serve, "LONG_LOG", 3)
    log = tmp_path / "web.log"
    log.write_text("four")
    _serve.put_aside(log)
    assert not log.exists()
    assert (tmp_path / "web.log.1").read_text() == "four"
