"""The guide is served by the app itself: every page that is named is there, and the same for everybody."""

import pytest
from django.test import Client
from django.urls import reverse

from config import help_pages

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", help_pages.CONTENTS)
def test_every_page_of_the_guide_is_there(name):
    response = Client().get(reverse("help:page", args=[name]))
    assert response.status_code == 200
    assert help_pages.guide(name).title.encode() in response.content.replace(b"&#x27;", b"'").replace(b"&amp;", b"&")
    assert response["Cache-Control"] == "public, max-age=300"
    assert not response.cookies


def test_the_guide_begins_with_its_first_page():
    assert Client().get("/help/").content == Client().get(f"/help/{help_pages.CONTENTS[0]}/").content


@pytest.mark.parametrize("name", ["no-such-page", "settings", "README"])
def test_only_pages_of_the_guide_are_served(name):
    assert Client().get(f"/help/{name}/").status_code == 404


def test_nothing_in_the_guide_runs():
    for name in help_pages.CONTENTS:
        assert "<script" not in help_pages.guide(name).html
