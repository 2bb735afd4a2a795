"""Write down what is owed, take it on under a lease, settle it in the transaction of its effect."""

import datetime as dt
import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from reviews.base.work import queries, rules
from reviews.base.work.models import Owed
from reviews.base.work.rules import Lease

logger = logging.getLogger(__name__)

MOST_PER_SWEEP = 500
LONGEST_ERROR = 2000

_tasks: dict[str, str] = {}


class LeaseLost(Exception):
    """Another run has taken the work over; whatever this one was about to write must be rolled back."""


def register(*, kind: str, task: str) -> None:
    """Name the Celery task that does this kind of work; it is sent the key."""
    _tasks[kind] = task


@transaction.atomic
def owe(*, kind: str, key: str) -> Owed:
    """Ask for work, inside the caller's transaction. The broker hears of it when that is committed.

    Asking while a run is under way has it run once more; asking again for what failed gives it fresh attempts.
    """
    Owed.objects.get_or_create(kind=kind, key=key)
    row = Owed.objects.select_for_update().get(kind=kind, key=key)
    row.wanted += 1
    row.asked_at = row.not_before = timezone.now()
    row.attempts, row.parked_at, row.last_error = 0, None, ""
    row.save()
    transaction.on_commit(partial(send, kind, key))
    return row


def send(kind: str, key: str) -> None:
    """Tell the broker. When it cannot be reached nothing is lost: the sweep will tell it again."""
    try:
        current_app.send_task(_tasks[kind], args=[key], retry=False)
    except Exception:
        # Whatever a transport raises, the request that caused the work has been committed and must be answered.
        logger.warning("The broker could not be told of %s %s; the sweep will try again.", kind, key, exc_info=True)


@transaction.atomic
def claim(*, kind: str, key: str) -> Lease | None:
    """Take the work on, or None: nothing is owed, somebody has it, it pauses, or it is parked."""
    now = timezone.now()
    row = queries.due(now).select_for_update().filter(kind=kind, key=key).first()
    if row is None:
        return None
    if row.attempts >= rules.MOST_ATTEMPTS:
        # The last runs ended without a word: their worker was killed. Park it where a person sees it.
        row.last_error = row.last_error or "The worker stopped in the middle of it, six times."
        row.parked_at, row.lease, row.leased_until = now, None, None
        row.save()
        return None
    row.attempts += 1
    row.lease = uuid.uuid4()
    row.leased_until = now + dt.timedelta(seconds=settings.LEASE_SECONDS)
    row.save()
    return Lease(kind, key, row.lease, row.wanted)


def settle(lease: Lease) -> None:
    """Mark the work done, in the transaction that writes its effect.

    Raises:
        LeaseLost: the lease ran out and another run holds the work.
    """
    row = Owed.objects.select_for_update().filter(kind=lease.kind, key=lease.key, lease=lease.token).first()
    if row is None:
        raise LeaseLost(f"{lease.kind} {lease.key}")
    row.done = lease.seen
    row.attempts, row.last_error = 0, ""
    row.lease = row.leased_until = None
    row.settled_at = timezone.now()
    row.save()
    if row.is_owed:
        transaction.on_commit(partial(send, lease.kind, lease.key))


def renew(lease: Lease) -> None:
    """Keep the lease of long work, in the transaction that writes a part of its effect.

    A part that is written is progress: the attempts before it do not count against the rest.

    Raises:
        LeaseLost: the lease ran out and another run holds the work.
    """
    row = Owed.objects.select_for_update().filter(kind=lease.kind, key=lease.key, lease=lease.token).first()
    if row is None:
        raise LeaseLost(f"{lease.kind} {lease.key}")
    row.attempts, row.last_error = 1, ""
    row.leased_until = timezone.now() + dt.timedelta(seconds=settings.LEASE_SECONDS)
    row.save()


def hold_on(lease: Lease) -> None:
    """Keep the lease while long work has nothing to write yet. That is no progress: attempts go on being counted.

    Raises:
        LeaseLost: the lease ran out and another run holds the work.
    """
    until = timezone.now() + dt.timedelta(seconds=settings.LEASE_SECONDS)
    held = Owed.objects.filter(kind=lease.kind, key=lease.key, lease=lease.token)
    if not held.update(leased_until=until):
        raise LeaseLost(f"{lease.kind} {lease.key}")


@contextmanager
def held(lease: Lease) -> Iterator[None]:
    """Keep the lease, from a thread beside it, while one long step of work goes on that cannot pause to do it itself.

    A lease that is lost all the same is found out when the work is settled.
    """
    over = threading.Event()

    def keep() -> None:
        try:
            while not over.wait(settings.LEASE_SECONDS / 3):
                try:
                    hold_on(lease)
                except LeaseLost:
                    return
                except DatabaseError:
                    logger.warning(
                        "The lease of %s %s could not be kept just now.", lease.kind, lease.key, exc_info=True
                    )
        finally:
            connection.close()

    keeper = threading.Thread(target=keep, name=f"lease of {lease.kind}", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        over.set()
        keeper.join()


@transaction.atomic
def hand_on(lease: Lease) -> None:
    """Let go of long work in the middle, so that the next run goes on with it and none outlives its time."""
    row = Owed.objects.select_for_update().filter(kind=lease.kind, key=lease.key, lease=lease.token).first()
    if row is None:
        return
    row.attempts, row.lease, row.leased_until = 0, None, None
    row.not_before = timezone.now()
    row.save()
    transaction.on_commit(partial(send, lease.kind, lease.key))


@transaction.atomic
def fail(lease: Lease, error: Exception) -> None:
    """Keep the words of the error, pause, and try again later; after six attempts it is parked."""
    row = Owed.objects.select_for_update().filter(kind=lease.kind, key=lease.key, lease=lease.token).first()
    if row is None:
        return
    now = timezone.now()
    row.lease = row.leased_until = None
    row.last_error = f"{type(error).__name__}: {error}"[:LONGEST_ERROR]
    row.not_before = now + rules.pause_after(row.attempts)
    if row.attempts >= rules.MOST_ATTEMPTS:
        row.parked_at = now
    row.save()


def sweep() -> int:
    """Send again what is owed and not under way; how many were sent."""
    rows = list(queries.due(timezone.now())[:MOST_PER_SWEEP])
    for row in rows:
        send(row.kind, row.key)
    return len(rows)
