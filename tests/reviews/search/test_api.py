"""Searches, imports and records for programs."""

import pytest

from reviews.library.models import Record
from reviews.search import services
from reviews.search.models import Import, Search
from tests.searched import A_ROW_OF_NOTHING, brought, ris, searched, upload


@pytest.fixture
def here(review):
    return f"/api/v1/reviews/{review.slug}/"


def send(client, address, body=None, **headers):
    return client.post(address, body or {}, content_type="application/json", headers=headers)


def test_a_program_brings_a_search_from_beginning_to_end(client, owner, here):
    client.force_login(owner)
    made = send(client, f"{here}searches/", {"source": "PubMed", "ran_on": "2024-01-08", "query": " a\nb "})
    assert made.status_code == 201
    search = made.json()
    assert (search["query"], search["ran_by"], search["update"]) == (" a\nb ", "Ada Okafor", 0)
    came = client.post(f"{here}searches/{search['id']}/files/", {"file": upload(A_ROW_OF_NOTHING, "table.csv")}).json()
    [file] = came["new"]
    assert file["state"] == "preview"
    assert send(client, f"{here}imports/{file['id']}/start/", {"encoding": "utf-8"}).json()["state"] == "reading"
    services.read_import(import_id=file["id"])
    done = client.get(f"{here}imports/{file['id']}/").json()
    assert (done["state"], done["starts"], done["imported"], done["rejected"]) == ("done", 3, 2, 1)
    [rejection] = client.get(f"{here}imports/{file['id']}/rejections/").json()["results"]
    assert rejection["position"] == 2
    again = client.post(f"{here}searches/{search['id']}/files/", {"file": upload(A_ROW_OF_NOTHING, "table.csv")}).json()
    assert (again["new"], [each["id"] for each in again["same"]]) == ([], [file["id"]])
    assert client.get(f"{here}searches/{search['id']}/").json()["received"] == 2
    assert send(client, f"{here}imports/{file['id']}/undo/").json()["state"] == "undone"
    assert client.get(f"{here}imports/", {"state": "undone"}).json()["results"][0]["id"] == file["id"]


def test_a_search_sent_twice_with_one_key_is_written_once(client, owner, here):
    client.force_login(owner)
    said = {"source": "PubMed", "ran_on": "2024-01-08"}
    first, second = (send(client, f"{here}searches/", said, **{"Idempotency-Key": "search-0001"}) for _ in range(2))
    assert first.json() == second.json()
    assert Search.objects.count() == 1


def test_records_are_found_read_and_corrected(client, owner, review, here):
    searched(review, owner, ris("Cells for lungs") + ris("Cells for hearts", year=2019))
    client.force_login(owner)
    [hit] = client.get(f"{here}records/", {"words": "lungs", "first_year": 2020}).json()["results"]
    assert (hit["title"], hit["authors"], hit["duplicate_of"]) == ("Cells for lungs", ["Lind, F."], None)
    said = {"changes": {"title": "Cells for mice"}, "reason": "A slip."}
    whole = send(client, f"{here}records/{hit['id']}/corrections/", said).json()
    assert whole["title"] == "Cells for mice"
    assert whole["corrections"][0]["before"] == "Cells for lungs"
    assert "TI  - Cells for lungs" in whole["raw"]
    assert client.get(f"{here}records/{hit['id']}/").json() == whole
    refused = send(client, f"{here}records/{hit['id']}/corrections/", {"changes": {"raw": "x"}, "reason": "y"})
    assert refused.status_code == 422
    assert client.get(f"{here}records/999999/").status_code == 404


def test_records_are_paged_by_a_cursor(client, reader, owner, review, here):
    searched(review, owner, "".join(ris(f"Title {n}") for n in range(5)))
    client.force_login(reader)
    first = client.get(f"{here}records/", {"limit": 2}).json()
    second = client.get(first["next"]).json()
    assert [each["title"] for each in first["results"] + second["results"]] == [
        "Title 4",
        "Title 3",
        "Title 2",
        "Title 1",
    ]


def test_a_preview_is_put_away_and_a_read_file_is_not(client, owner, review, here):
    done = searched(review, owner)
    waiting = brought(done.search, owner, ris("Else"))
    client.force_login(owner)
    assert client.delete(f"{here}imports/{waiting.pk}/").status_code == 204
    assert client.delete(f"{here}imports/{done.pk}/").status_code == 409
    assert Import.objects.get() == done


def test_an_import_that_was_judged_is_retired_with_a_reason(client, owner, extractor, review, here):
    from reviews.library import services as library
    from reviews.library.services import NewReport

    done = searched(review, owner)
    study = library.add_study(review=review, actor=extractor, label="Lind 2021", reports=[NewReport("Lind 2021")])
    Record.objects.filter(brought_in=done, position=1).update(report=study.reports.get())
    client.force_login(owner)
    assert send(client, f"{here}imports/{done.pk}/undo/").status_code == 409
    assert send(client, f"{here}imports/{done.pk}/retire/", {"reason": "Wrong base."}).json()["state"] == "retired"
