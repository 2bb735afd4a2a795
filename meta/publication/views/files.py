"""What belongs to a version and never changes: its document, tables, pictures and figures."""

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from meta.plots import forest
from meta.publication import tables
from meta.publication.middleware import FOR_EVER
from meta.publication.views.published import found, outcome_of, page_of, published

WIDTHS = frozenset({"wide", "narrow"})
"""No other address leads to a figure: each answer is kept in memory, so there may not be any number of them."""


@published(FOR_EVER)
def document(request: HttpRequest, slug: str, version: str) -> HttpResponse:
    """The released document itself, with the digest that its rows carry."""
    release = found(slug, version)
    return JsonResponse(release.document | {"digest": release.digest}, json_dumps_params={"ensure_ascii": False})


@published(FOR_EVER)
def table(request: HttpRequest, slug: str, version: str, table: str) -> HttpResponse:
    """A part of the document as CSV: see ``meta.publication.tables``."""
    if table not in tables.TABLES:
        raise Http404("There is no such table.")
    answer = HttpResponse(tables.as_csv(table, page_of(found(slug, version))), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{slug}-{version}-{table}.csv"'
    return answer


@published(FOR_EVER)
def picture(request: HttpRequest, slug: str, version: str, key: str) -> HttpResponse:
    return HttpResponse(outcome_of(found(slug, version).document, key)["svg_file"], content_type="image/svg+xml")


@published(FOR_EVER)
def figure(request: HttpRequest, slug: str, version: str, key: str, width: str) -> HttpResponse:
    """The forest plot as Plotly draws it: `wide` or `narrow`."""
    if width not in WIDTHS:
        raise Http404("A figure is wide or narrow.")
    plot = forest.ForestPlot.from_dict(outcome_of(found(slug, version).document, key)["forest"])
    return JsonResponse(forest.figure(plot, width="narrow" if width == "narrow" else "wide"))
