import pytest

from meta.analysis import services
from meta.analysis.models import Analysis
from tests.factories import OutcomeOfInterestFactory
from tests.living import recomputed
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(living):
    return living.plan()


def below(review, address=""):
    return f"/api/v1/reviews/{review.slug}/analyses/{address}"


def plan(living, person=None, **changed):
    sent = {
        "outcome": living.outcome.pk,
        "timepoint": living.timepoint.pk,
        "title": "Death within 28 days",
        "experimental": "stromal cells",
    }
    return program_of(person or living.owner).post(below(living.review), sent | changed)


def amend(living, planned, **changed):
    sent = {"measure": "RR", "method": "MH", "model": "random", "reason": "The protocol says so.", "seen": 1}
    return program_of(living.owner).post(below(living.review, f"{planned.key}/plans/"), sent | changed)


# --- Planning --------------------------------------------------------------------------------------------------------


def test_an_analysis_is_planned_and_owed_at_once(living, sent):
    answer = plan(living)
    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["key"], shown["plan"]["number"], shown["plan"]["control"]) == ("death-within-28-days", 1, "control")
    assert (shown["work"]["state"], shown["result"]) == ("waiting", None)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"outcome": 999_999}, "outcome"),
        ({"timepoint": 999_999}, "outcome"),
        ({"title": ""}, "title"),
        ({"title": "???"}, "title"),
        ({"title": "New"}, "title"),
        ({"measure": "HR"}, "measure"),
        ({"model": "fixed"}, "model"),
        ({"experimental": "x" * 61}, "experimental"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_beside_its_field(living, changed, field):
    answer = plan(living, **changed)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Analysis.objects.exists()


def test_the_outcome_of_another_review_is_none_here(living):
    elsewhere = OutcomeOfInterestFactory()
    answer = plan(living, outcome=elsewhere.outcome_id, timepoint=elsewhere.timepoint_id)
    assert "does not ask" in answer.json()["errors"]["outcome"][0]


def test_a_review_has_one_analysis_of_a_name(living, planned):
    answer = plan(living)
    assert answer.status_code == 422
    assert "already" in answer.json()["errors"]["title"][0]


def test_a_plan_is_amended_with_a_reason_and_both_stay_readable(living, planned, reader):
    answer = amend(living, planned)
    assert answer.status_code == 201
    assert (answer.json()["number"], answer.json()["measure"]) == (2, "RR")
    plans = everything(program_of(reader), below(living.review, f"{planned.key}/plans/"))
    assert [(one["number"], one["model"], one["is_current"]) for one in plans] == [
        (2, "random", True),
        (1, "common", False),
    ]
    assert plans[0]["reason"] == "The protocol says so."


def test_an_amendment_without_a_reason_is_refused(living, planned):
    answer = amend(living, planned, reason=" ")
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["reason"])


def test_nobody_amends_a_plan_that_they_never_saw(living, planned):
    assert amend(living, planned).status_code == 201
    answer = amend(living, planned, measure="OR")
    assert answer.status_code == 409
    assert "while you were writing" in answer.json()["detail"]
    assert planned.plans.count() == 2


# --- Results ---------------------------------------------------------------------------------------------------------


def test_the_list_shows_each_result_in_a_line(living, planned, reader):
    living.add("Dilogo 2021", "10/20", "17/20")
    recomputed(planned)
    (shown,) = program_of(reader).get(below(living.review)).json()
    assert shown["work"] == {"state": "settled", "attempts": 0, "last_error": "", "asked_at": shown["work"]["asked_at"]}
    result = shown["result"]
    assert result["text"].startswith("0.18")
    assert (result["k"], result["participants"], result["snapshot"]) == (1, 40, 1)
    assert len(result["digest"]) == 64


def test_an_analysis_is_read_in_full(living, planned, reader):
    living.add()
    snapshot = recomputed(planned)
    shown = program_of(reader).get(below(living.review, f"{planned.key}/")).json()
    assert shown["description"]["result"] == snapshot.result
    assert shown["description"]["inputs"]["studies"][0]["label"] == "Dilogo 2021"


def test_before_the_first_result_there_is_none(living, planned, reader):
    shown = program_of(reader).get(below(living.review, f"{planned.key}/")).json()
    assert (shown["result"], shown["description"]) == (None, None)


def test_a_snapshot_holds_what_makes_it_again_and_stays_when_the_next_one_comes(living, planned, reader):
    study = living.add()
    first = recomputed(planned)
    living.correct(study, "Control", "16/20")
    second = recomputed(planned)
    client = program_of(reader)
    lines = everything(client, below(living.review, f"{planned.key}/snapshots/"))
    assert [(line["number"], line["digest"], line["k"]) for line in lines] == [
        (2, second.digest, 1),
        (1, first.digest, 1),
    ]
    shown = client.get(below(living.review, f"{planned.key}/snapshots/1/")).json()
    assert (shown["inputs"], shown["settings"], shown["result"]) == (first.inputs, first.settings, first.result)
    assert shown["engine"] == first.engine
    assert client.get(below(living.review, f"{planned.key}/snapshots/3/")).status_code == 404


def test_an_analysis_of_another_review_is_not_there(living, planned, outsider, reader):
    mine = outsider.memberships.get().review
    client = program_of(outsider)
    for address in ("", "plans/", "snapshots/", "work/"):
        assert client.get(below(mine, f"{planned.key}/{address}")).status_code == 404
        assert client.get(below(living.review, f"{planned.key}/{address}")).status_code == 404
    assert program_of(reader).get(below(living.review, "no-such/")).status_code == 404


# --- What is owed ----------------------------------------------------------------------------------------------------


def test_what_is_owed_says_where_it_stands(living, planned, reader):
    client = program_of(reader)
    address = below(living.review, f"{planned.key}/work/")
    assert client.get(address).json()["state"] == "waiting"
    recomputed(planned)
    assert client.get(address).json()["state"] == "settled"


def test_a_failure_is_told_in_words_and_can_be_tried_again(living, planned, monkeypatch):
    def broken(*args):
        raise ValueError("A number is missing.")

    monkeypatch.setattr(services, "compute", broken)
    living.add()
    recomputed(planned)
    client = program_of(living.extractor)
    address = below(living.review, f"{planned.key}/work/")
    shown = client.get(address).json()
    assert (shown["attempts"], shown["last_error"]) == (1, "ValueError: A number is missing.")
    answer = client.post(address)
    assert answer.status_code == 202
    assert (answer.json()["attempts"], answer.json()["last_error"]) == (0, "")


def test_results_cost_the_same_however_many_there_are(living, reader, django_assert_max_num_queries):
    living.add()
    for number in range(5):
        recomputed(living.plan(f"Death, {number}"))
    client = program_of(reader)
    with django_assert_max_num_queries(8):
        client.get(below(living.review))
    with django_assert_max_num_queries(8):
        client.get(below(living.review, "death-0/snapshots/"))
