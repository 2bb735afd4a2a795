import pytest

from reviews.extraction.models import Value
from reviews.library.models import Study
from reviews.team.rules import Role
from tests.factories import OutcomeOfInterestFactory, ReviewFactory, StudyFactory, TimepointFactory, member
from tests.programs import everything, program_of

pytestmark = pytest.mark.django_db


def below(review, address=""):
    return f"/api/v1/reviews/{review.slug}/{address}"


def trial(living, **changed):
    return {
        "label": "Monsel 2022",
        "year": 2022,
        "reports": [
            {
                "citation": "Monsel A. et al., 2022, Crit Care 26:48",
                "published_on": "2022-02-21",
                "identifiers": {"doi": "https://doi.org/10.1186/S13054-022-03930-4", "registry": "nct04333368"},
            }
        ],
        "characteristics": {"Country": "France"},
        "arms": [
            {"label": "UC-MSC", "role": "experimental", "randomised": 21},
            {"label": "Placebo", "role": "control"},
        ],
        "results": [
            {
                "outcome": living.outcome.pk,
                "timepoint": living.timepoint.pk,
                "counts": [{"events": 5, "total": 21}, {"events": 4, "total": 24}],
                "place": "Table 2",
            }
        ],
    } | changed


def add(living, person=None, **changed):
    return program_of(person or living.extractor).post(below(living.review, "studies/"), trial(living, **changed))


def read(living, study, person=None):
    answer = program_of(person or living.extractor).get(below(living.review, f"studies/{study.pk}/"))
    assert answer.status_code == 200
    return answer.json()


def cell_of(shown, arm="MSC"):
    ids = {one["label"]: one["id"] for one in shown["arms"]}
    return next(cell for cell in shown["results"][0]["cells"] if cell["arm"] == ids[arm])


def correct(living, study, person=None, **changed):
    cell = cell_of(read(living, study))
    sent = {
        "arm": cell["arm"],
        "timepoint": living.timepoint.pk,
        "events": 9,
        "total": 20,
        "source": "The report",
        "place": "Table 3",
        "reason": "The table says 9.",
        "seen": cell["seen"],
    }
    address = below(living.review, f"studies/{study.pk}/counts/")
    return program_of(person or living.extractor).post(address, sent | changed)


def confirm(living, study, person=None, **changed):
    sent = {"timepoint": living.timepoint.pk, "seen": read(living, study)["results"][0]["seen"]}
    address = below(living.review, f"studies/{study.pk}/confirmations/")
    return program_of(person or living.second_extractor).post(address, sent | changed)


# --- Lists -----------------------------------------------------------------------------------------------------------


def test_the_outcomes_of_the_protocol_come_with_the_ids_that_counts_are_entered_under(living, reader):
    answer = program_of(reader).get(below(living.review, "outcomes/"))
    assert answer.status_code == 200
    (wanted,) = answer.json()
    assert wanted["outcome"] == {"id": living.outcome.pk, "name": "Death from any cause"}
    assert wanted["timepoint"]["label"] == "28 days"
    assert (wanted["measure"], wanted["type"], wanted["benefit_is"]) == ("OR", "dichotomous", "lower")


def test_studies_say_what_waits_and_for_whom(living, reader):
    living.add("Dilogo 2021")
    living.add("Monsel 2022", "5/21", "4/24", year=2022, confirmed=False)
    lines = {
        person: everything(program_of(person), below(living.review, "studies/"))
        for person in (reader, living.extractor, living.second_extractor)
    }
    shown = [(line["label"], line["waiting"], line["for_me"]) for line in lines[living.second_extractor]]
    assert shown == [("Dilogo 2021", 0, False), ("Monsel 2022", 4, True)]
    assert not any(line["for_me"] for line in lines[reader] + lines[living.extractor])


def test_studies_are_found_by_what_waits_by_year_and_by_part_of_their_label(living, reader):
    living.add("Dilogo 2021")
    living.add("Monsel 2022", year=2022, confirmed=False)
    client = program_of(reader)

    def found(query):
        return [one["label"] for one in everything(client, below(living.review, f"studies/?{query}"))]

    assert found("waiting=true") == ["Monsel 2022"]
    assert found("waiting=false") == ["Dilogo 2021", "Monsel 2022"]
    assert found("year=2021") == ["Dilogo 2021"]
    assert found("search=MONS") == ["Monsel 2022"]
    assert found("search=nobody") == []
    answer = client.get(below(living.review, "studies/?year=soon"))
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["year"])


def test_numbers_come_as_tidy_rows_that_can_be_chosen(living, reader):
    study = living.add("Dilogo 2021")
    living.add("Monsel 2022", confirmed=False)
    living.enter(study, "Control", "16/20")
    client = program_of(reader)

    def found(query=""):
        rows = everything(client, below(living.review, f"values/?{query}"))
        return [(row["study_label"], row["arm_label"], row["quantity"], row["number"]) for row in rows]

    assert found() == [
        ("Dilogo 2021", "MSC", "events", 10.0),
        ("Dilogo 2021", "MSC", "total", 20.0),
        ("Dilogo 2021", "Control", "events", 17.0),
        ("Dilogo 2021", "Control", "total", 20.0),
    ]
    assert ("Dilogo 2021", "Control", "events", 16.0) in found("which=current")
    assert len(found("which=waiting")) == 5
    assert len(found("which=all")) == 9
    assert len(found(f"which=all&study={study.pk}")) == 5
    assert len(found(f"outcome={living.outcome.pk}&timepoint={living.timepoint.pk}")) == 4
    assert found("outcome=999999") == []
    assert client.get(below(living.review, "values/?which=best")).status_code == 422


# --- One study -------------------------------------------------------------------------------------------------------


def test_a_study_is_read_with_its_reports_arms_values_and_history(living, reader):
    study = living.add("Dilogo 2021", doi="10.1002/sctm.21-0046")
    living.correct(study, "Control", "16/20")
    shown = read(living, study, reader)
    assert [(one["name"], one["text"]) for one in shown["characteristics"]] == [
        ("Country", "Indonesia"),
        ("Product", "UC-MSC"),
    ]
    assert shown["reports"][0]["identifiers"] == [
        {"scheme": "doi", "value": "10.1002/sctm.21-0046", "url": "https://doi.org/10.1002/sctm.21-0046"}
    ]
    assert [(arm["label"], arm["role"], arm["position"]) for arm in shown["arms"]] == [
        ("MSC", "experimental", 1),
        ("Control", "control", 2),
    ]
    cell = cell_of(shown, "Control")
    assert (cell["text"], cell["is_confirmed"]) == ("16/20", True)
    newest, _total, oldest = cell["history"]
    assert (newest["as_printed"], newest["reason"]) == ("16", "The report says so.")
    assert newest["replaces"] == oldest["id"]
    assert (oldest["is_current"], oldest["as_printed"]) == (False, "17")
    assert newest["entered_by"]["name"] == "Ben Ito"
    assert newest["confirmed_by"]["name"] == "Cleo Marsh"


def test_a_number_without_its_second_person_says_so(living):
    cell = cell_of(read(living, living.add(confirmed=False)))
    assert not cell["is_confirmed"]
    assert {(one["confirmed_by"], one["confirmed_at"]) for one in cell["history"]} == {(None, None)}


def test_a_study_that_the_review_does_not_include_is_not_there(living, reader):
    client = program_of(reader)
    for study in (StudyFactory(team=living.review.team), StudyFactory()):
        assert client.get(below(living.review, f"studies/{study.pk}/")).status_code == 404
    assert client.get(below(living.review, f"studies/{10**30}/")).status_code == 404


# --- Adding ----------------------------------------------------------------------------------------------------------


def test_a_trial_is_added_and_waits_for_a_second_person(living):
    answer = add(living)
    assert answer.status_code == 201
    shown = answer.json()
    assert [cell["text"] for cell in shown["results"][0]["cells"]] == ["5/21", "4/24"]
    assert not any(cell["is_confirmed"] for cell in shown["results"][0]["cells"])
    assert {one["value"] for one in shown["reports"][0]["identifiers"]} == {
        "10.1186/s13054-022-03930-4",
        "NCT04333368",
    }
    value = Value.objects.filter(arm__study=shown["id"]).first()
    assert (value.source, value.place) == ("Monsel A. et al., 2022, Crit Care 26:48", "Table 2")
    assert shown == read(living, Study.objects.get(pk=shown["id"]))


def test_a_trial_with_a_cell_that_the_report_leaves_out_is_added(living):
    result = trial(living)["results"][0] | {"counts": [{"events": 5, "total": 21}, None]}
    answer = add(living, results=[result])
    assert answer.status_code == 201
    assert [cell["text"] for cell in answer.json()["results"][0]["cells"]] == ["5/21", ""]


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"label": ""}, "label", "may not be blank"),
        ({"label": "x" * 121}, "label", "no more than 120"),
        ({"year": 1066}, "year", "greater than or equal to 1900"),
        ({"reports": []}, "reports", "at least 1"),
        ({"reports": [{"citation": "A", "published_on": "21/02/2022"}]}, "reports.0.published_on", "2022-02"),
        ({"reports": [{"citation": "A", "identifiers": {"doi": "doi"}}]}, "doi", "is not a DOI"),
        ({"reports": [{"citation": "A", "identifiers": {"isbn": "1"}}]}, "reports.0.identifiers.isbn", "no such field"),
        ({"characteristics": {"x" * 61: "text"}}, "characteristics", "1 to 60"),
        ({"arms": [{"label": "MSC", "role": "experimental"}], "results": []}, "arms", "at least 2"),
        (
            {"arms": [{"label": "A", "role": "experimental"}, {"label": "B", "role": "placebo"}]},
            "arms.1.role",
            "placebo",
        ),
    ],
)
def test_a_trial_that_cannot_be_right_is_refused_beside_its_field(living, changed, field, words):
    answer = add(living, **changed)
    assert answer.status_code == 422
    assert words in " ".join(answer.json()["errors"][field])
    assert not Study.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"counts": [{"events": 5, "total": 21}]}, "results.0.counts", "each of the 2 arms"),
        ({"counts": [{"events": 5, "total": 22}, None]}, "results.0.counts.0", "only 21 were randomised"),
        ({"counts": [{"events": 30, "total": 21}, None]}, "results.0.counts.0", "cannot have had the event"),
        ({"counts": [{"events": 0, "total": 0}, None]}, "results.0.counts.0.total", "greater than or equal to 1"),
        ({"counts": ["5/21", None]}, "results.0.counts.0", "Expected a dictionary"),
        ({"timepoint": 999_999}, "results.0.timepoint", "no outcome"),
        ({"outcome": 999_999}, "results.0.timepoint", "another outcome"),
        ({"method": "guessed"}, "results.0.method", "guessed"),
    ],
)
def test_numbers_that_cannot_be_right_are_refused_beside_their_cell(living, changed, field, words):
    result = trial(living)["results"][0] | changed
    answer = add(living, results=[result])
    assert answer.status_code == 422
    assert words in " ".join(answer.json()["errors"][field]).replace("No outcome", "no outcome")
    assert not Study.objects.exists()


def test_a_timepoint_of_another_team_is_none_here(living):
    elsewhere = TimepointFactory()
    result = trial(living)["results"][0] | {"timepoint": elsewhere.pk, "outcome": elsewhere.outcome_id}
    assert "results.0.timepoint" in add(living, results=[result]).json()["errors"]


def test_a_label_that_the_library_knows_is_refused(living):
    living.add("Monsel 2022")
    answer = add(living)
    assert answer.status_code == 422
    assert "already" in answer.json()["errors"]["label"][0]


def test_what_speaks_of_no_field_is_said_in_the_detail(living):
    two = [{"label": "A", "role": "control"}, {"label": "B", "role": "control"}]
    answer = add(living, arms=two, results=[])
    assert answer.status_code == 422
    assert answer.json()["detail"] == "A trial needs at least one experimental arm and one control arm."


# --- Correcting ------------------------------------------------------------------------------------------------------


def test_a_count_is_corrected_with_a_reason_and_the_old_one_stays(living):
    study = living.add()
    answer = correct(living, study)
    assert answer.status_code == 201
    cell = answer.json()["cells"][0]
    assert (cell["text"], cell["in_evidence"]) == ("9/20", "10/20")
    assert cell["history"][0]["reason"] == "The table says 9."
    assert answer.json()["seen"] == [cell["history"][0]["id"]]


def test_a_count_is_entered_into_an_empty_cell_without_a_reason(living):
    study = Study.objects.get(pk=add(living, results=[]).json()["id"])
    arm = study.arms.first()
    answer = correct_new = program_of(living.extractor).post(
        below(living.review, f"studies/{study.pk}/counts/"),
        {
            "arm": arm.pk,
            "timepoint": living.timepoint.pk,
            "events": 5,
            "total": 21,
            "source": "The report",
            "report": study.reports.first().pk,
            "seen": {},
        },
    )
    assert answer.status_code == 201, correct_new.json()
    assert answer.json()["cells"][0]["text"] == "5/21"
    assert Value.objects.first().report == study.reports.first()


def test_a_correction_without_a_reason_is_refused(living):
    answer = correct(living, living.add(), reason="")
    assert answer.status_code == 422
    assert "Say why" in answer.json()["errors"]["reason"][0]


def test_a_number_without_a_source_is_refused(living):
    answer = correct(living, living.add(), source="")
    assert answer.status_code == 422
    assert "where the numbers come from" in answer.json()["detail"]


def test_nobody_overwrites_what_they_never_saw(living):
    study = living.add()
    cell = cell_of(read(living, study))
    living.enter(study, "MSC", "8/20", actor=living.second_extractor)
    answer = correct(living, study, seen=cell["seen"])
    assert answer.status_code == 409
    assert "Somebody entered another number" in answer.json()["detail"]
    assert answer.json()["type"].endswith("#problem-stale")
    assert correct(living, study, seen={}).status_code == 409


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"arm": 999_999}, "arm"),
        ({"timepoint": 999_999}, "timepoint"),
        ({"report": 999_999}, "report"),
        ({"seen": {"people": 1}}, "seen"),
        ({"seen": None}, "seen"),
        ({"events": -1}, "events"),
        ({"total": "many"}, "total"),
        ({"note": "x" * 2001}, "note"),
    ],
)
def test_a_count_that_speaks_of_nothing_here_is_refused(living, changed, field):
    answer = correct(living, living.add(), **changed)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_the_arm_of_another_study_is_none_of_this_one(living):
    other = living.add("Another 2020")
    answer = correct(living, living.add(), arm=other.arms.first().pk)
    assert answer.json()["errors"] == {"arm": ["This study has no such arm."]}


# --- Confirming ------------------------------------------------------------------------------------------------------


def test_a_second_person_confirms_and_the_numbers_become_evidence(living, sent):
    living.plan()
    study = living.add(confirmed=False)
    sent.tasks.clear()
    answer = confirm(living, study)
    assert answer.status_code == 201
    assert all(cell["is_confirmed"] for cell in answer.json()["cells"])
    assert answer.json()["seen"] == []
    assert Value.objects.filter(is_evidence=True).count() == 4


def test_whoever_entered_a_number_does_not_confirm_it(living):
    answer = confirm(living, living.add(confirmed=False), living.extractor)
    assert answer.status_code == 403
    assert "A second person confirms" in answer.json()["detail"]


def test_nobody_confirms_what_they_never_saw(living):
    study = living.add(confirmed=False)
    seen = read(living, study)["results"][0]["seen"]
    living.enter(study, "MSC", "8/20")
    answer = confirm(living, study, seen=seen)
    assert answer.status_code == 409
    assert not Value.objects.filter(is_evidence=True).exists()


def test_confirming_twice_adds_nothing(living):
    study = living.add(confirmed=False)
    seen = read(living, study)["results"][0]["seen"]
    assert confirm(living, study).status_code == 201
    assert confirm(living, study, seen=seen).status_code == 201


def test_a_confirmation_of_nothing_is_refused(living):
    answer = confirm(living, living.add(confirmed=False), seen=[])
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["seen"])
    assert confirm(living, living.add("B 2020", confirmed=False), timepoint=999_999).status_code == 422


# --- Borders and costs -----------------------------------------------------------------------------------------------


def test_one_review_shows_nothing_of_another_of_the_same_team(living, reader):
    study = living.add()
    other = ReviewFactory(team=living.review.team)
    somebody = member(other, Role.READER)
    client = program_of(somebody)
    assert everything(client, below(other, "studies/")) == []
    assert everything(client, below(other, "values/")) == []
    assert client.get(below(other, f"studies/{study.pk}/")).status_code == 404
    assert client.get(below(living.review, f"studies/{study.pk}/")).status_code == 404


def test_a_list_of_studies_costs_the_same_however_many_there_are(living, reader, django_assert_max_num_queries):
    for number in range(8):
        living.add(f"Trial {number}", confirmed=number % 2 == 0)
    client = program_of(reader)
    with django_assert_max_num_queries(9):
        client.get(below(living.review, "studies/"))
    with django_assert_max_num_queries(6):
        assert client.get(below(living.review, "values/?which=all")).status_code == 200


def test_a_study_costs_the_same_however_often_it_was_corrected(living, reader, django_assert_max_num_queries):
    study = living.add()
    OutcomeOfInterestFactory(protocol=living.wanted.protocol)
    for number in range(5):
        living.correct(study, "MSC", f"{number}/20")
    client = program_of(reader)
    with django_assert_max_num_queries(14):
        client.get(below(living.review, f"studies/{study.pk}/"))
