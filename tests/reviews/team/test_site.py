"""Accounts and teams, for the people who run the site."""

import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from reviews.base.audit.models import Event
from reviews.team import access, queries, services
from reviews.team.models import Team, User
from tests.factories import TeamFactory, UserFactory, lead

pytestmark = pytest.mark.django_db

GOOD_PASSWORD = "nine-green-leaves"


def test_closing_an_account_ends_its_sessions_and_leaves_its_work(
    client, review, owner, administrator, django_user_model
):
    client.force_login(owner)
    assert client.session.get("_auth_user_id") == str(owner.pk)
    services.disable_account(user=owner, actor=administrator, reason="Left the team")
    assert not client.session.get("_auth_user_id")
    assert User.objects.get(pk=owner.pk).is_active is False
    assert [each.user for each in queries.members(review)] == [owner]
    event = Event.objects.get(chain="site")
    assert (event.verb, event.reason, event.acting_role) == (
        "closed the account of",
        "Left the team",
        "site administrator",
    )
    assert event.after == {"is_active": False, "sessions_ended": 1}


def test_other_peoples_sessions_go_on(client, owner, reader, administrator):
    client.force_login(reader)
    services.disable_account(user=owner, actor=administrator)
    assert client.session.get("_auth_user_id") == str(reader.pk)


def test_an_account_opened_again_has_no_old_session(client, owner, administrator):
    client.force_login(owner)
    key = client.session.session_key
    services.disable_account(user=owner, actor=administrator)
    services.enable_account(user=owner, actor=administrator)
    assert User.objects.get(pk=owner.pk).is_active
    assert not client.session.exists(key)
    assert [event.verb for event in Event.objects.filter(chain="site")] == [
        "closed the account of",
        "opened the account of",
    ]


def test_doing_it_twice_leaves_one_event(owner, administrator):
    services.disable_account(user=owner, actor=administrator)
    services.disable_account(user=owner, actor=administrator)
    services.enable_account(user=owner, actor=administrator)
    services.enable_account(user=owner, actor=administrator)
    assert Event.objects.filter(chain="site").count() == 2


def test_nobody_closes_their_own_account(administrator):
    with pytest.raises(ValidationError, match="your own account"):
        services.disable_account(user=administrator, actor=administrator)


def test_only_a_site_administrator_may(owner, reader):
    for attempt in (
        lambda: services.disable_account(user=reader, actor=owner),
        lambda: services.enable_account(user=reader, actor=owner),
        lambda: services.create_team(name="Mine", actor=owner),
        lambda: services.set_lead(team=TeamFactory(), user=owner, is_lead=True, actor=owner),
    ):
        with pytest.raises(PermissionDenied):
            attempt()


def test_a_team_gets_a_lead_who_may_begin_reviews(administrator):
    team = services.create_team(name=" Cell therapy ", actor=administrator)
    person = UserFactory()
    assert team.name == "Cell therapy"
    services.set_lead(team=team, user=person, is_lead=True, actor=administrator)
    services.set_lead(team=team, user=person, is_lead=True, actor=administrator)
    assert access.may_lead(person, team)
    assert list(queries.teams_to_begin_in(person)) == [team]
    services.set_lead(team=team, user=person, is_lead=False, actor=administrator)
    assert not access.may_lead(person, team)
    assert [event.verb for event in Event.objects.filter(chain="site")] == [
        "made the team",
        "made a lead:",
        "made a member:",
    ]


@pytest.mark.parametrize(("name", "message"), [("", "blank"), ("Cell therapy", "already exists")])
def test_a_team_has_a_name_of_its_own(administrator, name, message):
    TeamFactory(name="Cell therapy")
    with pytest.raises(ValidationError, match=message):
        services.create_team(name=name, actor=administrator)


def test_a_closed_account_leads_no_team(administrator):
    with pytest.raises(ValidationError, match="closed"):
        services.set_lead(team=TeamFactory(), user=UserFactory(is_active=False), is_lead=True, actor=administrator)


def test_teams_are_listed_with_their_people_leads_first(administrator):
    team = TeamFactory()
    head = lead(team, name="Zoe")
    services.set_lead(team=team, user=UserFactory(name="Abe"), is_lead=False, actor=administrator)
    assert [row.user.name for row in queries.people_of(list(queries.teams()))[team.pk]] == [head.name, "Abe"]
    assert list(queries.teams_to_begin_in(administrator)) == [team]


def test_the_first_person_is_made_by_one_command():
    told = io.StringIO()
    call_command(
        "create_owner", "ada@example.org", "--name", "Ada Okafor", "--team", "Cell therapy", "--link", stdout=told
    )
    ada = User.objects.get()
    assert (ada.email, ada.name, ada.is_staff, ada.has_usable_password()) == (
        "ada@example.org",
        "Ada Okafor",
        True,
        False,
    )
    assert access.may_lead(ada, Team.objects.get(name="Cell therapy"))
    assert "http://localhost:8000/accounts/password/reset/key/" in told.getvalue()
    event = Event.objects.filter(chain="site").first()
    assert (event.actor, event.acting_role) == (None, "command line")


def test_the_link_of_the_command_sets_a_password(client):
    told = io.StringIO()
    call_command("create_owner", "ada@example.org", "--name", "Ada", "--link", stdout=told)
    link = next(word for word in told.getvalue().split() if word.startswith("http"))
    form = client.get(link.removeprefix("http://localhost:8000"), follow=True)
    page = form.redirect_chain[-1][0]
    client.post(page, {"password1": GOOD_PASSWORD, "password2": GOOD_PASSWORD})
    assert User.objects.get().check_password(GOOD_PASSWORD)


def test_the_command_asks_for_a_password(monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt="": GOOD_PASSWORD)
    call_command("create_owner", "ada@example.org", "--name", "Ada", stdout=io.StringIO())
    assert User.objects.get().check_password(GOOD_PASSWORD)


def test_the_command_can_read_the_password_from_the_environment(monkeypatch):
    monkeypatch.setenv("PERENNIAL_OWNER_PASSWORD", GOOD_PASSWORD)
    call_command("create_owner", "ada@example.org", "--name", "Ada", stdout=io.StringIO())
    assert User.objects.get().check_password(GOOD_PASSWORD)


@pytest.mark.parametrize(
    ("email", "password", "message"),
    [
        ("nobody", GOOD_PASSWORD, "valid email"),
        ("ADA@example.org", GOOD_PASSWORD, "already"),
        ("ben@example.org", "12345", "too short"),
    ],
)
def test_the_command_says_in_a_sentence_what_is_wrong(monkeypatch, email, password, message):
    UserFactory(email="ada@example.org")
    monkeypatch.setenv("PERENNIAL_OWNER_PASSWORD", password)
    with pytest.raises(CommandError, match=message):
        call_command("create_owner", email, "--name", "Ada", stdout=io.StringIO())
    assert User.objects.count() == 1


def test_two_passwords_that_differ_are_refused(monkeypatch):
    answers = iter(["nine-green-leaves", "nine-red-leaves"])
    monkeypatch.setattr("getpass.getpass", lambda prompt="": next(answers))
    with pytest.raises(CommandError, match="differ"):
        call_command("create_owner", "ada@example.org", "--name", "Ada")
