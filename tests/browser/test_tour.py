"""README's tour: a trial is added and confirmed, the numbers and the plot change, and a new version says what changed."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

REVIEW = "/reviews/msc-covid-19"
PUBLIC = "/r/msc-covid-19/"
BEFORE, AFTER = "0.59 (0.40 to 0.87)", "0.54 (0.38 to 0.79)"
A_WHILE = 20_000
"""Milliseconds for a worker on a busy machine; how fast it really is, `bin/bench` says."""


def test_the_tour_of_the_readme(visitor):
    reader = visitor()
    reader.go("/")
    reader.page.get_by_role("link", name="Do mesenchymal stromal cells save lives in COVID-19?").click()
    expect(reader.page.get_by_text(BEFORE).first).to_be_visible()
    expect(reader.page.get_by_text("It is not medical advice").first).to_be_visible()

    ben = visitor()
    ben.enter_as("Ben Ito")
    ben.go(f"{REVIEW}/extraction/")
    ben.page.get_by_role("link", name="Add a trial").click()
    page = ben.page
    page.locator("[name=label]").fill("Zamanian 2024")
    page.locator("[name=year]").fill("2024")
    page.locator("[name=citation]").fill("Zamanian et al. 2024, placental MSC small vesicles, double-blind trial")
    deaths = page.get_by_role("group", name="Death from any cause, 28 days, or the latest reported")
    for place, (name, people, count) in enumerate((("MSC vesicles", "21", "4/21"), ("Placebo", "24", "14/13"))):
        page.locator(f"[name=arms-{place}-label]").fill(name)
        page.locator(f"[name=arms-{place}-randomised]").fill(people)
        deaths.locator(f"[name^=cell-][name$='-{place}']").fill(count)
    expect(page.get_by_text("14 of 13 people cannot have had the event.")).to_be_visible()
    deaths.locator("[name^=cell-][name$='-1']").fill("13/24")
    deaths.get_by_text("Where Death from any cause comes from").click()
    deaths.get_by_label("Time of measurement").fill("In hospital")
    page.get_by_role("button", name="Enter this trial").click()
    expect(page.get_by_role("heading", name="Zamanian 2024")).to_be_visible()
    expect(page.get_by_role("button", name="I read the source and agree")).to_have_count(0)

    cleo = visitor()
    cleo.enter_as("Cleo Marsh")
    cleo.go(f"{REVIEW}/analysis/")
    cleo.page.get_by_role("link", name=re.compile("Death within 28 days")).click()
    expect(cleo.page.get_by_text(BEFORE).first).to_be_visible()
    expect(cleo.page.locator("svg.forest").first).not_to_contain_text("Zamanian 2024")
    cleo.go(f"{REVIEW}/extraction/?show=waiting")
    cleo.page.get_by_role("link", name="Zamanian 2024").click()
    cleo.page.get_by_role("button", name="I read the source and agree").click()
    expect(cleo.page.get_by_text("waits for a second person")).to_have_count(0)
    cleo.go(f"{REVIEW}/analysis/")
    cleo.page.get_by_role("link", name=re.compile("Death within 28 days")).click()
    expect(cleo.page.get_by_text(AFTER).first).to_be_visible(timeout=A_WHILE)
    expect(cleo.page.locator("svg.forest").first).to_contain_text("Zamanian 2024")

    reader.page.reload()
    expect(reader.page.get_by_text(BEFORE).first).to_be_visible()
    expect(reader.page.get_by_text("Zamanian 2024")).to_have_count(0)

    ada = visitor()
    ada.enter_as("Ada Okafor")
    ada.go(f"{REVIEW}/publication/")
    expect(ada.page.get_by_text("Zamanian 2024").first).to_be_visible()
    ada.page.get_by_label("What changed, in a sentence").fill("Zamanian 2024 with 45 people; vesicles, not cells.")
    ada.page.get_by_role("radio", name=re.compile(r"1\.8\.0")).check()
    ada.page.get_by_role("button", name="Release this version").click()
    expect(ada.page.get_by_text("Version 1.8.0 is public.")).to_be_visible()

    reader.go(PUBLIC)
    expect(reader.page.get_by_text(AFTER).first).to_be_visible()
    changes = reader.page.locator("#changes")
    expect(changes).to_contain_text("since version 1.7.0")
    expect(changes).to_contain_text("Zamanian 2024 (45 people)")
    expect(changes).to_contain_text(BEFORE)
    reader.go(f"{PUBLIC}v/1.7.0/")
    expect(reader.page.get_by_text("It was superseded by version 1.8.0")).to_be_visible()
    expect(reader.page.get_by_text(BEFORE).first).to_be_visible()
