"""A whole Perennial of a test's own: its data folder or database, web process, worker, and a clerk. All of it may be killed."""

import json
import os
import random
import secrets
import signal
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis

from tests.faults import meddling

PROJECT = Path(__file__).resolve().parents[2]
if str(PROJECT / "bin") not in sys.path:
    sys.path.append(str(PROJECT / "bin"))

import _serve  # noqa: E402  # the commands are scripts: their modules lie beside them

PATIENCE = 150
"""Seconds to wait for anything on a busy machine; a quiet one needs a few."""


def until(fact, *, what, seconds=PATIENCE):
    """Wait for ``fact()`` to answer something true, and return that."""
    deadline = time.monotonic() + seconds
    while not (answer := fact()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain: {what}"
        time.sleep(0.02)
    return answer


class Dead(Exception):
    """The clerk was killed before it answered: nobody knows whether the order was carried out."""


class Clerk:
    """The other end of `tests.faults.clerk`."""

    def __init__(self, environment, log):
        with log.open("ab") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.clerk"],
                cwd=PROJECT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                process_group=0,
                preexec_fn=_serve.end_with_parent,
            )
        self.log = log
        try:
            assert self.answer() == "ready"
        except BaseException:
            self.dismiss()
            raise

    def __getattr__(self, do):
        return lambda **order: self.tell(do=do, **order).answer()

    def tell(self, **order):
        """Hand the order over without waiting for its answer."""
        self.process.stdin.write(json.dumps(order).encode() + b"\n")
        self.process.stdin.flush()
        return self

    def answer(self):
        line = self.process.stdout.readline()
        if not line.endswith(b"\n"):
            if self.process.wait() == -signal.SIGKILL:
                raise Dead
            raise AssertionError(f"the clerk failed:\n{self.log.read_text()[-3000:]}")
        return json.loads(line)

    def is_dead(self):
        return self.process.poll() is not None

    def kill(self):
        _serve.kill_group(self.process.pid)
        self.process.wait()

    def dismiss(self):
        self.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            with suppress(BrokenPipeError):
                pipe.close()


class Installation:
    """Started with the commands and the environment of `bin/serve`, but for short leases and a worker that can dawdle."""

    def __init__(self, data, *, port, database="", broker=""):
        options = _serve.Options(port=port, data=data, demo=False)
        self.data, self.port, self.broker = data, port, broker
        (data / "static").mkdir()
        (data / "logs").mkdir()
        environment = _serve.embedded(options)
        for name in ("DATABASE_URL", "CELERY_BROKER_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY", "DEBUG"):
            environment.pop(name, None)
        environment |= {"PERENNIAL_LEASE_SECONDS": "2", "PERENNIAL_SWEEP_SECONDS": "1"}
        if database:
            environment["DATABASE_URL"] = database
        if broker:
            environment["CELERY_BROKER_URL"] = broker
        self.environment = environment | {"DJANGO_SETTINGS_MODULE": "tests.settings"}
        self.web = _serve.Child(
            "web", _serve.web(sys.executable, options), environment=self.environment, log=data / "logs" / "web.log"
        )
        self.worker = _serve.Child(
            "worker",
            _serve.worker(sys.executable, options),
            environment=environment | {"DJANGO_SETTINGS_MODULE": "tests.faults.settings"},
            log=data / "logs" / "worker.log",
        )
        meddling.write(data)
        migrate = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(migrate, cwd=PROJECT, env=self.environment, check=True)
        self.clerk = self.hire()

    def hire(self):
        return Clerk(self.environment, self.data / "logs" / "clerk.log")

    def start_worker(self):
        self.worker.start()

    def kill_worker(self, chance=None):
        """Kill -9: the whole group at once, or its leader first and the rest a moment later, as `bin/serve` would."""
        if self.worker.process is None:
            return
        if chance is not None and chance.random() < 0.5:
            os.kill(self.worker.process.pid, signal.SIGKILL)
            time.sleep(chance.uniform(0, 0.2))
        self.end(self.worker)

    def kill_everything(self):
        for child in (self.worker, self.web):
            _serve.kill_group(child.process.pid)
        self.clerk.kill()
        self.end(self.worker)
        self.end(self.web)

    def start_everything(self):
        self.web.start()
        self.start_worker()
        self.clerk.dismiss()
        self.clerk = self.hire()

    def await_web(self):
        until(lambda: _serve.answer(self.port) == 200, what="the web process answers")

    @staticmethod
    def end(child):
        if child.process is not None:
            _serve.kill_group(child.process.pid)
            child.process.wait()
            child.process = None

    def wipe_broker(self):
        """Lose every message, and what the broker knows besides."""
        if self.broker:
            with redis.Redis.from_url(self.broker) as server:
                server.flushdb()
        else:
            for message in (self.data / "broker" / "queue").iterdir():
                message.unlink(missing_ok=True)

    def messages(self):
        """How many messages wait."""
        if self.broker:
            with redis.Redis.from_url(self.broker) as server:
                return server.llen("celery")
        return len(list((self.data / "broker" / "queue").iterdir()))

    def close(self):
        self.end(self.worker)
        self.end(self.web)
        self.clerk.dismiss()


@contextmanager
def own_database(url):
    """A database with a name of its own beside the one that the URL names; dropped at the end."""
    name = f"perennial_faults_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def own_broker(url):
    """The numbered database that the URL names, empty; never number 0, which others use without saying so."""
    number = urlsplit(url).path.strip("/")
    assert number not in {"", "0"}, f"PERENNIAL_TEST_BROKER_URL must name a database other than 0: {url}"
    with redis.Redis.from_url(url) as server:
        server.flushdb()
        yield url
        server.flushdb()


def seed():
    """From PERENNIAL_TEST_SEED to repeat a run, else a new one."""
    return int(os.environ.get("PERENNIAL_TEST_SEED") or secrets.randbelow(10**6))


def chances(number):
    return random.Random(number)
