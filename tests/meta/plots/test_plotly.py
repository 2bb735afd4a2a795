"""The styles that a page has to allow are those of the bundle that is installed."""

import base64
import hashlib
import re
from importlib.util import find_spec
from pathlib import Path

from meta.plots.plotly import STYLE_HASHES


def test_the_allowed_styles_are_those_of_the_bundle():
    bundle = Path(find_spec("plotly").origin).parent / "package_data" / "plotly.min.js"
    maps = re.search(r"\.textContent='(\.maplibregl-[^']*)'", bundle.read_text())
    assert maps is not None
    assert "\\" not in maps[1]
    wanted = [base64.b64encode(hashlib.sha256(style.encode()).digest()).decode() for style in ("", maps[1])]
    assert list(STYLE_HASHES) == [f"sha256-{digest}" for digest in wanted]
