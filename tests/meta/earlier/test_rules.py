import pytest

from meta.earlier.rules import Kind, problems

WHOLE = {"subject": "PubMed", "says": "", "number": 358, "source": "Chen 2022", "has_study": False}


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        (Kind.SEARCH, {}),
        (Kind.FLOW, {"number": 0}),
        (Kind.DIRECTION, {"number": None, "says": "Favours MSC"}),
        (Kind.RISK_OF_BIAS, {"number": None, "says": "high risk", "has_study": True}),
    ],
)
def test_a_whole_statement_lacks_nothing(kind, said):
    assert problems(kind, **(WHOLE | said)) == {}


@pytest.mark.parametrize(
    ("kind", "said", "part"),
    [
        (Kind.SEARCH, {"subject": " "}, "subject"),
        (Kind.SEARCH, {"source": ""}, "source"),
        (Kind.SEARCH, {"number": None}, "number"),
        (Kind.SEARCH, {"has_study": True}, "study"),
        (Kind.DIRECTION, {"says": "Favours MSC"}, "number"),
        (Kind.DIRECTION, {"number": None}, "says"),
        (Kind.RISK_OF_BIAS, {"number": None, "says": "high risk"}, "study"),
    ],
)
def test_what_a_statement_lacks_is_said_beside_its_part(kind, said, part):
    assert list(problems(kind, **(WHOLE | said))) == [part]
