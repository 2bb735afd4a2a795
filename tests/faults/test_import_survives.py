"""A worker is killed again and again in the middle of an import: no record is lost, none comes twice."""

import time
from functools import partial

import pytest

from tests.faults import meddling
from tests.faults.installation import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

RECORDS, BAD_EVERY = 9_000, 100
KILLS = 5
IN_CHUNK = 0.3
"""Seconds that a chunk dawdles in its transaction, so that a kill finds it open."""


def test_a_killed_worker_loses_and_doubles_no_record(installation):
    meddling.write(installation.data, in_chunk=IN_CHUNK)
    try:
        installation.start_worker()
        found = installation.clerk.bring(records=RECORDS, bad_every=BAD_EVERY)
        for kill in range(KILLS):
            before = installation.clerk.how_far(import_id=found)["read"]
            until(partial(_is_past, installation, found, before), what=f"the import goes on before kill {kill + 1}")
            time.sleep(0.1 * kill)
            installation.kill_worker()
            installation.start_worker()
        until(lambda: installation.clerk.how_far(import_id=found)["state"] == "done", what="the import is done")
    finally:
        meddling.write(installation.data)
        installation.kill_worker()
    assert installation.clerk.account_of_import(import_id=found) == {
        "state": "done",
        "counts": [RECORDS, RECORDS - RECORDS // BAD_EVERY, RECORDS // BAD_EVERY],
        "rows": [RECORDS - RECORDS // BAD_EVERY, RECORDS // BAD_EVERY],
        "every_start_once": True,
        "doubled_titles": 0,
        "told": 1,
        "audit_faults": [],
    }


def _is_past(installation, found, before):
    far = installation.clerk.how_far(import_id=found)
    return far["read"] > before or far["state"] == "done"
