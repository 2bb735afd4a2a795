"""Real starts: web, worker and beat of this checkout, killed and stopped."""

import os
import signal
import socket
import subprocess
import sys

import pytest

from tests.commands.started import PROJECT, processes_on, until

pytestmark = pytest.mark.faults


@pytest.fixture
def running(on_prepared_data, serve):
    return serve("--no-demo").says("To stop")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_told_to_stop_it_leaves_no_process(running, number):
    assert running.children("gunicorn")
    assert until(lambda: len(running.children("celery")) >= 3, seconds=20)
    assert running.stop(number) == 0
    assert processes_on(running.data) == []
    assert running.page() is None


def test_told_twice_it_stops_at_once(running):
    running.process.send_signal(signal.SIGINT)
    running.process.send_signal(signal.SIGTERM)
    assert running.ends(seconds=5) == 0
    assert processes_on(running.data) == []


@pytest.mark.parametrize("name", ["gunicorn", "celery"])
def test_a_process_that_is_killed_comes_back(running, name):
    until(lambda: running.children(name), seconds=20)
    before = set(running.children(name))
    leader = min(before)
    os.kill(leader, signal.SIGKILL)
    until(lambda: set(running.children(name)) - before and leader not in running.children(name), seconds=20)
    until(lambda: running.page() is not None, seconds=20)
    assert "starting it again" in running.words()
    assert not before & set(running.children(name)), "nothing of the killed group stays"


def test_a_second_start_on_the_same_data_is_refused(running, serve):
    second = serve("--no-demo", port=running.port + 1)
    assert second.ends() == 2
    assert f"already runs on {running.data}, at http://127.0.0.1:{running.port}/" in second.words()
    assert running.page() is not None


def test_a_taken_port_is_refused_before_anything_is_made(serve, free_port):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", free_port))
        listener.listen()
        refused = serve("--no-demo")
        assert refused.ends() == 2
    assert f"Port {free_port} is taken; use --port" in refused.words()
    assert not (refused.data / "db.sqlite3").exists()


def test_after_the_supervisor_is_killed_the_next_start_works_on_the_same_port(running, serve):
    running.process.kill()
    running.process.wait()
    again = serve("--no-demo").says("To stop", seconds=60)
    assert again.page() is not None
    assert again.stop() == 0
    assert processes_on(again.data) == []


def test_after_everything_is_killed_the_next_start_works(running, serve):
    running.process.kill()
    for pid, _ in processes_on(running.data):
        os.kill(pid, signal.SIGKILL)
    running.process.wait()
    assert serve("--no-demo").says("To stop", seconds=60).page() is not None


def test_a_first_start_killed_while_it_loads_the_demo_is_repaired_by_the_next(serve):
    first = serve().says("Loading the demo review")
    first.process.kill()
    first.process.wait()
    assert not (first.data / "demo-loaded").exists()
    second = serve().says("To stop")
    assert second.page("/r/msc-covid-19/") == 200
    assert second.stop() == 0
    third = serve().says("To stop")
    assert "Loading the demo" not in third.words()


def test_a_database_that_is_gone_is_made_again(on_prepared_data, serve):
    first = serve("--no-demo").says("To stop")
    assert "Making the database" not in first.words()
    first.stop()
    for path in first.data.glob("db.sqlite3*"):
        path.unlink()
    assert "Making the database" in serve("--no-demo").says("To stop").words()


def test_a_setting_that_makes_no_sense_stops_the_start_with_a_sentence(tmp_path):
    command = [sys.executable, str(PROJECT / "bin" / "serve"), "--data", str(tmp_path / "data"), "--no-demo"]
    environment = {"HOME": str(tmp_path), "PATH": os.environ["PATH"], "DATABASE_URL": "mysql://127.0.0.1/x"}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "DATABASE_URL" in ended.stderr
    assert "Traceback" not in ended.stderr
