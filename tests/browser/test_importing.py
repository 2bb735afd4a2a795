"""Three exports become one list: seen before they are brought in, compared, answered by keyboard, and counted."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from meta.demo.searches import FOLDER, SEARCHES, bring_in
from reviews.base.work import queries as work
from reviews.dedup import queries as duplicates
from reviews.dedup import services as dedup
from reviews.dedup.models import Answer
from reviews.flow import queries as flow
from reviews.flow.rules import Box
from reviews.library.models import Record
from reviews.search import queries as searching
from reviews.search import services
from reviews.search.models import Import
from tests.browser.conftest import Watched
from tests.searched import a_search, brought, ris

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.django_db(transaction=True)]

STARTS = {"pubmed.nbib": 17, "embase.ris": 22, "central.csv": 14}
"""Records that begin in each file, counted by eye: PMID lines, TY lines, and lines below the header."""
CERTAIN = 17
"""Copies among the 53 records that are merged without asking."""


@pytest.fixture(autouse=True, scope="module")
def allow_the_browser_beside_the_database() -> Iterator[None]:
    """Playwright runs an event loop in this thread, which Django would take for asynchronous code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield


@pytest.fixture
def desk(chromium: Browser, live_server, owner) -> Iterator[Callable[..., Page]]:
    """Opens a browser in which the owner is signed in; it complains of nothing and asks no other host."""
    opened, watched = [], Watched()

    def make(**options: object) -> Page:
        client = Client()
        client.force_login(owner)
        context = chromium.new_context(**({"viewport": {"width": 1440, "height": 900}} | options))
        context.set_default_timeout(15_000)
        context.add_cookies(
            [{"name": name, "value": cookie.value, "url": live_server.url} for name, cookie in client.cookies.items()]
        )
        page = context.new_page()
        watched.watch(page, live_server.url)
        opened.append(context)
        return page

    yield make
    for context in opened:
        context.close()
    assert watched.complaints == []
    assert watched.strangers == []


@pytest.fixture
def at(review, live_server) -> Callable[..., str]:
    def address(name: str, *arguments: object) -> str:
        return live_server.url + reverse(f"reviews:{name}", args=[review.slug, *arguments])

    return address


def work_on(found: Import) -> None:
    """What a worker does when it hears of a file: reads it, then compares its records."""
    services.read_import(import_id=found.pk)
    dedup.compare(import_id=found.pk)
    for kind in (searching.READ_IMPORT, duplicates.COMPARE):
        standing = work.standing(kind, str(found.pk))
        assert not standing.last_error, standing.last_error


def bring_by_hand(page: Page, at, searched) -> None:
    """Write a search down with its file, look into it, begin, and see that every record is accounted for."""
    starts = STARTS[searched.file]
    page.goto(at("search:new"))
    page.get_by_label("Source", exact=True).fill(searched.source)
    page.get_by_label("Run on").fill(searched.ran_on.isoformat())
    page.get_by_label("Query").fill(searched.query)
    page.get_by_label("Hits").fill(str(searched.hits))
    page.locator("input[type=file]").set_input_files(FOLDER / searched.file)
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("Nothing of it is in the review yet.")).to_be_visible()
    expect(page.locator(".samples > .sample")).to_have_count(3)
    before = Record.objects.count()
    page.get_by_role("button", name=f"Import {starts} records").click()
    expect(page.get_by_text("Waiting for a worker…")).to_be_visible()
    assert Record.objects.count() == before
    work_on(Import.objects.latest("pk"))
    expect(page.get_by_text(f"{starts} imported and 0 rejected make {starts}")).to_be_visible()


def shown_numbers(page: Page, at) -> tuple[int, int, int]:
    """Identified, removed and to be screened, as the figure says them; it says too that they add up."""
    page.goto(at("flow:identification"))
    boxes = page.locator(".flow__number").all_inner_texts()
    identified, removed, screened = (int(text) for text in boxes)
    expect(page.get_by_text(f"✓ {identified} identified − {removed} removed = {screened}")).to_be_visible()
    assert identified - removed == screened
    return identified, removed, screened


def test_three_exports_become_one_list_whose_numbers_add_up(review, owner, at, desk):
    page = desk()
    for searched in SEARCHES:
        bring_by_hand(page, at, searched)
    assert shown_numbers(page, at) == (53, CERTAIN, 53 - CERTAIN)

    page.goto(at("dedup:queue"))
    waiting = page.locator(".head__lead")
    expect(waiting).to_contain_text("2 pairs wait for an answer")
    page.keyboard.press("d")
    expect(page.get_by_text("Your last answer: duplicate")).to_be_visible()
    expect(waiting).to_contain_text("No pair waits")
    assert shown_numbers(page, at) == (53, CERTAIN + 1, 52 - CERTAIN)

    page.goto(at("dedup:queue"))
    page.keyboard.press("z")
    expect(page.get_by_text("Your last answer was taken back.")).to_be_visible()
    expect(waiting).to_contain_text("2 pairs wait for an answer")
    assert shown_numbers(page, at) == (53, CERTAIN, 53 - CERTAIN)

    page.goto(at("dedup:queue"))
    relation = page.get_by_label("is the … of the other")
    relation.select_option("")
    page.locator("body").press("r")
    expect(relation).to_be_focused()
    page.keyboard.type("abstract")
    expect(relation).to_have_value("abstract_of")
    page.keyboard.press("Tab")
    page.keyboard.press("r")
    expect(page.get_by_text("Your last answer: related")).to_be_visible()
    expect(waiting).to_contain_text("1 pair waits for an answer")
    page.keyboard.press("n")
    expect(page.get_by_text("Your last answer: neither")).to_be_visible()
    expect(waiting).to_contain_text("No pair waits")
    said = list(Answer.objects.exclude(answered_by=None).values_list("answer", "relation"))
    assert said == [("duplicate", ""), ("undone", ""), ("related", "abstract_of"), ("neither", "")]
    assert shown_numbers(page, at) == (53, CERTAIN, 53 - CERTAIN)


def test_a_merge_that_nobody_was_asked_about_is_taken_back_on_the_page_of_its_copy(review, owner, at, desk):
    bring_in(review, owner)
    merged = timezone.now()
    page = desk()
    assert shown_numbers(page, at) == (53, CERTAIN, 53 - CERTAIN)
    page.get_by_role("listitem").filter(has_text="Duplicate records removed").get_by_role("link").click()
    expect(page.locator(".head__lead")).to_contain_text(f"{CERTAIN} records on")
    expect(page.locator(".things__item")).to_have_count(CERTAIN)
    copy = review.records.exclude(duplicate_of=None).first()
    page.goto(at("search:record", copy.pk))
    expect(page.get_by_text("A copy of")).to_be_visible()
    page.get_by_role("button", name="split it off").click()
    expect(page.get_by_text("The record stands for itself again.")).to_be_visible()
    assert shown_numbers(page, at) == (53, CERTAIN - 1, 54 - CERTAIN)
    assert flow.total(flow.columns(review, merged)).boxes[Box.DUPLICATE] == CERTAIN


@pytest.mark.parametrize("width", [360, 768, 1440])
def test_the_pages_of_records_fit_and_can_be_used_by_everybody(review, owner, at, desk, width):
    bring_in(review, owner)
    preview = brought(a_search(review, owner, "Scopus"), owner, ris() * 4)
    merged = review.records.exclude(duplicate_of=None).first()
    page = desk(viewport={"width": width, "height": 900})
    for address in (
        at("search:overview"),
        at("search:import", preview.pk),
        at("search:records"),
        at("search:record", merged.duplicate_of_id),
        at("dedup:queue"),
        at("flow:identification"),
    ):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        found = Axe().run(page).response["violations"]
        assert [one["id"] for one in found if one["impact"] in {"serious", "critical"}] == [], address
