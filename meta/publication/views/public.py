"""Public pages: they read released documents and notices, and nothing else."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from meta.plots import forest
from meta.publication import queries
from meta.publication.middleware import FOR_EVER, REVALIDATE, publish
from meta.releases.models import Release
from meta.releases.rules import Version

PLOTLY = "plotly/plotly.min.js"
WIDTHS = frozenset({"wide", "narrow"})
"""No other address leads to a figure: each answer is kept in memory, so there may not be any number of them."""

View = Callable[..., HttpResponse]


def published(cache_control: str) -> Callable[[View], View]:
    """Mark a view as public: no sign-in, no cookie, the same answer for everybody, kept by caches as said."""

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return publish(view(request, *args, **kwargs), cache_control)

        return login_not_required(require_safe(wrapped))

    return decorate


@published(REVALIDATE)
def home(request: HttpRequest) -> HttpResponse:
    reviews = [
        {
            "title": release.document["review"]["title"],
            "question": release.document["review"]["question"],
            "headline": release.document["outcomes"][0]["headline"],
            "version": release.document["version"],
            "released_at": release.released_at,
            "evidence_date": release.evidence_date,
            "disclaimer": release.document["disclaimer"],
            "url": reverse("publication:latest", args=[release.document["review"]["slug"]]),
        }
        for release in queries.newest_releases()
    ]
    return render(request, "meta/publication/home.html", {"reviews": reviews})


@published(REVALIDATE)
def latest(request: HttpRequest, slug: str) -> HttpResponse:
    return _page(request, _found(slug, None))


@published(REVALIDATE)
def version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    return _page(request, _found(slug, version))


@published(FOR_EVER)
def document(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The released document itself, with the digest that its rows carry."""
    release = _found(slug, version)
    return JsonResponse(release.document | {"digest": release.digest}, json_dumps_params={"ensure_ascii": False})


@published(FOR_EVER)
def picture(request: HttpRequest, slug: str, version: str, key: str) -> HttpResponse:
    return HttpResponse(_outcome(_found(slug, version), key)["svg_file"], content_type="image/svg+xml")


@published(FOR_EVER)
def figure(request: HttpRequest, slug: str, version: str, key: str, width: str) -> HttpResponse:
    """The forest plot as Plotly draws it: `wide` or `narrow`."""
    if width not in WIDTHS:
        raise Http404("A figure is wide or narrow.")
    plot = forest.ForestPlot.from_dict(_outcome(_found(slug, version), key)["forest"])
    return JsonResponse(forest.figure(plot, width="narrow" if width == "narrow" else "wide"))


def _page(request: HttpRequest, release: Release) -> HttpResponse:
    document = release.document
    everything = queries.versions(release.review_id)
    newest = everything[0]
    slug, number = document["review"]["slug"], document["version"]
    outcome = document["outcomes"][0]
    plot = forest.ForestPlot.from_dict(outcome["forest"])
    context = {
        "document": document,
        "released_at": release.released_at,
        "evidence_date": release.evidence_date,
        "versions": [
            {
                "version": str(one.version),
                "evidence_date": one.evidence_date,
                "released_at": one.released_at,
                "note": one.note,
                "result": f"{one.document['outcomes'][0]['measure']} {one.document['outcomes'][0]['text']}",
                "url": reverse("publication:version", args=[slug, str(one.version)]),
                "is_this": one.pk == release.pk,
            }
            for one in everything
        ],
        "is_latest": newest.pk == release.pk,
        "latest_version": str(newest.version),
        "latest_url": reverse("publication:latest", args=[slug]),
        "notices": [{"kind": one.kind, "sentence": one.text, "at": one.given_at} for one in queries.notices(release)],
        "home_url": reverse("publication:home"),
        "canonical_url": request.build_absolute_uri(reverse("publication:version", args=[slug, number])),
        "json_url": reverse("publication:document", args=[slug, number]),
        "outcome": outcome,
        "disclaimer": document["disclaimer"],
        # Our own drawings, frozen at the release; every text in them was escaped when they were drawn.
        "forest_wide": mark_safe(outcome["svg"]),  # noqa: S308
        "forest_narrow": mark_safe(outcome["svg_narrow"]),  # noqa: S308
        "table": forest.table(plot),
        "characteristics": _characteristics(document["studies"]),
        "figure_url": reverse("publication:picture", args=[slug, number, outcome["key"]]),
        "figure_wide_url": reverse("publication:figure", args=[slug, number, outcome["key"], "wide"]),
        "figure_narrow_url": reverse("publication:figure", args=[slug, number, outcome["key"], "narrow"]),
        "plotly_src": static(PLOTLY),
    }
    return render(request, "meta/publication/page.html", context)


def _characteristics(studies: list[dict[str, Any]]) -> dict[str, Any]:
    """A table of what describes the studies: a column for each characteristic that any of them has."""
    names = list(dict.fromkeys(one["name"] for study in studies for one in study["characteristics"]))
    rows = []
    for study in studies:
        texts = {one["name"]: one["text"] for one in study["characteristics"]}
        rows.append({"label": study["label"], "cells": [{"name": name, "text": texts.get(name, "")} for name in names]})
    return {"names": names, "rows": rows}


def _found(slug: str, text: str | None) -> Release:
    try:
        wanted = Version.read(text) if text is not None else None
    except ValueError as error:
        raise Http404("No such version.") from error
    release = queries.find(slug, wanted)
    if release is None:
        raise Http404("Nothing was published under this address.")
    return release


def _outcome(release: Release, key: str) -> dict[str, Any]:
    for outcome in release.document["outcomes"]:
        if outcome["key"] == key:
            found: dict[str, Any] = outcome
            return found
    raise Http404("This version has no such outcome.")
