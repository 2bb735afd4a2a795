"""What a trial would do before it is entered: computed by the engine, shown, and never stored."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from meta.analysis.models import Snapshot
from meta.analysis.rules import LeftOut, Settings
from reviews.base.work.models import Owed
from reviews.extraction.models import Value
from tests.living import recomputed

pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(living):
    living.add("Dilogo 2021", "10/20", "16/20")
    living.add("Lanzoni 2021", "2/12", "7/12")
    planned = living.plan()
    recomputed(planned)
    return planned


@pytest.fixture
def preview(living):
    clients = {}

    def post(person=None, **sent):
        if person not in clients:
            clients[person] = Client()
            clients[person].force_login(person or living.extractor)
        return clients[person].post(reverse("analysis:preview", args=[living.review.slug]), sent)

    return post


def trial(living, *cells, **said):
    """What the form of a new trial sends."""
    roles = ("experimental", "control", "experimental")
    sent = {"label": "Zamanian 2024", "year": "2024", "arms-TOTAL_FORMS": "3", "arms-INITIAL_FORMS": "0"}
    for place, role in enumerate(roles):
        sent |= {f"arms-{place}-role": role, f"arms-{place}-label": "", f"arms-{place}-randomised": ""}
    for place, cell in enumerate(cells):
        sent[f"cell-{living.timepoint.pk}-{place}"] = cell
    return sent | said


def touched(response):
    assert response.status_code == 200
    return response.context["touched"]


def test_a_new_trial_is_pooled_with_what_is_there_and_marked_as_not_confirmed(living, planned, preview):
    [one] = touched(answer := preview(**trial(living, "4/21", "13/24")))
    living.add("Zamanian 2024", "4/21", "13/24", year=2024)
    recomputed(planned)
    newest = planned.snapshots.order_by("-number").first()
    shown = newest.result["common"]["pooled"]["display"]
    assert one.after == "{estimate:.2f} ({lower:.2f} to {upper:.2f})".format(**shown)
    assert (one.title, one.measure, one.k, one.participants) == ("Death within 28 days", "OR", 3, 109)
    text = answer.content.decode()
    assert "not confirmed" in text
    assert one.before in text
    assert 'id="preview"' in text


def test_nothing_is_stored_and_nothing_is_owed(living, planned, preview):
    preview(**trial(living))
    before = (Value.objects.count(), Snapshot.objects.count(), Owed.objects.count())
    with CaptureQueriesContext(connection) as found:
        preview(**trial(living, "4/21", "13/24"))
    assert (Value.objects.count(), Snapshot.objects.count(), Owed.objects.count()) == before
    assert not [one["sql"] for one in found if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_several_experimental_arms_are_taken_together(living, planned, preview):
    [one] = touched(preview(**trial(living, "2/10", "13/24", "2/11")))
    [same] = touched(preview(**trial(living, "4/21", "13/24")))
    assert one.after == same.after


def test_what_changes_sides_is_said(living, planned, preview):
    [one] = touched(preview(**trial(living, "40/50", "10/50")))
    assert one.says.startswith("Then ")
    [none] = touched(preview(**trial(living, "4/21", "13/24")))
    assert none.says == ""


@pytest.mark.parametrize("cells", [(), ("4/21",), ("4/21", "?"), ("22/21", "13/24"), ("", "13/24"), ("4/21", "13/0")])
def test_what_cannot_be_read_yet_is_left_aside(living, planned, preview, cells):
    answer = preview(**trial(living, *cells))
    assert touched(answer) == []
    assert "As soon as both sides" in answer.content.decode()


def test_more_people_than_were_randomised_are_no_number(living, planned, preview):
    assert touched(preview(**trial(living, "4/21", "13/24", **{"arms-0-randomised": "20"}))) == []


def test_a_trial_that_is_there_is_previewed_with_its_other_arms(living, planned, preview):
    study = planned.review.team.studies.get(label="Dilogo 2021")
    [one] = touched(preview(study=study.pk, **{f"cell-{living.timepoint.pk}-1": "17/20"}))
    living.correct(study, "Control", "17/20")
    recomputed(planned)
    shown = planned.snapshots.order_by("-number").first().result["common"]["pooled"]["display"]
    assert one.after == "{estimate:.2f} ({lower:.2f} to {upper:.2f})".format(**shown)
    assert one.k == 2


def test_an_analysis_that_leaves_the_trial_out_says_so(living, planned, preview):
    study = planned.review.team.studies.get(label="Dilogo 2021")
    recomputed(living.plan("Without it", settings=Settings(left_out=(LeftOut(study.pk, "Not randomised"),))))
    found = touched(answer := preview(study=study.pk, **{f"cell-{living.timepoint.pk}-1": "17/20"}))
    assert [one.is_left_out for one in found] == [False, True]
    assert "leaves this trial out" in answer.content.decode()


def test_a_typed_characteristic_puts_the_trial_into_its_group(living, planned, preview):
    recomputed(living.plan("By country", settings=Settings(subgroups_by="Country")))
    assert len(touched(preview(**trial(living, "4/21", "13/24", country="Iran")))) == 2


def test_the_first_trial_has_nothing_before_it(living, preview):
    living.plan()
    [one] = touched(preview(**trial(living, "4/21", "13/24")))
    assert (one.before, one.k) == ("", 1)


def test_a_study_of_another_review_is_not_found(living, planned, preview):
    assert preview(study="999999").status_code == 404
    assert preview(study="x").status_code == 404


def test_who_does_not_extract_sees_no_preview(living, planned, preview, reader, outsider):
    assert preview(reader, **trial(living, "4/21", "13/24")).status_code == 403
    assert preview(outsider, **trial(living, "4/21", "13/24")).status_code == 404


def test_a_preview_costs_few_statements(living, planned, preview):
    sent = trial(living, "4/21", "13/24")
    preview(**sent)
    with CaptureQueriesContext(connection) as found:
        preview(**sent)
    assert len(found) <= 18, len(found)


def test_a_median_is_previewed_as_the_mean_that_it_would_be_pooled_as(living, preview):
    living.outcome.type = "continuous"
    living.outcome.save()
    living.plan(settings=Settings(measure="MD", method="IV"))
    [one] = touched(preview(**trial(living, "11 (8-14) n=29", "15 (11-19) n=29")))
    assert (one.measure, one.k, one.participants) == ("MD", 1, 58)
    assert one.after.startswith("\u22124.0")


def test_where_nothing_could_be_pooled_there_is_nothing_before(living, preview):
    living.add("Shi 2021", "0/65", "0/35")
    recomputed(living.plan())
    [one] = touched(preview(**trial(living, "0/21", "0/24")))
    assert (one.before, one.after, one.says) == ("", "Not estimable", "")
