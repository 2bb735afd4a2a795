from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from reviews.protocol import queries, services
from reviews.protocol.rules import Benefit, CriterionKind, Importance, Measure, OutcomeType, UpdateModel
from reviews.team.models import Review
from reviews.team.rules import Role
from tests.factories import ReviewFactory, TeamFactory, UserFactory, lead, member
from tests.reviews.protocol.contents import CONTENT, DEATH

pytestmark = pytest.mark.django_db

NEW, MINE = reverse("reviews:team:new"), reverse("reviews:team:reviews")


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


@pytest.fixture
def reading(begun):
    return member(begun, Role.READER, name="Fay Lind")


def page(name="protocol", *args, slug="msc-covid-19"):
    return reverse(f"reviews:protocol:{name}", args=[slug, *args])


def typed(form, **changes):
    """What a browser would send of this page, with changes."""
    fields = {}
    for part in (form["form"], form["criteria"].management_form, form["outcomes"].management_form):
        fields |= {field.html_name: field.value() for field in part}
    fields |= {field.html_name: field.value() for field in form["schedules"].management_form}
    for formset in ("criteria", "outcomes", "schedules"):
        for row in form[formset]:
            fields |= {field.html_name: field.value() for field in row}
    fields |= changes
    return {name: value for name, value in fields.items() if value not in {None, False}}


# --- My reviews -----------------------------------------------------------------------------------------------------


def test_my_reviews_say_what_each_asks_and_what_i_am_there(client, begun, ada):
    ReviewFactory(title="Somebody else's")
    client.force_login(ada)
    answer = client.get(MINE)
    assert answer.status_code == 200
    [mine] = answer.context["reviews"]
    assert (mine["title"], mine["question"], mine["roles"]) == (begun.title, CONTENT.question, ["owner"])
    assert mine["status"] == "The protocol is a draft."
    assert "Somebody else" not in answer.text
    assert answer.context["can_create"] is True


def test_the_status_follows_the_protocol(client, begun, ada):
    client.force_login(ada)
    services.release_protocol(review=begun, actor=ada)
    assert client.get(MINE).context["reviews"][0]["status"] == "Protocol version 1 holds."
    services.amend_protocol(review=begun, reason="Why not", actor=ada)
    assert "protocol version 2" in client.get(MINE).context["reviews"][0]["status"]


def test_who_is_in_no_review_is_told_what_to_do(client, ada):
    client.force_login(ada)
    assert "Begin one" in client.get(MINE).text
    client.force_login(UserFactory())
    answer = client.get(MINE)
    assert "An owner of a review can invite you" in answer.text
    assert answer.context["can_create"] is False


def test_a_review_without_a_protocol_is_listed_too(client, review, owner):
    client.force_login(owner)
    [mine] = client.get(MINE).context["reviews"]
    assert (mine["question"], mine["status"]) == ("", "")


def test_many_reviews_cost_as_much_as_one(client, team, ada, django_assert_max_num_queries):
    for n in range(7):
        services.create_review(team=team, title=f"Review {n}", slug=f"r-{n}", content=CONTENT, actor=ada)
    client.force_login(ada)
    with django_assert_max_num_queries(5):
        assert len(client.get(MINE).context["reviews"]) == 7


# --- Begin one ------------------------------------------------------------------------------------------------------


def test_a_lead_begins_a_review_and_goes_on_writing(client, team, ada):
    client.force_login(ada)
    assert client.get(NEW).status_code == 200
    answer = client.post(
        NEW,
        {"title": "Stromal cells for COVID-19", "question": "Do they help?", "population": "Adults", "team": team.pk},
    )
    begun = Review.objects.get()
    assert (answer.status_code, answer.url) == (302, page("edit", slug="stromal-cells-for-covid-19"))
    assert begun.slug == "stromal-cells-for-covid-19"
    draft = queries.draft(begun)
    assert (draft.question, draft.population, draft.created_by) == ("Do they help?", "Adults", ada)
    assert client.get(answer.url).status_code == 200


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"title": ""}, "required"),
        ({"question": " "}, "required"),
        ({"slug": "taken"}, "This address is taken"),
        ({"slug": "new"}, "This address is taken"),
        ({"slug": "a b"}, "valid"),
        ({"title": "间充质", "slug": ""}, "gives no web address"),
        ({"team": ""}, "required"),
    ],
)
def test_a_refused_beginning_comes_back_with_its_message(client, team, ada, change, message):
    ReviewFactory(slug="taken")
    client.force_login(ada)
    answer = client.post(NEW, {"title": "Cells", "slug": "cells", "question": "?", "team": team.pk} | change)
    assert answer.status_code == 422
    assert message in answer.text
    assert Review.objects.count() == 1


def test_who_leads_no_team_is_refused(client, owner, team):
    client.force_login(owner)
    assert client.get(NEW).status_code == 403
    assert client.post(NEW, {"title": "Cells", "question": "?", "team": team.pk}).status_code == 403


def test_a_lead_of_one_team_cannot_name_another(client, ada):
    client.force_login(ada)
    answer = client.post(NEW, {"title": "Cells", "question": "?", "team": TeamFactory().pk})
    assert answer.status_code == 422
    assert not Review.objects.exists()


# --- Read it --------------------------------------------------------------------------------------------------------


def test_every_member_reads_the_protocol(client, begun, reading):
    client.force_login(reading)
    answer = client.get(page())
    assert answer.status_code == 200
    for words in (CONTENT.question, "People with COVID-19", "In vitro", "28 days (day 21 to 35)", "odds ratio"):
        assert words in answer.text
    assert "20 in 1,000 people" in answer.text
    assert "every 14 days, late after 21" in answer.text
    assert answer.context["can_write"] is False
    assert "Go on writing" not in answer.text


def test_a_stranger_finds_nothing(client, begun, outsider, administrator):
    for person in (outsider, administrator):
        client.force_login(person)
        for name, args in (("protocol", []), ("version", [1]), ("edit", [])):
            assert client.get(page(name, *args)).status_code == 404
        for name in ("edit", "release", "amend"):
            assert client.post(page(name)).status_code == 404


def test_a_reader_changes_nothing(client, begun, reading):
    client.force_login(reading)
    assert client.get(page("edit")).status_code == 403
    for name in ("edit", "release", "amend"):
        assert client.post(page(name)).status_code == 403


def test_a_version_that_is_not_there(client, begun, ada):
    client.force_login(ada)
    assert client.get(page("version", 2)).status_code == 404


def test_both_versions_stay_readable_and_the_difference_is_shown(client, begun, ada, reading):
    services.release_protocol(review=begun, actor=ada)
    services.amend_protocol(review=begun, reason="Trials now report at 60 days", actor=ada)
    changed = replace(
        CONTENT,
        comparator="Placebo",
        update_model=UpdateModel.INTERVAL,
        criteria=CONTENT.criteria[:2],
        outcomes=(replace(DEATH, importance=Importance.IMPORTANT),),
    )
    services.write_protocol(review=begun, content=changed, actor=ada)
    services.release_protocol(review=begun, actor=ada)
    client.force_login(reading)
    newest = client.get(page())
    told = {each["what"]: (each["old"], each["new"]) for each in newest.context["differences"]}
    assert told["Comparator: changed"] == ("Placebo or usual care", "Placebo")
    assert told["Publishing: changed"][1] == "at fixed intervals, whatever was found"
    assert told["Excluded if: taken out"] == ("In vitro", "")
    assert set(told) == {
        "Comparator: changed",
        "Publishing: changed",
        "Excluded if: taken out",
        "Outcome: changed",
        "Outcome: taken out",
    }
    assert "Trials now report at 60 days" in newest.text
    old = client.get(page("version", 1))
    assert "Placebo or usual care" in old.text
    assert (old.context["is_newest"], old.context["differences"]) == (False, [])


def test_a_protocol_is_read_in_a_bounded_number_of_statements(client, begun, ada, django_assert_max_num_queries):
    services.release_protocol(review=begun, actor=ada)
    services.amend_protocol(review=begun, reason="Why not", actor=ada)
    client.force_login(ada)
    with django_assert_max_num_queries(15):
        client.get(page())


# --- Write it -------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_is_written_and_blank_rows(client, begun, ada):
    client.force_login(ada)
    answer = client.get(page("edit"))
    assert answer.status_code == 200
    assert len(answer.context["criteria"].forms) == 3 + 2
    assert len(answer.context["outcomes"].forms) == 2 + 2
    assert len(answer.context["schedules"].forms) == 4 + 1


def test_saving_what_was_shown_changes_nothing(client, begun, ada):
    client.force_login(ada)
    form = client.get(page("edit")).context
    assert client.post(page("edit"), typed(form)).status_code == 302
    assert queries.content_of(queries.draft(begun)) == CONTENT


def test_an_owner_adds_takes_out_and_reorders(client, begun, ada):
    client.force_login(ada)
    form = client.get(page("edit")).context
    answer = client.post(
        page("edit"),
        typed(
            form,
            question="Do they save lives?",
            **{
                "criteria-0-ORDER": 9,
                "criteria-2-DELETE": "on",
                "criteria-3-kind": "exclude",
                "criteria-3-text": "Case series",
                "outcomes-1-name": "",
                "outcomes-1-timepoint": "",
                "outcomes-2-name": "Recovery",
                "outcomes-2-happened": "recovered",
                "outcomes-2-type": "dichotomous",
                "outcomes-2-measure": "RR",
                "outcomes-2-benefit_is": "higher",
                "outcomes-2-timepoint": "60 days",
                "outcomes-2-importance": "important",
                "outcomes-2-important_difference": "12.5",
                "schedules-0-DELETE": "on",
                "schedules-1-every_days": 10,
                "schedules-4-source": "Our registry",
                "schedules-4-every_days": 3,
                "schedules-4-late_after_days": 5,
            },
        ),
    )
    assert (answer.status_code, answer.url) == (302, page())
    written = queries.content_of(queries.draft(begun))
    assert written.question == "Do they save lives?"
    assert [(each.kind, each.text) for each in written.criteria] == [
        (CriterionKind.INCLUDE, "People with COVID-19"),
        (CriterionKind.INCLUDE, "Randomised"),
        (CriterionKind.EXCLUDE, "Case series"),
    ]
    death, recovery = written.outcomes
    assert death == DEATH
    assert (recovery.name, recovery.happened, recovery.type) == ("Recovery", "recovered", OutcomeType.DICHOTOMOUS)
    assert (recovery.measure, recovery.benefit_is) == (Measure.RISK_RATIO, Benefit.HIGHER)
    assert (recovery.importance, recovery.important_difference) == (Importance.IMPORTANT, Decimal("12.5"))
    assert [(each.source, each.every_days) for each in written.schedules] == [
        ("ClinicalTrials.gov, ICTRP", 10),
        ("Preprints", 14),
        ("Retractions and corrections of included studies", 7),
        ("Our registry", 3),
    ]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"question": ""}, "required"),
        ({"registration": "x" * 201}, "at most 200"),
        ({"criteria-0-text": "x" * 301}, "at most 300"),
        ({"criteria-3-text": "randomised"}, "stands there twice"),
        ({"outcomes-0-timepoint": ""}, "needs a name and a timepoint"),
        ({"outcomes-0-name": ""}, "needs a name and a timepoint"),
        ({"outcomes-0-measure": "MD"}, "OR or RR or RD, not MD"),
        ({"outcomes-0-from_day": "40"}, "begins after its end"),
        ({"outcomes-0-from_day": "-1"}, "greater than or equal to 0"),
        ({"schedules-0-every_days": ""}, "Give a number of days"),
        ({"schedules-0-every_days": "41"}, "late no sooner than it is due"),
    ],
)
def test_a_refused_draft_comes_back_with_its_message_and_all_that_was_typed(client, begun, ada, change, message):
    client.force_login(ada)
    form = client.get(page("edit")).context
    answer = client.post(page("edit"), typed(form, population="Still here", **change))
    assert answer.status_code == 422
    assert message in answer.text
    assert "Still here" in answer.text
    assert queries.content_of(queries.draft(begun)) == CONTENT


def test_a_colleagues_words_are_not_written_over(client, begun, ada):
    client.force_login(ada)
    form = client.get(page("edit")).context
    colleague = member(begun, Role.OWNER)
    services.write_protocol(review=begun, content=replace(CONTENT, population="Children"), actor=colleague)
    answer = client.post(page("edit"), typed(form, population="Adults"))
    assert answer.status_code == 422
    assert "A colleague changed the draft" in answer.text
    assert queries.draft(begun).population == "Children"


def test_what_people_write_is_shown_as_text(client, begun, ada):
    services.write_protocol(review=begun, content=replace(CONTENT, population="<script>alert(1)</script>"), actor=ada)
    client.force_login(ada)
    for name in ("protocol", "edit"):
        assert "<script>alert(1)" not in client.get(page(name)).text


def test_the_page_for_writing_asks_a_bounded_number_of_times(client, begun, ada, django_assert_max_num_queries):
    client.force_login(ada)
    with django_assert_max_num_queries(13):
        client.get(page("edit"))


# --- Release and amend ----------------------------------------------------------------------------------------------


def test_an_owner_releases_and_amends(client, begun, ada):
    client.force_login(ada)
    assert client.post(page("release")).url == page()
    assert client.get(page("edit"), follow=True).redirect_chain == [(page(), 302)]
    answer = client.post(page("amend"), {"amendment_reason": "Trials now report at 60 days"})
    assert answer.url == page("edit")
    assert "Trials now report at 60 days" in client.get(page("edit")).text
    assert queries.draft(begun).number == 2


def test_a_draft_that_lacks_something_is_not_released(client, begun, ada):
    services.write_protocol(review=begun, content=replace(CONTENT, outcomes=()), actor=ada)
    client.force_login(ada)
    answer = client.post(page("release"))
    assert answer.status_code == 422
    assert "Write at least one outcome." in answer.text
    assert queries.released(begun) is None


def test_an_amendment_without_a_reason_comes_back(client, begun, ada):
    services.release_protocol(review=begun, actor=ada)
    client.force_login(ada)
    answer = client.post(page("amend"), {"amendment_reason": " "})
    assert answer.status_code == 422
    assert "Say why the protocol changes" in answer.text


def test_a_draft_is_not_amended(client, begun, ada):
    client.force_login(ada)
    answer = client.post(page("amend"), {"amendment_reason": "Why not"})
    assert answer.status_code == 422
    assert "There is a draft already" in answer.text


def test_when_a_draft_was_released_meanwhile_writing_it_leads_back(client, begun, ada):
    client.force_login(ada)
    form = client.get(page("edit")).context
    services.release_protocol(review=begun, actor=ada)
    assert client.post(page("edit"), typed(form, population="Late")).url == page()
    assert queries.released(begun).population == CONTENT.population
