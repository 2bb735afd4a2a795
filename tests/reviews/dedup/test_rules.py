import pytest

from reviews.dedup.rules import best_fields, keepers


@pytest.mark.parametrize(
    ("pairs", "kept"),
    [
        ([], {}),
        ([(2, 1)], {1: 1, 2: 1}),
        ([(2, 3), (5, 4), (4, 3)], {2: 2, 3: 2, 4: 2, 5: 2}),
        ([(1, 2), (2, 1), (8, 9)], {1: 1, 2: 1, 8: 8, 9: 8}),
    ],
)
def test_of_records_that_are_one_the_first_is_kept(pairs, kept):
    assert keepers(pairs) == kept
    assert keepers(reversed(pairs)) == kept


def test_the_kept_record_speaks_first_but_the_longest_abstract_is_shown():
    best = best_fields(
        [
            (1, {"title": "A", "abstract": "short"}),
            (2, {"title": "A longer", "doi": "10.5555/x", "abstract": "much longer"}),
        ]
    )
    assert best == {"title": ("A", 1), "abstract": ("much longer", 2), "doi": ("10.5555/x", 2)}
