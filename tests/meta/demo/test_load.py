"""The demo review is built by the services that a click calls, once, and says what the trials say."""

import json

import pytest
from django.core.management import call_command

from meta.analysis import queries as analysis
from meta.analysis.models import Analysis, Snapshot
from meta.demo import load as loading
from meta.releases.models import Notice, Release
from reviews.base.audit import queries as audit
from reviews.base.audit.models import Event
from reviews.base.work.models import Owed
from reviews.extraction import queries as extraction
from reviews.extraction.models import Confirmation, Value
from reviews.models import Inclusion, Membership, Protocol, Review, Study, User
from reviews.team.demo_doors import PEOPLE
from reviews.team.rules import Role

pytestmark = pytest.mark.django_db

VERSIONS = [
    # version, Mantel-Haenszel (fixed), DerSimonian-Laird, I²: see tests/meta/analysis/test_numbers.py
    ("1.0.0", "0.18 (0.06 to 0.52)", "0.18 (0.06 to 0.50)"),
    ("1.1.0", "0.21 (0.08 to 0.58)", "0.21 (0.08 to 0.58)"),
    ("1.2.0", "0.23 (0.09 to 0.55)", "0.23 (0.09 to 0.55)"),
    ("1.3.0", "0.38 (0.18 to 0.77)", "0.37 (0.17 to 0.82)"),
    ("1.4.0", "0.48 (0.25 to 0.93)", "0.46 (0.19 to 1.14)"),
    ("1.5.0", "0.44 (0.24 to 0.81)", "0.42 (0.20 to 0.91)"),
    ("1.6.0", "0.61 (0.41 to 0.92)", "0.52 (0.28 to 0.97)"),
    ("1.7.0", "0.59 (0.40 to 0.87)", "0.52 (0.30 to 0.89)"),
]


def releases():
    return list(Release.objects.order_by("major", "minor", "patch"))


def test_the_demo_has_eight_versions_from_0_18_to_0_59(demo):
    assert (demo.versions, demo.was_there) == (8, False)
    found = []
    for release in releases():
        [outcome] = release.document["outcomes"]
        [random] = outcome["alternatives"]
        found.append((str(release.version), outcome["text"], random["text"]))
    assert found == VERSIONS


def test_each_version_says_what_changed_since_the_one_before(demo):
    first, correction, *later = releases()
    assert first.document["changes"] is None
    [change] = correction.document["changes"]["corrected"]
    assert (change["study"], change["old"], change["new"]) == ("Dilogo 2021", "17", "16")
    assert "10.1002/sctm.21-0046" in change["source"]
    assert correction.document["changes"]["studies_in"] == []
    assert [[study["label"] for study in one.document["changes"]["studies_in"]] for one in later] == [
        ["Adas 2021"],
        ["Monsel 2022"],
        ["Rebelatto 2022"],
        ["Fathi-Kazerooni 2022"],
        ["Bowdish 2023"],
        ["Zarrabi 2023"],
    ]
    assert all(one.document["changes"]["corrected"] == [] for one in later)


def test_every_version_says_that_it_is_no_medical_advice(demo):
    assert all("not medical advice" in release.document["disclaimer"] for release in releases())


def test_zamanian_is_left_for_the_visitor(demo):
    assert Study.objects.count() == Inclusion.objects.count() == 12
    assert not Study.objects.filter(label__startswith="Zamanian").exists()


def test_no_number_was_confirmed_by_who_entered_it_and_none_waits(demo):
    assert Confirmation.objects.count() == Value.objects.count()
    assert all(one.entered_by_id != one.confirmed_by_id for one in Confirmation.objects.all())
    assert extraction.waiting_in(demo.review) == 0


def test_every_value_names_its_source_place_and_method(demo):
    for value in Value.objects.all():
        assert value.source, value
        assert value.place, value
        assert value.method, value


def test_the_people_of_the_doors_are_there_and_have_no_password(demo):
    assert User.objects.count() == len(PEOPLE)
    assert not any(user.has_usable_password() for user in User.objects.all())
    held = {(one.user.email, one.role) for one in Membership.objects.select_related("user")}
    assert held == {(person.email, person.role) for person in PEOPLE}
    assert Role.OWNER in {role for _email, role in held}


def test_nothing_is_owed_when_the_demo_is_there(demo):
    assert not any(row.is_owed or row.last_error for row in Owed.objects.all())
    [result] = analysis.results(demo.review)
    assert result.snapshot.number == Snapshot.objects.count() == 8


def test_the_audit_chain_of_the_demo_holds(demo):
    assert list(audit.faults()) == []
    verbs = set(Event.objects.filter(chain=demo.review.chain).values_list("verb", flat=True))
    assert {
        "began the review",
        "released",
        "added study",
        "decided to include",
        "entered numbers",
        "corrected numbers",
        "confirmed numbers",
        "planned analysis",
        "recomputed",
        "released version",
    } <= verbs


def test_a_second_call_changes_nothing(demo, capsys):
    models = (User, Review, Protocol, Study, Value, Snapshot, Release, Notice, Event, Analysis)
    before = [model.objects.count() for model in models]
    call_command("load_demo")
    assert [model.objects.count() for model in models] == before
    assert capsys.readouterr().out == "The demo review is there already: /r/msc-covid-19/ with 8 versions.\n"


def test_the_file_of_facts_is_plain_and_complete():
    facts = json.loads(loading.FACTS.read_text(encoding="utf-8"))
    added = [key for version in facts["versions"] for key in version.get("add", [])]
    assert sorted(added) == sorted(facts["studies"])
    assert facts["correction"]["study"] in {study["label"] for study in facts["studies"].values()}
    for study in facts["studies"].values():
        assert all(report["citation"] for report in study["reports"]), study["label"]
