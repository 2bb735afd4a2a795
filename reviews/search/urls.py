"""Addresses below /reviews/<slug>/search/."""

from django.urls import path

from reviews.search.views import imports, records, searches

app_name = "search"

urlpatterns = [
    path("", searches.overview, name="overview"),
    path("new/", searches.new, name="new"),
    path("<int:search_id>/", searches.search, name="search"),
    path("<int:search_id>/correct/", searches.correct, name="correct"),
    path("<int:search_id>/files/", searches.bring, name="bring"),
    path("imports/<int:import_id>/", imports.one, name="import"),
    path("imports/<int:import_id>/state/", imports.state, name="state"),
    path("imports/<int:import_id>/look/", imports.look, name="look"),
    path("imports/<int:import_id>/retry/", imports.retry, name="retry"),
    path("imports/<int:import_id>/discard/", imports.discard, name="discard"),
    path("imports/<int:import_id>/undo/", imports.undo, name="undo"),
    path("imports/<int:import_id>/retire/", imports.retire, name="retire"),
    path("imports/<int:import_id>/file/", imports.download, name="file"),
    path("records/", records.records, name="records"),
    path("records/export/<slug:format>/", records.export, name="export"),
    path("records/<int:record_id>/", records.record, name="record"),
    path("records/<int:record_id>/correct/", records.correct, name="correct_record"),
]
