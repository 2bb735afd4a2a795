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
from reviews.team.rules import ALLOWED, Action, Role
from reviews.team.services import invite
from tests.factories import member
from tests.living import recomputed
from tests.programs import program_of

NEEDS = {
    "reviews_read": Action.READ,
    "people_list": Action.READ,
    "people_set_roles": Action.MANAGE_PEOPLE,
    "people_remove": Action.MANAGE_PEOPLE,
    "invitations_list": Action.MANAGE_PEOPLE,
    "invitations_send": Action.MANAGE_PEOPLE,
    "invitations_withdraw": Action.MANAGE_PEOPLE,
    "events_list": Action.AUDIT,
    "protocols_list": Action.READ,
    "protocols_read": Action.READ,
    "protocols_write": Action.WRITE_PROTOCOL,
    "protocols_release": Action.WRITE_PROTOCOL,
    "protocols_amend": Action.WRITE_PROTOCOL,
    "library_list": Action.READ,
    "decisions_list": Action.READ,
    "decisions_make": Action.EXTRACT,
    "outcomes_list": Action.READ,
    "studies_list": Action.READ,
    "studies_add": Action.EXTRACT,
    "studies_read": Action.READ,
    "studies_enter_count": Action.EXTRACT,
    "studies_confirm": Action.EXTRACT,
    "values_list": Action.READ,
    "analyses_list": Action.READ,
    "analyses_plan": Action.PLAN,
    "analyses_read": Action.READ,
    "plans_list": Action.READ,
    "plans_amend": Action.PLAN,
    "work_read": Action.READ,
    "work_ask_again": Action.RECOMPUTE,
    "snapshots_list": Action.READ,
    "snapshots_read": Action.READ,
    "releases_list": Action.READ,
    "releases_make": Action.RELEASE,
    "releases_proposal": Action.READ,
    "releases_read": Action.READ,
    "notices_list": Action.READ,
    "notices_give": Action.RELEASE,
}
"""What each operation of a review needs. A new operation is not served before it stands here."""

OPEN = {"published_list", "published_read", "published_document", "published_arms", "published_arms_csv"}
"""Operations that ask nobody to sign in."""

OF_A_PERSON = {"me_read", "reviews_list", "reviews_begin"}
"""Operations that need an account and no review."""


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    is_open: bool

    def at(self, living: Any) -> str:
        """The address in this review, with a study, an analysis and so on that are there."""
        places = {
            "slug": living.review.slug,
            "study_id": living.review.inclusions.get().study_id,
            "key": "death-within-28-days",
            "number": 1,
            "version": "1.0.0",
            "user_id": living.second_extractor.pk,
            "invitation_id": living.review.invitations.get().pk,
        }
        return re.sub(r"{(\w+)}", lambda place: str(places.get(place[1], 1)), self.path)


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


def test_every_operation_says_what_it_needs():
    named = set(NEEDS) | OPEN | OF_A_PERSON
    assert {operation.name for operation in operations()} == named


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
    invite(review=living.review, email="new@example.org", roles=[Role.READER], actor=living.owner)
    return living


@pytest.fixture
def roles(filled: Any) -> dict[Role, User]:
    return {role: member(filled.review, role) for role in Role}


@pytest.mark.django_db
def test_every_role_may_do_what_its_actions_allow_and_nothing_else(filled, roles, outsider):
    refused = []
    clients = {role: program_of(person) for role, person in roles.items()}
    stranger, nobody = program_of(outsider), program_of(None)
    # Reading first: a member who is taken out would be a stranger to what comes after.
    for operation in sorted(operations(), key=lambda one: ("get", "post", "put", "delete").index(one.method)):
        if operation.name not in NEEDS:
            continue
        address = operation.at(filled)
        answers = {"stranger": (stranger, {404}), "nobody": (nobody, {401})}
        for role, client in clients.items():
            may = role in ALLOWED[NEEDS[operation.name]]
            # An empty body is refused for its shape by whoever may send one; a retry needs no body.
            answers[role] = (client, {200, 201, 202, 204, 422} if may else {403})
        for who, (client, expected) in answers.items():
            send = getattr(client, operation.method)
            answer = send(address) if operation.method == "get" else send(address, {})
            if answer.status_code not in expected:
                refused.append((operation.name, who, answer.status_code))
    assert refused == []


@pytest.mark.django_db
def test_a_closed_account_is_nobody(filled, roles):
    reader = roles[Role.READER]
    client = program_of(reader)
    User.objects.filter(pk=reader.pk).update(is_active=False)
    assert client.get(f"/api/v1/reviews/{filled.review.slug}/studies/").status_code == 401


@pytest.mark.django_db
def test_a_site_administrator_is_a_stranger_to_reviews_that_they_are_not_in(filled, administrator):
    assert program_of(administrator).get(f"/api/v1/reviews/{filled.review.slug}/studies/").status_code == 404


@pytest.mark.django_db
def test_no_address_fails_whatever_it_is_asked(filled, roles):
    """Numbers and words that nobody expects are refused in words, never by a failure."""
    client = program_of(roles[Role.OWNER])
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
