"""Installations to kill: on SQLite with files as the broker, and on PostgreSQL with Redis."""

import os
import socket

import pytest

from tests.faults.installation import Installation, own_broker, own_database


@pytest.fixture(scope="module", params=["SQLite and files", "PostgreSQL and Redis"])
def installation(request, tmp_path_factory):
    """One for all tests of a file: each makes a review of its own in it."""
    data = tmp_path_factory.mktemp("perennial")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    if request.param == "SQLite and files":
        yield from opened(Installation(data, port=port))
        return
    database, broker = (os.environ.get(f"PERENNIAL_TEST_{name}_URL", "") for name in ("DATABASE", "BROKER"))
    if not database or not broker:
        pytest.skip("PERENNIAL_TEST_DATABASE_URL and PERENNIAL_TEST_BROKER_URL are not set")
    with own_database(database) as database, own_broker(broker) as broker:
        yield from opened(Installation(data, port=port, database=database, broker=broker))


def opened(installation):
    try:
        yield installation
    finally:
        installation.close()
