"""Addresses below /reviews/, room by room."""

from django.urls import include, path

from reviews.protocol.urls import beginnings
from reviews.team.urls import trail_patterns
from reviews.team.urls import urlpatterns as people

app_name = "reviews"

urlpatterns = [
    path("", include(([*beginnings, *people], "team"))),
    path("<slug:slug>/audit/", include((trail_patterns, "audit"))),
    path("<slug:slug>/protocol/", include("reviews.protocol.urls")),
    path("<slug:slug>/search/numbers/", include("reviews.flow.urls")),
    path("<slug:slug>/search/", include("reviews.search.urls")),
    path("<slug:slug>/duplicates/", include("reviews.dedup.urls")),
    path("<slug:slug>/library/", include("reviews.library.urls")),
    path("<slug:slug>/extraction/", include("reviews.extraction.urls")),
]
