"""The user guide, served by the app itself: Markdown files of docs/guide/, the same for everybody."""

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from markdown_it import MarkdownIt

FOLDER = Path(settings.BASE_DIR) / "docs" / "guide"
CONTENTS = (
    "tour",
    "people",
    "protocol",
    "search",
    "references",
    "duplicates",
    "evidence",
    "analysis",
    "publication",
    "api",
    "methods",
    "glossary",
)
"""The order in which the guide is read; a page that is not named here is not served."""
ELSEWHERE = {"methods": "methods.md", "glossary": "glossary.md"}
"""Pages that live one folder up, because developers read them too."""


@dataclass(frozen=True, slots=True)
class Guide:
    name: str
    title: str
    html: SafeString


@cache
def guide(name: str) -> Guide:
    """A page of the guide. Read once: the files change only with the code.

    Raises:
        KeyError: there is no such page.
    """
    if name not in CONTENTS:
        raise KeyError(name)
    text = (FOLDER.parent / ELSEWHERE[name] if name in ELSEWHERE else FOLDER / f"{name}.md").read_text(encoding="utf-8")
    found = re.match(r"# (.+)", text)
    html = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return Guide(name, found[1] if found else name, mark_safe(html))  # noqa: S308  # our own files, raw HTML is off


@login_not_required
@require_safe
def page(request: HttpRequest, name: str = CONTENTS[0]) -> HttpResponse:
    try:
        shown = guide(name)
    except KeyError as error:
        raise Http404("There is no such page in the guide.") from error
    pages = [
        {"title": guide(one).title, "url": reverse("help:page", args=[one]), "is_current": one == name}
        for one in CONTENTS
    ]
    response = render(request, "help/page.html", {"title": shown.title, "html": shown.html, "pages": pages})
    response["Cache-Control"] = "public, max-age=300"
    return response


urlpatterns = [path("", page, name="index"), path("<slug:name>/", page, name="page")]
