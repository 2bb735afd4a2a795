"""Answer for published pages from memory: they say the same to everybody until something new is published."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

GetResponse = Callable[[HttpRequest], HttpResponse]

MOST_PAGES = 500
"""Pages kept a process; at some 100 kB each this stays below 50 MB."""

PUBLISHED = "SELECT (SELECT COUNT(*) FROM meta_release), (SELECT COUNT(*) FROM meta_notice)"
"""Both tables only ever grow, so these two numbers change exactly when something public does.

The highest ids would not do: of two versions made at the same time the one with the lower id may be committed last.
"""

PLACES = ("/r/", "/api/v1/published/")
"""Below these, and at the home page, answers may be kept; a view says of each whether it is."""

REVALIDATE = "public, max-age=0, must-revalidate"
"""A page says whether its version was superseded or withdrawn, so it is asked for again each time."""
FOR_EVER = "public, max-age=31536000, immutable"

Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Kept:
    """A page as it was answered, ready to be sent again."""

    stamp: Stamp
    etag: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    compressed: bytes


class Shelf:
    """The most recently used pages of one process."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, Kept] = OrderedDict()
        self._lock = Lock()

    def take(self, address: str, stamp: Stamp) -> Kept | None:
        with self._lock:
            kept = self._pages.get(address)
            if kept is None or kept.stamp != stamp:
                return None
            self._pages.move_to_end(address)
            return kept

    def put(self, address: str, kept: Kept) -> None:
        with self._lock:
            self._pages[address] = kept
            self._pages.move_to_end(address)
            if len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)


def published_pages(get_response: GetResponse) -> GetResponse:
    """Keep what views marked as published (``publish``), and answer 304 where that is enough."""
    shelf = Shelf()

    def middleware(request: HttpRequest) -> HttpResponse:
        path = request.path
        if request.method not in {"GET", "HEAD"} or not may_be_kept(path):
            return get_response(request)
        address = f"{request.scheme}://{request.get_host()}{path}"  # a page names its own address
        stamp = published()
        kept = shelf.take(address, stamp)
        if kept is None:
            response = get_response(request)
            if response.status_code != 200 or not getattr(response, "is_published", False):
                return response
            kept = keep(response, stamp)
            shelf.put(address, kept)
        return answer(request, kept)

    return middleware


def may_be_kept(path: str) -> bool:
    return path == "/" or path.startswith(PLACES)


def publish(response: HttpResponse, cache_control: str) -> HttpResponse:
    """Mark an answer as the same for everybody, to be kept by caches as said."""
    response["Cache-Control"] = cache_control
    response.is_published = True  # type: ignore[attr-defined]  # read by the middleware above
    return response


def published() -> Stamp:
    """How many versions and notices there are."""
    with connection.cursor() as cursor:
        cursor.execute(PUBLISHED)
        releases, notices = cursor.fetchone()
    return releases, notices


def keep(response: HttpResponse, stamp: Stamp) -> Kept:
    body = response.content
    headers = tuple((name, value) for name, value in response.items() if name.lower() not in {"content-length", "vary"})
    return Kept(
        stamp=stamp,
        etag=f'W/"{hashlib.sha256(body).hexdigest()[:32]}"',
        headers=headers,
        body=body,
        compressed=gzip.compress(body, compresslevel=9, mtime=0),
    )


def answer(request: HttpRequest, kept: Kept) -> HttpResponse:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    response: HttpResponse
    if kept.etag in known or "*" in known:
        response = HttpResponseNotModified()
    elif "gzip" in request.headers.get("Accept-Encoding", ""):
        response = HttpResponse(kept.compressed)
        response["Content-Encoding"] = "gzip"
    else:
        response = HttpResponse(kept.body)
    response.kept = kept  # type: ignore[attr-defined]  # read at the door
    for name, value in kept.headers:
        if response.status_code == 200 or name.lower() != "content-type":
            response[name] = value
    response["ETag"] = kept.etag
    response["Vary"] = "Accept-Encoding"
    if response.status_code == 200:  # without it gunicorn sends the page in chunks
        response["Content-Length"] = str(len(response.content))
    return response
