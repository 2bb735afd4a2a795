"""The commands are scripts: their modules lie in bin/, beside them."""

import os
import shutil
import signal
import socket
import subprocess
import sys

import pytest

from tests.commands.started import PROJECT, Started, processes_on

sys.path.insert(0, str(PROJECT / "bin"))


@pytest.fixture
def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A data folder after a first start without the demo: made once, copied by those who need it."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    (folder / "logs").mkdir(parents=True)
    environment = {"PATH": os.environ["PATH"], "PERENNIAL_DATA": str(folder)}
    subprocess.run([sys.executable, PROJECT / "bin" / "_prepare.py", "--data", folder], env=environment, check=True)
    return folder


@pytest.fixture
def on_prepared_data(prepared, tmp_path):
    """The data folder of this test's ``serve``, already made."""
    shutil.copytree(prepared, tmp_path / "data")


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
