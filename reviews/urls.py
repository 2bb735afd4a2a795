"""Addresses below /reviews/, room by room."""

from django.urls import include, path

app_name = "reviews"

urlpatterns = [
    path("<slug:slug>/extraction/", include("reviews.extraction.urls")),
]
