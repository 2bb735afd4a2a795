"""The pages on which an analysis is planned in full, and on which printed results stand beside it."""

import pytest
from django.test import Client
from django.urls import reverse

from meta.analysis import queries
from meta.analysis.models import Analysis
from meta.analysis.published import services as published
from meta.analysis.published.models import PublishedResult
from meta.analysis.published.rules import Claim
from meta.analysis.rules import Check, Grouped, LeftOut, Settings
from tests.living import recomputed

pytestmark = pytest.mark.django_db

KEY = "death-within-28-days"


@pytest.fixture
def page(living):
    def address(name, *arguments):
        return reverse(f"analysis:{name}", args=[living.review.slug, *arguments])

    return address


@pytest.fixture
def desk(living):
    browser = Client()
    browser.force_login(living.owner)
    return browser


@pytest.fixture
def study(living):
    return living.add()


@pytest.fixture
def planned(living, study):
    planned = living.plan()
    recomputed(planned)
    return planned


@pytest.fixture
def sent(living):
    return {
        "wanted": living.wanted.pk,
        "title": "Death within 28 days",
        "experimental": "MSC",
        "control": "control",
        "measure": "",
        "method": "",
        "model": "common",
    }


def words(response):
    return response.content.decode()


def settings():
    return queries.settings_of(queries.current_plan(Analysis.objects.get()))


# --- Plans -----------------------------------------------------------------------------------------------------------


def test_what_is_left_open_is_as_the_protocol_and_the_measure_have_it(desk, page, sent):
    desk.post(page("new"), sent)
    assert settings() == Settings(checks=())


def test_every_choice_of_a_plan_is_kept(living, study, desk, page, sent):
    chosen = {
        "measure": "RR",
        "method": "IV",
        "model": "random",
        "tau2": "REML",
        "interval": "hk-se",
        "level": "0.9",
        "prediction": "t_km2",
        "zero_cells": "tacc",
        "subgroups_by": "Country",
        "checks": [Check.CUMULATIVE.value],
        f"group_{study.pk}": "Critical",
        f"left_out_{study.pk}": "Not randomised.",
    }
    assert desk.post(page("new"), sent | chosen).status_code == 302
    assert settings() == Settings(
        measure="RR",
        method="IV",
        model="random",
        tau2="REML",
        interval="hk-se",
        level=0.9,
        prediction="t_km2",
        zero_cells="tacc",
        subgroups_by="Country",
        checks=("cumulative",),
        groups=(Grouped(study.pk, "Critical"),),
        left_out=(LeftOut(study.pk, "Not randomised."),),
    )


def test_a_preset_fills_the_form_keeps_what_was_typed_and_saves_nothing(living, study, desk, page, sent):
    answer = desk.post(page("new"), sent | {"preset": "chen-2022", f"group_{study.pk}": "Critical"})
    assert answer.status_code == 200
    form = answer.context["form"]
    assert (form["model"].value(), form["measure"].value(), form["title"].value()) == (
        "switch", "OR", "Death within 28 days"
    )  # fmt: skip
    assert form[f"group_{study.pk}"].value() == "Critical"
    assert not Analysis.objects.exists()


def test_a_preset_for_a_measured_outcome_takes_its_measure(living, desk, page, sent):
    living.outcome.type = "continuous"
    living.outcome.save()
    form = desk.post(page("new"), sent | {"preset": "revman-5"}).context["form"]
    assert (form["measure"].value(), form["method"].value()) == ("MD", "IV")


def test_a_preset_that_is_none_changes_nothing(desk, page, sent):
    answer = desk.post(page("new"), sent | {"preset": "by-eye"})
    assert (answer.status_code, answer.context["form"]["model"].value()) == (200, "common")


def test_every_choice_stands_with_the_sentence_that_says_when_it_is_right(desk, page):
    shown = words(desk.get(page("new")))
    assert "Mantel-Haenszel" in shown
    assert "For sparse data; the default of Cochrane for events." in shown
    assert "Random effects as soon as" in shown or "random effects as soon as" in shown


def test_a_choice_that_does_not_go_with_another_comes_back_beside_its_field(desk, page, sent):
    answer = desk.post(page("new"), sent | {"measure": "AS", "method": "MH"})
    assert answer.status_code == 422
    assert "does not pool" in str(answer.context["form"].errors["method"])


def test_an_amendment_begins_with_what_stands(living, planned, study, desk, page):
    form = desk.get(page("amend", KEY)).context["form"]
    assert (form["measure"].value(), form["level"].value(), form["seen"].value()) == ("OR", "0.95", 1)
    answer = desk.post(page("amend", KEY), {"preset": "cochrane-2025", "reason": "Newer methods."})
    assert answer.context["form"]["interval"].value() == "hk"
    assert answer.context["form"]["reason"].value() == "Newer methods."
    assert planned.plans.count() == 1


def test_nobody_amends_a_plan_over_one_that_they_never_saw(living, planned, desk, page):
    amended = {"measure": "RR", "method": "MH", "model": "common", "reason": "One.", "seen": "1"}
    assert desk.post(page("amend", KEY), amended).status_code == 302
    answer = desk.post(page("amend", KEY), amended | {"measure": "RD", "reason": "Two."})
    assert answer.status_code == 422
    assert "while you were writing" in words(answer)
    assert planned.plans.count() == 2


def test_the_plan_says_what_it_leaves_out(living, study, desk, page):
    living.plan(settings=Settings(left_out=(LeftOut(study.pk, "Not randomised."),)))
    assert "one trial left out" in words(desk.get(page("analysis", KEY)))


def test_subgroups_and_checks_are_on_the_page(living, study, desk, page):
    living.add("Shu 2020", "0/12", "3/29")
    recomputed(living.plan(settings=Settings(groups=(Grouped(study.pk, "Critical"),))))
    shown = words(desk.get(page("analysis", KEY)))
    assert "Test for subgroup differences" in shown
    assert "Not assigned" in shown
    assert "without Shu 2020" in shown
    assert "Subgroup differences are observed, not randomised" in shown


# --- Printed results -------------------------------------------------------------------------------------------------


@pytest.fixture
def printed():
    return {"label": "28-day mortality", "estimate": "0.18", "lower": "0.04", "upper": "0.80", "source": "Chen 2022"}


def test_a_printed_result_is_kept_and_shown_with_its_verdict(living, planned, desk, page, printed):
    assert desk.get(page("published", KEY)).status_code == 200
    answer = desk.post(page("published", KEY), printed, follow=True)
    assert answer.redirect_chain == [(page("analysis", KEY), 302)]
    shown = words(answer)
    assert 'data-verdict="exact"' in shown
    assert "Recomputed exactly, to every printed digit." in shown
    assert "Chen 2022" in shown


@pytest.mark.parametrize(
    ("said", "field"),
    [({"estimate": "about 0.2"}, "estimate"), ({"upper": ""}, "upper"), ({"subgroup": "Mild"}, "subgroup")],
)
def test_a_printed_result_that_cannot_be_read_comes_back(living, planned, desk, page, printed, said, field):
    answer = desk.post(page("published", KEY), printed | said)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert not PublishedResult.objects.exists()


def test_a_printed_result_is_taken_back_with_a_reason(living, planned, desk, page):
    made = published.write_down(
        analysis=planned, actor=living.owner, label="Death", claim=Claim("0.18"), source="Chen 2022"
    )
    assert "Say why" in words(desk.post(page("take_back", KEY, made.pk), {"reason": ""}, follow=True))
    desk.post(page("take_back", KEY, made.pk), {"reason": "Misread."})
    made.refresh_from_db()
    assert not made.is_current
    assert desk.post(page("take_back", KEY, made.pk), {"reason": "Again."}).status_code == 404
