from dataclasses import replace

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.protocol import queries, services
from reviews.protocol.models import Outcome, Protocol, Timepoint
from reviews.protocol.rules import (
    Benefit,
    Change,
    Content,
    CriterionKind,
    ProtocolState,
    WantedCriterion,
    as_plain,
    differences,
    seal,
)
from reviews.team import access
from reviews.team.models import Review
from reviews.team.rules import Role
from tests.factories import ReviewFactory, TeamFactory, UserFactory, lead, member
from tests.reviews.protocol.contents import CONTENT, CRP, DEATH

pytestmark = pytest.mark.django_db


@pytest.fixture
def team():
    return TeamFactory(name="Cell therapy")


@pytest.fixture
def ada(team):
    return lead(team, name="Ada Okafor")


@pytest.fixture
def begun(team, ada):
    return begin(team, ada)


def begin(team, actor, content=CONTENT, slug="msc-covid-19", title="Stromal cells for COVID-19"):
    return services.create_review(team=team, title=title, slug=slug, content=content, actor=actor)


def write(review, actor, content=CONTENT, **given):
    return services.write_protocol(review=review, content=content, actor=actor, **given)


# --- Begin ----------------------------------------------------------------------------------------------------------


def test_a_lead_begins_a_review_and_owns_it(begun, ada):
    assert access.roles_of(ada, begun) == {Role.OWNER}
    draft = queries.draft(begun)
    assert (draft.number, draft.state) == (1, ProtocolState.DRAFT)
    assert queries.content_of(draft) == CONTENT
    told = [(event.acting_role, event.verb) for event in Event.objects.filter(chain=begun.chain)]
    assert told == [("team lead", "began the review"), ("owner", "drafted")]
    assert Event.objects.last().after == as_plain(CONTENT)


def test_a_title_and_a_question_are_enough_to_begin(team, ada):
    draft = queries.draft(begin(team, ada, Content(question="Why?")))
    assert len(queries.content_of(draft).schedules) == 4


def test_a_site_administrator_begins_a_review_in_any_team(team, administrator):
    assert begin(team, administrator).created_by == administrator
    assert Event.objects.first().acting_role == "site administrator"


def test_who_leads_no_team_begins_no_review(team, outsider):
    for person in (outsider, lead(TeamFactory()), lead(team, is_active=False)):
        with pytest.raises(PermissionDenied):
            begin(team, person)
    assert not Review.objects.filter(team=team).exists()


@pytest.mark.parametrize("slug", ["new", "taken"])
def test_an_address_that_is_taken_is_said(team, ada, slug):
    ReviewFactory(slug="taken")
    with pytest.raises(ValidationError) as refusal:
        begin(team, ada, slug=slug)
    assert refusal.value.message_dict == {"slug": ["This address is taken. Choose another."]}


@pytest.mark.parametrize(("slug", "title", "field"), [("a b", "Title", "slug"), ("a", " ", "title"), ("", "A", "slug")])
def test_a_review_needs_a_title_and_an_address(team, ada, slug, title, field):
    with pytest.raises(ValidationError) as refusal:
        begin(team, ada, slug=slug, title=title)
    assert field in refusal.value.message_dict
    assert not Event.objects.exists()


# --- Write ----------------------------------------------------------------------------------------------------------


def test_an_owner_replaces_what_the_draft_says(begun, ada):
    content = replace(
        CONTENT, comparator="Placebo", criteria=CONTENT.criteria[1:], outcomes=(replace(DEATH, from_day=28, to_day=28),)
    )
    write(begun, ada, content)
    assert queries.content_of(queries.draft(begun)) == content
    event = Event.objects.filter(chain=begun.chain).last()
    assert (event.verb, event.before["comparator"], event.after["comparator"]) == (
        "wrote",
        "Placebo or usual care",
        "Placebo",
    )


def test_writing_the_same_again_leaves_no_event(begun, ada):
    before = Event.objects.count()
    write(begun, ada, replace(CONTENT, question=f" {CONTENT.question} "))
    assert Event.objects.count() == before


def test_a_colleagues_words_are_not_written_over(begun, ada):
    eve = member(begun, Role.OWNER)
    write(begun, eve, replace(CONTENT, population="Children"))
    with pytest.raises(ValidationError, match="colleague changed the draft"):
        write(begun, ada, replace(CONTENT, population="Adults"), seen=seal(CONTENT))
    assert queries.draft(begun).population == "Children"


@pytest.mark.parametrize("role", [Role.EXTRACTOR, Role.REVIEWER, Role.READER, Role.ADJUDICATOR])
def test_only_an_owner_writes_releases_and_amends(begun, role, outsider):
    for person in (member(begun, role), outsider):
        for attempt in (
            lambda person=person: write(begun, person),
            lambda person=person: services.release_protocol(review=begun, actor=person),
            lambda person=person: services.amend_protocol(review=begun, reason="Why not", actor=person),
        ):
            with pytest.raises(PermissionDenied):
                attempt()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": ""}, "question"),
        ({"registration": "x" * 201}, "registration"),
        ({"criteria": (WantedCriterion(CriterionKind.INCLUDE, "x" * 301),)}, "criteria"),
        ({"criteria": (WantedCriterion(CriterionKind.INCLUDE, " "),)}, "criteria"),
        ({"outcomes": (DEATH, DEATH)}, "outcomes"),
        ({"outcomes": (replace(DEATH, name="x" * 121),)}, "outcomes"),
        ({"outcomes": (replace(DEATH, timepoint="x" * 81),)}, "outcomes"),
    ],
)
def test_what_does_not_hold_together_is_refused_whole(begun, ada, change, field):
    with pytest.raises(ValidationError) as refusal:
        write(begun, ada, replace(CONTENT, **change))
    assert list(refusal.value.message_dict) == [field]
    assert queries.content_of(queries.draft(begun)) == CONTENT


# --- Outcomes are the team's ----------------------------------------------------------------------------------------


def test_a_second_review_of_the_team_uses_the_same_outcomes(begun, team, ada):
    other = begin(team, ada, replace(CONTENT, outcomes=(replace(DEATH, name="death"),)), slug="placebo-only")
    assert Outcome.objects.count() == 2
    assert Timepoint.objects.count() == 2
    assert queries.content_of(queries.draft(other)).outcomes == (DEATH,)


@pytest.mark.parametrize(
    ("outcome", "words"),
    [
        (replace(DEATH, benefit_is=Benefit.HIGHER), "dichotomous, lower is better"),
        (replace(CRP, name="Death"), "already has an outcome “Death”"),
        (replace(CRP, unit="ng/mL"), "in mg/L"),
        (replace(DEATH, to_day=28), "already means day 21 to 35"),
        (replace(CRP, from_day=7), "already means no window of days"),
        (replace(DEATH, from_day=None), "already means day 21 to 35"),
    ],
)
def test_a_name_that_means_something_else_in_the_team_is_refused(begun, team, ada, outcome, words):
    with pytest.raises(ValidationError, match=words):
        begin(team, ada, replace(CONTENT, outcomes=(outcome,)), slug="other")


def test_an_open_window_is_told_with_dots(begun, team, ada):
    write(begun, ada, replace(CONTENT, outcomes=(replace(DEATH, to_day=None),)))
    with pytest.raises(ValidationError, match="already means day 21 to …"):
        begin(team, ada, slug="other")
    write(begun, ada, replace(CONTENT, outcomes=(replace(DEATH, from_day=None),)))
    with pytest.raises(ValidationError, match="already means day … to 35"):
        begin(team, ada, slug="other")


def test_another_team_may_use_the_name_otherwise(begun):
    elsewhere = TeamFactory()
    begin(
        elsewhere,
        lead(elsewhere),
        replace(CONTENT, outcomes=(replace(DEATH, benefit_is=Benefit.HIGHER),)),
        slug="other",
    )
    assert Outcome.objects.filter(name="Death").count() == 2


def test_a_slip_in_a_draft_can_be_mended(begun, ada):
    content = replace(CONTENT, outcomes=(replace(DEATH, benefit_is=Benefit.HIGHER), CRP))
    write(begun, ada, content)
    assert queries.content_of(queries.draft(begun)) == content
    assert Outcome.objects.get(name="Death").benefit_is == Benefit.HIGHER


def test_a_definition_that_another_review_uses_is_not_changed_by_a_draft(begun, team, ada):
    begin(team, ada, slug="placebo-only")
    with pytest.raises(ValidationError, match="Use it as it is"):
        write(begun, ada, replace(CONTENT, outcomes=(replace(DEATH, benefit_is=Benefit.HIGHER),)))
    assert queries.content_of(queries.draft(begun)) == CONTENT


def test_an_outcome_keeps_its_identity_when_the_draft_is_written_again(begun, ada):
    before = set(Outcome.objects.values_list("pk", flat=True))
    write(begun, ada, replace(CONTENT, population="Children"))
    assert set(Outcome.objects.values_list("pk", flat=True)) == before


# --- Release and amend ----------------------------------------------------------------------------------------------


def test_a_released_protocol_stays_as_it_is(begun, ada):
    held = services.release_protocol(review=begun, actor=ada)
    assert (held.state, held.released_by) == (ProtocolState.RELEASED, ada)
    assert Event.objects.filter(chain=begun.chain).last().verb == "released"
    with pytest.raises(ValidationError, match="Begin an amendment"):
        write(begun, ada)
    with pytest.raises(ValidationError, match="Begin an amendment"):
        services.release_protocol(review=begun, actor=ada)


def test_a_protocol_without_outcomes_is_not_released(begun, ada):
    write(begun, ada, replace(CONTENT, outcomes=(), criteria=()))
    with pytest.raises(ValidationError) as refusal:
        services.release_protocol(review=begun, actor=ada)
    assert refusal.value.messages == ["Write at least one criterion to include.", "Write at least one outcome."]


def test_an_amendment_is_the_next_version_and_both_stay_readable(begun, ada):
    services.release_protocol(review=begun, actor=ada)
    amendment = services.amend_protocol(review=begun, reason=" Trials now report at 60 days ", actor=ada)
    assert (amendment.number, amendment.amendment_reason) == (2, "Trials now report at 60 days")
    assert queries.content_of(amendment) == CONTENT
    assert queries.released(begun).number == 1
    write(begun, ada, replace(CONTENT, comparator="Placebo"))
    services.release_protocol(review=begun, actor=ada)
    new, old = queries.versions(begun)
    assert (new.number, old.number, queries.released(begun)) == (2, 1, new)
    [found] = differences(queries.content_of(old), queries.content_of(new))
    assert (found.part, found.change, found.old, found.new) == (
        "comparator",
        Change.CHANGED,
        "Placebo or usual care",
        "Placebo",
    )
    reasons = Event.objects.filter(chain=begun.chain).exclude(reason="").values_list("verb", "reason")
    assert list(reasons) == [
        ("began to amend", "Trials now report at 60 days"),
        ("released", "Trials now report at 60 days"),
    ]


def test_an_amendment_needs_a_reason_and_a_released_protocol_and_comes_one_at_a_time(begun, ada):
    with pytest.raises(ValidationError, match="Say why"):
        services.amend_protocol(review=begun, reason=" ", actor=ada)
    with pytest.raises(ValidationError, match="There is a draft already"):
        services.amend_protocol(review=begun, reason="Why not", actor=ada)
    bare = ReviewFactory(team=begun.team)
    with pytest.raises(ValidationError, match="no released protocol"):
        services.amend_protocol(review=bare, reason="Why not", actor=member(bare, Role.OWNER))
    services.release_protocol(review=begun, actor=ada)
    services.amend_protocol(review=begun, reason="Why not", actor=ada)
    with pytest.raises(ValidationError, match="There is a draft already"):
        services.amend_protocol(review=begun, reason="Why not", actor=ada)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"number": 2, "amendment_reason": ""}, "protocol_amendment_has_a_reason"),
        ({"number": 2, "amendment_reason": "x"}, "protocol_one_draft_at_a_time"),
        ({"number": 1, "state": "released"}, "protocol_one_for_each_version|protocol_released_by_somebody"),
    ],
)
def test_the_database_refuses_a_version_that_must_not_be(begun, change, constraint):
    row = Protocol(review=begun, question="?", created_by=UserFactory(), **change)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_version_is_read_in_two_statements(begun, django_assert_num_queries):
    draft = queries.draft(begun)
    with django_assert_num_queries(2):
        queries.content_of(draft)
