"""Arm data go out and come in as a file: checked row by row, shown before, all or nothing, and quick."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from reviews.base.audit.models import Event
from reviews.extraction import queries
from reviews.extraction.models import Arm, Value
from reviews.extraction.rules import ArmRole
from reviews.extraction.sheets import queries as sheets
from reviews.extraction.sheets import services
from reviews.extraction.sheets.rules import COLUMNS, safe_file
from reviews.protocol.rules import OutcomeType
from tests.factories import InclusionFactory, OutcomeOfInterestFactory
from tests.programs import program_of

pytestmark = pytest.mark.django_db


def sheet(*rows, columns=COLUMNS):
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.fixture
def line(living):
    def row(**said):
        return {
            "study": "Dilogo 2021",
            "arm": "Control",
            "outcome": living.outcome.name,
            "timepoint": living.timepoint.label,
            "result": "16/20",
            "source": "The report",
            "place": "Table 2",
            "reason": "The table says 16.",
        } | said

    return row


def enter(living, text, *, actor=None):
    seal = services.plan(review=living.review, text=text, file="arms.csv").reading.seal
    return services.enter_sheet(
        review=living.review, actor=actor or living.extractor, text=text, file="arms.csv", seal=seal
    )


def shown(study, arm, living):
    return queries.cell(study.arms.get(label=arm), living.timepoint).text


def test_what_goes_out_comes_back_and_changes_nothing(living):
    living.add()
    OutcomeOfInterestFactory(
        protocol=living.wanted.protocol, outcome__name="Stay", outcome__type=OutcomeType.CONTINUOUS
    )
    text = "".join(safe_file(sheets.rows(living.review))).removeprefix("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(row["arm"], row["outcome"], row["result"]) for row in rows] == [
        ("MSC", "Death from any cause", "10/20"),
        ("MSC", "Stay", ""),
        ("Control", "Death from any cause", "17/20"),
        ("Control", "Stay", ""),
    ]
    plan = services.plan(review=living.review, text=text, file="arms.csv")
    assert (plan.problems, plan.entered, plan.corrected, plan.unchanged) == ([], [], [], 2)


def test_a_median_goes_out_with_what_it_is_and_comes_back_unchanged(living, line):
    living.add()
    stay = OutcomeOfInterestFactory(
        protocol=living.wanted.protocol, outcome__name="Stay", outcome__type=OutcomeType.CONTINUOUS
    )
    said = {"outcome": "Stay", "timepoint": stay.timepoint.label, "result": "11 (8–14) n=20", "reason": ""}
    enter(living, sheet(line(**said, numbers_are="median_iqr_table")))
    text = "".join(safe_file(sheets.rows(living.review))).removeprefix("\ufeff")
    [row] = [row for row in csv.DictReader(io.StringIO(text)) if row["result"].startswith("11")]
    assert row["numbers_are"] == "median_iqr_table"
    assert services.plan(review=living.review, text=text, file="arms.csv").unchanged == 3


def test_a_correction_comes_in_with_its_reason_and_waits_for_a_second_person(living, line):
    study = living.add()
    made = enter(living, sheet(line()))
    [value] = made
    assert (value.as_printed, value.reason, value.place, value.replaces.as_printed) == (
        "16", "The table says 16.", "Table 2", "17",
    )  # fmt: skip
    assert shown(study, "Control", living) == "16/20"
    assert str(queries.evidence(living.review, living.outcome, living.timepoint)[0].side(ArmRole.CONTROL)) == "17/20"
    event = Event.objects.order_by("-pk").first()
    assert (event.verb, event.after["cells corrected"], event.after["values"]) == ("entered a file", 1, [value.pk])


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"study": "Dilogo"}, "line 3, column study: The review has no study “Dilogo”. Add it first"),
        ({"arm": "Cells"}, "line 3, column arm: Dilogo 2021 has no arm “Cells”. Its arms are MSC, Control."),
        ({"outcome": "Life"}, "line 3, column outcome: There is no outcome “Life”."),
        ({"timepoint": "1 year"}, "line 3, column timepoint: It is not read at “1 year”. Its times are 28 days."),
        ({"method": "guessed"}, "line 3, column method: “guessed” is none. Write one of reported, calculated"),
        ({"numbers_are": "mode"}, "line 3, column numbers_are: “mode” is none. Write one of mean_sd"),
        ({"result": "21/20"}, "line 3, column result: 21 of 20 people cannot have had the event."),
        ({"source": ""}, "line 3, column source: Say where the number comes from"),
        ({"reason": ""}, "line 3, column reason: A number stands here already."),
        ({"arm": "MSC"}, "line 3: Line 2 says something of this cell already."),
    ],
)
def test_one_wrong_line_is_told_and_nothing_is_entered(living, line, said, says):
    living.add()
    text = sheet(line(arm="MSC", result="9/20"), line(**said))
    with pytest.raises(ValidationError) as refused:
        enter(living, text)
    assert refused.value.messages[0].startswith(f"arms.csv, {says}")
    assert Value.objects.count() == 4


def test_outcomes_that_exclude_each_other_are_looked_at_within_the_file_and_beside_what_stands(living, line):
    living.add()
    improved = OutcomeOfInterestFactory(
        protocol=living.wanted.protocol, outcome__name="Improvement", outcome__happened="improved"
    )
    living.outcome.excludes.add(improved.outcome)
    of_improved = line(outcome="Improvement", result="4/20", reason="")
    says = "4 improved and 17 died make 21 of 20 people."
    [problem] = services.plan(review=living.review, text=sheet(of_improved), file="arms.csv").problems
    assert says in str(problem)
    both = services.plan(review=living.review, text=sheet(line(result="18/20"), of_improved), file="arms.csv")
    assert [problem.line for problem in both.problems] == [3]
    assert services.plan(review=living.review, text=sheet(line(), of_improved), file="arms.csv").problems == []


def test_what_changed_since_the_preview_is_looked_at_again(living, line):
    study = living.add()
    text = sheet(line())
    seal = services.plan(review=living.review, text=text, file="arms.csv").reading.seal
    living.enter(study, "Control", "15/20", actor=living.second_extractor)
    with pytest.raises(ValidationError, match="changed after the preview"):
        services.enter_sheet(review=living.review, actor=living.extractor, text=text, file="arms.csv", seal=seal)
    assert shown(study, "Control", living) == "15/20"


def test_only_who_extracts_brings_a_file(living, line, reader):
    living.add()
    for person in (reader, living.owner):
        with pytest.raises(PermissionDenied):
            enter(living, sheet(line()), actor=person)


def test_a_thousand_rows_come_in_at_once(living, line):
    asked = [living.wanted, *OutcomeOfInterestFactory.create_batch(4, protocol=living.wanted.protocol)]
    rows = []
    for study in (one.study for one in InclusionFactory.create_batch(100, review=living.review)):
        for place, role in enumerate(ArmRole, start=1):
            Arm.objects.create(study=study, position=place, label=role.value, role=role)
            rows += [
                line(
                    study=study.label,
                    arm=role.value,
                    outcome=one.outcome.name,
                    timepoint=one.timepoint.label,
                    reason="",
                )
                for one in asked
            ]
    text = sheet(*rows)
    made = enter(living, text)
    assert len(rows) == 1_000
    assert len(made) == 2_000


@pytest.fixture
def page(living):
    browser = Client()
    browser.force_login(living.extractor)
    address = reverse("reviews:extraction:sheet", args=[living.review.slug])

    def post(content=None, /, **said):
        if content is None:
            return browser.post(address, said)
        return browser.post(
            address, {"file": SimpleUploadedFile("arms.csv", content.encode(said.get("code", "utf-8")))}
        )

    return post


def test_a_file_is_shown_first_and_entered_when_somebody_agrees(living, line, page):
    study = living.add()
    preview = page(sheet(line()))
    assert "0 cells are new, 1 are corrected, 0 stay as they are." in preview.content.decode()
    assert shown(study, "Control", living) == "17/20"
    agreed = preview.context["agreed"].initial
    assert page(**agreed).status_code == 302
    assert shown(study, "Control", living) == "16/20"


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("study\n", "utf-8", "This column is missing."),
        ("study;é\n", "latin-1", "The file is not in UTF-8."),
        ("x" * 4_000_001, "ascii", "The file has more than 4 MB."),
    ],
)
def test_a_file_that_cannot_be_read_comes_back_with_its_message(living, page, text, code, says):
    response = page(text, code=code)
    assert response.status_code == 422
    assert says in response.content.decode()


def test_a_preview_that_is_out_of_date_is_shown_again(living, line, page):
    study = living.add()
    agreed = page(sheet(line())).context["agreed"].initial
    living.enter(study, "Control", "15/20", actor=living.second_extractor)
    response = page(**agreed)
    assert response.status_code == 422
    assert "changed after the preview" in response.content.decode()
    assert page(**response.context["agreed"].initial).status_code == 302
    assert page(seal="x").status_code == 422


def test_the_file_to_take_away_is_a_download(living, reader):
    living.add("=Dilogo 2021")
    browser = Client()
    browser.force_login(reader)
    response = browser.get(reverse("reviews:extraction:download", args=[living.review.slug]))
    assert "attachment" in response["Content-Disposition"]
    text = b"".join(response.streaming_content).decode()
    assert "\n'=Dilogo 2021,MSC," in text


def test_a_program_looks_first_and_then_enters(living, line):
    study = living.add()
    address = f"/api/v1/reviews/{living.review.slug}/arms.csv"
    program = program_of(living.extractor)
    assert program.get(address).content.decode().startswith("\ufeffstudy,arm,")
    looked = program.post(address, {"file": "arms.csv", "text": sheet(line())})
    assert looked.status_code == 200
    told = looked.json()
    assert (told["new"], told["corrected"], told["unchanged"], told["is_entered"]) == (0, 1, 0, False)
    entered = program.post(address, {"file": "arms.csv", "text": sheet(line()), "seal": told["seal"]})
    assert (entered.status_code, entered.json()["is_entered"]) == (201, True)
    assert shown(study, "Control", living) == "16/20"
    wrong = program.post(address, {"file": "arms.csv", "text": sheet(line(arm="Cells"))}).json()
    assert [(one["line"], one["column"]) for one in wrong["problems"]] == [(2, "arm")]
