"""The doors of the demonstration exist in one place only: the embedded mode, when asked for, on this machine."""

import importlib
import os
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.urls import NoReverseMatch, clear_url_caches, reverse

import config.urls
from reviews.team import demo_doors, demo_urls
from reviews.team.demo_doors import PEOPLE
from reviews.team.rules import Role
from tests.factories import UserFactory

HERE = {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "localhost:8000"}
OWNER = "/demo/enter/owner/"


def load_addresses():
    importlib.reload(demo_urls)
    importlib.reload(config.urls)
    clear_url_caches()


@pytest.fixture
def demo(settings):
    settings.DEMO_DOORS = True
    settings.ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", "perennial.example.org"]
    load_addresses()
    yield
    settings.DEMO_DOORS = False
    load_addresses()


@pytest.fixture
def cast(db):
    return {person.key: UserFactory(email=person.email, name=person.name) for person in PEOPLE}


def test_the_cast_has_everybody_a_review_needs():
    assert {person.role for person in PEOPLE} == set(Role)
    assert [person.key for person in PEOPLE].count("second-extractor") == 1
    assert all(person.email.endswith("@demo.invalid") for person in PEOPLE)


@pytest.mark.parametrize("person", PEOPLE, ids=lambda person: person.key)
def test_one_click_steps_into_a_role(client, demo, cast, person):
    answer = client.post(reverse("demo-enter", args=[person.key]), **HERE)
    assert (answer.status_code, answer.url) == (302, "/reviews/")
    assert client.session["_auth_user_id"] == str(cast[person.key].pk)


def test_the_sign_in_page_shows_the_doors(client, demo, cast):
    answer = client.get(reverse("account_login"), **HERE)
    assert [door["role"] for door in answer.context["demo_doors"]] == [person.key for person in PEOPLE]
    assert "Ada Okafor" in answer.text


def test_a_door_with_nobody_behind_it_is_not_shown(client, demo, db):
    UserFactory(email=PEOPLE[0].email)
    answer = client.get(reverse("account_login"), **HERE)
    assert [door["role"] for door in answer.context["demo_doors"]] == ["owner"]
    assert client.post("/demo/enter/reader/", **HERE).status_code == 404


def test_from_one_role_into_another(client, demo, cast):
    client.post(OWNER, **HERE)
    first = client.session.session_key
    client.post("/demo/enter/reader/", **HERE)
    assert client.session["_auth_user_id"] == str(cast["reader"].pk)
    assert not client.session.exists(first)


def test_stepping_in_is_a_post_with_a_token_of_the_page(client, demo, cast):
    assert client.get(OWNER, **HERE).status_code == 405
    careful = type(client)(enforce_csrf_checks=True)
    assert careful.post(OWNER, **HERE).status_code == 403


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"REMOTE_ADDR": "192.0.2.7"},
        {"REMOTE_ADDR": "10.0.0.1"},
        {"REMOTE_ADDR": ""},
        {"REMOTE_ADDR": "unix:"},
        {"HTTP_HOST": "perennial.example.org"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_X_FORWARDED_HOST": "localhost"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
    ],
    ids=str,
)
def test_from_another_machine_or_through_a_proxy_there_is_no_door(client, demo, cast, elsewhere):
    asked = HERE | elsewhere
    assert client.post(OWNER, **asked).status_code == 404
    assert "_auth_user_id" not in client.session
    if asked["REMOTE_ADDR"]:
        assert client.get(reverse("account_login"), **asked).context["demo_doors"] == []


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.53", "::1"])
@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8000", "[::1]:8000"])
def test_every_spelling_of_this_machine_will_do(client, demo, cast, address, host):
    assert client.post(OWNER, REMOTE_ADDR=address, HTTP_HOST=host).status_code == 302


def test_a_closed_account_has_no_door(client, demo, cast):
    cast["owner"].is_active = False
    cast["owner"].save()
    assert client.post(OWNER, **HERE).status_code == 404


def test_an_ordinary_account_cannot_be_entered(client, demo, cast):
    UserFactory(email="sam@example.org")
    for key in ("sam", "sam@example.org", "ada.owner", "administrator", "-"):
        assert client.post(f"/demo/enter/{key}/", **HERE).status_code == 404


def test_without_the_demonstration_there_is_no_such_address(client, cast):
    assert django_settings.DEMO_DOORS is False
    with pytest.raises(NoReverseMatch):
        reverse("demo-enter", args=["owner"])
    assert client.post(OWNER, **HERE).status_code == 404
    assert "demo_doors" not in client.get(reverse("account_login"), **HERE).context


def test_even_a_leftover_address_opens_nothing_without_the_demonstration(client, demo, cast, settings):
    settings.DEMO_DOORS = False
    assert client.post(OWNER, **HERE).status_code == 404


LOOK = """
import django
django.setup()
from django.conf import settings
from django.urls import NoReverseMatch, reverse
try:
    print(settings.DEMO_DOORS, reverse("demo-enter", args=["owner"]))
except NoReverseMatch:
    print(settings.DEMO_DOORS, "none")
"""
PRODUCTION = {
    "PERENNIAL_MODE": "production",
    "SECRET_KEY": "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEF",
    "ALLOWED_HOSTS": "perennial.example.org",
    "DATABASE_URL": "postgres://perennial@127.0.0.1/perennial",
    "CELERY_BROKER_URL": "redis://127.0.0.1/0",
}


def start(tmp_path, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PERENNIAL_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-c", LOOK],
        env={**clean, "DJANGO_SETTINGS_MODULE": "config.settings", "PERENNIAL_DATA": str(tmp_path), **environment},
        cwd=django_settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"PERENNIAL_DEMO": "1"}, "True /demo/enter/owner/"),
        ({}, "False none"),
        (PRODUCTION, "False none"),
    ],
    ids=["demo", "embedded", "production"],
)
def test_the_address_exists_in_a_process_of_the_demonstration_and_in_no_other(tmp_path, environment, told):
    assert start(tmp_path, **environment).stdout.strip() == told


def test_production_does_not_start_with_the_demonstration(tmp_path):
    refused = start(tmp_path, **PRODUCTION, PERENNIAL_DEMO="1")
    assert refused.returncode != 0
    assert "the demo's doors exist in the embedded mode only" in refused.stderr


def test_an_address_that_is_none_is_not_this_machine():
    assert demo_doors._is_loopback("localhost") is False
