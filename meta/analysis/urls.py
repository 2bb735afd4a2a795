"""Addresses below /reviews/<slug>/analysis/."""

from django.urls import path

from meta.analysis import views
from meta.analysis.published import views as published

app_name = "analysis"

urlpatterns = [
    path("", views.analyses, name="analyses"),
    path("new/", views.new, name="new"),
    path("<slug:key>/", views.analysis, name="analysis"),
    path("<slug:key>/state/", views.state, name="state"),
    path("<slug:key>/recompute/", views.recompute, name="recompute"),
    path("<slug:key>/amend/", views.amend, name="amend"),
    path("<slug:key>/published/", published.add, name="published"),
    path("<slug:key>/published/<int:published_id>/take-back/", published.take_back, name="take_back"),
    path("<slug:key>/figure/<str:width>.json", views.figure, name="figure"),
    path("<slug:key>/forest.svg", views.picture, name="picture"),
]
