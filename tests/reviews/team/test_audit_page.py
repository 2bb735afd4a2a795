import pytest
from django.db import connection, transaction
from django.urls import reverse

from reviews.base import append_only
from reviews.base.audit import services as audit
from reviews.base.audit.models import Event
from reviews.team import services
from reviews.team.rules import Role

pytestmark = pytest.mark.django_db


def page(review):
    return reverse("reviews:audit:events", args=[review.slug])


def test_an_owner_reads_what_happened_newest_first(client, review, owner, reader):
    services.grant_role(review=review, user=reader, role=Role.EXTRACTOR, actor=owner)
    services.revoke_role(review=review, user=reader, role=Role.READER, actor=owner)
    client.force_login(owner)
    answer = client.get(page(review))
    assert answer.status_code == 200
    newest, oldest = answer.context["events"]
    assert (newest["number"], oldest["number"]) == (2, 1)
    assert (oldest["actor"], oldest["role"], oldest["verb"]) == (owner, "owner", "changed the roles of")
    assert '"extractor"' in oldest["after"]
    assert owner.name in answer.text


def test_a_member_without_the_role_is_refused_and_a_stranger_finds_nothing(client, review, reader, outsider):
    client.force_login(reader)
    assert client.get(page(review)).status_code == 403
    client.force_login(outsider)
    assert client.get(page(review)).status_code == 404


def test_the_system_has_a_name(client, review, owner):
    with transaction.atomic():
        audit.record(chain=review.chain, actor=None, acting_role="", verb="recomputed", subject=review)
    client.force_login(owner)
    [event] = client.get(page(review)).context["events"]
    assert (event["actor"], event["before"]) == ("the system", None)


def test_long_trails_come_in_pages_and_cost_the_same(client, review, owner, reader, django_assert_max_num_queries):
    for n in range(60):
        roles = [Role.READER, Role.EXTRACTOR] if n % 2 else [Role.EXTRACTOR]
        services.set_roles(review=review, user=reader, roles=roles, actor=owner)
    client.force_login(owner)
    with django_assert_max_num_queries(10):
        first = client.get(page(review))
    assert len(first.context["events"]) == 50
    older = client.get(page(review), {"page": 2}).context["events"]
    assert [event["number"] for event in older] == list(range(10, 0, -1))


def test_the_seals_are_checked_when_it_is_asked_for(client, review, owner, reader):
    services.grant_role(review=review, user=reader, role=Role.EXTRACTOR, actor=owner)
    client.force_login(owner)
    assert client.get(page(review)).context["chain"] is None
    assert client.get(page(review), {"check": 1}).context["chain"]["holds"] is True
    connection.check_constraints()
    append_only.release(connection.schema_editor(), "reviews_event")
    Event.objects.update(verb="did nothing to")
    answer = client.get(page(review), {"check": 1})
    assert answer.context["chain"]["holds"] is False
    assert "Row 1 does not hold: what it says is not what was hashed." in answer.text


def test_what_people_typed_is_shown_as_text(client, review, owner):
    with transaction.atomic():
        audit.record(
            chain=review.chain,
            actor=owner,
            acting_role="owner",
            verb="wrote",
            subject=review,
            after={"title": "<script>alert(1)</script>"},
            reason="<img src=x onerror=alert(1)>",
        )
    client.force_login(owner)
    text = client.get(page(review)).text
    assert "<script>alert(1)" not in text
    assert "<img src=x" not in text
