"""A team's library: each study and each report once, all of a trial or nothing of it."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from reviews.base.audit.models import Event
from reviews.library import services
from reviews.library.models import Characteristic, Identifier, Record, Report, Study, StudyReport
from reviews.library.rules import Scheme
from reviews.library.services import NewReport
from reviews.team.rules import Role
from tests.factories import ReviewFactory, StudyFactory, UserFactory, member

pytestmark = pytest.mark.django_db

DOI = "10.1002/sctm.21-0046"


@pytest.fixture
def add(review, extractor):
    def add_study(label="Dilogo 2021", *reports, **said):
        return services.add_study(
            **({"review": review, "actor": extractor, "label": label, "year": 2021, "reports": reports} | said)
        )

    return add_study


def report(citation="Dilogo et al. 2021", **identifiers):
    return NewReport(citation=citation, identifiers={Scheme(name): text for name, text in identifiers.items()})


def test_a_study_enters_the_library_with_its_reports_and_what_is_said_of_it(add, review, extractor):
    study = add(
        "  Dilogo   2021 ",
        report(doi=f"https://doi.org/{DOI.upper()}", registry="nct04457609"),
        report("A preprint of it"),
        characteristics={"Country": "Indonesia"},
        characteristics_source="The report",
    )
    assert (study.label, study.year, study.team, study.created_by) == ("Dilogo 2021", 2021, review.team, extractor)
    assert [(link.report.citation, link.is_primary) for link in study.report_links.all()] == [
        ("Dilogo et al. 2021", True),
        ("A preprint of it", False),
    ]
    assert {(one.scheme, one.value) for one in Identifier.objects.all()} == {
        (Scheme.DOI, DOI),
        (Scheme.REGISTRY, "NCT04457609"),
    }
    fact = Characteristic.objects.get()
    assert (fact.name, fact.text, fact.source, fact.entered_by) == ("Country", "Indonesia", "The report", extractor)


def test_where_a_report_came_from_is_kept_with_the_review(add, review, extractor):
    add("Dilogo 2021", report(doi=DOI))
    record = Record.objects.get()
    assert (record.review, record.source, record.brought_by) == (review, "Added by hand", extractor)
    assert record.raw == f"Dilogo et al. 2021\ndoi: {DOI}"
    assert str(record) == "Dilogo et al. 2021"


def test_adding_a_study_leaves_an_event(add, review):
    study = add("Dilogo 2021", report(doi=DOI))
    event = Event.objects.get(verb="added study")
    assert (event.chain, event.acting_role, event.object_id) == (review.chain, Role.EXTRACTOR, str(study.pk))
    assert event.after["reports"] == ["Dilogo et al. 2021"]


@pytest.mark.parametrize("label", ["Dilogo 2021", "dilogo 2021", "  DILOGO  2021 "])
def test_a_label_belongs_to_one_study_of_a_library(add, label):
    add("Dilogo 2021")
    with pytest.raises(ValidationError) as refusal:
        add(label)
    assert "has a study called" in refusal.value.message_dict["label"][0]
    assert Study.objects.count() == 1


def test_another_team_may_use_the_same_label(add, review):
    add("Dilogo 2021")
    elsewhere = ReviewFactory()
    add("Dilogo 2021", review=elsewhere, actor=member(elsewhere, Role.EXTRACTOR))
    assert Study.objects.count() == 2


@pytest.mark.parametrize("label", ["", "   "])
def test_a_study_has_a_name(add, label):
    with pytest.raises(ValidationError, match="Name the study as it is cited"):
        add(label)


@pytest.mark.parametrize(
    "spelled", [DOI, f"https://doi.org/{DOI}", f"doi:{DOI.upper()}", f" http://dx.doi.org/{DOI}. "]
)
def test_a_report_that_the_library_knows_is_linked_and_not_copied(add, spelled):
    first = add("Dilogo 2021", report(doi=DOI))
    second = add("Dilogo 2021b", report("The same, cited otherwise", doi=spelled))
    assert Report.objects.get() in first.reports.all()
    assert Report.objects.get() in second.reports.all()
    assert Record.objects.count() == 2


def test_a_known_report_learns_further_identifiers(add):
    add("Dilogo 2021", report(doi=DOI))
    add("Dilogo 2021b", report(doi=DOI, pmid="34102020"))
    assert {one.scheme for one in Report.objects.get().identifiers.all()} == {Scheme.DOI, Scheme.PMID}


def test_a_trial_registered_once_may_have_many_reports(add):
    study = add("Dilogo 2021", report(doi=DOI, registry="NCT04457609"), report("Its protocol", registry="NCT04457609"))
    assert study.reports.count() == 2
    assert Identifier.objects.filter(scheme=Scheme.REGISTRY).count() == 1


def test_identifiers_of_two_reports_cannot_be_one_report(add):
    add("Dilogo 2021", report(doi=DOI))
    add("Lanzoni 2021", report("Lanzoni", pmid="33400390"))
    with pytest.raises(ValidationError, match="belong to different reports"):
        add("Shi 2021", report("Which?", doi=DOI, pmid="33400390"))
    assert Study.objects.count() == 2


def test_every_identifier_that_is_none_is_named_with_an_example(add):
    with pytest.raises(ValidationError) as refusal:
        add("Dilogo 2021", report(doi="no doi", registry="?", pmid=" "))
    assert set(refusal.value.message_dict) == {"doi", "registry"}
    assert "one looks like 10.1186" in refusal.value.message_dict["doi"][0]


def test_a_study_is_added_whole_or_not_at_all(add):
    with pytest.raises(ValidationError):
        add("Dilogo 2021", report("Good", doi=DOI), report("Bad", doi="no doi"), characteristics={"Country": "?"})
    for model in (Study, Report, StudyReport, Identifier, Record, Characteristic, Event):
        assert not model.objects.exists(), model


def test_a_report_that_is_linked_later_leaves_an_event(add, review, extractor):
    study = add("Dilogo 2021", report(doi=DOI))
    services.link_report(review=review, actor=extractor, study=study, report=report("A letter", pmid="34102020"))
    event = Event.objects.get(verb="linked report")
    assert (event.object_id, event.after["citation"], event.after["identifiers"]) == (
        str(study.pk),
        "A letter",
        {"pmid": "34102020"},
    )


def test_a_study_of_another_library_gets_no_report_here(review, extractor):
    with pytest.raises(ValidationError, match="not in this team's library"):
        services.link_report(review=review, actor=extractor, study=StudyFactory(), report=report())
    assert not Report.objects.exists()


@pytest.mark.parametrize("role", Role)
def test_only_extractors_fill_the_library(add, review, role):
    person = member(review, role)
    if role is Role.EXTRACTOR:
        assert add("Dilogo 2021", actor=person)
        return
    with pytest.raises(PermissionDenied, match="does not allow you to extract"):
        add("Dilogo 2021", actor=person)
    with pytest.raises(PermissionDenied):
        services.link_report(review=review, actor=person, study=StudyFactory(team=review.team), report=report())
    assert not Report.objects.exists()


def test_strangers_and_site_administrators_do_not_fill_it_either(add, outsider, administrator):
    for person in (outsider, administrator, UserFactory()):
        with pytest.raises(PermissionDenied):
            add("Dilogo 2021", actor=person)


def test_the_database_refuses_what_must_never_be(add, review, extractor):
    study = add("Dilogo 2021", report(doi=DOI))
    for refused, constraint in (
        (lambda: StudyFactory(team=review.team, label="Dilogo 2021"), "study_one_for_each_label_in_a_team"),
        (
            lambda: Identifier.objects.create(
                team=review.team, report=Report.objects.get(), scheme=Scheme.DOI, value=DOI
            ),
            "identifier_belongs_to_one_report",
        ),
        (
            lambda: StudyReport.objects.create(study=study, report=Report.objects.get()),
            "study_report_linked_once",
        ),
    ):
        with pytest.raises(IntegrityError) as refusal, transaction.atomic():
            refused()
        assert constraint in str(refusal.value) or "UNIQUE" in str(refusal.value)


def test_rows_say_what_they_are(add):
    study = add("Dilogo 2021", report(doi=DOI), characteristics={"Country": "Indonesia"})
    assert str(study) == "Dilogo 2021"
    assert str(Identifier.objects.get()) == f"doi {DOI}"
    assert str(StudyReport.objects.get()) == "Dilogo et al. 2021 of Dilogo 2021"
    assert str(Characteristic.objects.get()) == "Country: Indonesia"
