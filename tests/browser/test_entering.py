"""A trial is entered by keyboard alone, corrected, and what was released stays as it was; two people lose nothing."""

import json
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from meta.releases.models import Release
from reviews.extraction import queries
from reviews.library.models import Study
from reviews.protocol.rules import Measure, OutcomeType
from tests.factories import OutcomeOfInterestFactory
from tests.living import recomputed
from tests.reviews.extraction.entry import typed

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.django_db(transaction=True)]

MOST_STROKES = 45
"""Beyond letters and digits: every Tab, Enter, arrow and shortcut, and every sign that is neither."""


@pytest.fixture(autouse=True, scope="module")
def allow_the_browser_beside_the_database():
    """Playwright runs an event loop in this thread, which Django would take for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def five(living):
    """The review asks for five outcomes; of died and improved a person has only one."""
    protocol = living.wanted.protocol
    improved = OutcomeOfInterestFactory(
        protocol=protocol, outcome__name="Improvement", outcome__happened="improved", timepoint__label="28 days"
    )
    living.outcome.excludes.add(improved.outcome)
    for name in ("Serious adverse events", "Mechanical ventilation"):
        OutcomeOfInterestFactory(protocol=protocol, outcome__name=name)
    OutcomeOfInterestFactory(
        protocol=protocol,
        outcome__name="Length of stay",
        outcome__type=OutcomeType.CONTINUOUS,
        outcome__unit="days",
        measure=Measure.MEAN_DIFFERENCE,
    )
    return living


@pytest.fixture
def desk(chromium, live_server):
    """Opens a browser in which somebody is signed in; nobody's console may complain at the end."""
    opened, complaints = [], []

    def make(person, **options):
        client = Client()
        client.force_login(person)
        context = chromium.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        context.set_default_timeout(15_000)
        context.add_cookies(
            [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in client.cookies.items()]
        )
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert complaints == []


@pytest.fixture
def at(five, live_server):
    def address(name, *arguments):
        return live_server.url + reverse(f"reviews:extraction:{name}", args=[five.review.slug, *arguments])

    return address


class Keyboard:
    """A person's fingers: writes and presses, and counts what is neither letter nor digit."""

    def __init__(self, page):
        self.page, self.strokes = page, 0

    def write(self, text):
        self.strokes += sum(not (sign.isalnum() or sign == " ") for sign in text)
        self.page.keyboard.type(text)

    def press(self, *keys):
        self.strokes += len(keys)
        for key in keys:
            self.page.keyboard.press(key)


ROWS = [
    ("5/20", "4/21", "9/22"),
    ("10/20", "12/21", "8/22"),
    ("1/20", "0/21", "2/22"),
    ("3/20", "2/21", "6/22"),
    ("11 (4)", "12 (5)", "15 (6)"),
]


def test_three_arms_and_five_outcomes_are_entered_by_keyboard_alone(five, at, desk):
    page = desk(five.extractor)
    page.goto(at("new"))
    page.locator("[name=label]").focus()
    fingers = Keyboard(page)
    fingers.write("Zarrabi 2023")
    fingers.press("Enter")
    fingers.write("2023")
    fingers.press("Enter")
    fingers.write("Zarrabi and others 2023")
    fingers.press("Enter")
    for name, people in (("Cells", "20"), ("Placebo", "21"), ("Vesicles", "22")):
        fingers.write(name)
        fingers.press("Enter")
        fingers.write(people)
        fingers.press("Enter")
    for row in ROWS:
        for column, text in enumerate(row):
            fingers.write(text)
            fingers.press("Tab" if column < 2 else "Enter")
    fingers.press("Enter")
    expect(page.get_by_role("heading", name="Zarrabi 2023")).to_be_visible()
    assert fingers.strokes <= MOST_STROKES, fingers.strokes
    study = Study.objects.get()
    wanted = [(one.outcome, one.timepoint) for one in five.wanted.protocol.outcomes.all()]
    stored = [tuple(cell.text for cell in row.cells) for row in queries.table(study, wanted)]
    assert stored == ROWS


def test_what_is_impossible_is_said_under_the_cell_across_outcomes(five, at, desk):
    study = five.add("Dilogo 2021", "3/20", "16/20")
    page = desk(five.extractor)
    page.goto(at("table", study.pk))
    page.get_by_role("group", name=re.compile("Death")).locator("[data-cell]").nth(1).locator("input").first.fill(
        "17/20"
    )
    improved = page.get_by_role("group", name=re.compile("Improvement")).locator("[data-cell]").nth(1)
    improved.locator("input").first.fill("4/20")
    improved.locator("input").first.press("Enter")
    expect(improved).to_contain_text("4 improved and 17 died make 21 of 20 people.")


def test_a_block_from_a_spreadsheet_fills_a_block(five, at, desk):
    study = five.add()
    page = desk(five.extractor)
    page.goto(at("table", study.pk))
    second = page.locator("[data-row]").nth(1).locator("[data-cell] input:not([type=hidden])").first
    second.focus()
    second.evaluate(
        """(input) => { const data = new DataTransfer(); data.setData("text/plain", "4/20\\t2/20\\n1\\t20\\t3\\t20\\n");
        input.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })); }"""
    )
    for row, texts in ((1, ["4/20", "2/20"]), (2, ["1/20", "3/20"])):
        inputs = page.locator("[data-row]").nth(row).locator("[data-cell] input:not([type=hidden])")
        assert [inputs.nth(column).input_value() for column in range(2)] == texts


def test_a_correction_leaves_the_released_version_as_it_was(five, at, desk, live_server):
    study = five.add("Dilogo 2021", "10/20", "17/20")
    analysis = five.plan()
    recomputed(analysis)
    released = five.release()
    before = json.dumps(released.document, sort_keys=True)
    page = desk(five.extractor)
    page.goto(at("table", study.pk))
    cell = page.locator("[data-row]").first.locator("[data-cell]").nth(1).locator("input").first
    cell.fill("16/20")
    page.get_by_label("Reason for the correction").fill("The trial's table 2 says 16.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("1 cell is entered.")).to_be_visible()
    expect(page.get_by_text("16/20").first).to_be_visible()
    expect(page.get_by_text("Until then 17/20 counts.")).to_be_visible()
    five.confirm(study)
    recomputed(analysis)
    assert json.dumps(Release.objects.get(pk=released.pk).document, sort_keys=True) == before


def test_the_second_of_two_people_sees_what_the_first_did_and_loses_nothing(five, at, desk):
    study = five.add("Dilogo 2021", "10/20", "17/20")
    ben, cleo = desk(five.extractor), desk(five.second_extractor)
    for page in (ben, cleo):
        page.goto(at("table", study.pk))
    for page, text in ((ben, "16/20"), (cleo, "15/20")):
        page.locator("[data-row]").first.locator("[data-cell]").nth(1).locator("input").first.fill(text)
        page.get_by_label("Reason for the correction").fill("As the report says.")
        page.get_by_role("button", name="Enter these numbers").click()
    expect(ben.get_by_text("1 cell is entered.")).to_be_visible()
    expect(cleo.get_by_text("Now it says 16/20, entered by Ben Ito.")).to_be_visible()
    assert (
        cleo.locator("[data-row]").first.locator("[data-cell]").nth(1).locator("input").first.input_value() == "15/20"
    )


CASES = json.loads((Path(typed.__file__).parent / "typed.json").read_text())


def test_the_page_judges_every_cell_as_the_server_does(five, at, desk):
    page = desk(five.extractor)
    page.goto(at("new"))
    source = page.locator('script[src*="cells"]').get_attribute("src")
    said = page.evaluate(
        """async ([source, cases]) => { const { judge } = await import(source);
        return cases.map((one) => judge(one.text, one.randomised, { isCount: one.is_count, printed: one.printed }).kind); }""",
        [source, CASES],
    )
    assert [(case["text"], kind) for case, kind in zip(CASES, said, strict=True)] == [
        (case["text"], case["kind"]) for case in CASES
    ]


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_pages_of_a_trial_fit_and_can_be_used_by_everybody(five, at, desk, width):
    study = five.add()
    page = desk(five.extractor, viewport={"width": width, "height": 900})
    for address in (at("new"), at("study", study.pk), at("table", study.pk), at("studies")):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == []
