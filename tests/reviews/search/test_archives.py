"""An upload is itself or what its zip holds, within bounds that no zip can talk its way around."""

import io
import zipfile

import pytest

from reviews.search import archives
from reviews.search.archives import Unpackable, files_of


def packed(**members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def opened(content, name="all.zip"):
    return list(files_of(io.BytesIO(content), name, len(content)))


def test_a_plain_file_is_itself():
    [only] = opened(b"TY  - JOUR\n", "a.ris")
    assert (only.name, only.content) == ("a.ris", b"TY  - JOUR\n")


def test_a_zip_gives_each_of_its_files_but_empty_and_hidden_ones():
    found = opened(packed(**{"a.ris": "1", "deep__b.ris": "2", "empty.ris": "", ".hidden": "3"}))
    assert [(each.name, each.content) for each in found] == [("a.ris", b"1"), ("b.ris", b"2")]


@pytest.mark.parametrize("mark", ["[Content_Types].xml", "customizations_log.csv"])
def test_a_workbook_and_an_export_with_its_log_stay_whole(mark):
    content = packed(**{mark: "x", "articles.csv": "y"})
    [only] = opened(content, "book.xlsx")
    assert only.content == content


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"PK\x03\x04 not a zip at all", "damaged or locked"),
        (packed(**{".hidden": "3"}), "holds no file"),
        (packed(**{f"{n}.ris": "x" for n in range(51)}), "51 files"),
        (packed(**{"zeros.ris": b"\0" * (3 * archives.MEGABYTE)}), "far more than an export"),
    ],
)
def test_what_is_not_taken_is_told_in_a_sentence(content, words):
    with pytest.raises(Unpackable, match=words):
        opened(content)


def test_a_file_that_is_too_large_is_not_even_read():
    with pytest.raises(Unpackable, match="at most 300 MB"):
        list(files_of(io.BytesIO(b"x"), "big.ris", archives.MOST_BYTES + 1))


def test_what_comes_out_is_counted_whatever_the_zip_says(monkeypatch):
    monkeypatch.setattr(archives, "MOST_BYTES", 1000)
    with pytest.raises(Unpackable, match="unpacks to more than"):
        opened(packed(**{"a.ris": "x" * 600, "b.ris": "y" * 600}))


def test_a_damaged_member_is_told_in_a_sentence():
    content = bytearray(packed(**{"a.ris": "TY  - JOUR\n" * 50}))
    content[45] ^= 0xFF
    with pytest.raises(Unpackable, match="damaged or locked"):
        opened(bytes(content))
