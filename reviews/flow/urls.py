"""Addresses below /reviews/<slug>/search/numbers/."""

from django.urls import path

from reviews.flow import views

app_name = "flow"

urlpatterns = [
    path("", views.identification, name="identification"),
    path("records/", views.behind, name="behind"),
]
