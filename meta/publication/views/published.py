"""What all public views share: who may read (everybody), how long it is kept, and finding what was published."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from meta.publication import queries
from meta.publication.middleware import publish
from meta.releases.formats import UnknownFormat
from meta.releases.models import Release
from meta.releases.rules import Version

View = Callable[..., HttpResponse]


def published(cache_control: str) -> Callable[[View], View]:
    """Mark a view as public: no sign-in, no cookie, the same answer for everybody, kept by caches as said."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return publish(view(request, *args, **kwargs), cache_control)

        return login_not_required(require_safe(wrapped))

    return decorate


def found(slug: str, text: str | None) -> Release:
    """A version by its number, or (None) the one that readers rely on; 404 where there is none."""
    try:
        wanted = Version.read(text) if text is not None else None
    except ValueError as error:
        raise Http404("No such version.") from error
    release = queries.find(slug, wanted)
    if release is None:
        raise Http404("Nothing was published under this address.")
    return release


def page_of(release: Release) -> dict[str, Any]:
    """Its document in the present format; 404 where a later Perennial froze it."""
    try:
        return release.page
    except UnknownFormat as error:
        raise Http404(str(error)) from error


def outcome_of(document: dict[str, Any], key: str) -> dict[str, Any]:
    """An outcome of a released document by its key; 404 where it has none."""
    for outcome in document["outcomes"]:
        if outcome["key"] == key:
            one: dict[str, Any] = outcome
            return one
    raise Http404("This version has no such outcome.")
