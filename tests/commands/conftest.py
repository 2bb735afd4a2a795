"""The commands are scripts: their modules lie in bin/, beside them."""

import os
import signal
import socket
import sys

import pytest

from tests.commands.started import PROJECT, Started, processes_on

sys.path.insert(0, str(PROJECT / "bin"))


@pytest.fixture
def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def serve(tmp_path, free_port):
    """Start bin/serve, again and again if need be; whatever is left is ended after the test."""
    data = tmp_path / "data"
    home = tmp_path / "home"
    home.mkdir()
    started = []

    def start(*arguments, port=free_port):
        started.append(Started(data, port, *arguments, home=home))
        return started[-1]

    yield start
    for server in started:
        if server.process.poll() is None:
            server.process.kill()
            server.process.wait()
    for pid, _ in processes_on(data):
        os.kill(pid, signal.SIGKILL)
