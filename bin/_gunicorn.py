"""What gunicorn does besides its options, when bin/serve starts it."""

from __future__ import annotations


def when_ready(server: object) -> None:
    """Load every page's code before the processes are forked: once instead of twice, and not in the first request."""
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 -- reading it is what loads it
