"""Many analyses in one call."""

from .many import Many, many

__all__ = ["Many", "many"]
