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


# --- Plans in full, printed results, previews ------------------------------------------------------------------------


def test_a_plan_says_all_that_it_can(living):
    study = living.add()
    answer = plan(
        living,
        model="switch",
        interval="hk",
        prediction="t_km1",
        subgroups_by="Country",
        groups=[{"study_id": study.pk, "group": "Critical"}],
        left_out=[{"study_id": study.pk, "reason": "Not randomised."}],
        checks=["cumulative"],
    )
    assert answer.status_code == 201
    shown = answer.json()["plan"]
    assert (shown["measure"], shown["method"], shown["model"], shown["interval"]) == ("OR", "MH", "switch", "hk")
    assert shown["groups"] == [{"study_id": study.pk, "group": "Critical"}]
    assert shown["left_out"] == [{"study_id": study.pk, "reason": "Not randomised."}]
    assert shown["checks"] == ["cumulative"]


def test_an_amendment_changes_only_what_it_names(living, planned):
    client = program_of(living.owner)
    sent = {"interval": "t", "reason": "Few trials.", "seen": 1}
    shown = client.post(below(living.review, f"{planned.key}/plans/"), sent).json()
    assert (shown["interval"], shown["measure"], shown["model"], shown["zero_cells"]) == (
        "t",
        "OR",
        "common",
        "revman5",
    )


def test_every_choice_is_listed_with_its_sentence(living, reader):
    found = program_of(reader).get(below(living.review, "options/")).json()
    assert {one["field"] for one in found} >= {"measure", "method", "model", "tau2", "interval", "checks", "preset"}
    assert all(one["sentence"] for one in found)


def test_a_printed_result_is_kept_compared_and_taken_back(living, planned, reader):
    living.add()
    recomputed(planned)
    client, address = program_of(living.owner), below(living.review, f"{planned.key}/published/")
    sent = {"label": "Death", "estimate": "0.18", "lower": "0.12", "upper": "0.80", "publication": "Chen 2022"}
    made = client.post(address, sent)
    assert (made.status_code, made.json()["verdict"]) == (201, "misprint")
    [shown] = program_of(reader).get(address).json()
    assert (shown["recomputed"], shown["publication"]) == ("0.18 (0.04 to 0.80)", "Chen 2022")
    assert client.post(address, sent | {"estimate": "x"}).status_code == 422
    back = f"{address}{shown['id']}/take-back/"
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "Misread."}).status_code == 204
    assert client.get(address).json() == []
    assert client.post(back, {"reason": "Again."}).status_code == 404


def test_a_preview_answers_what_a_trial_would_do(living, planned):
    living.add()
    recomputed(planned)
    client, address = program_of(living.extractor), below(living.review, "preview/")
    one = {
        "outcome": living.outcome.pk,
        "timepoint": living.timepoint.pk,
        "arms": [{"events": 4, "total": 21}, {"events": 13, "total": 24}],
    }
    sent = {"sides": ["experimental", "control"], "results": [one]}
    [shown] = client.post(address, sent).json()
    assert (shown["before"], shown["k"], shown["participants"]) == ("0.18 (0.04 to 0.80)", 2, 85)
    study = living.review.team.studies.get()
    [shown] = client.post(address, sent | {"study": study.pk}).json()
    assert shown["k"] == 1
    assert client.post(address, sent | {"study": 999_999}).status_code == 404
    for wrong in (
        {"arms": [{"events": 4, "total": 21}]},
        {"arms": [{"events": 22, "total": 21}, None]},
        {"arms": [{"mean": 1.0, "total": 21}, None]},
    ):
        assert client.post(address, sent | {"results": [one | wrong]}).status_code == 422
    measured = [{"mean": 11.0, "sd": 4.7, "total": 29}, None]
    assert client.post(address, sent | {"results": [one | {"arms": measured}]}).json()[0]["k"] == 1
