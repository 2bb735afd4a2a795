"""Searches, imports and records for programs: the same services as the pages."""

from reviews.search.api import imports, records, searches

urlpatterns = [*searches.urlpatterns, *imports.urlpatterns, *records.urlpatterns]
