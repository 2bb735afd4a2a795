"""Every answer has an id, and none is stored anywhere unless its view said so."""

import re

import pytest
from django.http import HttpResponse
from django.test import Client, RequestFactory

from config.middleware import private_unless_said, request_id
from reviews.base.audit.context import request_id as current


def through(middleware, answer, **headers):
    return middleware(answer)(RequestFactory().get("/", headers=headers))


def test_a_request_gets_an_id_that_the_audit_trail_can_name():
    seen = []

    def view(request):
        seen.append(current.get())
        return HttpResponse()

    response = through(request_id, view)
    assert response["X-Request-ID"] == seen[0]
    assert re.fullmatch(r"[0-9a-f]{32}", seen[0])
    assert current.get() == ""


def test_the_id_that_a_proxy_gave_is_kept():
    assert (
        through(request_id, lambda request: HttpResponse(), x_request_id="proxy-12345678")["X-Request-ID"]
        == "proxy-12345678"
    )


@pytest.mark.parametrize("given", ["short", "x" * 65, "with space 123", "<script>alert</script>", "a\tb1234567"])
def test_an_id_that_could_harm_a_log_is_not_kept(given):
    assert through(request_id, lambda request: HttpResponse(), x_request_id=given)["X-Request-ID"] != given


def test_the_id_is_forgotten_when_the_view_fails():
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        through(request_id, view)
    assert current.get() == ""


def test_an_answer_is_private_unless_its_view_said_otherwise():
    assert through(private_unless_said, lambda request: HttpResponse())["Cache-Control"] == "private, no-store"
    said = through(private_unless_said, lambda request: HttpResponse(headers={"Cache-Control": "public"}))
    assert said["Cache-Control"] == "public"
    assert said["Permissions-Policy"].startswith("camera=()")
    assert said["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/accounts/login/", "/reviews/", "/no-such-page/"])
def test_pages_outside_the_public_ones_are_private(path):
    assert "no-store" in Client().get(path)["Cache-Control"]


@pytest.mark.django_db
def test_a_request_that_names_another_host_is_refused_with_a_page():
    response = Client().get("/", headers={"host": "elsewhere.example"})
    assert response.status_code == 400
    assert b"<html" in response.content
