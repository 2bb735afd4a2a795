"""The page of numbers: each opens its records, on any day."""

import pytest
from django.urls import reverse

from tests.searched import ris, searched


@pytest.fixture
def numbers(review):
    return reverse("reviews:flow:identification", args=[review.slug])


def test_every_number_opens_as_many_records(client, owner, review, numbers):
    searched(review, owner, ris("One") + ris("Two"))
    searched(review, owner, ris("Three"), source="Embase", update=1)
    client.force_login(owner)
    response = client.get(numbers)
    assert b"3 identified" in response.content
    for row in response.context["rows"]:
        for cell in [*row["cells"], row["whole"]]:
            assert client.get(cell["url"]).context["page_obj"].paginator.count == cell["records"]
    for line in [*response.context["whole"]["removed"], *response.context["whole"]["kinds"]]:
        assert client.get(line["url"]).context["page_obj"].paginator.count == line["records"]


def test_a_day_before_everything_has_nothing(client, owner, review, numbers):
    searched(review, owner)
    client.force_login(owner)
    response = client.get(numbers, {"on": "2001-01-01"})
    assert response.context["whole"]["numbers"].identified == 0
    assert b"No record was there yet" in response.content


@pytest.mark.parametrize("on", ["soon", "2999-01-01", ""])
def test_a_day_that_is_none_is_today(client, owner, review, numbers, on):
    searched(review, owner)
    client.force_login(owner)
    assert client.get(numbers, {"on": on}).context["whole"]["numbers"].identified == 2


def test_what_cannot_be_asked_shows_all(client, owner, review):
    searched(review, owner)
    client.force_login(owner)
    response = client.get(reverse("reviews:flow:behind", args=[review.slug]), {"box": "x", "update": "y"})
    assert response.context["page_obj"].paginator.count == 2


def test_the_api_tells_the_same_numbers(client, reader, owner, review):
    searched(review, owner)
    client.force_login(reader)
    answer = client.get(f"/api/v1/reviews/{review.slug}/identification/").json()
    assert answer["whole"] == {
        "identified": 2,
        "sources": [{"source": "PubMed", "kind": "database", "records": 2}],
        "duplicates": 0,
        "automation": 0,
        "other": 0,
        "screened": 2,
    }
    past = client.get(f"/api/v1/reviews/{review.slug}/identification/", {"on": "2001-01-01"}).json()
    assert past["whole"]["identified"] == 0
    assert client.get(f"/api/v1/reviews/{review.slug}/identification/", {"on": "soon"}).status_code == 422
