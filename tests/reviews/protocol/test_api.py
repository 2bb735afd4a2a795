from dataclasses import replace

import pytest

from reviews.protocol import queries, services
from reviews.protocol.rules import as_plain
from reviews.team.models import Review
from reviews.team.rules import Role
from tests.factories import ReviewFactory, TeamFactory, lead, member
from tests.programs import everything, program_of
from tests.reviews.protocol.contents import CONTENT

pytestmark = pytest.mark.django_db

REVIEWS = "/api/v1/reviews/"
HERE = f"{REVIEWS}msc-covid-19/"


@pytest.fixture
def team():
    return TeamFactory(name="Cell therapy")


@pytest.fixture
def ada(team):
    return lead(team, name="Ada Okafor")


@pytest.fixture
def begun(team, ada):
    return services.create_review(
        team=team, title="Stromal cells for COVID-19", slug="msc-covid-19", content=CONTENT, actor=ada
    )


def new(**changes):
    return {
        "team": "Cell therapy",
        "title": "Stromal cells for COVID-19",
        "slug": "msc-covid-19",
        "protocol": as_plain(CONTENT),
    } | changes


def test_a_lead_begins_a_review_with_all_of_its_protocol(ada):
    answer = program_of(ada).post(REVIEWS, new())
    assert answer.status_code == 201, answer.json()
    assert answer.json()["roles"] == ["owner"]
    assert queries.content_of(queries.draft(Review.objects.get())) == CONTENT


def test_a_question_is_enough_and_the_usual_schedules_are_set(ada):
    answer = program_of(ada).post(REVIEWS, new(protocol={"question": "Why?"}))
    assert answer.status_code == 201
    assert len(queries.draft(Review.objects.get()).schedules) == 4


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"slug": "a b"}, "slug"),
        ({"slug": "new"}, "slug"),
        ({"team": "Another team"}, "team"),
        ({"protocol": {}}, "protocol.question"),
        ({"protocol": {"question": "?", "extra": 1}}, "protocol.extra"),
        ({"protocol": {"question": "?", "criteria": [{"kind": "perhaps", "text": "x"}]}}, "protocol.criteria.0.kind"),
        ({"surprise": 1}, "surprise"),
    ],
)
def test_a_refused_beginning_names_the_field(ada, change, field):
    answer = program_of(ada).post(REVIEWS, new(**change))
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Review.objects.exists()


def test_who_leads_no_team_is_refused(team, outsider):
    assert program_of(outsider).post(REVIEWS, new()).status_code == 403
    assert program_of(None).post(REVIEWS, new()).status_code == 401


def test_my_reviews_are_listed_and_read(begun, ada, django_assert_max_num_queries):
    ReviewFactory()
    member(begun, Role.READER, Role.EXTRACTOR)
    program = program_of(ada)
    with django_assert_max_num_queries(4):
        [mine] = everything(program, REVIEWS)
    assert (mine["slug"], mine["team"], mine["roles"]) == ("msc-covid-19", "Cell therapy", ["owner"])
    assert program.get(HERE).json() == mine


def test_a_person_with_two_roles_sees_a_review_once(begun):
    both = member(begun, Role.READER, Role.EXTRACTOR)
    [mine] = everything(program_of(both), REVIEWS)
    assert mine["roles"] == ["extractor", "reader"]


def test_a_stranger_finds_nothing_and_a_reader_writes_nothing(begun, outsider, administrator):
    reads = ("", "protocols/", "protocols/1/")
    writes = (("put", "protocols/draft/"), ("post", "protocols/draft/release/"), ("post", "protocols/amendments/"))
    for person, status in ((outsider, 404), (administrator, 404), (member(begun, Role.READER), 403)):
        program = program_of(person)
        assert {program.get(HERE + path).status_code for path in reads} == {404 if status == 404 else 200}
        assert {getattr(program, method)(HERE + path, {}).status_code for method, path in writes} == {status}


def test_a_version_is_read_with_all_that_it_says(begun, ada):
    answer = program_of(ada).get(f"{HERE}protocols/1/").json()
    assert answer["version"]["state"] == "draft"
    assert answer["content"]["criteria"][0] == {"kind": "include", "text": "Randomised"}
    assert answer["content"]["outcomes"][0]["important_difference"] == 20
    assert answer["content"]["schedules"][2]["source"] == "Preprints"
    assert answer["differences"] == []
    assert program_of(ada).get(f"{HERE}protocols/2/").status_code == 404


def test_a_draft_is_read_changed_and_sent_back(begun, ada):
    program = program_of(ada)
    read = program.get(f"{HERE}protocols/1/").json()
    sent = read["content"] | {"comparator": "Placebo", "seen": read["seen"]}
    answer = program.put(f"{HERE}protocols/draft/", sent)
    assert answer.status_code == 200, answer.json()
    assert queries.content_of(queries.draft(begun)) == replace(CONTENT, comparator="Placebo")
    assert answer.json()["seen"] != read["seen"]


def test_a_colleagues_words_are_not_written_over(begun, ada):
    program = program_of(ada)
    read = program.get(f"{HERE}protocols/1/").json()
    colleague = member(begun, Role.OWNER)
    services.write_protocol(review=begun, content=replace(CONTENT, population="Children"), actor=colleague)
    answer = program.put(f"{HERE}protocols/draft/", read["content"] | {"seen": read["seen"]})
    assert answer.status_code == 409
    assert "A colleague changed the draft" in answer.json()["detail"]
    assert queries.draft(begun).population == "Children"


def test_what_does_not_hold_together_is_refused(begun, ada):
    program = program_of(ada)
    read = program.get(f"{HERE}protocols/1/").json()
    read["content"]["outcomes"][0]["measure"] = "MD"
    answer = program.put(f"{HERE}protocols/draft/", read["content"] | {"seen": read["seen"]})
    assert answer.status_code == 422
    assert "not MD" in answer.json()["errors"]["outcomes"][0]


def test_a_protocol_is_released_and_amended_and_both_versions_are_listed(begun, ada):
    program = program_of(ada)
    assert program.post(f"{HERE}protocols/draft/release/").json()["version"]["released_by"]["name"] == "Ada Okafor"
    assert program.post(f"{HERE}protocols/draft/release/").status_code == 422
    refused = program.post(f"{HERE}protocols/amendments/", {"reason": " "})
    assert (refused.status_code, list(refused.json()["errors"])) == (422, ["reason"])
    amended = program.post(f"{HERE}protocols/amendments/", {"reason": "Trials now report at 60 days"}).json()
    sent = amended["content"] | {"comparator": "Placebo", "seen": amended["seen"]}
    changed = program.put(f"{HERE}protocols/draft/", sent).json()
    assert [(each["part"], each["change"], each["new"]) for each in changed["differences"]] == [
        ("comparator", "changed", "Placebo")
    ]
    listed = program.get(f"{HERE}protocols/").json()
    assert [(each["number"], each["state"], each["amendment_reason"]) for each in listed] == [
        (2, "draft", "Trials now report at 60 days"),
        (1, "released", ""),
    ]


def test_a_protocol_is_read_in_a_bounded_number_of_statements(begun, ada, django_assert_max_num_queries):
    services.release_protocol(review=begun, actor=ada)
    services.amend_protocol(review=begun, reason="Why not", actor=ada)
    program = program_of(ada)
    with django_assert_max_num_queries(10):
        program.get(f"{HERE}protocols/2/")
    with django_assert_max_num_queries(5):
        program.get(f"{HERE}protocols/")
