"""The pages of results: they show the last good numbers, say where the recompute stands, and change by themselves."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meta.analysis import queries, services
from meta.analysis.models import Analysis, Plan
from meta.analysis.views.results import PER_PAGE
from reviews.base.work.models import Owed
from reviews.base.work.rules import State
from tests.living import recomputed

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
KEY = "death-within-28-days"


@pytest.fixture
def page(living):
    def address(name, *arguments):
        return reverse(f"analysis:{name}", args=[living.review.slug, *arguments])

    return address


@pytest.fixture
def enter():
    def client(person):
        browser = Client()
        browser.force_login(person)
        return browser

    return client


@pytest.fixture
def planned(living):
    """One trial, one result."""
    living.add()
    planned = living.plan()
    recomputed(planned)
    return planned


def words(response):
    return response.content.decode()


def state(planned):
    return queries.result(planned).standing.state


# --- The list and the result ----------------------------------------------------------------------------------------


def test_the_list_shows_each_result_in_a_line(living, planned, page, enter, reader):
    shown = words(enter(reader).get(page("analyses")))
    assert "Death within 28 days" in shown
    assert "0.18" in shown
    assert page("analysis", KEY) in shown


def test_the_list_says_that_nothing_is_planned_yet(living, page, enter, reader):
    assert enter(reader).get(page("analyses")).status_code == 200


def test_a_result_is_shown_in_words_as_a_figure_and_as_a_table(living, planned, page, enter, reader):
    shown = words(enter(reader).get(page("analysis", KEY)))
    assert "0.18" in shown
    assert "Fewer people died with MSC than without it" in shown
    assert "<svg" in shown
    assert "Dilogo 2021" in shown
    assert "Up to date." in shown
    assert "M-H" in shown


def test_a_result_that_is_not_there_yet_has_a_page_all_the_same(living, page, enter, reader):
    living.plan()
    assert "Recomputing" in words(enter(reader).get(page("analysis", KEY)))


def test_an_analysis_of_another_review_is_not_found(living, planned, page, enter, reader):
    assert enter(reader).get(page("analysis", "no-such-analysis")).status_code == 404
    assert enter(reader).get(page("state", "no-such-analysis")).status_code == 404


def test_the_history_of_a_result_comes_in_pages(living, planned, page, enter, reader):
    newest = queries.latest_snapshot(planned)
    for number in range(2, PER_PAGE + 3):
        newest.pk, newest.number = None, number
        newest.save(force_insert=True)
    client = enter(reader)
    first = client.get(page("analysis", KEY)).context["snapshots"]
    assert (first[0]["number"], len(first)) == (PER_PAGE + 2, PER_PAGE)
    second = client.get(page("analysis", KEY), {"page": 2}).context["snapshots"]
    assert [one["number"] for one in second] == [2, 1]


def test_pages_cost_the_same_for_twenty_snapshots_and_analyses_as_for_one(living, planned, page, enter, reader):
    client = enter(reader)
    addresses = (page("analyses"), page("analysis", KEY), page("state", KEY))
    few = [statements(client, address) for address in addresses]
    newest = queries.latest_snapshot(planned)
    for number in range(2, 21):
        newest.pk, newest.number = None, number
        newest.save(force_insert=True)
    for number in range(4):
        recomputed(living.plan(f"Another {number}"))
    assert [statements(client, address) for address in addresses] == few
    assert all(number <= ceiling for number, ceiling in zip(few, (14, 18, 17), strict=True)), few


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    return len(found)


def test_the_figure_can_be_taken_along(living, planned, page, enter, reader):
    picture = enter(reader).get(page("picture", KEY))
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture["Content-Disposition"].endswith(f'filename="{living.review.slug}-{KEY}.svg"')
    for width in ("wide", "narrow"):
        figure = enter(reader).get(page("figure", KEY, width))
        assert {"data", "layout"} <= set(json.loads(figure.content))


def test_there_is_no_figure_before_there_is_a_result(living, page, enter, reader):
    living.plan()
    assert enter(reader).get(page("picture", KEY)).status_code == 404
    assert enter(reader).get(page("figure", KEY, "wide")).status_code == 404


# --- While it is recomputed -----------------------------------------------------------------------------------------


def test_while_it_is_recomputed_the_page_asks_again_and_shows_the_last_good_numbers(
    living, planned, page, enter, reader
):
    living.add("Lanzoni 2021", "2/12", "7/12")
    client = enter(reader)
    shown = words(client.get(page("analysis", KEY)))
    assert "Recomputing… the numbers below are the last good ones." in shown
    assert f"{page('state', KEY)}?shown=1" in shown
    assert "0.18" in shown
    part = words(client.get(page("state", KEY), {"shown": "1"}, headers=HTMX))
    assert part.lstrip().startswith("<div id=")
    assert "hx-trigger" in part
    assert "<svg" not in part


def test_while_nothing_changes_the_page_is_told_nothing(living, planned, page, enter, reader):
    living.add("Lanzoni 2021", "2/12", "7/12")
    client = enter(reader)
    said = client.get(page("analysis", KEY)).context["seen"]
    again = {"shown": "1", "seen": said}
    answer = client.get(page("state", KEY), again, headers=HTMX)
    assert (answer.status_code, answer.content) == (204, b"")
    with CaptureQueriesContext(connection) as found:
        client.get(page("state", KEY), again, headers=HTMX)
    assert len(found) <= 9
    row = Owed.objects.get()
    row.attempts, row.last_error = 1, "ArithmeticError: The engine stumbled."
    row.save()
    assert "The engine stumbled." in words(client.get(page("state", KEY), again, headers=HTMX))


def test_once_it_is_settled_the_numbers_come_along_and_nothing_asks_any_more(living, planned, page, enter, reader):
    living.add("Lanzoni 2021", "2/12", "7/12")
    recomputed(planned)
    answer = words(enter(reader).get(page("state", KEY), {"shown": "1"}, headers=HTMX))
    assert "Up to date." in answer
    assert "every 500ms" not in answer
    assert "hx-swap-oob" in answer
    assert "Lanzoni 2021" in answer


def test_what_is_shown_already_is_not_sent_again(living, planned, page, enter, reader):
    answer = words(enter(reader).get(page("state", KEY), {"shown": "1"}, headers=HTMX))
    assert "Up to date." in answer
    assert "<svg" not in answer


def test_a_failure_is_said_and_the_last_good_numbers_stay(living, planned, page, enter, reader):
    living.add("Lanzoni 2021", "2/12", "7/12")
    row = Owed.objects.get()
    row.parked_at, row.last_error = row.asked_at, "ArithmeticError: The engine stumbled."
    row.save()
    shown = words(enter(reader).get(page("analysis", KEY)))
    assert "The last recompute failed. The last good result stays below, and nothing was lost." in shown
    assert "The engine stumbled." in shown
    assert "0.18" in shown
    assert page("recompute", KEY) not in shown
    assert page("recompute", KEY) in words(enter(living.extractor).get(page("analysis", KEY)))


def test_a_recompute_can_be_asked_for_with_and_without_javascript(living, planned, page, enter):
    client = enter(living.extractor)
    response = client.post(page("recompute", KEY))
    assert (response.status_code, response["Location"]) == (302, page("analysis", KEY))
    assert state(planned) is State.WAITING
    recomputed(planned)
    part = client.post(page("recompute", KEY), {"shown": "1"}, headers=HTMX)
    assert part.status_code == 200
    assert "Recomputing" in words(part)
    assert "<html" not in words(part)


def test_a_reader_asks_for_no_recompute(living, planned, page, enter, reader):
    assert enter(reader).post(page("recompute", KEY)).status_code == 403
    assert state(planned) is State.SETTLED


# --- Plans ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def plan(living):
    return {
        "wanted": living.wanted.pk,
        "title": "Death within 28 days",
        "experimental": "MSC",
        "control": "control",
        "measure": "OR",
        "method": "MH",
        "model": "common",
    }


def test_an_owner_plans_an_analysis_of_what_the_protocol_asks_for(living, page, enter, plan):
    client = enter(living.owner)
    assert "Death from any cause" in words(client.get(page("new")))
    response = client.post(page("new"), plan)
    assert (response.status_code, response["Location"]) == (302, page("analysis", KEY))
    assert Analysis.objects.get().timepoint == living.timepoint


@pytest.mark.parametrize(
    ("said", "field", "says"),
    [
        ({"title": ""}, "title", "This field is required."),
        ({"title": "死亡"}, "title", "use letters or digits"),
        ({"title": "New"}, "title", "use letters or digits"),
        ({"wanted": "0"}, "wanted", "Select a valid choice."),
        ({"model": "magic"}, "model", "Select a valid choice."),
        ({"measure": "HR"}, "measure", "Select a valid choice."),
    ],
)
def test_a_plan_that_cannot_be_carried_out_comes_back(living, page, enter, plan, said, field, says):
    response = enter(living.owner).post(page("new"), plan | said)
    assert response.status_code == 422
    assert says in str(response.context["form"].errors[field])
    assert says in words(response)
    assert not Analysis.objects.exists()


def test_a_title_that_is_taken_is_said_beside_it(living, planned, page, enter, plan):
    response = enter(living.owner).post(page("new"), plan)
    assert response.status_code == 422
    assert "already" in str(response.context["form"].errors["title"])


def test_an_owner_amends_a_plan_with_a_reason(living, planned, page, enter):
    client = enter(living.owner)
    assert client.get(page("amend", KEY)).status_code == 200
    amended = {"measure": "OR", "method": "MH", "model": "random", "reason": "Trials differ."}
    response = client.post(page("amend", KEY), amended, follow=True)
    assert response.redirect_chain == [(page("analysis", KEY), 302)]
    assert "Trials differ." in words(response)
    assert Plan.objects.filter(is_current=True).get().number == 2


def test_an_amendment_without_a_reason_comes_back(living, planned, page, enter):
    sent = {"measure": "OR", "method": "MH", "model": "random", "reason": ""}
    response = enter(living.owner).post(page("amend", KEY), sent)
    assert response.status_code == 422
    assert "This field is required." in words(response)
    assert Plan.objects.count() == 1


def test_extractors_and_readers_do_not_plan(living, planned, page, enter, reader, plan):
    for person in (reader, living.extractor):
        client = enter(person)
        assert client.get(page("new")).status_code == 403
        assert client.post(page("new"), plan).status_code == 403
        assert client.post(page("amend", KEY), {}).status_code == 403
    assert Plan.objects.count() == 1


def test_strangers_find_nothing(living, planned, page, enter, outsider, administrator):
    for address in (page("analyses"), page("analysis", KEY), page("state", KEY), page("picture", KEY)):
        for person in (outsider, administrator):
            assert enter(person).get(address).status_code == 404
        assert Client().get(address)["Location"].startswith("/accounts/login/?next=")


def test_what_a_page_shows_is_what_was_computed(living, planned, page, enter, reader):
    described = queries.describe(queries.result(planned))
    assert described["engine"] == services.ENGINE
    assert described["text"] in words(enter(reader).get(page("analysis", KEY)))
