import csv
import io

import pytest

from meta.releases import services as releasing
from meta.releases.rules import NoticeKind
from tests.living import recomputed
from tests.programs import program_of

pytestmark = pytest.mark.django_db

PUBLISHED = "/api/v1/published/"


@pytest.fixture
def planned(living):
    found = living.plan()
    living.add("Dilogo 2021", "10/20", "17/20")
    recomputed(found)
    return found


@pytest.fixture
def released(living, planned):
    return living.release("The first version.")


def of(review, address=""):
    return f"{PUBLISHED}{review.slug}/{address}"


def test_published_reviews_are_listed_for_everybody(living, released):
    (shown,) = program_of(None).get(PUBLISHED).json()
    assert (shown["slug"], shown["version"]) == (living.review.slug, "1.0.0")
    (outcome,) = shown["outcomes"]
    assert (outcome["measure"], outcome["k"], outcome["participants"]) == ("OR", 1, 40)


def test_a_review_without_a_version_is_not_there(living, planned):
    assert program_of(None).get(PUBLISHED).json() == []
    answer = program_of(None).get(of(living.review))
    assert answer.status_code == 404
    assert answer["Cache-Control"] == "private, no-store"


def test_a_published_review_names_its_versions_and_notices(living, planned, released):
    living.add("Monsel 2022", "5/21", "4/24", year=2022)
    recomputed(planned)
    living.release("Adds Monsel 2022.")
    releasing.give_notice(review=living.review, actor=living.owner, kind=NoticeKind.PENDING, text="One more waits.")
    shown = program_of(None).get(of(living.review)).json()
    assert [version["version"] for version in shown["versions"]] == ["1.1.0", "1.0.0"]
    assert [(one["kind"], one["text"]) for one in shown["notices"]] == [("pending", "One more waits.")]
    for part in ("document", "arms", "arms_csv"):
        assert program_of(None).get(shown["versions"][1][part]).status_code == 200


def test_a_document_is_what_was_frozen_with_its_digest(living, released):
    shown = program_of(None).get(of(living.review, "1.0.0/")).json()
    assert shown == released.document | {"digest": released.digest}
    for version in ("1.0.1", "1", "latest"):
        assert program_of(None).get(of(living.review, f"{version}/")).status_code == 404


def test_numbers_come_as_rows_one_for_each_arm(living, released):
    rows = program_of(None).get(of(living.review, "1.0.0/arms/")).json()
    assert [(row["study"], row["arm"], row["role"], row["events"], row["total"]) for row in rows] == [
        ("Dilogo 2021", "MSC", "experimental", 10, 20),
        ("Dilogo 2021", "Control", "control", 17, 20),
    ]
    assert rows[0]["confirmed_by"] == "Cleo Marsh"


def test_the_same_rows_come_as_csv_that_no_spreadsheet_takes_for_formulas(living, planned):
    living.add('=HYPERLINK("http://example.org") 2022', "5/21", "4/24", year=2022)
    recomputed(planned)
    living.release()
    answer = program_of(None).get(of(living.review, "1.0.0/arms.csv"))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert f'filename="{living.review.slug}-1.0.0-arms.csv"' in answer["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(answer.content.decode(), newline="")))
    shown = program_of(None).get(of(living.review, "1.0.0/arms/")).json()
    assert [row["events"] for row in rows] == [str(row["events"]) for row in shown]
    assert rows[2]["study"] == '\'=HYPERLINK("http://example.org") 2022'
    assert rows[0]["mean"] == ""


def test_what_changes_later_changes_nothing_that_was_published(living, planned, released):
    before = program_of(None).get(of(living.review, "1.0.0/arms/")).content
    study = living.review.inclusions.get().study
    living.correct(study, "Control", "16/20")
    recomputed(planned)
    living.release()
    assert program_of(None).get(of(living.review, "1.0.0/arms/")).content == before
    assert program_of(None).get(of(living.review, "1.1.0/arms/")).json()[1]["events"] == 16


@pytest.mark.parametrize("address", ["", "1.0.0/", "1.0.0/arms/", "1.0.0/arms.csv"])
def test_answers_set_no_cookie_and_are_the_same_for_everybody(living, released, owner, address):
    anonymous, signed_in = program_of(None), program_of(owner)
    answer = anonymous.get(of(living.review, address))
    assert not answer.cookies
    assert answer["Vary"] == "Accept-Encoding"
    assert answer["Cache-Control"].startswith("public")
    assert ("immutable" in answer["Cache-Control"]) == address.startswith("1.0.0")
    assert signed_in.get(of(living.review, address)).content == answer.content
    again = anonymous.get(of(living.review, address), headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_a_kept_answer_costs_one_statement_and_news_are_seen_at_once(
    living, planned, released, django_assert_num_queries
):
    client = program_of(None)
    client.get(of(living.review))
    with django_assert_num_queries(1):
        client.get(of(living.review))
    releasing.give_notice(review=living.review, actor=living.owner, kind=NoticeKind.SEARCHED, text="Searched today.")
    assert client.get(of(living.review)).json()["notices"][0]["text"] == "Searched today."


def test_published_answers_cost_little_even_when_they_are_made(living, planned, django_assert_max_num_queries):
    for number in range(3):
        living.add(f"Trial {number} 2022", "5/20", "6/20", year=2022)
        recomputed(planned)
        living.release()
    client = program_of(None)
    for address, most in ((PUBLISHED, 3), (of(living.review), 4), (of(living.review, "1.2.0/arms/"), 2)):
        with django_assert_max_num_queries(most):
            assert client.get(address).status_code == 200


def test_nothing_is_written_there(living, released, owner):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(program_of(owner), method)(of(living.review)).status_code == 405
