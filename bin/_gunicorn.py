"""What gunicorn does besides its options, when bin/serve starts it."""

from __future__ import annotations

import gc


def when_ready(server: object) -> None:
    """Load every page's code before the processes are forked: once instead of twice, and not in the first request."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 -- reading it is what loads it


BETWEEN_SEARCHES = (50_000, 20, 50)
"""Objects made before the youngest are searched, and how many such searches before the older ones are."""


def post_fork(server: object, worker: object) -> None:
    """Keep Python's search for unused cycles out of requests: searching all that is loaded takes 0.1 to 0.2 s.

    What is loaded now is never searched again, and the rest seldom; what a request makes is freed without any search.
    """
    gc.freeze()
    gc.set_threshold(*BETWEEN_SEARCHES)
