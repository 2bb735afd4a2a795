"""A record is counted in one box, and the boxes add up."""

import pytest

from reviews.flow.rules import Box, From, Identification, box_of, together


@pytest.mark.parametrize(
    ("is_duplicate", "is_retired", "by_a_tool", "box"),
    [
        (False, False, False, Box.SCREENED),
        (True, False, False, Box.DUPLICATE),
        (True, True, True, Box.DUPLICATE),
        (False, True, True, Box.AUTOMATION),
        (False, True, False, Box.OTHER),
    ],
)
def test_each_record_is_in_one_box(is_duplicate, is_retired, by_a_tool, box):
    assert box_of(is_duplicate=is_duplicate, is_retired=is_retired, by_a_tool=by_a_tool) is box


def test_columns_together_are_their_sum():
    first = Identification((From("PubMed", "database", 5),), {Box.SCREENED: 3, Box.DUPLICATE: 2})
    second = Identification(
        (From("PubMed", "database", 1), From("ICTRP", "register", 4)), {Box.SCREENED: 4, Box.OTHER: 1}
    )
    whole = together([first, second])
    assert (whole.identified, whole.removed, whole.screened) == (10, 3, 7)
    assert whole.adds_up
    assert whole.of_kind("register") == (From("ICTRP", "register", 4),)


def test_what_does_not_add_up_says_so():
    assert not Identification((From("PubMed", "database", 5),), {Box.SCREENED: 4}).adds_up


def test_nothing_adds_up():
    assert together([]).adds_up
