"""What is answered at the door is what Django answers, no later and to nobody else."""

import gzip

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import OperationalError, close_old_connections
from django.test import RequestFactory

from meta.publication import door as doors
from meta.publication.door import door
from meta.releases import services as releasing
from meta.releases.models import Release
from meta.releases.rules import NoticeKind
from reviews.models import User
from reviews.team.rules import Role
from tests.meta.publication.pages import SLUG

pytestmark = pytest.mark.django_db

LATEST = f"/r/{SLUG}/"


class Reader:
    """Comes to the door, and knows how often Django had to be asked."""

    def __init__(self):
        self.asked = 0
        django = WSGIHandler()

        def application(environ, start_response):
            self.asked += 1
            return django(environ, start_response)

        self.door = door(application)

    def get(self, path=LATEST, method="GET", **headers):
        environ = RequestFactory(headers={"host": "localhost"} | headers).generic(method, path).environ
        told = {}

        def start_response(status, sent, exc_info=None):
            told.update(status=int(status[:3]), headers=dict(sent))

        response = self.door(environ, start_response)
        body = b"".join(response)
        if hasattr(response, "close"):
            response.close()
        told["headers"].pop("X-Request-ID", None)
        return told["status"], told["headers"], body


@pytest.fixture(autouse=True)
def connection_of_the_test():
    """Django's own handler ends old connections with each request, and would end the test's with its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def reader(demo):
    return Reader()


@pytest.mark.parametrize("headers", [{}, {"accept_encoding": "gzip"}])
def test_the_second_reader_is_told_the_same_without_django(reader, headers):
    first = reader.get(**headers)
    assert reader.get(**headers) == first
    assert reader.asked == 1
    assert first[0] == 200
    assert first[1]["Content-Length"] == str(len(first[2]))
    assert "Content-Security-Policy" in first[1]


def test_each_reader_gets_the_encoding_that_it_understands(reader):
    _status, headers, body = reader.get()
    assert "Content-Encoding" not in headers
    for _ in range(2):
        _status, headers, compressed = reader.get(accept_encoding="gzip")
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(compressed) == body


def test_what_the_reader_has_already_is_not_sent_again(reader):
    _status, headers, _body = reader.get()
    status, again, body = reader.get(if_none_match=headers["ETag"])
    assert (status, body, reader.asked) == (304, b"", 1)
    assert again["ETag"] == headers["ETag"]
    assert "Content-Type" not in again
    assert reader.get(if_none_match='W/"of another day"')[0] == 200


def test_a_notice_is_seen_at_once(reader):
    before = reader.get()
    release = Release.objects.filter(review__slug=SLUG).order_by("pk").last()
    owner = User.objects.filter(memberships__role=Role.OWNER).first()
    releasing.give_notice(
        review=release.review,
        release=release,
        actor=owner,
        kind=NoticeKind.WITHDRAWN,
        text="A trial was retracted.",
    )
    after = reader.get()
    assert b"A trial was retracted." in after[2]
    assert after[1]["ETag"] != before[1]["ETag"]


def test_only_published_pages_are_answered_at_the_door(reader):
    for path in ("/accounts/login/", "/r/no-such-review/", "/reviews/"):
        statuses = {reader.get(path)[0] for _ in range(2)}
        assert statuses <= {200, 302, 404}
    assert reader.asked == 6
    reader.get()
    reader.get(method="HEAD")
    assert reader.asked == 8


def test_a_host_that_is_not_ours_is_refused(reader):
    reader.get()
    assert reader.get(host="evil.example")[0] == 400


def test_without_a_database_django_is_asked(reader, monkeypatch):
    reader.get()

    def fail():
        raise OperationalError("The server closed the connection.")

    monkeypatch.setattr(doors, "published", fail)
    assert reader.get()[0] == 200
    assert reader.asked == 2
