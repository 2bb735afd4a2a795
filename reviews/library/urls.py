"""Addresses below /reviews/<slug>/library/."""

from django.urls import path

from reviews.library import views

app_name = "library"

urlpatterns = [
    path("reports/<int:report_id>/files/", views.attach, name="attach"),
    path("files/<int:file_id>/", views.download, name="file"),
]
