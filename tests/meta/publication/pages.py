"""Ask for public pages as a reader's browser does: through the whole stack, without a session."""

import gzip
from typing import Any

from django.http import HttpResponse
from django.test import Client

from meta.publication.tables import TABLES

SLUG = "msc-covid-19"
KEY = "death-28-days"
STUDY = "dilogo-2021"


def pages(version: str = "1.7.0") -> tuple[str, ...]:
    """Every kind of public address, of one version."""
    here = f"/r/{SLUG}/v/{version}/"
    return (
        "/",
        f"/r/{SLUG}/",
        here,
        f"{here}release.json",
        f"{here}{KEY}.svg",
        f"{here}{KEY}/wide.json",
        f"{here}{KEY}/narrow.json",
        f"/r/{SLUG}/history/",
        f"{here}studies/{STUDY}/",
        *(f"{here}{table}.csv" for table in TABLES),
    )


def get(path: str, client: Client | None = None, **headers: str) -> HttpResponse:
    """Each call with a client of its own, and so with a page shelf of its own: a process that has just started."""
    answer: Any = (client or Client()).get(path, headers=headers)
    return answer


def text(response: HttpResponse) -> str:
    body = response.content
    if response.headers.get("Content-Encoding") == "gzip":
        body = gzip.decompress(body)
    return body.decode()
