"""Every address of the site × every role × every method, against the table beside this file."""

import re
from http.cookies import SimpleCookie
from types import SimpleNamespace

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.urls import URLResolver, get_resolver
from django.utils.safestring import SafeString

from meta.analysis.published import services as published
from meta.analysis.published.rules import Claim
from meta.earlier import services as earlier
from meta.earlier.rules import Kind
from meta.plots import forest
from reviews.dedup import services as dedup
from reviews.dedup.models import Candidate
from reviews.dedup.rules import Answered
from reviews.library import services as library
from reviews.protocol.models import Protocol
from reviews.team import services as team
from reviews.team.rules import Role
from reviews.team.tokens import services as tokens
from reviews.team.tokens.rules import Scope
from tests.access.table import ADMINISTRATOR, ANONYMOUS, OUTSIDER, PEOPLE, TABLE
from tests.factories import ReviewFactory, UserFactory, member
from tests.living import living_review, recomputed
from tests.searched import searched

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")

CONVERTER = re.compile(r"<(?:\w+:)?(\w+)>")
GROUP = re.compile(r"\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")
HIDDEN = re.compile(r"^(api/v1/)?reviews/<slug>/|^site/")
"""Below these, whoever has no business there is told that there is nothing."""
NOBODYS = re.compile(r"^api/\^|^accounts/tokens/<")
"""Where everybody is told that there is nothing, but for the one whose it is."""


def routes(resolver=None, before=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        address = before + GROUP.sub(r"<\1>", CONVERTER.sub(r"<\1>", str(pattern.pattern)))
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, address)
        else:
            yield re.sub(r"/\^(?!v1/)", "/", address).rstrip("$")


ROUTES = sorted(set(routes()))


DRAWN_FOR = {(Role.OWNER, "GET"), (Role.READER, "GET"), (OUTSIDER, "GET"), (OUTSIDER, "POST")}
"""Whose pages are rendered here. Who may come in does not depend on it, and it takes most of the time."""


@pytest.fixture(scope="module")
def paper(monkeypatch_module):
    """Whether templates are rendered, for the request under way; figures never are."""
    paper = SimpleNamespace(is_used=True)

    def render(template, context):
        return template.nodelist.render(context) if paper.is_used else SafeString("")

    monkeypatch_module.setattr(Template, "_render", render)
    for name in ("svg", "svg_narrow"):
        monkeypatch_module.setattr(forest, name, lambda plot, **looks: "<svg/>")
    return paper


@pytest.fixture(scope="module")
def monkeypatch_module():
    with pytest.MonkeyPatch.context() as patch:
        yield patch


@pytest.fixture(scope="module")
def small(paper, django_db_setup, django_db_blocker):
    """A real review with a version, a trial that waits, somebody of each role, and strangers."""
    with django_db_blocker.unblock(), transaction.atomic():
        review = ReviewFactory(slug="stromal-cells")
        people = {role: member(review, role, name=f"The {role}") for role in Role}
        second = member(review, Role.EXTRACTOR, name="Another extractor")
        living = living_review(review, people[Role.OWNER], second, people[Role.EXTRACTOR])
        study = living.add()
        planned = living.plan("Death")
        recomputed(planned)
        printed = published.write_down(
            analysis=planned, actor=people[Role.OWNER], label="Death", claim=Claim("0.18"), source="A review"
        )
        living.release("The first version.")
        waiting = living.add("Lanzoni 2021", "2/12", "7/12", confirmed=False)
        statement = earlier.state(
            review=review, actor=second, kind=Kind.SEARCH, subject="PubMed", number=358, source="An earlier review"
        )
        file = library.attach_file(
            review=review,
            actor=second,
            report=study.reports.get(),
            upload=SimpleUploadedFile("report.pdf", b"%PDF-1.7 a report"),
        )
        brought = searched(review, people[Role.OWNER])
        first, second_record = brought.records.order_by("pk")[:2]
        pair = Candidate.objects.create(review=review, left=first, right=second_record, score=1)
        apart = dedup.answer(
            review=review, one=first, two=second_record, answer=Answered.NEITHER, actor=people[Role.OWNER]
        )
        guest = team.invite(review=review, email="guest@example.org", roles=[Role.READER], actor=people[Role.OWNER])
        issued = tokens.make_token(actor=people[Role.OWNER], name="Notebook", scope=Scope.READ, days=30)
        people |= {
            OUTSIDER: member(ReviewFactory(), *Role, name="An outsider"),
            ADMINISTRATOR: UserFactory(name="An administrator", is_staff=True),
        }
        where = {
            "slug": review.slug,
            "version": "1.0.0",
            "key": "death",
            "width": "wide",
            "number": Protocol.objects.get().number,
            "study_id": waiting.pk,
            "published_id": printed.pk,
            "arm_id": study.arms.first().pk,
            "timepoint_id": living.timepoint.pk,
            "user_id": people[Role.READER].pk,
            "team_id": review.team_id,
            "invitation_id": guest.invitation.pk,
            "token": guest.token,
            "token_id": issued.token.pk,
            "report_id": study.reports.get().pk,
            "file_id": file.pk,
            "search_id": brought.search_id,
            "import_id": brought.pk,
            "record_id": brought.records.first().pk,
            "candidate_id": pair.pk,
            "answer_id": apart.pk,
            "format": "ris",
            "name": "tour",
            "table": "arms",
            "label": "dilogo-2021",
            "statement_id": statement.pk,
            "uidb36": "1",
        }
        yield SimpleNamespace(client=Client(), cookies=sessions(people), where=where, paper=paper)
        transaction.set_rollback(True)


def sessions(people):
    cookies = {ANONYMOUS: None}
    for name, user in people.items():
        client = Client()
        client.force_login(user)
        cookies[name] = client.cookies[settings.SESSION_COOKIE_NAME].value
    return cookies


def ask(small, person, method, path):
    """One request, whose effects are taken back."""
    client = small.client
    small.paper.is_used = (person, method) in DRAWN_FOR
    client.cookies = SimpleCookie()
    if small.cookies[person]:
        client.cookies[settings.SESSION_COOKIE_NAME] = small.cookies[person]
    sent = {"data": "{}", "content_type": "application/json"} if path.startswith("/api/") else {}
    if method in {"GET", "HEAD", "OPTIONS"}:
        response = getattr(client, method.lower())(path)
        for let_go in response._resource_closers:  # an opened file; closing the answer itself would end the connection
            let_go()
        return response
    with transaction.atomic():
        response = getattr(client, method.lower())(path, **sent)
        transaction.set_rollback(True)
    return response


def reading(response):
    """What an answer means for the one who asked."""
    if response.status_code == 302 and response["Location"].startswith("/accounts/login/?next="):
        return "sign in"
    return {401: "sign in", 403: "refused", 404: "nothing", 405: "no such method"}.get(response.status_code, "answered")


def expected(route, takes, person, method):
    if method not in takes:
        # Whichever of the refusals comes first; an answer would be a door that nobody meant to open.
        # (allauth sends people who are signed in on before it looks at the method.)
        return {"no such method", "sign in", "nothing", "refused"} | ({"answered"} if route in ALLAUTH else set())
    if person in takes[method]:
        return {"answered"}
    if person == ANONYMOUS:
        return {"sign in"}
    is_stranger = person in {OUTSIDER, ADMINISTRATOR} or route.startswith("site/")
    return {"nothing"} if NOBODYS.match(route) or (HIDDEN.match(route) and is_stranger) else {"refused"}


ALLAUTH = {route for route in TABLE if route.startswith("accounts/")}


def address(route, where):
    return "/" + CONVERTER.sub(lambda found: str(where[found[1]]), route.replace("^", ""))


def test_the_table_names_every_address_and_no_other():
    assert sorted(TABLE) == ROUTES


@pytest.mark.parametrize("route", ROUTES)
def test_an_address_answers_whom_it_should(small, db, route):
    cache.clear()  # how often one may ask is not the question here
    path, takes, wrong = address(route, small.where), TABLE[route], []
    for person in PEOPLE:
        for method in METHODS:
            response = ask(small, person, method, path)
            found = reading(response)
            if method == "OPTIONS" and route.startswith("api/") and found == "answered":
                found = "no such method"  # a description of the endpoint, the same for every review and for none
            if found not in expected(route, takes, person, method) or response.status_code >= 500:
                wrong.append(f"{person} {method} {path}: {response.status_code} ({found})")
            if HIDDEN.match(route) and response["Cache-Control"] != "private, no-store":
                wrong.append(f"{person} {method} {path}: stored as {response['Cache-Control']}")
    assert not wrong, "\n".join(wrong)


UNTELLING = re.compile(rb"[0-9a-f]{32}|stromal-cells|no-such-review")
"""The id of the request, and the address that was asked for."""


@pytest.mark.parametrize("route", [route for route in ROUTES if HIDDEN.match(route) and "<slug>" in route])
def test_a_stranger_cannot_tell_a_review_from_none(small, db, route):
    def answers(slug):
        for method in ("GET", "POST"):
            response = ask(small, OUTSIDER, method, address(route, small.where | {"slug": slug}))
            yield response.status_code, UNTELLING.sub(b"", response.content)

    assert list(answers("stromal-cells")) == list(answers("no-such-review"))


def test_the_doors_of_the_demo_are_no_address_outside_the_demo():
    assert not settings.DEMO_DOORS
    assert not [route for route in ROUTES if "demo" in route]
