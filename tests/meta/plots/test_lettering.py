"""Texts are measured without a browser."""

from meta.plots.forest import lettering


def test_wide_letters_are_wider_and_marks_over_letters_take_no_room():
    assert lettering.width("iii", 14) < lettering.width("mmm", 14)
    assert lettering.width("é", 14) == lettering.width("e\u0301", 14) == lettering.width("e", 14)
    assert lettering.width("張", 14) > lettering.width("Z", 14)
    assert lettering.width("Total", 14, bold=True) > lettering.width("Total", 14)


def test_lines_break_at_spaces_but_not_inside_an_equation():
    lines = lettering.wrap("Test for overall effect: Z = 3.29 (P = 0.001)", 110, 12)
    assert lines == ("Test for overall", "effect: Z = 3.29", "(P = 0.001)")


def test_a_word_that_is_too_long_is_broken():
    assert lettering.wrap("aa Donaudampfschiff", 60, 14) == ("aa", "Donauda", "mpfschiff")
    assert lettering.wrap("mm", 1, 14) == ("m", "m")
    assert lettering.wrap("  ", 10, 14) == ("",)


def test_a_label_is_shortened_with_an_ellipsis():
    assert lettering.shorten("Shu 2020", 100, 14) == "Shu 2020"
    assert lettering.shorten("Fathi-Kazerooni 2022", 100, 14) == "Fathi-Kazero…"
    assert lettering.shorten("mm", 1, 14) == "…"
