import pytest

from reviews.base.files.rules import JPEG, MEGABYTE, PDF, PNG, Refused, kind_of, safe_name


@pytest.mark.parametrize(
    ("head", "kind"),
    [(b"%PDF-1.7\n...", PDF), (b"\x89PNG\r\n\x1a\n....", PNG), (b"\xff\xd8\xff\xe0....", JPEG)],
    ids=["pdf", "png", "jpeg"],
)
def test_a_file_is_what_it_begins_with(head, kind):
    assert kind_of(head, size=100) is kind


@pytest.mark.parametrize(
    ("head", "size", "message"),
    [
        (b"", 0, "empty"),
        (b"MZ\x90\x00", 100, "neither a PDF nor a PNG or JPEG"),
        (b"<html>", 100, "neither a PDF"),
        (b" %PDF-1.7", 100, "neither a PDF"),
        (b"%PDF-1.7", 50 * MEGABYTE + 1, "at most 50 MB"),
        (b"\xff\xd8\xff", 20 * MEGABYTE + 1, "at most 20 MB"),
    ],
)
def test_what_is_empty_too_large_or_of_another_kind_is_refused(head, size, message):
    with pytest.raises(Refused, match=message):
        kind_of(head, size=size)


def test_the_largest_file_is_still_taken():
    assert kind_of(b"%PDF-", size=50 * MEGABYTE) is PDF


def test_only_the_kinds_that_a_door_allows_are_taken():
    with pytest.raises(Refused):
        kind_of(b"%PDF-1.7", size=10, allowed=(PNG,))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Monsel 2022.pdf", "Monsel 2022.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ada\\trial.pdf", "trial.pdf"),
        ('a"b<c>d:e|f?g*.pdf', "abcdefg.pdf"),
        ("line\r\nbreak\x00.pdf", "linebreak.pdf"),
        (".hidden", "hidden"),
        ("..", "file"),
        ("", "file"),
        ("é.pdf", "é.pdf"),
    ],
)
def test_a_name_to_show_has_no_folders_and_no_control_signs(typed, kept):
    assert safe_name(typed) == kept


def test_a_long_name_keeps_its_ending():
    assert safe_name("x" * 500 + ".pdf") == "x" * 196 + ".pdf"
