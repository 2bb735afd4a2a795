"""Public pages: they read released documents and notices, and nothing else."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.safestring import mark_safe

from meta.plots import forest
from meta.publication import queries, tables
from meta.publication.middleware import REVALIDATE
from meta.publication.queries import Surroundings
from meta.publication.rules import bias_table, characteristics, results_of_study
from meta.publication.views.published import found, page_of, published
from meta.releases.models import Release

PLOTLY = "plotly/plotly.min.js"


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
    return _page(request, found(slug, None))


@published(REVALIDATE)
def version(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    return _page(request, found(slug, version))


@published(REVALIDATE)
def study(request: HttpRequest, slug: str, version: str, label: str) -> HttpResponse:
    """A study as a version tells of it: every number with its whole way from a printed page."""
    release = found(slug, version)
    document = page_of(release)
    one = next((study for study in document["studies"] if study["key"] == label), None)
    if one is None:
        raise Http404("This version has no such study.")
    stated = [bias for bias in document["earlier"]["risk_of_bias"] if bias["study"] == one["label"]]
    context = _frame(request, release, document, queries.surroundings(release)) | {
        "study": one,
        "results": results_of_study(one, document["protocol"]),
        "bias": stated,
        "effects": _effects(document, one["label"]),
    }
    return render(request, "meta/publication/study.html", context)


@published(REVALIDATE)
def history(request: HttpRequest, slug: str) -> HttpResponse:
    """Every version with all that changed from the one before it."""
    release = found(slug, None)
    everything = queries.versions(release.review_id)
    around = queries.surroundings(release)
    context = _frame(request, release, page_of(release), around) | {
        "steps": [
            {
                "line": line,
                "version": str(one.version),
                "released_at": one.released_at,
                "evidence_date": one.evidence_date,
                "note": one.note,
                "released_by": one.document["released_by"],
                "changes": page_of(one)["changes"],
                "results": one.document["outcomes"],
                "url": reverse("publication:version", args=[slug, str(one.version)]),
            }
            for one, line in zip(everything, around.lines, strict=True)
        ]
    }
    return render(request, "meta/publication/history.html", context)


def _page(request: HttpRequest, release: Release) -> HttpResponse:
    document = page_of(release)
    slug, number = document["review"]["slug"], document["version"]
    shown = [_shown(outcome, slug, number) for outcome in document["outcomes"]]
    context = _frame(request, release, document, queries.surroundings(release)) | {
        "outcomes": shown,
        "outcome": shown[0]["outcome"],
        "first": shown[0],
        "others": shown[1:],
        "characteristics": characteristics(document["studies"]),
        "study_urls": _study_urls(document),
        "bias": bias_table(document),
        "tables": [
            {"name": name, "url": reverse("publication:table", args=[slug, number, name])} for name in tables.TABLES
        ],
        "plotly_src": static(PLOTLY),
    }
    return render(request, "meta/publication/page.html", context)


def _frame(request: HttpRequest, release: Release, document: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """What stands around every public page of a version: its number, its notices, the way to the others."""
    slug, number = document["review"]["slug"], document["version"]
    relied_on, here = around.relied_on, around.line(release)
    numbers = {line.release.pk: str(line.release.version) for line in around.lines}
    return {
        "document": document,
        "disclaimer": document["disclaimer"],
        "released_at": release.released_at,
        "evidence_date": release.evidence_date,
        "versions": [
            {
                "version": str(line.release.version),
                "evidence_date": line.release.evidence_date,
                "released_at": line.release.released_at,
                "note": line.release.note,
                "result": line.result,
                "withdrawn": line.withdrawn,
                "url": reverse("publication:version", args=[slug, str(line.release.version)]),
                "is_this": line.release.pk == release.pk,
            }
            for line in around.lines
        ],
        "is_latest": relied_on.release.pk == release.pk and not here.withdrawn,
        "is_superseded": relied_on.release.version > release.version,
        "withdrawn": here.withdrawn,
        "latest_version": str(relied_on.release.version),
        "latest_url": reverse("publication:latest", args=[slug]),
        "version_url": reverse("publication:version", args=[slug, number]),
        "history_url": reverse("publication:history", args=[slug]),
        "notices": [
            {
                "kind": one.kind,
                "sentence": one.text,
                "at": one.given_at,
                "version": numbers.get(one.release_id, "") if one.release_id else "",
                "is_this": one.release_id == release.pk,
            }
            for one in around.notices
        ],
        "canonical_url": request.build_absolute_uri(reverse("publication:version", args=[slug, number])),
        "json_url": reverse("publication:document", args=[slug, number]),
        "digest": release.digest,
    }


def _shown(outcome: dict[str, Any], slug: str, number: str) -> dict[str, Any]:
    """An outcome with its drawings and the addresses of its figures."""
    where = [slug, number, outcome["key"]]
    return {
        "outcome": outcome,
        # Our own drawings, frozen at the release; every text in them was escaped when they were drawn.
        "forest_wide": mark_safe(outcome["svg"]),  # noqa: S308
        "forest_narrow": mark_safe(outcome["svg_narrow"]),  # noqa: S308
        "table": forest.table(forest.ForestPlot.from_dict(outcome["forest"])),
        "figure_url": reverse("publication:picture", args=where),
        "figure_wide_url": reverse("publication:figure", args=[*where, "wide"]),
        "figure_narrow_url": reverse("publication:figure", args=[*where, "narrow"]),
    }


def _study_urls(document: Mapping[str, Any]) -> dict[str, str]:
    where = document["review"]["slug"], document["version"]
    return {study["label"]: reverse("publication:study", args=[*where, study["key"]]) for study in document["studies"]}


def _effects(document: Mapping[str, Any], label: str) -> list[dict[str, str]]:
    """What the study contributes to each outcome, as its forest plot prints it."""
    found = []
    for outcome in document["outcomes"]:
        plot = forest.ForestPlot.from_dict(outcome["forest"])
        found += [
            {
                "title": outcome["title"],
                "key": outcome["key"],
                "measure": outcome["measure"],
                "part": row.label.removeprefix(label).removeprefix(": "),
                "text": str(row.effect) if row.effect else row.not_estimable,
                "weight": f"{row.weight:.1f}%" if row.weight is not None else "–",
            }
            for row in plot.studies
            if row.label == label or row.label.startswith(f"{label}: ")  # an arm by itself
        ]
    return found
