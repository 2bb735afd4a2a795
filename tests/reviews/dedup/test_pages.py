"""The queue of duplicates, as pages. Every record here is invented."""

import pytest
from django.urls import reverse

from reviews.dedup import queries, services
from reviews.library.models import Record
from reviews.team.rules import Role
from tests.factories import ReviewFactory, UserFactory, member
from tests.searched import ris, searched

pytestmark = pytest.mark.django_db
TITLE = "Invented trial of evening walks for restless legs in sailors"


@pytest.fixture
def review():
    return ReviewFactory()


@pytest.fixture
def ana(review):
    return member(review, Role.REVIEWER, name="Ana Reyes")


@pytest.fixture
def pair(review, ana):
    for number, source in enumerate(("PubMed", "Embase")):
        more = f"JO  - Journal of Imaginary Medicine\nVL  - 12\nSP  - 144\nEP  - 150\nDO  - 10.5555/walks.{number}\n"
        services.compare(import_id=searched(review, ana, ris(TITLE, more=more), source=source).pk)
    (found,) = queries.waiting(review)
    return found


def page(review):
    return reverse("reviews:dedup:queue", args=[review.slug])


def answer(client, review, pair, **said):
    return client.post(reverse("reviews:dedup:answer", args=[review.slug, pair.pk]), said)


def test_the_pair_is_shown_with_its_reasons_and_differences(client, review, ana, pair):
    client.force_login(ana)
    shown = client.get(page(review)).content.decode()
    assert "same title" in shown
    assert shown.count("data-differs") == 1  # the DOI; two sources are no difference
    assert "10.5555/walks.1" in shown


def test_capitals_and_signs_between_words_are_no_difference(client, review, ana, pair):
    Record.objects.filter(pk=pair.right_id).update(title=f"{TITLE.upper()}.", year=1999)
    client.force_login(ana)
    rows = {row.label: row.differs for row in client.get(page(review)).context["rows"]}
    assert (rows["Title"], rows["Year"]) == (False, True)


def test_an_empty_queue_says_so(client, review, ana):
    client.force_login(ana)
    assert b"No pair waits" in client.get(page(review)).content


def test_duplicate_merges_and_undo_brings_the_pair_back(client, review, ana, pair):
    client.force_login(ana)
    assert answer(client, review, pair, answer="duplicate").status_code == 302
    assert Record.objects.get(pk=pair.right_id).duplicate_of_id == pair.left_id
    client.post(reverse("reviews:dedup:undo", args=[review.slug]))
    assert Record.objects.get(pk=pair.right_id).duplicate_of_id is None
    assert queries.waiting(review).count() == 1
    assert (
        b"no answer to take back" in client.post(reverse("reviews:dedup:undo", args=[review.slug]), follow=True).content
    )


def test_related_without_a_relation_is_returned_with_its_error(client, review, ana, pair):
    client.force_login(ana)
    refused = answer(client, review, pair, answer="related")
    assert refused.status_code == 422
    assert b"Say how the two belong together" in refused.content


def test_related_names_which_is_the_what_of_the_other(client, review, ana, pair):
    client.force_login(ana)
    answer(client, review, pair, answer="related", relation="erratum_of", subject="right")
    (link,) = queries.links(pair.left)
    assert link.subject_id == pair.right_id


def test_a_pair_that_was_answered_meanwhile_is_refused_in_words(client, review, ana, pair):
    client.force_login(ana)
    answer(client, review, pair, answer="neither")
    assert b"Undo that answer first" in answer(client, review, pair, answer="duplicate").content


def test_a_copy_is_split_off_from_its_page(client, review, ana, pair):
    client.force_login(ana)
    answer(client, review, pair, answer="duplicate")
    where = reverse("reviews:dedup:split", args=[review.slug, pair.right_id])
    assert b"stands for itself again" in client.post(where, follow=True).content
    assert b"merged with no other" in client.post(where, follow=True).content


def test_an_undo_leaves_a_colleagues_answer(client, review, ana, pair):
    client.force_login(ana)
    answer(client, review, pair, answer="duplicate")
    client.force_login(member(review, Role.REVIEWER, name="Ben Ito"))
    client.post(reverse("reviews:dedup:undo", args=[review.slug]))
    assert Record.objects.get(pk=pair.right_id).duplicate_of_id == pair.left_id


def test_a_stranger_finds_nothing_and_a_reader_reads_only(client, review, pair):
    client.force_login(UserFactory())
    assert client.get(page(review)).status_code == 404
    assert answer(client, review, pair, answer="neither").status_code == 404
    client.force_login(member(review, Role.READER))
    assert b"data-key" not in client.get(page(review)).content
    assert answer(client, review, pair, answer="neither").status_code == 403


def test_a_program_reads_the_queue_answers_and_takes_back(client, review, ana, pair):
    client.force_login(ana)
    here = f"/api/v1/reviews/{review.slug}/duplicates/"
    [waits] = client.get(here).json()["results"]
    assert (waits["left"], waits["right"], waits["differs"]) == (pair.left_id, pair.right_id, ["doi"])
    refused = client.post(f"{here}{pair.pk}/answer/", {"answer": "related"}, content_type="application/json")
    assert refused.status_code in (400, 422)
    said = client.post(f"{here}{pair.pk}/answer/", {"answer": "duplicate"}, content_type="application/json")
    assert said.status_code == 201
    assert Record.objects.get(pk=pair.right_id).duplicate_of_id == pair.left_id
    back = client.post(f"{here}answers/{said.json()['id']}/undo/", content_type="application/json")
    assert back.json()["undoes"] == said.json()["id"]
    assert len(client.get(here).json()["results"]) == 1


def test_the_queue_takes_few_statements(client, review, ana, pair, django_assert_max_num_queries):
    client.force_login(ana)
    with django_assert_max_num_queries(20):
        client.get(page(review))
