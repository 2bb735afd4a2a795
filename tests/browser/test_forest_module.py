"""The interactive forest plot in a real browser: it draws what the server worked out, within a strict policy."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from meta.plots import forest
from tests.browser.forest_page import Visit, served, visit
from tests.meta.plots import samples

pytestmark = pytest.mark.browser

DESK = {"viewport": {"width": 1440, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with served(samples.later()) as url:
        yield url


@pytest.fixture(scope="module")
def quiet(chromium: Browser, address: str) -> Iterator[Visit]:
    """A page on which nothing is clicked."""
    with visit(chromium, address) as seen:
        yield seen


@pytest.mark.parametrize("options", [DESK, PHONE, DESK | {"color_scheme": "dark"}], ids=["desk", "phone", "dark"])
def test_exploring_breaks_no_rule_and_leaves_no_complaint(chromium, address, options):
    with visit(chromium, address, **options) as seen:
        seen.explore()
        hover(seen, study=8)
        zoom_in(seen)
        for name in ("Reset axes", "Zoom out", "Reset axes"):
            press(seen, name)
        files = [download(seen, f'[data-title="Download as {kind}"]') for kind in ("SVG", "PNG")]
        files.append(download(seen, "[data-forest-png]"))
        assert seen.violations() == []
        assert seen.complaints == []
    names = ["forest-plot-death-within-28-days.svg", "forest-plot-death-within-28-days.png", "mortality.png"]
    assert [name for name, _ in files] == names
    assert "Bowdish 2023" in files[0][1].decode()
    assert all(content.startswith(b"\x89PNG") for _, content in files[1:])


def test_without_the_allowance_for_maps_the_browser_does_complain(chromium):
    with served(samples.chen_2022(), policy="style-src 'self'") as url, visit(chromium, url, **DESK) as seen:
        seen.explore()
        assert seen.violations()


def test_hover_shows_study_events_weight_and_estimate(chromium, address):
    with visit(chromium, address, **DESK) as seen:
        seen.explore()
        words = hover(seen, study=8)
    for piece in ("Bowdish 2023", "Mesenchymal stromal cells: 42/112", "Usual care or placebo: 47/110"):
        assert piece in words
    assert "Weight: 38.2%" in words
    assert "Odds Ratio: 0.80 [0.47, 1.38]" in words


def test_zooming_hides_the_arrow_heads_and_gives_finer_ticks_until_it_is_undone(chromium, address):
    with visit(chromium, address, **DESK) as seen:
        seen.explore()
        start = tick_labels(seen)
        assert arrow_heads(seen) == 1
        zoom_in(seen)
        assert {"0.5", "1", "2"} <= set(tick_labels(seen))
        assert arrow_heads(seen) == 0
        press(seen, "Reset axes")
        seen.wait_for("document.querySelectorAll('.xtick text').length === 5")
        assert tick_labels(seen) == start == ["0.01", "0.1", "1", "10", "100"]
        assert arrow_heads(seen) == 1


def test_the_printed_plot_comes_back(chromium, address):
    with visit(chromium, address, **DESK) as seen:
        printed = seen.page.locator("svg.forest[data-layout=wide]")
        assert printed.is_visible()
        seen.explore()
        assert not printed.is_visible()
        assert seen.page.get_attribute("[data-forest-explore]", "aria-pressed") == "true"
        seen.page.click("[data-forest-explore]")
        assert printed.is_visible()
        assert not seen.page.locator(".forest-figure__live").is_visible()


def test_the_layout_follows_the_width(chromium, address):
    with visit(chromium, address, **DESK) as seen:
        assert not seen.page.locator("svg.forest[data-layout=narrow]").is_visible()
        seen.explore()
        assert layout(seen) == "wide"
        seen.page.set_viewport_size({"width": 360, "height": 740})
        seen.wait_for("document.querySelector('.forest-figure__live').dataset.layout === 'narrow'")
        assert seen.page.evaluate("document.documentElement.scrollWidth") <= 360
        seen.page.click("[data-forest-explore]")
        assert seen.page.locator("svg.forest[data-layout=narrow]").is_visible()


@pytest.mark.parametrize("drawing", ["svg.forest[data-layout=narrow] text", ".forest-figure__live .annotation text"])
def test_on_a_phone_no_letter_is_smaller_than_twelve_pixels(chromium, address, drawing):
    with visit(chromium, address, **PHONE) as seen:
        if "live" in drawing:
            seen.explore()
        sizes = seen.page.evaluate(
            """(drawing) => [...document.querySelectorAll(drawing)].map((text) =>
                 parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)""",
            drawing,
        )
    assert len(sizes) > 40
    assert min(sizes) >= 11.99


def test_colours_follow_the_page_and_downloads_do_not(chromium, address):
    ink = "getComputedStyle(document.querySelector('.forest-figure__live .annotation text')).fill"
    with visit(chromium, address, color_scheme="dark", **DESK) as seen:
        seen.explore()
        assert seen.page.evaluate(ink) == "rgb(232, 235, 233)"
        _, content = download(seen, '[data-title="Download as SVG"]')
        assert "rgb(28, 35, 33)" in content.decode()
        seen.page.emulate_media(color_scheme="light")
        seen.wait_for(f"{ink} === 'rgb(28, 35, 33)'")


def test_a_plot_that_cannot_be_loaded_says_so_and_can_be_tried_again(chromium, address):
    with visit(chromium, address, **DESK) as seen:
        seen.page.route("**/wide.json", lambda route: route.fulfill(status=503))
        seen.page.click("[data-forest-explore]")
        seen.wait_for("!!document.querySelector('.forest-figure__note')?.textContent")
        assert seen.page.locator("svg.forest[data-layout=wide]").is_visible()
        seen.page.unroute("**/wide.json")
        seen.explore()
        assert seen.page.text_content(".forest-figure__note") == ""


def test_no_word_of_a_study_becomes_markup(chromium):
    hostile = samples.mantel_haenszel(
        (("<img src=x onerror=alert(1)> & <b>Shu</b>", 1, 12, 3, 29), *samples.LATER[6:9])
    )
    with served(hostile) as url, visit(chromium, url, **DESK) as seen:
        seen.explore()
        assert seen.page.locator("img").count() == 0
        first = seen.page.locator(".forest-figure__live .annotation text", has_text="onerror").first
        assert first.text_content() == "<img src=x onerror=alert(1)> & <b>Shu</b>"
        assert seen.violations() == []


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ("zoom({'xaxis.range[0]': -1, 'xaxis.range[1]': 1}, [-2, 2])", "in"),
        ("zoom({'xaxis.range': [-3, 3]}, [-2, 2])", "out"),
        ("zoom({'xaxis.range[0]': -2, 'xaxis.range[1]': 2}, [-2, 2])", "start"),
        ("zoom({'xaxis.autorange': true}, [-2, 2])", "out"),
        ("zoom({'xaxis.tickmode': 'auto'}, [-2, 2])", None),
        ("choose({layout: {meta: {least_width: 700}}}, 700)", "wide"),
        ("choose({layout: {meta: {least_width: 700}}}, 699)", "narrow"),
        ("ticks({start: {tickmode: 'array'}, zoomed_in: {tickmode: 'auto'}}, 'in')", {"xaxis.tickmode": "auto"}),
        ("ticks({start: {tickmode: 'array'}, zoomed_in: {tickmode: 'auto'}}, 'out')", {"xaxis.tickmode": "array"}),
        ("fileName('Décès, 28 jours: <b>')", "forest-plot-deces-28-jours-b"),
        ("pngName('/r/msc/v/1.2.0/mortality-28d.svg?x=1')", "mortality-28d.png"),
        ("pngName('/mortality')", "mortality.png"),
    ],
)
def test_decisions_of_the_module(quiet, call, answer):
    name = call.partition("(")[0]
    assert quiet.page.evaluate(f"import('/js/forest.js').then(({{ {name} }}) => {call})") == answer


def test_only_colours_are_repainted(quiet):
    figure = forest.figure(samples.mantel_haenszel((("#1c2321", 1, 12, 3, 29), *samples.LATER[6:9])))
    painted = quiet.page.evaluate(
        "(figure) => import('/js/forest.js').then(({ repaint }) => repaint(figure, (token) => `[${token}]`))", figure
    )
    texts = [annotation["text"] for annotation in painted["layout"]["annotations"]]
    assert "#1c2321" in texts
    assert painted["layout"]["font"]["color"] == "[--ink]"
    assert painted["layout"]["meta"] == figure["layout"]["meta"]
    studies = next(trace for trace in painted["data"] if trace["name"] == "Studies")
    assert studies["marker"]["color"] == "[--forest-square]"


def hover(seen: Visit, *, study: int) -> str:
    """Move onto a study's square; the words that appear."""
    box = seen.page.locator(".trace.scatter .point").nth(study).bounding_box()
    assert box is not None
    seen.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=3)
    seen.wait_for("!!document.querySelector('.hoverlayer .hovertext')")
    return str(seen.page.evaluate("document.querySelector('.hoverlayer .hovertext').textContent"))


def zoom_in(seen: Visit) -> None:
    before = tick_labels(seen)
    for _ in range(2):
        press(seen, "Zoom in")
    seen.wait_for(f"JSON.stringify({TICKS}) !== {json.dumps(json.dumps(before, separators=(',', ':')))}")


def press(seen: Visit, title: str) -> None:
    seen.page.click(f'.modebar-btn[data-title="{title}"]')
    seen.page.wait_for_timeout(100)


def download(seen: Visit, button: str) -> tuple[str, bytes]:
    with seen.page.expect_download() as expected:
        seen.page.click(button)
    return expected.value.suggested_filename, Path(expected.value.path()).read_bytes()


TICKS = "[...document.querySelectorAll('.xtick text')].map((tick) => tick.textContent)"


def tick_labels(seen: Visit) -> list[str]:
    found: list[str] = seen.page.evaluate(TICKS)
    return found


def arrow_heads(seen: Visit) -> int:
    found: int = seen.page.evaluate(
        "document.querySelector('.js-plotly-plot').data.filter((t) => t.meta === 'cut' && t.visible !== false)"
        ".reduce((sum, trace) => sum + trace.x.length, 0)"
    )
    return found


def layout(seen: Visit) -> str | None:
    return seen.page.get_attribute(".forest-figure__live", "data-layout")
