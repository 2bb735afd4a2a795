"""Write down searches, bring in their files, and take them back."""

from reviews.search.services.bringing import (
    Brought,
    bring_files,
    discard_preview,
    look_again,
    start_import,
)
from reviews.search.services.ending import retire_import, retry_import, undo_import
from reviews.search.services.reading import read_import
from reviews.search.services.searches import correct_search, record_search

__all__ = [
    "Brought",
    "bring_files",
    "correct_search",
    "discard_preview",
    "look_again",
    "read_import",
    "record_search",
    "retire_import",
    "retry_import",
    "start_import",
    "undo_import",
]
