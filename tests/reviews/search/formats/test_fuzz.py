"""Any bytes at all are read, or refused with a sentence; every start is accounted for. PERENNIAL_FUZZ sets how many cases."""

import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviews.search.formats import Reference, UnreadableFileError, read

from .samples import SAMPLES

CASES = int(os.environ.get("PERENNIAL_FUZZ", "60"))
SIGNS = st.sampled_from([
    '"', "\n", "\r", "\r\n", "\n\n", ",", "{", "}", "<", ">", "%", "@", "\\", "#", "=", "\0", "\ufeff", " ", "\t",
    "é", "  - ", "&#x0;",
])  # fmt: skip


@st.composite
def damaged(draw, text):
    """A sample with pieces cut out, doubled, swapped or replaced, in some encoding."""
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 80)))
        what = draw(st.sampled_from(["cut", "double", "insert", "move"]))
        piece = text[at:end]
        rest = text[:at] + text[end:]
        if what == "cut":
            text = rest
        elif what == "double":
            text = text[:end] + piece + text[end:]
        elif what == "insert":
            text = text[:at] + "".join(draw(st.lists(SIGNS | st.text(max_size=3), max_size=4))) + text[at:]
        else:
            to = draw(st.integers(0, len(rest)))
            text = rest[:to] + piece + rest[to:]
    return text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252", "gb18030"])), "replace")


def read_or_told(data, **options):
    try:
        return read(data, **options), ""
    except UnreadableFileError as error:
        return None, str(error)


def holds(data, **options):
    reading, sentence = read_or_told(data, **options)
    if reading is None:
        assert sentence.endswith((".", ":"))
        return
    items = list(reading.items)
    assert len(items) == reading.starts, (len(items), reading.starts, data)
    assert not any("counted to begin" in one for one in reading.warnings), data
    for item in items:
        assert isinstance(item, Reference) or (
            item.reason.endswith(".") and "not found by the reader" not in item.reason
        ), data
        assert "\0" not in item.raw


@pytest.mark.parametrize("name", SAMPLES)
def test_a_damaged_export_is_accounted_for_record_by_record(name):
    @settings(max_examples=CASES, deadline=None, suppress_health_check=list(HealthCheck), derandomize=CASES < 500)
    @given(damaged(SAMPLES[name]))
    def check(data):
        holds(data)
        holds(data, format=name)

    check()


@settings(max_examples=CASES, deadline=None, derandomize=CASES < 500)
@given(st.binary(max_size=300), st.sampled_from([None, *SAMPLES, "xlsx", "zip"]))
def test_any_bytes_are_read_or_refused(data, name):
    holds(data, format=name)
    holds(b"PK\x03\x04" + data)
