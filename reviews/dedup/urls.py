"""Addresses below /reviews/<slug>/duplicates/."""

from django.urls import path

from reviews.dedup import views

app_name = "dedup"

urlpatterns = [
    path("", views.queue, name="queue"),
    path("<int:candidate_id>/", views.answer, name="answer"),
    path("undo/", views.undo, name="undo"),
    path("answers/<int:answer_id>/", views.again, name="again"),
    path("records/<int:record_id>/split/", views.split, name="split"),
]
