"""plotly.js is served from the plotly package itself; nobody's code is copied into the tree."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from config.finders import PUBLIC_NAME, PlotlyFinder


def test_plotly_is_found_where_its_package_lies():
    found = Path(finders.find(PUBLIC_NAME))
    assert found.parts[-3:] == ("plotly", "package_data", "plotly.min.js")
    assert found.stat().st_size > 1_000_000
    assert finders.find(PUBLIC_NAME, find_all=True) == [str(found)]


def test_nothing_else_of_the_package_is_served():
    finder = PlotlyFinder()
    assert finder.find("plotly/validators.json") == []
    assert [name for name, _storage in finder.list(None)] == ["plotly.min.js"]
    [(_name, storage)] = finder.list(["*"])
    assert storage.prefix == "plotly"


def test_no_code_of_others_lies_in_the_tree():
    scripts = [path.name for path in (Path(settings.BASE_DIR) / "static").rglob("*.js")]
    assert not [name for name in scripts if "plotly" in name or "htmx" in name or name.endswith(".min.js")]
