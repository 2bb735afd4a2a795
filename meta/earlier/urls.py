"""Addresses below /reviews/<slug>/earlier/."""

from django.urls import path

from meta.earlier import views

app_name = "earlier"

urlpatterns = [
    path("", views.statements, name="statements"),
    path("<int:statement_id>/take-back/", views.take_back, name="take-back"),
]
