"""Addresses below /reviews/<slug>/analysis/."""

from django.urls import path

from meta.analysis.views import doubt, plans, preview, published, results

app_name = "analysis"

urlpatterns = [
    path("", results.analyses, name="analyses"),
    path("new/", plans.new, name="new"),
    path("preview/", preview.preview, name="preview"),
    path("<slug:key>/", results.analysis, name="analysis"),
    path("<slug:key>/state/", results.state, name="state"),
    path("<slug:key>/doubt/", doubt.doubt, name="doubt"),
    path("<slug:key>/recompute/", results.recompute, name="recompute"),
    path("<slug:key>/amend/", plans.amend, name="amend"),
    path("<slug:key>/published/", published.add, name="published"),
    path("<slug:key>/published/<int:published_id>/take-back/", published.take_back, name="take_back"),
    path("<slug:key>/figure/<str:width>.json", results.figure, name="figure"),
    path("<slug:key>/forest.svg", results.picture, name="picture"),
]
