"""Looking harder at a result: asked for when it is opened, a page of its own otherwise, and for programs as JSON."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meta.analysis.models import Snapshot
from tests.living import recomputed
from tests.programs import program_of

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}
TRIALS = [("Dilogo 2021", "10/20", "17/20"), ("Lanzoni 2021", "2/12", "7/12"), ("Shu 2020", "1/12", "3/29")]


@pytest.fixture
def planned(living):
    planned = living.plan()
    for label, experimental, control in TRIALS:
        living.add(label, experimental, control)
    recomputed(planned)
    return planned


@pytest.fixture
def address(living):
    return reverse("analysis:doubt", args=[living.review.slug, "death-within-28-days"])


@pytest.fixture
def member(reader):
    client = Client()
    client.force_login(reader)
    return client


def words(response):
    return response.content.decode()


def test_the_page_of_a_result_asks_for_the_plots_only_when_they_are_opened(living, planned, address, member):
    shown = words(member.get(reverse("analysis:analysis", args=[living.review.slug, planned.key])))
    assert f'hx-get="{address}"' in shown
    assert f'href="{address}"' in shown
    assert 'class="scatter-plot"' not in shown


def test_what_may_be_shown_is_drawn_told_and_tabled_and_the_rest_says_why(planned, address, member):
    part = words(member.get(address, headers=HTMX))
    assert "<html" not in part
    for key in ("baujat", "radial", "labbe", "gosh", "sequential"):
        assert f'data-plot="{key}"' in part
    assert part.count('data-scatter="{&quot;data&quot;:[') == part.count("<figure") == 5
    assert "<script" not in part
    assert 'data-plot="funnel"' not in part
    assert "Too few studies to test for asymmetry: 3, and at least 10 are needed." in part
    assert "adds most to the differences between trials" in part
    assert "Secondary: whether repeated looks were allowed for" in part


def test_without_javascript_it_is_a_page(planned, address, member):
    shown = words(member.get(address))
    assert "<html" in shown
    assert 'data-plot="baujat"' in shown


def test_before_the_first_result_there_is_nothing_to_look_at(living, address, member, reader):
    planned = living.plan()
    assert "There is no result yet." in words(member.get(address))
    answer = program_of(reader).get(f"/api/v1/reviews/{living.review.slug}/analyses/{planned.key}/doubt/")
    assert answer.json() == {"plots": [], "held_back": []}


def test_the_difference_that_matters_is_read_from_the_protocol(living, planned, address, member):
    living.wanted.important_difference = 50
    living.wanted.save()
    assert "what matters by the protocol" in words(member.get(address))


def test_strangers_and_other_analyses_are_not_found(living, planned, address, member, outsider):
    outside = Client()
    outside.force_login(outsider)
    assert outside.get(address).status_code == 404
    assert member.get(reverse("analysis:doubt", args=[living.review.slug, "no-such-analysis"])).status_code == 404


def test_looking_stores_nothing_and_costs_the_same_however_many_trials_there_are(living, planned, address, member):
    few = statements(member, address)
    for at in range(8):
        living.add(f"Another {at}", f"{at + 2}/40", f"{at + 5}/41", year=2010 + at)
    recomputed(planned)
    before = Snapshot.objects.count()
    assert statements(member, address) == few
    assert few <= 14
    assert Snapshot.objects.count() == before
    assert 'data-plot="funnel"' in words(member.get(address)) or "similar size" in words(member.get(address))


def statements(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        client.get(address)
    assert not [query for query in found.captured_queries if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    return len(found)


def test_programs_get_the_figures_the_tables_and_the_reasons(living, planned, reader):
    answer = program_of(reader).get(f"/api/v1/reviews/{living.review.slug}/analyses/{planned.key}/doubt/")
    assert answer.status_code == 200
    shown = answer.json()
    assert [one["key"] for one in shown["plots"]] == ["baujat", "radial", "labbe", "gosh", "sequential"]
    assert [one["key"] for one in shown["held_back"]] == ["funnel", "bubble"]
    for one in shown["plots"]:
        assert {"data", "layout"} <= set(one["figure"])
        assert one["sentence"]
        assert all(len(row) == len(one["head"]) for row in one["rows"])
