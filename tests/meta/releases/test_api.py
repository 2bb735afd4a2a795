import pytest

from meta.releases.models import Notice, Release
from tests.living import recomputed
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(living):
    """An analysis with a result that was not released yet."""
    found = living.plan()
    living.add()
    recomputed(found)
    return found


def below(review, address=""):
    return f"/api/v1/reviews/{review.slug}/{address}"


def release(living, **changed):
    client = program_of(living.owner)
    seen = client.get(below(living.review, "releases/proposal/")).json()["seen"]
    sent = {"step": "minor", "note": "The first version.", "evidence_date": "2022-05", "seen": seen}
    return client.post(below(living.review, "releases/"), sent | changed)


def test_a_proposal_says_what_a_version_made_now_would_say(living, planned, reader):
    shown = program_of(reader).get(below(living.review, "releases/proposal/")).json()
    assert (shown["step"], shown["version"], shown["since"], shown["changes"]) == ("major", "1.0.0", None, None)
    assert shown["is_worth_releasing"]
    assert shown["obstacles"] == []
    assert list(shown["seen"]) == [planned.key]
    assert "svg" not in shown["document"]["outcomes"][0]


def test_a_proposal_says_how_it_differs_from_the_last_version(living, planned, reader):
    living.release("The first version.")
    living.add("Monsel 2022", "5/21", "4/24", year=2022)
    recomputed(planned)
    shown = program_of(reader).get(below(living.review, "releases/proposal/")).json()
    assert (shown["since"], [one["label"] for one in shown["changes"]["studies_in"]]) == ("1.0.0", ["Monsel 2022"])


def test_what_stands_in_the_way_of_a_version_is_said_in_sentences(review, reader):
    shown = program_of(reader).get(below(review, "releases/proposal/")).json()
    assert any("Release the protocol first" in sentence for sentence in shown["obstacles"])


def test_a_version_is_made_and_is_public_from_then_on(living, planned, reader):
    answer = release(living)
    assert answer.status_code == 201
    assert (answer.json()["version"], answer.json()["evidence_date"]) == ("1.0.0", "2022-05")
    assert program_of(None).get(f"/r/{living.review.slug}/v/1.0.0/").status_code == 200
    (line,) = everything(program_of(reader), below(living.review, "releases/"))
    assert line == answer.json()


def test_a_version_is_read_with_its_document(living, planned, reader):
    made = living.release()
    shown = program_of(reader).get(below(living.review, "releases/1.0.0/")).json()
    assert shown["document"] == made.document
    assert shown["digest"] == made.digest
    for version in ("1.0.1", "1.0", "latest"):
        assert program_of(reader).get(below(living.review, f"releases/{version}/")).status_code == 404


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"note": ""}, "note"),
        ({"step": "giant"}, "step"),
        ({"evidence_date": "May 2022"}, "evidence_date"),
        ({"seen": None}, "seen"),
    ],
)
def test_a_version_that_cannot_be_is_refused_beside_its_field(living, planned, changed, field):
    answer = release(living, **changed)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Release.objects.exists()


def test_nobody_publishes_a_number_that_they_never_saw(living, planned):
    seen = program_of(living.owner).get(below(living.review, "releases/proposal/")).json()["seen"]
    living.add("Monsel 2022", "5/21", "4/24", year=2022)
    recomputed(planned)
    answer = release(living, seen=seen)
    assert answer.status_code == 409
    assert "have changed since you looked" in answer.json()["detail"]


def test_what_did_not_change_is_no_new_version(living, planned):
    living.release()
    answer = release(living)
    assert answer.status_code == 422
    assert answer.json()["detail"] == "Nothing has changed since version 1.0.0."


def test_a_notice_is_given_beside_the_review_or_one_version(living, planned, reader):
    living.release()
    client = program_of(living.owner)
    address = below(living.review, "notices/")
    assert client.post(address, {"kind": "searched", "text": "Searched on 1 May 2024."}).status_code == 201
    answer = client.post(address, {"kind": "correction", "text": "A word was wrong.", "version": "1.0.0"})
    assert answer.status_code == 201
    shown = everything(program_of(reader), address)
    assert [(one["kind"], one["version"]) for one in shown] == [("correction", "1.0.0"), ("searched", None)]


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"kind": "gossip"}, "kind"), ({"text": " "}, "text"), ({"version": "9.9.9"}, "version")],
)
def test_a_notice_that_cannot_be_is_refused_beside_its_field(living, changed, field):
    sent = {"kind": "pending", "text": "Two trials wait."} | changed
    answer = program_of(living.owner).post(below(living.review, "notices/"), sent)
    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert not Notice.objects.exists()


def test_a_version_of_another_review_is_not_there(living, planned, outsider):
    living.release()
    mine = outsider.memberships.get().review
    client = program_of(outsider)
    assert client.get(below(mine, "releases/1.0.0/")).status_code == 404
    assert client.get(below(living.review, "releases/1.0.0/")).status_code == 404
    sent = {"kind": "pending", "text": "Mine.", "version": "1.0.0"}
    assert client.post(below(mine, "notices/"), sent).status_code == 422


def test_versions_cost_the_same_however_many_there_are(living, planned, reader, django_assert_max_num_queries):
    for number in range(3):
        living.add(f"Trial {number} 2022", "5/20", "6/20", year=2022)
        recomputed(planned)
        living.release()
    client = program_of(reader)
    with django_assert_max_num_queries(6):
        assert len(client.get(below(living.review, "releases/")).json()["results"]) == 3
    with django_assert_max_num_queries(6):
        client.get(below(living.review, "notices/"))
