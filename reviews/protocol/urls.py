"""Addresses below /reviews/<slug>/protocol/, and the two that come before there is a review."""

from django.urls import path

from reviews.protocol import views

app_name = "protocol"

urlpatterns = [
    path("", views.protocol, name="protocol"),
    path("<int:number>/", views.protocol, name="version"),
    path("edit/", views.edit, name="edit"),
    path("release/", views.release, name="release"),
    path("exclusive/", views.exclusive, name="exclusive"),
    path("amend/", views.amend, name="amend"),
]

beginnings = [
    path("", views.reviews, name="reviews"),
    path("new/", views.new, name="new"),
]
"""Below /reviews/ itself; they belong to the names of the team room."""
