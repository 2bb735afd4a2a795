"""A version is withdrawn with a reason; it stays readable, says so, and is not what the review's address leads to."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from meta.releases import queries, services
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind
from reviews.base.audit.models import Event
from tests.living import recomputed
from tests.meta.publication.pages import get, text
from tests.programs import program_of

pytestmark = pytest.mark.django_db

WHY = "Two deaths were counted twice."


@pytest.fixture
def planned(living):
    found = living.plan()
    living.add()
    recomputed(found)
    return found


@pytest.fixture
def first(living, planned):
    return living.release("The first version.")


@pytest.fixture
def second(living, planned, first):
    living.add("Monsel 2022", "5/21", "4/24", year=2022)
    recomputed(planned)
    return living.release("Adds Monsel 2022.")


def public(review, address=""):
    return text(get(f"/r/{review.slug}/{address}"))


def test_a_withdrawn_version_stays_readable_and_says_why(living, first, second):
    frozen = get(f"/r/{living.review.slug}/v/1.1.0/release.json").content
    services.withdraw(release=second, actor=living.owner, reason=WHY)
    page = public(living.review, "v/1.1.0/")
    assert "Version 1.1.0 was withdrawn:" in page
    assert WHY in page
    assert "This version was withdrawn." in page
    assert "This is the latest version." not in page
    assert "Monsel 2022" in page
    assert get(f"/r/{living.review.slug}/v/1.1.0/release.json").content == frozen
    assert Release.objects.get(minor=1).document == second.document


def test_the_reviews_address_leads_to_the_newest_version_that_stands(living, first, second):
    client = Client()
    assert "Monsel 2022" in text(client.get(f"/r/{living.review.slug}/"))
    services.withdraw(release=second, actor=living.owner, reason=WHY)
    page = text(client.get(f"/r/{living.review.slug}/"))
    assert "This is the latest version." in page
    assert "v/1.0.0/release.json" in page
    assert "Version 1.1.0 was withdrawn:" in page, "a reader who comes back is told"
    assert "superseded" not in page
    assert WHY in public(living.review, "history/")


def test_where_every_version_was_withdrawn_the_newest_is_shown_as_such(living, first):
    services.withdraw(release=first, actor=living.owner, reason=WHY)
    page = public(living.review)
    assert WHY in page
    assert "This version was withdrawn." in page
    assert queries.relied_on(living.review) == first


def test_a_later_version_is_numbered_on_and_compared_with_what_stands(living, planned, first, second):
    services.withdraw(release=second, actor=living.owner, reason=WHY)
    third = living.release("Monsel 2022, checked again.")
    assert str(third.version) == "1.2.0"
    assert third.document["changes"]["since"] == "1.0.0"
    assert [one["label"] for one in third.document["changes"]["studies_in"]] == ["Monsel 2022"]
    assert "superseded by version 1.2.0" in public(living.review, "v/1.1.0/")


def test_a_withdrawal_needs_a_reason_a_version_and_an_owner(living, first):
    with pytest.raises(ValidationError):
        services.withdraw(release=first, actor=living.owner, reason=" ")
    with pytest.raises(ValidationError, match="which version"):
        services.give_notice(review=living.review, actor=living.owner, kind=NoticeKind.WITHDRAWN, text=WHY)
    with pytest.raises(PermissionDenied):
        services.withdraw(release=first, actor=living.extractor, reason=WHY)
    assert not Notice.objects.exists()


def test_a_version_is_withdrawn_once(living, first):
    services.withdraw(release=first, actor=living.owner, reason=WHY)
    with pytest.raises(ValidationError, match="was withdrawn before"):
        services.withdraw(release=first, actor=living.owner, reason="Again.")
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(
            review=living.review, release=first, kind=NoticeKind.WITHDRAWN, text="Again.", given_by=living.owner
        )
    event = Event.objects.get(verb="withdrew version")
    assert (event.reason, event.after["version"]) == (WHY, "1.0.0")


# --- From the workspace, and for programs ---------------------------------------------------------------------------


def test_an_owner_withdraws_from_a_page_that_says_what_it_means(living, first, second):
    client = Client()
    client.force_login(living.owner)
    address = reverse("publication:withdraw", args=[living.review.slug, "1.1.0"])
    assert address in client.get(reverse("publication:releases", args=[living.review.slug])).content.decode()
    assert "This cannot be undone" in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    response = client.post(address, {"reason": WHY}, follow=True)
    shown = response.content.decode()
    assert "Version 1.1.0 is withdrawn; its page says why." in shown
    assert WHY in shown
    assert address not in shown
    assert "was withdrawn before" in client.get(address).content.decode()
    again = client.post(address, {"reason": "Again."})
    assert (again.status_code, "was withdrawn before" in again.content.decode()) == (422, True)
    for nothing in ("9.9.9", "latest"):
        gone = reverse("publication:withdraw", args=[living.review.slug, nothing])
        assert client.get(gone).status_code == 404


def test_programs_are_told_which_version_was_withdrawn(living, first, second):
    sent = {"kind": "withdrawn", "text": WHY, "version": "1.1.0"}
    assert program_of(living.owner).post(f"/api/v1/reviews/{living.review.slug}/notices/", sent).status_code == 201
    again = program_of(living.owner).post(f"/api/v1/reviews/{living.review.slug}/notices/", sent)
    assert (again.status_code, list(again.json()["errors"])) == (422, ["version"])
    shown = program_of(None).get(f"/api/v1/published/{living.review.slug}/").json()
    assert shown["version"] == "1.0.0"
    assert [(one["version"], one["withdrawn"]) for one in shown["versions"]] == [("1.1.0", WHY), ("1.0.0", None)]


def test_a_version_of_a_later_format_is_not_shown_by_half(living, first):
    ahead = first.document | {"schema": 99}
    Release.objects.create(
        review=living.review, major=9, minor=0, patch=0, note="Ahead.", document=ahead, digest="x",
        released_by=living.owner,
    )  # fmt: skip
    assert get(f"/r/{living.review.slug}/v/9.0.0/").status_code == 404
    assert get(f"/r/{living.review.slug}/v/9.0.0/arms.csv").status_code == 404
    assert program_of(None).get(f"/api/v1/published/{living.review.slug}/9.0.0/arms/").status_code == 404
    assert get(f"/r/{living.review.slug}/v/9.0.0/release.json").status_code == 200
