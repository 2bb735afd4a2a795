"""Where a version is made, and the first page of a review."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meta.analysis.models import Analysis
from meta.publication.views.versions import VERSIONS_PER_PAGE
from meta.releases import queries, services
from meta.releases.models import Notice, Release
from meta.releases.rules import Step
from tests.living import recomputed

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(living):
    def address(name="releases"):
        return reverse(f"publication:{name}", args=[living.review.slug])

    return address


@pytest.fixture
def enter():
    def client(person):
        browser = Client()
        browser.force_login(person)
        return browser

    return client


@pytest.fixture
def ready(living):
    living.add()
    recomputed(living.plan("Death"))
    return living


@pytest.fixture
def first(ready):
    return ready.release("The first version.", step=Step.MAJOR)


def words(response):
    return response.content.decode()


def another_trial(living):
    living.add("Lanzoni 2021", "2/12", "7/12")
    for one in Analysis.objects.all():
        recomputed(one)


def version(living, **said):
    present = services.digests(queries.proposal(living.review).document)
    return {
        "note": "Lanzoni 2021 came in.",
        "step": "minor",
        "evidence_date": "2022",
        "seen": json.dumps(present),
    } | said


# --- Making a version -----------------------------------------------------------------------------------------------


def test_an_owner_makes_the_first_version(ready, page, enter):
    client = enter(ready.owner)
    assert "0.18" in words(client.get(page()))
    response = client.post(page(), version(ready, step="major"), follow=True)
    assert response.redirect_chain == [(page(), 302)]
    assert "Version 1.0.0 is public." in words(response)
    assert Release.objects.get().evidence_date == "2022"


def test_the_page_says_what_would_change_and_which_step_fits(ready, first, page, enter):
    another_trial(ready)
    response = enter(ready.owner).get(page())
    assert "Lanzoni 2021" in words(response)
    assert [(one["version"], one["is_proposed"]) for one in response.context["choices"]] == [
        ("2.0.0", False),
        ("1.1.0", True),
        ("1.0.1", False),
    ]


def test_without_a_change_there_is_nothing_to_release(ready, first, page, enter):
    response = enter(ready.owner).get(page())
    assert response.context["form"] is None
    assert "Nothing: the same studies and the same numbers." in words(response)
    again = enter(ready.owner).post(page(), version(ready))
    assert again.status_code == 422
    assert Release.objects.count() == 1


def test_what_stands_in_the_way_is_said(ready, page, enter):
    ready.add("Lanzoni 2021", "2/12", "7/12")
    shown = words(enter(ready.owner).get(page()))
    assert "Results are being recomputed; wait until they are there." in shown


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"note": ""}, "This field is required."),
        ({"step": "huge"}, "Select a valid choice."),
        ({"evidence_date": "2022-13"}, "“2022-13” is not a date."),
    ],
)
def test_a_version_that_lacks_something_comes_back(ready, page, enter, said, says):
    response = enter(ready.owner).post(page(), version(ready, **said))
    assert response.status_code == 422
    assert says in words(response)
    assert not Release.objects.exists()


@pytest.mark.parametrize("seen", ["", "no json", "[1]"])
def test_a_page_that_cannot_say_what_it_showed_releases_nothing(ready, page, enter, seen):
    assert enter(ready.owner).post(page(), version(ready, seen=seen)).status_code == 422
    assert not Release.objects.exists()


def test_who_looked_at_older_numbers_sees_the_new_ones_first(ready, page, enter):
    sent = version(ready)
    another_trial(ready)
    client = enter(ready.owner)
    response = client.post(page(), sent)
    assert response.status_code == 422
    assert "The results have changed since you looked." in words(response)
    assert not Release.objects.exists()
    again = sent | {"seen": response.context["form"]["seen"].value()}
    assert client.post(page(), again).status_code == 302


def test_readers_and_extractors_look_and_do_not_publish(ready, first, page, enter, reader):
    another_trial(ready)
    for person in (reader, ready.extractor):
        response = enter(person).get(page())
        assert response.context["form"] is None
        assert response.context["notice_form"] is None
        assert enter(person).post(page(), version(ready)).status_code == 403
        assert enter(person).post(page("notice"), {"kind": "searched", "text": "x"}).status_code == 403
    assert Release.objects.count() == 1


def test_versions_come_in_pages_newest_first(ready, first, page, enter, reader):
    for minor in range(1, VERSIONS_PER_PAGE + 2):
        copy(first, minor)
    client = enter(reader)
    shown = [one["version"] for one in client.get(page()).context["releases"]]
    assert (shown[0], len(shown)) == (f"1.{VERSIONS_PER_PAGE + 1}.0", VERSIONS_PER_PAGE)
    assert [one["version"] for one in client.get(page(), {"page": 2}).context["releases"]] == ["1.1.0", "1.0.0"]


def copy(release, minor):
    Release.objects.create(
        review=release.review,
        major=1,
        minor=minor,
        patch=0,
        note="Again.",
        document=release.document,
        digest=release.digest,
        released_by=release.released_by,
    )


def test_pages_cost_the_same_for_twenty_versions_as_for_one(ready, first, page, enter, reader):
    client = enter(reader)
    addresses = (page(), page("overview"), reverse("publication:latest", args=[ready.review.slug]))
    few = [statements(client, address) for address in addresses]
    for minor in range(1, 20):
        copy(first, minor)
    assert [statements(enter(reader), address) for address in addresses] == few
    assert all(number <= ceiling for number, ceiling in zip(few, (29, 22, 6), strict=True)), few


def statements(client, address):
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


# --- Notices --------------------------------------------------------------------------------------------------------


def test_an_owner_gives_a_notice(ready, first, page, enter):
    sent = {"kind": "searched", "text": "Searched on 1 May 2023: nothing new."}
    response = enter(ready.owner).post(page("notice"), sent, follow=True)
    assert "The notice stands on every public page of this review." in words(response)
    assert Notice.objects.get().text == "Searched on 1 May 2023: nothing new."


@pytest.mark.parametrize(
    ("said", "field"),
    [({"text": ""}, "text"), ({"kind": "gossip"}, "kind"), ({"kind": "withdrawn"}, "kind")],
)
def test_a_notice_that_says_nothing_comes_back_with_its_message(ready, first, page, enter, said, field):
    response = enter(ready.owner).post(page("notice"), {"kind": "searched", "text": "Searched."} | said)
    assert response.status_code == 422
    assert response.context["notice_form"].errors[field]
    assert not Notice.objects.exists()


# --- The first page of a review -------------------------------------------------------------------------------------


def test_the_first_page_shows_the_result_and_what_was_published(ready, first, page, enter, reader):
    shown = words(enter(reader).get(page("overview")))
    assert "0.18" in shown
    assert "1.0.0" in shown


def test_the_first_page_says_what_waits_to_whom_it_concerns(ready, page, enter, reader):
    ready.add("Lanzoni 2021", "2/12", "7/12", confirmed=False)
    sentence = "1 trial has numbers that you could confirm"
    assert sentence in words(enter(ready.second_extractor).get(page("overview")))
    for person in (ready.extractor, reader, ready.owner):
        assert sentence not in words(enter(person).get(page("overview")))


def test_only_owners_see_who_did_what(ready, page, enter, reader):
    assert enter(ready.owner).get(page("overview")).context["events"]
    assert enter(reader).get(page("overview")).context["events"] == []


def test_strangers_find_nothing(ready, first, page, enter, outsider, administrator):
    for name in ("releases", "overview"):
        for person in (outsider, administrator):
            assert enter(person).get(page(name)).status_code == 404
        assert Client().get(page(name))["Location"].startswith("/accounts/login/?next=")
    assert enter(outsider).post(page("notice"), {"kind": "searched", "text": "x"}).status_code == 404


def test_pages_of_the_workspace_are_stored_nowhere_and_carry_the_policy(ready, first, page, enter):
    for name in ("releases", "overview"):
        response = enter(ready.owner).get(page(name))
        assert response["Cache-Control"] == "private, no-store"
        assert "default-src 'none'" in response["Content-Security-Policy"]
