"""Long lists in pages, by a cursor: a page stays right while rows are added before it."""

from typing import Any

from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MOST_OF_A_POSITION = 18
"""Digits of the largest position that every database can compare."""


class Pages(CursorPagination):
    """Pages over a column of whole numbers that no two rows share."""

    page_size = 50
    max_page_size = 200
    page_size_query_param = "limit"
    page_size_query_description = f"How many to answer with; at most {max_page_size}."
    cursor_query_description = "Where the page begins: follow `next` and `previous`, never make one up."
    invalid_cursor_message = "This cursor is not one of ours. Begin without one, then follow `next`."

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        position: Any = cursor.position if cursor is not None else None
        if position is not None and not (position.isdecimal() and len(position) <= MOST_OF_A_POSITION):
            raise NotFound(self.invalid_cursor_message)
        return cursor


class Oldest(Pages):
    """In the order in which rows were added."""

    ordering = "pk"


class Newest(Pages):
    ordering = "-pk"
