"""Whatever is killed and whatever the broker forgets: every owed recompute is done, and each snapshot is made once."""

import sys
import time

import pytest

from tests.faults import meddling
from tests.faults.installation import Dead, chances, seed, until

pytestmark = [pytest.mark.faults, pytest.mark.timeout(1200)]

CHANGES = 50
KILLS = ("group",) * 2 + ("worker in the middle",) * 7 + ("worker",) * 3

BEFORE_STORE, IN_STORE = 0.3, 0.1
"""Seconds that a recompute dawdles, before its transaction and in it, so that a kill can hit either."""

MOST_EVENTS = 40
"""Nobody dies twice: the number of people in each arm."""


class Client:
    """Somebody who changes evidence, and remembers every change that was acknowledged."""

    def __init__(self, installation, chance):
        self.installation = installation
        self.chance = chance
        made = installation.clerk.prepare()
        self.review, self.analyses, self.owner = made["review"], made["analyses"], made["owner"]
        self.people = {name: made[name] for name in ("enters", "confirms")}
        self.ledger = made["ledger"]
        self.acknowledged = []

    def next_change(self):
        cell = self.chance.choice(sorted(self.ledger))
        events = self.chance.choice([number for number in range(MOST_EVENTS) if number != self.ledger[cell]])
        arm, timepoint = map(int, cell.split())
        return cell, {"arm": arm, "timepoint": timepoint, "events": events, "review": self.review, **self.people}

    def change(self, disturb=None):
        """Make one change and wait for its acknowledgement; what was not acknowledged is sent again, as people do."""
        cell, order = self.next_change()
        self.installation.clerk.tell(do="change", **order)
        if disturb:
            disturb()
        try:
            values = self.installation.clerk.answer()
        except Dead:
            values = None
        if self.installation.clerk.is_dead():
            self.installation.start_everything()
        if values is None:
            values = self.installation.clerk.change(**order)
        self.ledger[cell] = order["events"]
        self.acknowledged += values

    def standings(self):
        return self.installation.clerk.standings(analyses=self.analyses)

    def await_settled(self):
        until(lambda: set(self.standings()) == {"settled"}, what="everything owed is done")

    def account(self):
        return self.installation.clerk.account(
            review=self.review, analyses=self.analyses, acknowledged=self.acknowledged
        )

    def check(self):
        """Everything agrees: what was acknowledged, what is in evidence, what was computed, what the audit trail tells."""
        account = self.account()
        assert account["unconfirmed"] == []
        assert account["evidence"] == self.ledger
        assert account["audit_faults"] == []
        for each in account["analyses"]:
            assert each["state"] == "settled"
            assert each["numbers"] == list(range(1, len(each["numbers"]) + 1))
            assert each["told"] == each["numbers"]
            assert all(one != two for one, two in zip(each["digests"], each["digests"][1:], strict=False))
            assert each["newest_is_fresh"]
        return account


@pytest.fixture
def chance():
    number = seed()
    sys.stdout.write(f"PERENNIAL_TEST_SEED={number}\n")
    return chances(number)


@pytest.fixture
def client(installation, chance):
    """At work in an installation without a worker, whose broker is empty."""
    installation.end(installation.worker)
    installation.wipe_broker()
    meddling.write(installation.data)
    return Client(installation, chance)


class Killer:
    """Kills at random instants or in the middle of a recompute, and knows which runs died of it."""

    def __init__(self, installation, chance):
        self.installation = installation
        self.chance = chance
        self.dead = set()
        self.hits = 0

    def under_way(self):
        return set(self.installation.clerk.leases()) - self.dead

    def await_the_middle(self):
        until(self.under_way, what="a recompute is under way")
        time.sleep(self.chance.uniform(0, BEFORE_STORE + IN_STORE))

    def worker_meanwhile(self):
        time.sleep(self.chance.uniform(0, 0.3))
        self.installation.kill_worker(self.chance)

    def group_meanwhile(self):
        time.sleep(self.chance.uniform(0, 0.06))
        self.installation.kill_everything()

    def count(self):
        killed = self.under_way()
        self.hits += bool(killed)
        self.dead |= killed


def test_fifty_changes_while_everything_is_killed(installation, client, chance):
    started = time.monotonic()
    meddling.write(installation.data, before_store=BEFORE_STORE, in_store=IN_STORE)
    installation.web.start()
    installation.start_worker()
    killer = Killer(installation, chance)
    places = dict(zip(chance.sample(range(1, CHANGES), len(KILLS)), KILLS, strict=True))
    settle_before = chance.sample(sorted(places), len(KILLS) // 2)
    for number in range(CHANGES):
        if number in settle_before:  # or a worker that is killed all the time would never get to its second snapshot
            client.await_settled()
        match places.get(number):
            case "group":
                client.change(disturb=killer.group_meanwhile)
                killer.count()
            case "worker in the middle":
                client.change()
                killer.await_the_middle()
                installation.kill_worker(chance)
                killer.count()
                installation.start_worker()
            case "worker":
                client.change(disturb=killer.worker_meanwhile)
                killer.count()
                installation.start_worker()
            case None:
                client.change()
    changed = time.monotonic()
    client.await_settled()
    settled = time.monotonic()
    account = client.check()
    installation.await_web()
    snapshots = [len(each["numbers"]) for each in account["analyses"]]
    sys.stdout.write(
        f"{CHANGES} changes in {changed - started:.0f} s, {len(KILLS)} kills, {killer.hits} of them in the middle of a "
        f"recompute; settled {settled - changed:.1f} s after the last change, in {snapshots} snapshots\n"
    )
    assert killer.hits >= KILLS.count("worker in the middle")
    assert sum(snapshots) >= len(settle_before)


def test_a_broker_that_is_wiped_loses_nothing(installation, client):
    for _ in range(5):
        client.change()
    assert installation.messages()
    installation.wipe_broker()
    assert not installation.messages()
    installation.start_worker()
    client.await_settled()
    client.check()
    # Once more under a running worker, which must not have gone deaf.
    meddling.write(installation.data, before_store=BEFORE_STORE)
    for _ in range(5):
        client.change()
        installation.wipe_broker()
    client.await_settled()
    client.check()


def test_a_recompute_that_always_fails_is_parked_in_sight_and_succeeds_when_it_is_mended(installation, client):
    installation.start_worker()
    client.await_settled()
    last_good = installation.clerk.newest(analyses=client.analyses)
    spoilt = client.analyses[0]
    meddling.write(installation.data, spoilt=[spoilt])
    for _ in range(len(client.ledger)):
        client.change()
    until(lambda: installation.clerk.standings(analyses=[spoilt]) == ["parked"], what="the failing recompute is parked")
    assert installation.clerk.last_errors(analyses=[spoilt]) == ["ArithmeticError: The planted fault."]
    assert installation.clerk.newest(analyses=[spoilt]) == last_good[:1]
    assert "The planted fault." in installation.clerk.page(analysis=spoilt, person=client.owner)
    meddling.write(installation.data)
    installation.clerk.page(analysis=spoilt, person=client.owner, ask_again=True)
    client.await_settled()
    client.check()
    assert installation.clerk.newest(analyses=[spoilt]) > last_good[:1]
