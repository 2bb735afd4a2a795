"""The API as a whole: who may do what, what it says of itself, and its page for people."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import URLPattern, URLResolver, get_resolver
from rest_framework import permissions

from config.api import docs
from reviews.base.endpoints.doors import Endpoint
from reviews.team.endpoint import ReviewEndpoint
from reviews.team.models import Review, User
from reviews.team.rules import ALLOWED
from tests.access.table import API
from tests.living import recomputed
from tests.programs import program_of

OPEN = {"published_list", "published_read", "published_document", "published_arms", "published_table"}
"""Operations that ask nobody to sign in."""


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    is_open: bool


def operations() -> list[Operation]:
    return [
        Operation(said["operationId"], method, path, {} in said.get("security", []))
        for path, methods in docs.document()["paths"].items()
        for method, said in methods.items()
    ]


def endpoints(patterns: Any = None, before: str = "") -> Iterator[tuple[str, type]]:
    """Every class that answers below /api/, from the resolver itself."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from endpoints(pattern.url_patterns, address)
        elif isinstance(pattern, URLPattern) and address.startswith("api/"):
            found = getattr(pattern.callback, "view_class", None) or getattr(pattern.callback, "cls", None)
            if found is not None:
                yield address, found


# --- Who may do what -------------------------------------------------------------------------------------------------


def test_every_endpoint_needs_what_the_table_of_access_says():
    """The table is tried by `tests/access`; here each endpoint's own words are held against it."""
    for address, view in endpoints():
        if issubclass(view, ReviewEndpoint):
            told = {method: ALLOWED[action] for method, action in view.needs.items()}
            listed = API[re.sub(r"<\w+:(\w+)>", r"<\1>", address)]
            assert told == {method: people for method, people in listed.items() if method != "HEAD"}, address


def test_only_published_data_is_open():
    assert {operation.name for operation in operations() if operation.is_open} == OPEN
    for address, view in endpoints():
        is_open = permissions.AllowAny in view.permission_classes
        assert is_open == address.startswith("api/v1/published/"), address


def test_every_endpoint_is_one_of_ours_and_below_a_review_its_access_comes_first():
    found = list(endpoints())
    assert len(found) > 15
    for address, view in found:
        assert issubclass(view, Endpoint), address
        if "<slug:slug>" in address and "published" not in address:
            assert issubclass(view, ReviewEndpoint), address
            methods = {name.upper() for name in view.http_method_names if hasattr(view, name)} - {"HEAD", "OPTIONS"}
            assert methods == set(view.needs), address


def test_every_post_is_done_once_for_a_key():
    for address, view in endpoints():
        if hasattr(view, "post"):
            assert view.post.is_done_once, address


@pytest.fixture
def filled(living):
    """A review with one of everything that an address may name."""
    planned = living.plan()
    living.add()
    recomputed(planned)
    living.release()
    return living


@pytest.mark.django_db
def test_a_closed_account_is_nobody(filled, reader):
    client = program_of(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(f"/api/v1/reviews/{filled.review.slug}/studies/").status_code == 401


@pytest.mark.django_db
def test_a_site_administrator_is_a_stranger_to_reviews_that_they_are_not_in(filled, administrator):
    assert program_of(administrator).get(f"/api/v1/reviews/{filled.review.slug}/studies/").status_code == 404


@pytest.mark.django_db
def test_no_address_fails_whatever_it_is_asked(filled, owner):
    """Numbers and words that nobody expects are refused in words, never by a failure."""
    client = program_of(owner)
    review: Review = filled.review
    strange = ["0", "99999999999999999999999", "-1", "%00", "%F0%9F%92%A9", "a" * 300, "..%2F..", "' OR 1=1"]
    for operation in operations():
        holes = re.findall(r"{(\w+)}", operation.path)
        if operation.method != "get" or holes in ([], ["slug"]):
            continue
        for word in strange:
            address = operation.path.replace("{slug}", review.slug)
            for hole in holes:
                address = address.replace(f"{{{hole}}}", word)
            assert client.get(address).status_code in {200, 404}, address


# --- What it says of itself ------------------------------------------------------------------------------------------


def test_the_schema_is_made_without_a_warning(tmp_path):
    call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "schema.yml"))


def test_every_operation_is_named_and_summed_up_in_a_group_of_the_page():
    groups = {name for name, _words in docs.TAGS}
    seen: set[str] = set()
    for path, methods in docs.document()["paths"].items():
        for method, said in methods.items():
            assert said["operationId"] not in seen
            seen.add(said["operationId"])
            assert said["summary"], (method, path)
            assert set(said["tags"]) <= groups, (method, path)
            assert "429" in said["responses"], (method, path)
            names = {parameter["name"] for parameter in said.get("parameters", [])}
            assert ("Idempotency-Key" in names) == (method == "post"), (method, path)


def test_the_schema_is_served_to_everybody_as_json_and_as_yaml(client):
    answer = client.get("/api/schema/")
    assert answer["Content-Type"] == "application/vnd.oai.openapi+json; charset=utf-8"
    assert json.loads(answer.content)["openapi"] == "3.1.0"
    answer = client.get("/api/schema/?format=yaml")
    assert answer.content.startswith(b"openapi: 3.1.0")


def test_the_page_shows_every_operation_and_every_refusal_without_a_script_of_its_own(client):
    answer = client.get("/api/docs/")
    assert answer.status_code == 200
    page = answer.content.decode()
    for operation in operations():
        assert f'id="{operation.name}"' in page
    for status in ("409", "422", "429"):
        assert f">{status}</a>" in page
    assert "<style" not in page
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not answer.cookies


def test_a_field_within_a_field_is_shown_below_it():
    add = next(one for group in docs.groups() for one in group.operations if one.name == "studies_add")
    fields = {(field.depth, field.name): field for field in add.body}
    assert fields[0, "label"].is_required
    assert not fields[0, "year"].is_required
    assert (1, "citation") in fields
    assert (2, "doi") in fields
    assert fields[0, "arms"].kind.startswith("list of")
    assert fields[1, "role"].kind == "experimental | control"
    assert add.examples[0].title == "A trial with two arms"
