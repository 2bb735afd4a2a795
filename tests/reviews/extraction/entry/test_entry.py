"""The whole table of a trial is written at once; what somebody types can be seen as evidence before it is any."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import Http404, QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.extraction import queries
from reviews.extraction.entry import services
from reviews.extraction.entry.rules import read_cell
from reviews.extraction.entry.services import NewCell, Refused
from reviews.extraction.forms import drafts
from reviews.extraction.models import ArmChoice, Value
from reviews.extraction.rules import ArmHandling, ArmRole, Count, Measurement, Method, Quantity, ValueState
from reviews.protocol.rules import Measure, OutcomeType
from tests.factories import OutcomeOfInterestFactory
from tests.living import IN_THE_ABSTRACT
from tests.programs import program_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def improved(living):
    found = OutcomeOfInterestFactory(
        protocol=living.wanted.protocol, outcome__name="Improvement", outcome__happened="improved"
    )
    living.outcome.excludes.add(found.outcome)
    return found


@pytest.fixture
def stay(living):
    return OutcomeOfInterestFactory(
        protocol=living.wanted.protocol,
        outcome__name="Length of stay",
        outcome__type=OutcomeType.CONTINUOUS,
        measure=Measure.MEAN_DIFFERENCE,
    )


def cell(study, arm, wanted, text, **said):
    is_count = wanted.outcome.type == OutcomeType.DICHOTOMOUS
    return NewCell(
        arm=study.arms.select_related("study").get(label=arm),
        outcome=wanted.outcome,
        timepoint=wanted.timepoint,
        result=read_cell(text, is_count=is_count, **said),
        provenance=IN_THE_ABSTRACT,
    )


def enter(living, study, *cells, actor=None, reason=""):
    return services.enter_table(
        review=living.review, actor=actor or living.extractor, study=study, cells=cells, reason=reason
    )


def text(study, arm, wanted):
    return queries.cell(study.arms.get(label=arm), wanted.timepoint).text


def test_two_outcomes_that_exclude_each_other_are_corrected_together(living, improved):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    enter(living, study, cell(study, "Control", improved, "3/20"))
    enter(
        living,
        study,
        cell(study, "Control", improved, "9/20"),
        cell(study, "Control", living.wanted, "11/20"),
        reason="Read in the wrong column.",
    )
    assert (text(study, "Control", living.wanted), text(study, "Control", improved)) == ("11/20", "9/20")


def test_more_than_everybody_is_refused_and_nothing_is_written(living, improved):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    with pytest.raises(Refused) as refused:
        enter(living, study, cell(study, "MSC", improved, "2/20"), cell(study, "Control", improved, "4/20"))
    assert {place: refusal.messages for place, refusal in refused.value.cells.items()} == {
        1: ["4 improved and 17 died make 21 of 20 people."]
    }
    assert not Value.objects.filter(outcome=improved.outcome).exists()


def test_one_refused_cell_keeps_all_others_out(living, stay):
    study = living.add()
    with pytest.raises(Refused) as refused:
        enter(living, study, cell(study, "MSC", stay, "11 (3) n=20"), cell(study, "Control", living.wanted, "16/20"))
    assert list(refused.value.cells) == [1]
    assert not Value.objects.filter(outcome=stay.outcome).exists()


def test_an_arm_of_another_trial_is_a_fault_of_the_caller(living):
    study, other = living.add(), living.add("Shu 2020")
    with pytest.raises(ValueError, match="is no arm of"):
        enter(living, study, cell(other, "MSC", living.wanted, "1/20"))


def test_only_who_extracts_writes_in_the_table(living, reader):
    study = living.add()
    with pytest.raises(PermissionDenied):
        enter(living, study, cell(study, "MSC", living.wanted, "9/20"), actor=reader, reason="No.")


def test_a_median_keeps_what_was_printed_beside_what_was_made_of_it(living, stay):
    study = living.add()
    enter(living, study, cell(study, "MSC", stay, "11 (8–14) n=20"))
    rows = {Quantity(value.quantity): value for value in Value.objects.filter(outcome=stay.outcome)}
    assert {quantity: value.as_printed for quantity, value in rows.items() if value.as_printed} == {
        Quantity.MEDIAN: "11",
        Quantity.LOWER_QUARTILE: "8",
        Quantity.UPPER_QUARTILE: "14",
        Quantity.TOTAL: "20",
    }
    assert {rows[quantity].method for quantity in (Quantity.MEAN, Quantity.SD)} == {Method.ESTIMATED}
    assert "Wan" in rows[Quantity.SD].note


def test_people_that_the_report_does_not_count_are_said_to_be_assumed(living, stay):
    study = living.add()
    enter(living, study, cell(study, "MSC", stay, "11 (3)", randomised=20))
    total = Value.objects.get(outcome=stay.outcome, quantity=Quantity.TOTAL)
    assert (total.number, total.as_printed, total.method) == (20, "", Method.CALCULATED)
    assert "the report does not say" in total.note
    assert text(study, "MSC", stay) == "11 (3)"


@pytest.mark.parametrize("words", ["missing", "not reported", "n/a", "0/20"])
def test_four_things_that_are_not_the_same(living, improved, words):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    enter(living, study, cell(study, "MSC", improved, words))
    states = set(Value.objects.filter(outcome=improved.outcome).values_list("state", flat=True))
    expected = {
        "missing": ValueState.MISSING,
        "not reported": ValueState.NOT_REPORTED,
        "n/a": ValueState.NOT_APPLICABLE,
        "0/20": ValueState.GIVEN,
    }
    assert states == {expected[words]}


# --- The page -------------------------------------------------------------------------------------------------------


@pytest.fixture
def page(living):
    def visit(study, person=None, name="table", **said):
        browser = Client()
        browser.force_login(person or living.extractor)
        address = reverse(f"reviews:extraction:{name}", args=[living.review.slug, study.pk])
        first = browser.get(address)
        if not said:
            return first
        form = first.context["form"]
        shown = {name: value for name in form.fields if (value := form[name].value())}
        return browser.post(address, shown | said)

    return visit


def field(wanted, part="cell", place=""):
    return f"{part}-{wanted.timepoint.pk}" + (f"-{place}" if place != "" else "")


def test_only_what_changed_is_entered(living, page, stay):
    study = living.add()
    response = page(study, **{field(stay, place=0): "11 (3) n=20", field(stay, place=1): "not reported"})
    assert response.status_code == 302
    assert Value.objects.filter(outcome=living.outcome).count() == 4
    assert (text(study, "MSC", stay), text(study, "Control", stay)) == ("11 (3) n=20", "not reported")
    assert page(study, reason="Nothing else.").status_code == 302
    assert Value.objects.filter(replaces__isnull=False).count() == 0


def test_a_correction_without_a_reason_and_a_number_that_vanishes_come_back(living, page):
    study = living.add()
    response = page(study, **{field(living.wanted, place=1): "16/20"})
    assert response.status_code == 422
    assert "Say why the number is corrected" in response.content.decode()
    response = page(study, **{field(living.wanted, place=1): "", "reason": "Gone."})
    assert response.status_code == 422
    assert "A number does not vanish" in response.content.decode()
    response = page(study, **{field(living.wanted, place=1): "21/20"})
    assert "21 of 20 people cannot have had the event." in response.content.decode()
    response = page(study, **{field(living.wanted, "seen", 1): "events:x"})
    assert response.status_code == 422
    assert Value.objects.count() == 4


def test_two_people_in_different_cells_both_keep_theirs_and_in_one_cell_the_second_is_told(living, page):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    browser = Client()
    browser.force_login(living.second_extractor)
    address = reverse("reviews:extraction:table", args=[living.review.slug, study.pk])
    form = browser.get(address).context["form"]
    before = {name: form[name].value() or "" for name in form.fields} | {"reason": "As the report says."}
    living.enter(study, "Control", "16/20")
    said = browser.post(address, before | {field(living.wanted, place=1): "15/20"})
    assert said.status_code == 422
    assert "Now it says 16/20, entered by Ben Ito." in said.content.decode().replace("\n", " ")
    assert browser.post(address, before | {field(living.wanted, place=0): "9/20"}).status_code == 302
    assert (text(study, "MSC", living.wanted), text(study, "Control", living.wanted)) == ("9/20", "16/20")


def test_outcomes_that_exclude_each_other_are_told_under_the_cell(living, page, improved):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    response = page(study, **{field(improved, place=1): "4/20"})
    assert response.status_code == 422
    assert "make 21 of 20 people." in response.content.decode()


# --- Drafts ---------------------------------------------------------------------------------------------------------


def typed(living, **said):
    data = QueryDict(mutable=True)
    data.update(
        {
            "label": "Zamanian 2024",
            "year": "2024",
            "arms-TOTAL_FORMS": "3",
            "arms-INITIAL_FORMS": "0",
            "arms-0-label": "Vesicles",
            "arms-0-role": "experimental",
            "arms-0-randomised": "21",
            "arms-1-label": "Placebo",
            "arms-1-role": "control",
            "arms-2-role": "experimental",
            field(living.wanted, place=0): "4/21",
            field(living.wanted, place=1): "13/24",
        }
        | said
    )
    return data


def test_a_trial_that_is_being_typed_stands_among_the_evidence_and_nothing_is_stored(living):
    living.add()
    [draft] = drafts(living.review, typed(living))
    assert (draft.evidence.study_id, draft.evidence.label, draft.evidence.year) == (0, "Zamanian 2024", 2024)
    rows = queries.evidence(living.review, living.outcome, living.timepoint, drafts=[draft.evidence])
    assert [str(row.side(ArmRole.EXPERIMENTAL)) for row in rows] == ["10/20", "4/21"]
    assert Value.objects.count() == 4


@pytest.mark.parametrize("said", ["13/", "25/24", "", "NR"])
def test_what_cannot_be_read_yet_is_left_out_of_a_draft(living, said):
    assert drafts(living.review, typed(living, **{field(living.wanted, place=1): said})) == []


def test_a_draft_of_a_stored_trial_keeps_what_is_confirmed_in_the_cells_left_empty(living):
    study = living.add("Dilogo 2021", "10/20", "17/20")
    [draft] = drafts(living.review, {"study": str(study.pk), field(living.wanted, place=1): "16/20"})
    assert draft.evidence.study_id == study.pk
    assert draft.evidence.side(ArmRole.EXPERIMENTAL) == Count(10, 20)
    assert draft.evidence.side(ArmRole.CONTROL) == Count(16, 20)
    assert drafts(living.review, {"study": str(study.pk)}) == []


def test_a_draft_knows_means_and_how_they_were_made(living, stay):
    said = {field(stay, place=0): "11 (8–14)", field(stay, place=1): "12 (3) n=24", field(stay, "method"): "reported"}
    draft = drafts(living.review, typed(living, **said))[1]
    assert isinstance(draft.evidence.side(ArmRole.CONTROL), Measurement)
    assert draft.evidence.is_estimated


@pytest.mark.parametrize("number", ["999999", "x"])
def test_a_draft_of_a_study_elsewhere_is_not_found(living, number):
    with pytest.raises(Http404):
        drafts(living.review, {"study": number})


# --- How arms are pooled --------------------------------------------------------------------------------------------


@pytest.fixture
def three_arms(living):
    study = living.add("Zarrabi 2023", "3/11", "8/25", confirmed=False)
    study.arms.create(position=3, label="Vesicles", role=ArmRole.EXPERIMENTAL)
    living.enter(study, "Vesicles", "0/8")
    living.confirm(study)
    return study


def sides(living):
    rows = queries.evidence(living.review, living.outcome, living.timepoint)
    return [(row.part, str(row.side(ArmRole.EXPERIMENTAL)), str(row.side(ArmRole.CONTROL))) for row in rows]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"handling": "combine"}, [("", "3/19", "8/25")]),
        ({"handling": "split"}, [("MSC", "3/11", "4/12.5"), ("Vesicles", "0/8", "4/12.5")]),
        ({"handling": "choose", "arms": ["MSC"]}, [("", "3/11", "8/25")]),
    ],
)
def test_the_control_is_never_counted_twice(living, page, three_arms, said, expected):
    ids = {arm.label: arm.pk for arm in three_arms.arms.all()}
    chosen = said | {"arms": [ids[label] for label in said.get("arms", [])], "reason": "As in the protocol."}
    assert page(three_arms, name="arms", **chosen).status_code == 302
    assert sides(living) == expected
    shown = page(three_arms, name="study").content.decode()
    assert "As in the protocol." in shown


def test_a_change_of_mind_is_kept_beside_the_choice_before(living, page, three_arms):
    for handling in ("split", "combine"):
        page(three_arms, name="arms", handling=handling, reason=f"To {handling}.")
    assert [choice.reason for choice in queries.arm_choices(living.review, three_arms)] == ["To combine.", "To split."]
    assert ArmChoice.objects.filter(is_current=True).count() == 1
    assert "To split." in page(three_arms, name="arms").content.decode()


def test_a_choice_that_cannot_be_comes_back(living, page, three_arms):
    assert "required" in page(three_arms, name="arms", handling="split", reason="").content.decode()
    response = page(three_arms, name="arms", handling="choose", reason="None.")
    assert "Choose at least one of the experimental arms." in response.content.decode()
    study = living.add()
    assert "nothing to choose" in page(study, name="arms", handling="split", reason="Why not.").content.decode()


# --- Programs -------------------------------------------------------------------------------------------------------


def post(living, study, address, sent, person=None):
    return program_of(person or living.extractor).post(
        f"/api/v1/reviews/{living.review.slug}/studies/{study.pk}/{address}/", sent
    )


def test_a_program_writes_a_cell_in_the_words_of_the_page(living, stay):
    study = living.add()
    arm = study.arms.get(label="MSC")
    sent = {"arm": arm.pk, "timepoint": stay.timepoint.pk, "text": "11 (8–14) n=20", "source": "Table 2", "seen": {}}
    answer = post(living, study, "results", sent)
    assert answer.status_code == 201
    assert next(cell for cell in answer.json()["cells"] if cell["arm"] == arm.pk)["text"] == "11 (8–14) n=20"
    assert post(living, study, "results", sent).status_code == 409
    wrong = post(living, study, "results", sent | {"text": "11"})
    assert wrong.status_code in {400, 422}
    assert "is not a mean or a median" in wrong.content.decode()
    assert post(living, study, "results", sent | {"text": " "}).status_code in {400, 422}
    assert "no such arm" in post(living, study, "results", sent | {"arm": 1_000_000}).content.decode()
    assert "no such report" in post(living, study, "results", sent | {"report": 1_000_000}).content.decode()


def test_a_program_chooses_how_arms_are_pooled(living, three_arms):
    answer = post(living, three_arms, "arm-choices", {"handling": "split", "reason": "As in the protocol."})
    assert answer.status_code == 201
    assert sides(living)[0] == ("MSC", "3/11", "4/12.5")
    address = f"/api/v1/reviews/{living.review.slug}/studies/{three_arms.pk}/arm-choices/"
    [told] = program_of(living.extractor).get(address).json()
    assert (told["handling"], told["arms"], told["is_current"]) == (ArmHandling.SPLIT, [], True)


# --- At what price --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["study", "table"])
def test_a_page_of_a_trial_costs_the_same_for_many_outcomes_as_for_few(living, name):
    study = living.add()
    browser = Client()
    browser.force_login(living.extractor)
    address = reverse(f"reviews:extraction:{name}", args=[living.review.slug, study.pk])
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    more = OutcomeOfInterestFactory.create_batch(19, protocol=living.wanted.protocol)
    enter(living, study, *(cell(study, arm, one, "1/20") for one in more for arm in ("MSC", "Control")))
    with CaptureQueriesContext(connection) as many:
        browser.get(address)
    assert len(many) == len(few) <= 25
