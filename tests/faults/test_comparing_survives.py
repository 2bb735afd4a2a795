"""A worker is killed again and again while it compares records: no merge is lost, none is made twice."""

import time
from functools import partial

import pytest

from tests.faults import meddling
from tests.faults.installation import until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(600)]

WORKS, COPIES = 200, 3
KILLS = 3
IN_COMPARE = 2.0
"""Seconds that a comparing dawdles in its transaction, after the merges and before their event."""


def test_a_killed_worker_loses_and_doubles_no_merge(installation):
    meddling.write(installation.data, in_compare=IN_COMPARE)
    leases = set()
    try:
        installation.start_worker()
        found = installation.clerk.bring_copies(works=WORKS, copies=COPIES)
        for kill in range(KILLS):
            leases.add(
                until(partial(_begins, installation, found, leases), what=f"a run begins before kill {kill + 1}")
            )
            time.sleep(0.4 * (kill + 1))
            installation.kill_worker()
            assert not installation.clerk.is_compared(import_id=found)
            installation.start_worker()
        meddling.write(installation.data)
        until(lambda: installation.clerk.is_compared(import_id=found), what="the comparing is done")
    finally:
        meddling.write(installation.data)
        installation.kill_worker()
    copies = WORKS * (COPIES - 1)
    assert installation.clerk.account_of_comparing(import_id=found) == {
        "records": WORKS * COPIES,
        "kept": WORKS,
        "merges": [copies, copies],
        "told": [copies],
        "audit_faults": [],
    }


def _begins(installation, found, before):
    lease = installation.clerk.is_comparing(import_id=found)
    return lease if lease not in before else ""
