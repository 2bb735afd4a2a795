"""Readers see what was published: the same for everybody, at once, for ever, and nothing else."""

import gzip
import json

import pytest
from django.test import Client
from django.urls import reverse

from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.publication.middleware import MOST_PAGES, Kept, Shelf
from meta.releases import services as releasing
from meta.releases.models import Notice, Release
from meta.releases.rules import NoticeKind, Step
from reviews.extraction import services as extraction
from reviews.extraction.rules import Count, Method
from reviews.extraction.services import Provenance
from reviews.models import Arm, Study, User
from reviews.team.rules import Role
from tests.meta.publication.pages import KEY, SLUG, get, pages, text

pytestmark = pytest.mark.django_db

LATEST = f"/r/{SLUG}/"


def of(role):
    return User.objects.filter(memberships__role=role).order_by("pk").distinct()


@pytest.fixture
def owner(demo):
    return of(Role.OWNER).get()


@pytest.fixture
def extractors(demo):
    return list(of(Role.EXTRACTOR))


@pytest.fixture
def correct(demo, extractors):
    """Change a number of the newest evidence; confirmed by the other extractor where asked for."""
    first, second = extractors

    def make(events, *, confirmed):
        arm = Arm.objects.select_related("study").get(study__label="Bowdish 2023", role="control")
        planned = Analysis.objects.select_related("outcome", "timepoint").get(key="death-28-days")
        where = {"review": demo.review, "outcome": planned.outcome, "timepoint": planned.timepoint}
        extraction.enter_result(
            **where,
            actor=first,
            arm=arm,
            result=Count(events, 110),
            provenance=Provenance("A letter of the authors", Method.AUTHOR_CONTACT),
            reason="They counted again.",
        )
        if confirmed:
            extraction.confirm_result(**where, actor=second, study=arm.study)
            for one in Analysis.objects.filter(review=demo.review):
                analysis.recompute(analysis_id=one.pk)

    return make


# --- It works -------------------------------------------------------------------------------------------------------


def test_the_latest_version_says_its_result_in_words_and_numbers(demo):
    page = text(get(LATEST))
    assert "0.59" in page
    assert "Fewer people died with MSC than without it" in page
    assert "1.7.0" in page
    assert "not medical advice" in page
    assert "Zarrabi 2023" in page
    assert "<svg" in page


def test_each_version_shows_its_own_result(demo):
    for version, result in (("1.0.0", "0.18 (0.06 to 0.52)"), ("1.1.0", "0.21 (0.08 to 0.58)")):
        assert result in text(get(f"/r/{SLUG}/v/{version}/"))


def test_a_superseded_version_says_so_and_leads_to_the_latest(demo):
    old, new = text(get(f"/r/{SLUG}/v/1.0.0/")), text(get(f"/r/{SLUG}/v/1.7.0/"))
    assert "superseded" in old.lower() or "newer version" in old.lower()
    assert f'href="{LATEST}"' in old
    assert "newer version" not in new.lower()
    assert "superseded" not in new.lower()


def test_a_version_says_what_changed_since_the_one_before(demo):
    page = text(get(f"/r/{SLUG}/v/1.1.0/"))
    assert "Dilogo 2021" in page
    assert "17 → 16" in page
    assert "Adas 2021" in text(get(f"/r/{SLUG}/v/1.2.0/"))


def test_the_home_page_lists_what_was_published(demo):
    page = text(get("/"))
    assert "Do mesenchymal stromal cells save lives in COVID-19?" in page
    assert f'href="{LATEST}"' in page
    assert "not medical advice" in page


def test_the_home_page_works_before_anything_is_published(db):
    assert get("/").status_code == 200


def test_the_document_is_the_released_one_with_its_digest(demo):
    release = Release.objects.get(review__slug=SLUG, minor=7)
    assert json.loads(text(get(f"/r/{SLUG}/v/1.7.0/release.json"))) == release.document | {"digest": release.digest}


def test_the_picture_is_the_released_one(demo):
    response = get(f"/r/{SLUG}/v/1.7.0/{KEY}.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert text(response) == Release.objects.get(review__slug=SLUG, minor=7).document["outcomes"][0]["svg_file"]


@pytest.mark.parametrize("width", ["wide", "narrow"])
def test_the_figure_is_what_plotly_draws(demo, width):
    figure = json.loads(text(get(f"/r/{SLUG}/v/1.7.0/{KEY}/{width}.json")))
    assert {"data", "layout"} <= set(figure)


@pytest.mark.parametrize(
    "path",
    [
        "/r/no-such-review/",
        f"/r/{SLUG}/v/9.9.9/",
        f"/r/{SLUG}/v/1.7/",
        f"/r/{SLUG}/v/01.7.0/",
        f"/r/{SLUG}/v/latest/",
        f"/r/{SLUG}/v/9.9.9/release.json",
        f"/r/{SLUG}/v/1.7.0/no-such-outcome.svg",
        f"/r/{SLUG}/v/1.7.0/no-such-outcome/wide.json",
        f"/r/{SLUG}/v/1.7.0/{KEY}/huge.json",
        f"/r/{SLUG}/v/1.7.0/everything.csv",
        f"/r/{SLUG}/v/1.0.0/studies/adas-2021/",
        f"/r/{SLUG}/v/1.7.0/studies/no-such-study/",
        "/r/no-such-review/history/",
    ],
)
def test_what_was_not_published_is_not_found(demo, path):
    response = get(path)
    assert response.status_code == 404
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_public_pages_are_for_reading(demo, method):
    for path in pages():
        assert getattr(Client(), method)(path).status_code == 405


# --- The same for everybody -----------------------------------------------------------------------------------------


def test_a_reader_who_is_signed_in_gets_the_same_bytes(demo, owner):
    """Whoever comes first: what is kept for the next reader holds nothing of theirs."""
    for path in pages():
        signed_in = Client()
        signed_in.force_login(owner)
        first = signed_in.get(path)
        assert first.content == signed_in.get(path).content == get(path).content
        assert owner.email not in text(first)


def test_nobody_gets_a_cookie(demo, owner):
    signed_in = Client()
    signed_in.force_login(owner)
    for path in pages():
        for response in (get(path), signed_in.get(path)):
            assert not response.cookies
            assert "Set-Cookie" not in response


def test_a_message_for_somebody_is_not_shown_to_everybody(demo, owner):
    signed_in = Client()
    signed_in.force_login(owner)
    path = reverse("publication:notice", args=[SLUG])
    signed_in.post(path, {"kind": "searched", "text": "Searched on 1 May 2023."})
    assert "stands on every public page" not in text(signed_in.get(LATEST))


def test_what_caches_are_told(demo):
    for path in pages():
        response = get(path)
        if path.endswith("/"):  # a page, which says whether its version was superseded or withdrawn
            assert response["Cache-Control"] == "public, max-age=0, must-revalidate", path
        else:
            assert response["Cache-Control"] == "public, max-age=31536000, immutable", path
        assert response["Vary"] == "Accept-Encoding"
        assert response["ETag"]


def test_a_page_that_a_reader_has_is_not_sent_again(demo):
    client = Client()
    for path in pages():
        etag = get(path, client)["ETag"]
        again = get(path, client, if_none_match=etag)
        assert (again.status_code, again.content) == (304, b"")
        assert again["ETag"] == etag
        assert again["Cache-Control"] == get(path, client)["Cache-Control"]
        assert get(path, client, if_none_match='"another"').status_code == 200
        assert get(path, if_none_match=etag).status_code == 304  # and so from another process


def test_a_page_travels_compressed_where_the_reader_can_read_that(demo):
    for path in pages():
        plain, small = get(path), get(path, accept_encoding="gzip, br")
        assert small["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.content) == plain.content
        assert len(small.content) < len(plain.content)
        assert small["ETag"] == plain["ETag"]


def test_a_head_has_no_body(demo):
    for path in pages():
        response = Client().head(path)
        assert (response.status_code, response.content) == (200, b"")


def test_every_public_answer_carries_the_policy_of_what_may_run(demo):
    client = Client()
    for path in pages():
        etag = get(path, client)["ETag"]
        for response in (get(path), get(path, client), get(path, client, if_none_match=etag)):
            policy = response["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe-inline" not in policy
            assert response["X-Content-Type-Options"] == "nosniff"
            assert response["X-Frame-Options"] == "DENY"
            assert response["Referrer-Policy"] == "same-origin"


def test_a_page_calls_itself_by_the_name_that_it_was_asked_for_under(demo, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    client = Client()
    for host in ("one.example", "two.example"):
        page = text(client.get(f"/r/{SLUG}/v/1.7.0/", headers={"host": host}))
        assert f"http://{host}/r/{SLUG}/v/1.7.0/" in page
    assert client.get(LATEST, headers={"host": "three.example"}).status_code == 400


# --- At once, and nothing else --------------------------------------------------------------------------------------


def test_nothing_that_was_not_released_changes_a_public_byte(demo, correct):
    client = Client()
    before = {path: get(path, client).content for path in pages()}
    for events, confirmed in ((96, False), (95, True)):
        correct(events, confirmed=confirmed)
        Study.objects.filter(label="Bowdish 2023").update(label=f"Renamed {events}")
        demo.review.title = f"Renamed {events}"
        demo.review.save()
        for path, body in before.items():
            assert get(path, client).content == body, path  # the same process
            assert get(path).content == body, path  # one that has just started
        Study.objects.filter(label=f"Renamed {events}").update(label="Bowdish 2023")


def test_a_new_version_is_there_at_once(demo, correct, owner):
    client = Client()
    old = get(LATEST, client)
    assert "1.8.0" not in text(old)
    correct(60, confirmed=True)
    releasing.make_release(review=demo.review, actor=owner, step=Step.MINOR, note="Bowdish counted again.")
    new = get(LATEST, client)
    assert "1.8.0" in text(new)
    assert "Bowdish counted again." in text(new)
    assert new["ETag"] != old["ETag"]
    assert get(LATEST, client, if_none_match=old["ETag"]).status_code == 200
    assert "1.8.0" in text(get("/", client))


def test_what_never_changes_does_not_change_with_a_new_version(demo, correct, owner):
    client = Client()
    frozen = [path for path in pages() if get(path)["Cache-Control"].endswith("immutable")]
    before = [get(path, client).content for path in frozen]
    correct(60, confirmed=True)
    releasing.make_release(review=demo.review, actor=owner, step=Step.MINOR, note="Bowdish counted again.")
    assert [get(path, client).content for path in frozen] == before


def test_a_notice_is_there_at_once_on_every_version(demo, owner):
    client = Client()
    paths = (LATEST, f"/r/{SLUG}/v/1.0.0/")
    for path in paths:
        assert "Searched on 1 May 2023." not in text(get(path, client))
    releasing.give_notice(review=demo.review, actor=owner, kind=NoticeKind.SEARCHED, text="Searched on 1 May 2023.")
    for path in paths:
        assert "Searched on 1 May 2023." in text(get(path, client))


def test_a_notice_that_is_committed_after_a_later_one_is_there_too(demo, owner):
    """Two people publish at the same time: ids are given in one order and become visible in the other."""
    client = Client()
    for number, words in ((2000, "Given second, committed first."), (1999, "Given first, committed second.")):
        Notice.objects.create(pk=number, review=demo.review, kind=NoticeKind.SEARCHED, text=words, given_by=owner)
        assert words in text(get(LATEST, client))


def test_a_notice_of_one_version_stands_on_that_version_only(demo, owner):
    first = Release.objects.get(review__slug=SLUG, minor=0)
    releasing.give_notice(
        review=demo.review,
        actor=owner,
        kind=NoticeKind.CORRECTION,
        text="One number was wrong here.",
        release=first,
    )
    assert "One number was wrong here." in text(get(f"/r/{SLUG}/v/1.0.0/"))
    assert "One number was wrong here." not in text(get(LATEST))


def test_what_people_type_is_shown_and_never_run(demo, owner):
    releasing.give_notice(
        review=demo.review, actor=owner, kind=NoticeKind.PENDING, text="<script>alert(1)</script> pending"
    )
    page = text(get(LATEST))
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


# --- How much it takes ----------------------------------------------------------------------------------------------


def test_a_public_page_takes_few_statements_and_a_kept_one_a_single_small_one(demo, django_assert_num_queries):
    client = Client()
    pages_of_a_version = {"/": 3, f"/r/{SLUG}/history/": 5}
    for path in pages():
        ceiling = pages_of_a_version.get(path, 4 if path.endswith("/") else 2)
        with django_assert_num_queries(ceiling):
            get(path, client)
        with django_assert_num_queries(1):
            get(path, client)


def test_a_page_without_its_pictures_is_small(demo):
    """Issue 2: at most 80 kB of HTML, CSS and SVG, compressed; CSS has some 20 of them."""
    assert len(get(LATEST, accept_encoding="gzip").content) < 60_000


def kept(stamp=(1, 1)):
    return Kept(stamp=stamp, etag='W/"x"', headers=(), body=b"", compressed=b"")


def test_a_shelf_keeps_the_pages_that_were_read_last():
    shelf = Shelf()
    for number in range(MOST_PAGES):
        shelf.put(f"/r/{number}/", kept())
    assert shelf.take("/r/0/", (1, 1)) is not None
    shelf.put("/r/one-more/", kept())
    assert shelf.take("/r/0/", (1, 1)) is not None
    assert shelf.take("/r/1/", (1, 1)) is None


def test_a_shelf_gives_nothing_that_is_older_than_what_was_published_last():
    shelf = Shelf()
    shelf.put("/r/a/", kept(stamp=(1, 0)))
    assert shelf.take("/r/a/", (1, 0)) is not None
    assert shelf.take("/r/a/", (2, 0)) is None
    assert shelf.take("/r/a/", (1, 1)) is None
