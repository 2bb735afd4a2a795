import pytest
from django.urls import reverse

from reviews.team import access, queries
from reviews.team.models import Team, User
from tests.factories import TeamFactory, UserFactory, lead

pytestmark = pytest.mark.django_db


def page(name, *args):
    return reverse(f"site:{name}", args=args)


def test_only_site_administrators_find_the_site_pages(client, owner, reader):
    team = TeamFactory()
    client.force_login(owner)
    assert client.get(page("people")).status_code == 404
    assert client.get(page("teams")).status_code == 404
    assert client.post(page("teams"), {"name": "Mine"}).status_code == 404
    assert client.post(page("disable", reader.pk)).status_code == 404
    assert client.post(page("enable", reader.pk)).status_code == 404
    assert client.post(page("team-lead", team.pk), {"email": owner.email, "is_lead": "on"}).status_code == 404
    assert not queries.teams_to_begin_in(owner).exists()


def test_accounts_are_listed_in_pages(client, administrator, review, owner, django_assert_max_num_queries):
    UserFactory.create_batch(55)
    client.force_login(administrator)
    with django_assert_max_num_queries(4):
        answer = client.get(page("people"))
    assert answer.status_code == 200
    assert len(answer.context["accounts"]) == 50
    [ada] = [each for each in answer.context["accounts"] if each["id"] == owner.pk]
    assert (ada["reviews"], ada["is_me"], ada["is_active"]) == (1, False, True)
    assert client.get(page("people"), {"page": 2}).context["page_obj"].number == 2


def test_an_administrator_closes_and_opens_an_account(client, administrator, owner):
    client.force_login(administrator)
    assert client.post(page("disable", owner.pk), {"reason": "Left"}).url == page("people")
    assert not User.objects.get(pk=owner.pk).is_active
    assert "closed" in client.get(page("people")).text
    assert client.post(page("enable", owner.pk)).url == page("people")
    assert User.objects.get(pk=owner.pk).is_active


def test_an_administrator_cannot_close_their_own_account(client, administrator):
    client.force_login(administrator)
    answer = client.post(page("disable", administrator.pk))
    assert answer.status_code == 422
    assert "your own account" in answer.text


def test_who_was_signed_in_is_out_at_once(client, administrator, review, owner, django_user_model):
    client.force_login(owner)
    assert client.get(reverse("reviews:team:reviews")).status_code == 200
    # Without the deleted session, too: Django asks for is_active at each request.
    User.objects.filter(pk=owner.pk).update(is_active=False)
    assert client.get(reverse("reviews:team:reviews")).status_code == 302
    assert client.get(reverse("reviews:team:people", args=[review.slug])).status_code == 302


def test_an_administrator_makes_a_team_and_says_who_leads_it(client, administrator, outsider):
    client.force_login(administrator)
    assert client.post(page("teams"), {"name": "Cell therapy"}).url == page("teams")
    team = Team.objects.get(name="Cell therapy")
    answer = client.post(page("team-lead", team.pk), {"email": outsider.email.upper(), "is_lead": "on"})
    assert answer.url == page("teams")
    assert access.may_lead(outsider, team)
    assert outsider.email in client.get(page("teams")).text
    client.post(page("team-lead", team.pk), {"email": outsider.email})
    assert not access.may_lead(outsider, team)


@pytest.mark.parametrize(("name", "message"), [("", "required"), ("Cell therapy", "already exists")])
def test_a_refused_team_comes_back_with_its_message(client, administrator, name, message):
    TeamFactory(name="Cell therapy")
    client.force_login(administrator)
    answer = client.post(page("teams"), {"name": name})
    assert answer.status_code == 422
    assert message in answer.text


@pytest.mark.parametrize(
    ("email", "message"), [("nobody@example.org", "no account"), ("closed@example.org", "closed"), ("x", "valid email")]
)
def test_a_refused_lead_comes_back_with_its_message(client, administrator, email, message):
    UserFactory(email="closed@example.org", is_active=False)
    team = TeamFactory()
    client.force_login(administrator)
    answer = client.post(page("team-lead", team.pk), {"email": email, "is_lead": "on"})
    assert answer.status_code == 422
    assert message in answer.text


def test_teams_are_listed_in_a_bounded_number_of_statements(client, administrator, django_assert_max_num_queries):
    for team in TeamFactory.create_batch(9):
        lead(team)
    client.force_login(administrator)
    with django_assert_max_num_queries(5):
        assert len(client.get(page("teams")).context["teams"]) == 9
