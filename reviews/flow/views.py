"""Where the records of a review came from and what became of them before screening."""

from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from reviews.flow import queries
from reviews.flow.forms import BehindForm, WhenForm
from reviews.flow.queries import Column
from reviews.flow.rules import Box, Identification
from reviews.search.rules import SourceKind
from reviews.search.views.records import shown
from reviews.team.access import review_for_member
from reviews.team.models import Review
from reviews.team.request import MemberRequest

ON_A_PAGE = 50
BOXES = {
    Box.IDENTIFIED: gettext_lazy("Records identified"),
    Box.DUPLICATE: gettext_lazy("Duplicate records removed"),
    Box.AUTOMATION: gettext_lazy("Records marked as ineligible by automation tools"),
    Box.OTHER: gettext_lazy("Records removed for other reasons"),
    Box.SCREENED: gettext_lazy("Records to be screened"),
}
"""The words of PRISMA 2020."""
KINDS = {
    SourceKind.DATABASE: gettext_lazy("Databases"),
    SourceKind.REGISTER: gettext_lazy("Registers"),
    SourceKind.OTHER: gettext_lazy("Other methods"),
}


@require_GET
def identification(request: MemberRequest, slug: str) -> HttpResponse:
    """The numbers of all updates and of each, today or on a day in the past; each opens its records."""
    review = review_for_member(request.user, slug)
    form = WhenForm(request.GET)
    at = form.instant()
    day = form.cleaned_data.get("on") if form.is_valid() else None
    found = queries.columns(review, at)
    whole = queries.total(found)
    asked = {"on": day.isoformat()} if day else {}
    context = {
        "review": review,
        "form": form,
        "day": day,
        "whole": _shown(review, whole, asked),
        "columns": [_column(column) for column in found],
        "rows": _rows(review, whole, found, asked),
        "adds_up": whole.adds_up and all(column.numbers.adds_up for column in found),
    }
    return render(request, "reviews/flow/identification.html", context)


def _shown(review: Review, numbers: Identification, asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "numbers": numbers,
        "kinds": [
            {
                "words": words,
                "records": sum(each.records for each in numbers.of_kind(kind)),
                "url": _url(review, asked, box=Box.IDENTIFIED.value, kind=kind.value),
                "sources": [
                    {
                        "name": each.source,
                        "records": each.records,
                        "url": _url(review, asked, box=Box.IDENTIFIED.value, source=each.source, kind=kind.value),
                    }
                    for each in numbers.of_kind(kind)
                ],
            }
            for kind, words in KINDS.items()
            if numbers.of_kind(kind)
        ],
        "removed": [
            {"words": BOXES[box], "records": numbers.boxes.get(box, 0), "url": _url(review, asked, box=box.value)}
            for box in (Box.DUPLICATE, Box.AUTOMATION, Box.OTHER)
        ],
        "identified_url": _url(review, asked, box=Box.IDENTIFIED.value),
        "screened_url": _url(review, asked, box=Box.SCREENED.value),
    }


def _column(column: Column) -> dict[str, Any]:
    words = _("First search") if column.update == 0 else _("Update %(number)d") % {"number": column.update}
    return {"words": words, "first_ran": column.first_ran, "last_ran": column.last_ran}


def _rows(review: Review, whole: Identification, found: list[Column], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """The table of updates: a row for each source and each box, a number for each update, and their sum."""
    lines: list[tuple[str, dict[str, str]]] = [
        (each.source, {"box": Box.IDENTIFIED.value, "source": each.source, "kind": each.kind}) for each in whole.sources
    ]
    lines += [(str(BOXES[box]), {"box": box.value}) for box in BOXES]
    return [
        {
            "words": words,
            "is_sum": "source" not in line,
            "cells": [
                {
                    "records": _number(column.numbers, line),
                    "url": _url(review, asked, update=str(column.update), **line),
                }
                for column in found
            ],
            "whole": {"records": _number(whole, line), "url": _url(review, asked, **line)},
        }
        for words, line in lines
    ]


def _number(numbers: Identification, line: dict[str, str]) -> int:
    if "source" in line:
        return sum(
            each.records for each in numbers.sources if (each.source, each.kind) == (line["source"], line["kind"])
        )
    return numbers.identified if line["box"] == Box.IDENTIFIED else numbers.boxes.get(Box(line["box"]), 0)


def _url(review: Review, asked: dict[str, Any], **line: str) -> str:
    return f"{reverse('reviews:flow:behind', args=[review.slug])}?{urlencode(asked | line)}"


@require_GET
def behind(request: MemberRequest, slug: str) -> HttpResponse:
    """The records behind one number."""
    review = review_for_member(request.user, slug)
    form = BehindForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    box = Box(given.get("box") or Box.IDENTIFIED)
    found = queries.behind(
        review,
        form.instant(),
        box=box,
        update=given.get("update"),
        source=given.get("source", ""),
        kind=given.get("kind", ""),
    )
    page = Paginator(found.defer("raw", "extra", "abstract"), ON_A_PAGE).get_page(request.GET.get("page"))
    asked = {name: str(value) for name, value in given.items() if value not in {None, ""}}
    context = {
        "review": review,
        "words": BOXES[box],
        "narrowed": _narrowed(given),
        "day": given.get("on") or timezone.localdate(),
        "page_obj": page,
        "rows": [shown(each) for each in page],
        "query": f"{urlencode(asked)}&" if asked else "",
        "back": reverse("reviews:flow:identification", args=[slug]) + (f"?on={given['on']}" if given.get("on") else ""),
    }
    return render(request, "reviews/flow/behind.html", context)


def _narrowed(given: dict[str, Any]) -> str:
    parts = []
    if given.get("source"):
        parts.append(given["source"])
    elif given.get("kind"):
        parts.append(str(KINDS[SourceKind(given["kind"])]))
    if given.get("update") is not None:
        parts.append(
            _("first search") if given["update"] == 0 else _("update %(number)d") % {"number": given["update"]}
        )
    return ", ".join(parts)
