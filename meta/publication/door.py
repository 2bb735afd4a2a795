"""Answer for a kept page at the door, before Django begins: most readers ask for what another has just been told.

Only the plain cases are answered here, with exactly what Django said the first time; everything else goes on to Django.
"""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.db import Error

from meta.publication.middleware import Kept, Shelf, may_be_kept, published

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

NEW_EACH_TIME = frozenset({"x-request-id", "content-length"})
ABOUT_THE_BODY = frozenset({"content-type", "content-encoding", "content-length"})
"""What an answer without a body leaves out."""


def door(application: Application) -> Application:
    shelf = Shelf()

    def answer(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] != "GET" or not may_be_kept(environ["PATH_INFO"]):
            return application(environ, start_response)
        question = asked(environ)
        try:
            kept = shelf.take(question, published())
        except Error:  # Django knows how to begin again with a database that went away
            kept = None
        known = environ.get("HTTP_IF_NONE_MATCH", "")
        if kept is None or (known and known != kept.etag):
            response = application(environ, start_response)
            remember(shelf, question, response)
            return response
        if known:
            headers = [each for each in kept.headers if each[0].lower() not in ABOUT_THE_BODY]
            start_response("304 Not Modified", headers)
            return []
        start_response("200 OK", [*kept.headers])
        return [kept.body]

    return answer


def asked(environ: Environ) -> str:
    """All that an answer may depend on: where the page stands, how the reader came, and whether it may be compressed."""
    proxy = settings.SECURE_PROXY_SSL_HEADER
    return "\n".join(
        (
            environ["PATH_INFO"],
            environ.get("HTTP_HOST", ""),
            environ["wsgi.url_scheme"],
            environ.get(proxy[0], "") if proxy else "",
            "gzip" if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", "") else "",
        )
    )


def remember(shelf: Shelf, question: str, response: Any) -> None:
    """Keep what Django answered, where the middleware behind the door kept it too."""
    kept: Kept | None = getattr(response, "kept", None)
    if kept is None or response.status_code != 200:
        return
    body = kept.compressed if response.get("Content-Encoding") == "gzip" else kept.body
    headers = [(name, value) for name, value in response.items() if name.lower() not in NEW_EACH_TIME]
    headers.append(("Content-Length", str(len(body))))
    shelf.put(question, Kept(kept.stamp, kept.etag, tuple(headers), body, b""))
