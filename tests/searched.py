"""A search with its file, brought in through the services that a click calls."""

import datetime as dt

from django.core.files.uploadedfile import SimpleUploadedFile

from reviews.search import services
from reviews.search.models import Import, Search
from reviews.search.rules import SourceKind
from reviews.team.models import Review, User

RAN_ON = dt.date(2024, 1, 8)


def ris(title: str = "Cells for lungs", *, author: str = "Lind, F.", year: int | None = 2021, more: str = "") -> str:
    return (
        "TY  - JOUR\n"
        + (f"TI  - {title}\n" if title else "")
        + f"AU  - {author}\n"
        + (f"PY  - {year}\n" if year else "")
        + more
        + "ER  - \n\n"
    )


A_ROW_OF_NOTHING = "Title,Authors,Year\nOne,Lind,2021\n,,\nThree,Okoro,2022\n"
"""A table with three starts of records, of which the second is none: line 3."""


def upload(content: str | bytes, name: str = "export.ris") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content.encode() if isinstance(content, str) else content)


def a_search(review: Review, actor: User, source: str = "PubMed", **said: object) -> Search:
    return services.record_search(
        review=review,
        actor=actor,
        **({"source": source, "kind": SourceKind.DATABASE, "ran_on": RAN_ON, "query": "cells AND lungs"} | said),
    )


def brought(search: Search, actor: User, content: str | bytes, name: str = "export.ris") -> Import:
    """A file that was looked into and is not imported yet."""
    [found] = services.bring_files(search=search, actor=actor, uploads=[upload(content, name)]).new
    return found


def read(found: Import, actor: User) -> Import:
    """Started, and read by a worker."""
    services.start_import(of=found, actor=actor)
    services.read_import(import_id=found.pk)
    found.refresh_from_db()
    return found


def searched(review: Review, actor: User, content: str = "", name: str = "export.ris", **said: object) -> Import:
    """A search, its file, and the records of it."""
    text = content or ris() + ris("Cells for hearts", author="Okoro, E.", year=2022)
    return read(brought(a_search(review, actor, **said), actor, text, name), actor)
