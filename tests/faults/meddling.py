"""Slow a recompute down, so that it can be hit in the middle, or spoil it. Loaded by `tests.faults.settings` only."""

import datetime as dt
import json
import time
from functools import wraps
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings

ORDERS = "meddling.json"
"""A file in the data folder: `before_store`, `in_store`, `in_chunk` and `in_compare` in seconds, `spoilt` as a list of
analysis ids."""


class Meddling(AppConfig):
    name = "tests.faults"
    label = "meddling"

    def ready(self):
        from meta.analysis import services
        from reviews.base.work import rules
        from reviews.dedup import services as dedup
        from reviews.search.services import reading

        rules.FIRST_PAUSE = dt.timedelta(seconds=0.1)
        services.compute = meddle(services.compute, "before_store")
        services._store = meddle(services._store, "in_store")
        reading.Record.objects.bulk_create = dawdle(reading.Record.objects.bulk_create, "in_chunk")
        dedup.Answer.objects.bulk_create = dawdle(dedup.Answer.objects.bulk_create, "in_compare")


def meddle(function, where):
    """Let the function do its work, then dawdle: the caller has not yet committed anything."""

    @wraps(function)
    def meddled(analysis, *arguments):
        orders = read(settings.DATA)
        if analysis.pk in orders["spoilt"]:
            raise ArithmeticError("The planted fault.")
        done = function(analysis, *arguments)
        time.sleep(orders[where])
        return done

    return meddled


def dawdle(bulk_create, where):
    """Write a chunk of an import, or the merges of a comparing, then dawdle: the transaction is still open."""

    @wraps(bulk_create)
    def dawdled(*arguments, **options):
        written = bulk_create(*arguments, **options)
        time.sleep(read(settings.DATA)[where])
        return written

    return dawdled


def read(data):
    return json.loads(Path(data, ORDERS).read_text())


def write(data, *, before_store=0.0, in_store=0.0, in_chunk=0.0, in_compare=0.0, spoilt=()):
    """Give new orders, whole or not at all: workers read them all the time."""
    fresh = Path(data, f"{ORDERS}.new")
    fresh.write_text(
        json.dumps(
            {
                "before_store": before_store,
                "in_store": in_store,
                "in_chunk": in_chunk,
                "in_compare": in_compare,
                "spoilt": list(spoilt),
            }
        )
    )
    fresh.replace(Path(data, ORDERS))
