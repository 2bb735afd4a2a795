"""Addresses below /api/. Endpoints live in their rooms; what a room leaves out is not there."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from config.api import docs, schema
from config.api.nothing import Nothing
from reviews.protocol import api as protocol
from reviews.team import api as people

ROOMS = (
    "reviews.team.api",
    "reviews.protocol.api",
    "reviews.library.api",
    "reviews.screening.api",
    "reviews.extraction.api",
    "reviews.extraction.entry.api",
    "reviews.extraction.sheets.api",
    "meta.analysis.api",
    "meta.earlier.api",
    "meta.releases.api",
)
"""Rooms with addresses below a review."""

SCHEMES = (schema.TokenScheme,)
"""How somebody says who they are; naming them here registers them with the schema."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.page, name="docs"),
    path("v1/published/", include("meta.publication.api")),
    path("v1/", include(people.beginnings)),
    path("v1/", include(protocol.beginnings)),
    *[path("v1/reviews/<slug:slug>/", include(room)) for room in ROOMS],
    re_path(r"^v1/", Nothing.as_view()),
]
