"""A reader walks the public page: outcomes, a study's numbers and their sources, the history, the downloads."""

import csv
import io
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PUBLIC = "/r/msc-covid-19/"
OF_2022 = f"{PUBLIC}v/1.0.0/"
PAGES = (
    OF_2022,
    f"{OF_2022}studies/zhu-2021/",
    f"{PUBLIC}history/",
    "/r/msc-placebo-controlled/",
    "/r/msc-cells-only/",
)
WIDTHS = (360, 768, 1440)


def test_a_reader_follows_an_outcome_to_a_number_and_its_source(visitor):
    reader = visitor()
    reader.go(OF_2022)
    page = reader.page
    page.get_by_role("navigation", name="Contents").get_by_role("link", name="Adverse events", exact=True).click()
    outcome = page.locator("#outcome-adverse-events")
    expect(outcome).to_be_in_viewport()
    expect(outcome).to_contain_text("0.33 (0.09 to 1.18)")
    expect(outcome).to_contain_text("not reproduced")
    outcome.get_by_text("Without each trial in turn").click()
    expect(outcome.get_by_text("without Zhu 2021")).to_be_visible()

    page.get_by_role("link", name="Length of hospital stay").first.click()
    expect(page.locator("#outcome-length-of-stay")).to_contain_text("−3.84 (−6.19 to −1.50)")

    page.locator("#studies").get_by_role("link", name="Dilogo 2021").click()
    expect(page.get_by_role("heading", name="Dilogo 2021", level=1)).to_be_visible()
    row = page.get_by_role("row").filter(has_text=re.compile("Control.*17.*back-calculated", re.DOTALL)).first
    expect(row).to_contain_text("Ben Ito, confirmed by Cleo Marsh")
    source = row.get_by_role("link", name=re.compile("Chen et al. 2022"))
    expect(source).to_have_attribute("href", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9259515/")
    page.get_by_role("link", name="Mesenchymal stromal cells for COVID-19").click()
    page.wait_for_url(f"**{OF_2022}")


def test_a_reader_sees_in_the_history_what_each_version_changed(visitor):
    reader = visitor()
    reader.go(PUBLIC)
    reader.page.get_by_role("link", name="See every difference").click()
    corrected = reader.page.locator("section").filter(has=reader.page.get_by_role("link", name="1.1.0", exact=True))
    expect(corrected).to_contain_text("17 → 16")
    expect(corrected).to_contain_text("0.18 (0.06 to 0.52)")
    expect(corrected).to_contain_text("0.21 (0.08 to 0.58)")
    corrected.get_by_role("link", name="1.1.0", exact=True).click()
    expect(reader.page.get_by_text("You are reading version 1.1.0.")).to_be_visible()


def test_a_reader_takes_the_numbers_along(visitor, tmp_path):
    reader = visitor()
    reader.go(OF_2022)
    downloads = reader.page.locator("#downloads")
    with reader.page.expect_download() as waiting:
        downloads.get_by_role("link", name="Results, CSV").click()
    waiting.value.save_as(tmp_path / "results.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "results.csv").read_text(encoding="utf-8"))))
    assert "0.16 (0.05 to 0.53)" in {row["text"] for row in rows if row["group"] == "Critical"}
    with reader.page.expect_download() as waiting:
        downloads.get_by_role("link", name="Everything on this page, JSON").click()
    waiting.value.save_as(tmp_path / "release.json")
    document = json.loads((tmp_path / "release.json").read_text(encoding="utf-8"))
    assert document["version"] == "1.0.0"
    expect(reader.page.locator("#downloads .digest")).to_have_text(document["digest"])
    expect(reader.page.locator(".cite")).to_contain_text("Version 1.0.0")


def test_any_outcome_can_be_explored(visitor):
    reader = visitor()
    reader.go(OF_2022)
    outcome = reader.page.locator("#outcome-length-of-stay")
    outcome.get_by_role("button", name="Explore").click()
    expect(outcome.locator(".plotly .main-svg").first).to_be_visible(timeout=30_000)
    assert reader.page.locator(".plotly .main-svg").count() == outcome.locator(".plotly .main-svg").count()


@pytest.mark.parametrize("width", WIDTHS)
def test_public_pages_fit_every_screen_and_shut_nobody_out(visitor, width):
    reader = visitor(viewport={"width": width, "height": 900})
    for path in PAGES:
        reader.go(path)
        wider = reader.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wider <= 0, (path, width)
        found = Axe().run(reader.page).response["violations"]
        serious = [
            (one["id"], [node["html"][:200] for node in one["nodes"]][:3])
            for one in found
            if one["impact"] in {"serious", "critical"}
        ]
        assert serious == [], (path, width)


def test_an_owner_withdraws_a_version_and_readers_are_led_elsewhere(visitor):
    ada = visitor()
    ada.enter_as("Ada Okafor")
    ada.go("/reviews/msc-cells-only/publication/")
    ada.page.get_by_role("link", name="Withdraw").click()
    ada.page.get_by_label("Why readers should no longer rely on it").fill("A rehearsal of the browser tests.")
    ada.page.get_by_role("button", name="Withdraw this version").click()
    expect(ada.page.get_by_text("Version 1.0.0 is withdrawn; its page says why.")).to_be_visible()
    reader = visitor()
    reader.go("/r/msc-cells-only/")
    expect(reader.page.get_by_text("A rehearsal of the browser tests.").first).to_be_visible()
    expect(reader.page.get_by_text("0.66 (0.44 to 0.98)").first).to_be_visible()
