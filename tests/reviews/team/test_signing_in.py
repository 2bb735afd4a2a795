"""Signing in and out, and the password: what allauth does, set as this site wants it."""

import re

import pytest
from django.core import mail
from django.urls import NoReverseMatch, get_resolver, reverse

from reviews.team import services
from reviews.team.models import User
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db

PASSWORD = "nine-green-leaves"
OTHER = "seven-red-berries"
SIGN_IN, SIGN_OUT, CHANGE = reverse("account_login"), reverse("account_logout"), reverse("account_change_password")
RESET = reverse("account_reset_password")


@pytest.fixture
def ada(db):
    return UserFactory(name="Ada Okafor", email="ada@example.org", password=PASSWORD)


def sign_in(client, password=PASSWORD, login="ada@example.org", **more):
    return client.post(SIGN_IN, {"login": login, "password": password, **more})


def is_in(client):
    return "_auth_user_id" in client.session


# --- The surface ----------------------------------------------------------------------------------------------------


def test_only_these_pages_of_accounts_exist():
    names = {
        pattern.name
        for group in get_resolver().url_patterns
        if str(group.pattern) == "accounts/"
        for pattern in group.url_patterns
    }
    assert names == {
        "account_login",
        "account_logout",
        "account_inactive",
        "account_change_password",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_set_password", "account_reauthenticate"])
def test_nobody_registers_or_manages_addresses(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("path", ["/accounts/", "/accounts/signup/", "/accounts/email/", "/accounts/login/code/"])
def test_what_allauth_would_add_is_not_there(client, ada, path):
    assert client.get(path).status_code in {302, 404}
    client.force_login(ada)
    assert client.get(path).status_code == 404


# --- In and out -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["ada@example.org", "ADA@Example.org"])
def test_a_person_signs_in_with_their_address(client, ada, typed):
    answer = sign_in(client, login=typed)
    assert (answer.status_code, answer.url) == (302, "/reviews/")
    assert is_in(client)


def test_signing_in_starts_a_new_session(client, ada):
    client.get(SIGN_IN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted
    sign_in(client)
    assert client.session.session_key != planted
    assert not client.session.exists(planted)


def test_the_browser_forgets_the_session_cookie_or_not_but_never_shows_it_to_scripts(client, ada):
    cookie = sign_in(client).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize(
    ("where", "lands"),
    [
        ("/reviews/new/", "/reviews/new/"),
        ("https://evil.example/", "/reviews/"),
        ("//evil.example/", "/reviews/"),
        ("javascript:alert(1)", "/reviews/"),
    ],
)
def test_next_leads_only_to_this_site(client, ada, where, lands):
    assert sign_in(client, next=where).url == lands


def test_signing_out_is_a_post_and_ends_the_session(client, ada):
    sign_in(client)
    key = client.session.session_key
    assert client.get(SIGN_OUT).status_code == 200
    assert is_in(client)
    assert client.post(SIGN_OUT).url == "/"
    assert not is_in(client)
    assert not client.session.exists(key)


def test_a_wrong_password_and_an_unknown_address_look_alike(client, ada):
    wrong = sign_in(client, password="wrong")
    unknown = sign_in(client, login="nobody@example.org")
    closed = UserFactory(email="closed@example.org", password=PASSWORD, is_active=False)
    shut = sign_in(client, login=closed.email, password="wrong")

    def shown(answer, address):
        words = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.text)
        return words.replace(address, "")

    assert wrong.status_code == unknown.status_code == shut.status_code
    assert shown(wrong, "ada@example.org") == shown(unknown, "nobody@example.org") == shown(shut, closed.email)
    assert not is_in(client)


def test_a_closed_account_is_told_so_by_who_knows_its_password(client, ada, administrator):
    services.disable_account(user=ada, actor=administrator)
    answer = sign_in(client)
    assert answer.url == reverse("account_inactive")
    assert "closed" in client.get(answer.url).text
    assert not is_in(client)


def test_guessing_is_stopped_and_the_right_password_waits_too(client, ada):
    answers = [sign_in(client, password=f"wrong {n}") for n in range(6)]
    assert "Too many" in answers[-1].text or answers[-1].status_code == 429
    sign_in(client)
    assert not is_in(client)


def test_one_address_cannot_try_many_accounts(client, ada):
    statuses = {sign_in(client, login=f"n{n}@example.org").status_code for n in range(31)}
    assert 429 in statuses


def test_the_sign_in_page_asks_the_database_for_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get(SIGN_IN).status_code == 200


# --- The password ---------------------------------------------------------------------------------------------------


def test_a_person_changes_their_password_and_other_browsers_are_out(client, ada):
    elsewhere = type(client)()
    sign_in(client)
    sign_in(elsewhere)
    answer = client.post(CHANGE, {"oldpassword": PASSWORD, "password1": OTHER, "password2": OTHER})
    assert answer.status_code == 302
    assert User.objects.get().check_password(OTHER)
    assert client.get("/reviews/").status_code == 200
    assert elsewhere.get("/reviews/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [("wrong", OTHER, "current password"), (PASSWORD, "password12", "too common"), (PASSWORD, "short", "too short")],
)
def test_a_refused_change_says_why(client, ada, old, new, message):
    sign_in(client)
    answer = client.post(CHANGE, {"oldpassword": old, "password1": new, "password2": new})
    assert message in answer.text
    assert User.objects.get().check_password(PASSWORD)


def test_an_account_without_a_password_asks_for_a_link(client):
    client.force_login(UserFactory())
    answer = client.get(CHANGE, follow=True)
    assert answer.redirect_chain == [(RESET, 302)]
    assert "no password yet" in answer.text


def link_in(letter):
    return re.search(r"http://testserver(/accounts/password/reset/key/\S+)", letter.body).group(1)


def test_a_forgotten_password_is_set_anew_by_a_link_that_works_once(client, ada):
    elsewhere = type(client)()
    sign_in(elsewhere)
    assert client.post(RESET, {"email": "ada@example.org"}).url == reverse("account_reset_password_done")
    [letter] = mail.outbox
    assert letter.to == ["ada@example.org"]
    form = client.get(link_in(letter), follow=True)
    here = form.redirect_chain[-1][0]
    assert "set-password" in here  # the key is in the session now, and in no address that a page could leak
    assert client.post(here, {"password1": OTHER, "password2": OTHER}).status_code == 302
    assert User.objects.get().check_password(OTHER)
    assert elsewhere.get("/reviews/").status_code == 302
    again = type(client)().get(link_in(letter), follow=True)
    assert "does not work any more" in again.text


def test_asking_for_a_link_tells_nobody_whether_there_is_an_account(client, ada):
    known = client.post(RESET, {"email": "ada@example.org"})
    unknown = client.post(RESET, {"email": "nobody@example.org"})
    assert (known.status_code, known.url) == (unknown.status_code, unknown.url)
    first, second = mail.outbox
    assert (first.to, second.to) == (["ada@example.org"], ["nobody@example.org"])
    assert "has no account here" in second.body


def test_a_closed_account_gets_no_link(client, ada, administrator):
    services.disable_account(user=ada, actor=administrator)
    client.post(RESET, {"email": "ada@example.org"})
    [letter] = mail.outbox
    assert "/accounts/password/reset/key/" not in letter.body


def test_asking_for_many_links_is_stopped(client, ada):
    statuses = [client.post(RESET, {"email": "ada@example.org"}).status_code for _ in range(6)]
    assert statuses[-1] == 429
    assert len(mail.outbox) == 5
