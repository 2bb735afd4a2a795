"""Addresses below /reviews/<slug>/extraction/."""

from django.urls import path

from reviews.extraction import views
from reviews.extraction.entry import views as entry
from reviews.extraction.sheets import views as sheets

app_name = "extraction"

urlpatterns = [
    path("", views.studies, name="studies"),
    path("new/", views.new, name="new"),
    path("file/", sheets.sheet, name="sheet"),
    path("file/arms.csv", sheets.download, name="download"),
    path("<int:study_id>/", views.study, name="study"),
    path("<int:study_id>/table/", entry.table, name="table"),
    path("<int:study_id>/arms/", views.arms, name="arms"),
    path("<int:study_id>/confirm/", views.confirm, name="confirm"),
    path("<int:study_id>/exclude/", views.exclude, name="exclude"),
    path("arms/<int:arm_id>/<int:timepoint_id>/", views.correct, name="correct"),
]
