"""Read a file into records, chunk by chunk, so that a killed worker loses nothing and doubles nothing."""

import datetime as dt
import itertools
import logging
import time
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from reviews.base.audit import services as audit
from reviews.base.work import services as work
from reviews.base.work.rules import Lease
from reviews.library.models import Record
from reviews.search import queries, reading, rules
from reviews.search.models import Import, Rejection
from reviews.search.rules import ImportState
from reviews.signals import records_arrived

logger = logging.getLogger(__name__)

CHUNK = 1000
"""Records in one transaction: some tenths of a second in which nobody else can write on SQLite."""
LONGEST_RUN = 150
"""Seconds after which a run hands on, well below the time that a task is given."""
LONGEST_REASON = 300
LONGEST_EXCERPT = 4000


class CountsDiffer(Exception):
    """The records that begin in a file and those that were read do not agree: nothing may be said to be complete."""


def read_import(*, import_id: int) -> int:
    """Read what is left of an import, if it is owed. Safe to run twice and to be killed at any instant.

    Returns how many records this run brought in.
    """
    lease = work.claim(kind=queries.READ_IMPORT, key=str(import_id))
    if lease is None:
        return 0
    brought = 0
    try:
        of = Import.objects.select_related("review", "search__source", "file").get(pk=import_id)
        for added in _chunks(of, lease):
            brought += added
    except work.LeaseLost:
        return brought
    except Exception as error:
        # Any failure must reach the people who wait for the records, in words, and none may stop the worker.
        logger.exception("Reading import %s failed", import_id)
        work.fail(lease, error)
    return brought


def _chunks(of: Import, lease: Lease) -> Iterator[int]:
    begun = time.monotonic()
    whole = reading.read(
        reading.content_of(of), name=of.name, format=of.format, encoding=of.encoding, mapping=of.mapping
    )
    of.starts = whole.starts
    work.hold_on(lease)
    _pass_over(whole.items, of.read, lease)
    left = whole.items
    while chunk := list(itertools.islice(left, CHUNK)):
        added = _store(of, lease, chunk)
        if added is None:
            return
        yield added
        if time.monotonic() - begun > LONGEST_RUN:
            work.hand_on(lease)
            return
    _finish(of, lease)


def _pass_over(items: Iterator[reading.Found], number: int, lease: Lease) -> None:
    """Read again what an earlier run has stored; on a busy machine that can outlast a lease, so it is kept meanwhile."""
    for passed in range(0, number, CHUNK):
        for _item in itertools.islice(items, min(CHUNK, number - passed)):
            pass
        work.hold_on(lease)


def _store(of: Import, lease: Lease, chunk: list[reading.Found]) -> int | None:
    """One chunk in one transaction, or None where the import was taken back in the meantime."""
    with transaction.atomic():
        work.renew(lease)
        kept = Import.objects.select_for_update().get(pk=of.pk)
        if kept.state != ImportState.READING:
            work.settle(lease)
            return None
        now, records, rejections = timezone.now(), [], []
        for position, item in enumerate(chunk, start=kept.read + 1):
            if item.reason:
                rejections.append(
                    Rejection(
                        of=kept,
                        position=position,
                        line=item.line,
                        reason=item.reason[:LONGEST_REASON],
                        raw=item.raw[:LONGEST_EXCERPT],
                    )
                )
            else:
                records.append(_record(of, position, item, now))
        Record.objects.bulk_create(records, batch_size=500)
        Rejection.objects.bulk_create(rejections, batch_size=500)
        kept.starts = of.starts
        kept.read += len(chunk)
        kept.imported += len(records)
        kept.rejected += len(rejections)
        kept.save(update_fields=["starts", "read", "imported", "rejected"])
        of.read, of.imported, of.rejected = kept.read, kept.imported, kept.rejected
        return len(records)


def _record(of: Import, position: int, item: reading.Found, now: dt.datetime) -> Record:
    return Record(
        review_id=of.review_id,
        source=of.search.source.name,
        brought_in_id=of.pk,
        brought_by_id=of.brought_by_id,
        position=position,
        line=item.line,
        raw=item.raw,
        retrieved_at=now,
        **item.fields,
    )


def _finish(of: Import, lease: Lease) -> None:
    with transaction.atomic():
        audit.hold(of.review.chain)
        work.settle(lease)
        kept = Import.objects.select_for_update().get(pk=of.pk)
        if kept.state != ImportState.READING:
            return
        kept.starts = of.starts
        if not rules.adds_up(starts=kept.starts, imported=kept.imported, rejected=kept.rejected):
            raise CountsDiffer(
                f"{kept.starts} records begin in the file, but {kept.imported} were read and {kept.rejected} refused."
            )
        kept.state, kept.finished_at = ImportState.DONE, timezone.now()
        kept.save(update_fields=["state", "finished_at", "starts"])
        audit.record(
            chain=of.review.chain,
            actor=None,
            acting_role="",
            verb="imported",
            subject=kept,
            after={"starts": kept.starts, "imported": kept.imported, "rejected": kept.rejected},
        )
        records_arrived.send(sender=Import, review_id=of.review_id, import_id=of.pk)
