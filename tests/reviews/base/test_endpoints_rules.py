import pytest

from reviews.base.endpoints.rules import KIND_OF_STATUS, Kind, Problem, invalid


def test_each_status_has_one_kind_of_problem_and_each_kind_a_name_of_its_own():
    assert len(KIND_OF_STATUS) == len(Kind)
    assert len({kind.value.name for kind in Kind}) == len(Kind)


@pytest.mark.parametrize(
    ("detail", "told", "errors"),
    [
        ({"label": ["Name it."]}, "One field is wrong.", {"label": ["Name it."]}),
        (
            {"label": ["Name it."], "year": ["Too early."]},
            "Some fields are wrong.",
            {"label": ["Name it."], "year": ["Too early."]},
        ),
        (["Nothing has changed."], "Nothing has changed.", {}),
        ("Nothing has changed.", "Nothing has changed.", {}),
        ({"non_field_errors": ["First.", "Second."]}, "First. Second.", {}),
        ({"arms": [{}, {"label": ["Name it."]}]}, "One field is wrong.", {"arms.1.label": ["Name it."]}),
        ({"arms": {"non_field_errors": ["Two at least."]}}, "One field is wrong.", {"arms": ["Two at least."]}),
        ({"arms": {}}, "Some fields are wrong.", {}),
    ],
)
def test_messages_stand_beside_the_field_that_they_speak_of(detail, told, errors):
    problem = invalid(detail)
    assert problem == Problem(Kind.INVALID, told, errors)


def test_a_problem_names_its_kind_by_an_address_that_explains_it():
    assert Problem(Kind.STALE, "Look again.").to_dict(types="/api/docs/", request_id="request-1") == {
        "type": "/api/docs/#problem-stale",
        "title": "Somebody was faster",
        "status": 409,
        "detail": "Look again.",
        "errors": {},
        "request_id": "request-1",
    }
