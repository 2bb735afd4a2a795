"""The pages where numbers are entered, corrected and confirmed: by whom, with what answer, at what price."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from reviews.extraction import queries
from reviews.extraction.models import Value
from reviews.extraction.rules import ArmRole
from reviews.extraction.views import PER_PAGE
from reviews.library.models import Study
from reviews.screening.models import Inclusion
from tests.factories import InclusionFactory, TimepointFactory

pytestmark = pytest.mark.django_db

HTMX = {"hx-request": "true"}


@pytest.fixture
def page(living):
    """The address of a page of the review's extraction."""

    def address(name, *arguments):
        return reverse(f"reviews:extraction:{name}", args=[living.review.slug, *arguments])

    return address


@pytest.fixture
def enter(living):
    """Somebody who is signed in."""

    def client(person):
        browser = Client()
        browser.force_login(person)
        return browser

    return client


def words(response):
    return response.content.decode()


# --- The list -------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_is_there_and_what_waits(living, page, enter, reader):
    living.add("Shu 2020", year=2020)
    living.add("Zhu 2021", confirmed=False)
    everything = words(enter(reader).get(page("studies")))
    assert "Shu 2020" in everything
    assert "Zhu 2021" in everything
    waiting = words(enter(reader).get(page("studies"), {"show": "waiting"}))
    assert "Shu 2020" not in waiting
    assert "Zhu 2021" in waiting


def test_the_list_comes_in_pages(living, page, enter, reader):
    for number in range(PER_PAGE + 1):
        InclusionFactory(review=living.review, study__label=f"Trial {number:03}", study__year=2000)
    first, second = (words(enter(reader).get(page("studies"), {"page": number})) for number in (1, 2))
    assert "Trial 000" in first
    assert "Trial 050" not in first
    assert "Trial 050" in second
    assert words(enter(reader).get(page("studies"), {"page": "last"})).count("Trial 000") == first.count("Trial 000")


def test_pages_cost_the_same_for_thirty_studies_as_for_one(living, page, enter, reader, second_extractor):
    study = living.add()
    for person in (reader, second_extractor):
        client = enter(person)
        client.get(page("studies"))
        with CaptureQueriesContext(connection) as few:
            client.get(page("studies"))
        with CaptureQueriesContext(connection) as of_one_study:
            client.get(page("study", study.pk))
        more = InclusionFactory.create_batch(15, review=living.review)
        with CaptureQueriesContext(connection) as many:
            client.get(page("studies"))
        with CaptureQueriesContext(connection) as of_one_of_many:
            client.get(page("study", study.pk))
        assert len(many) == len(few) <= 16
        assert len(of_one_of_many) == len(of_one_study) <= 22
        Inclusion.objects.filter(pk__in=[one.pk for one in more]).delete()


# --- Adding a trial -------------------------------------------------------------------------------------------------


@pytest.fixture
def trial(living):
    """What a browser sends for Zamanian 2024."""

    def fields(**said):
        wanted = living.timepoint.pk
        return {
            "label": "Zamanian 2024",
            "year": "2024",
            "citation": "Zamanian et al. 2024",
            "doi": "",
            "arms-TOTAL_FORMS": "3",
            "arms-INITIAL_FORMS": "0",
            "arms-MIN_NUM_FORMS": "0",
            "arms-MAX_NUM_FORMS": "6",
            "arms-0-label": "Vesicles",
            "arms-0-role": "experimental",
            "arms-0-randomised": "21",
            "arms-1-label": "Placebo",
            "arms-1-role": "control",
            "arms-1-randomised": "24",
            "arms-2-label": "",
            "arms-2-role": "experimental",
            "arms-2-randomised": "",
            f"cell-{wanted}-0": "4/21",
            f"cell-{wanted}-1": "13/24",
            f"cell-{wanted}-2": "",
            f"source-{wanted}": "",
            f"place-{wanted}": "Abstract",
            f"method-{wanted}": "reported",
            f"measured-{wanted}": "In hospital",
            "country": "Iran",
        } | {name.replace("CELL", f"cell-{wanted}"): text for name, text in said.items()}

    return fields


def test_a_trial_is_added_in_one_page(living, page, enter, trial):
    client = enter(living.extractor)
    assert client.get(page("new")).status_code == 200
    response = client.post(page("new"), trial())
    study = Study.objects.get()
    assert response.status_code == 302
    assert response["Location"] == page("study", study.pk)
    assert [(arm.label, arm.role, arm.randomised) for arm in study.arms.all()] == [
        ("Vesicles", ArmRole.EXPERIMENTAL, 21),
        ("Placebo", ArmRole.CONTROL, 24),
    ]
    value = Value.objects.order_by("pk").first()
    assert (value.as_printed, value.source, value.place, value.measured_at) == (
        "4",
        "Zamanian et al. 2024",
        "Abstract",
        "In hospital",
    )
    shown = words(client.get(page("study", study.pk)))
    assert "4/21" in shown
    assert "is entered. A second person confirms its numbers." in shown
    assert "Iran" in shown


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"label": ""}, "This field is required."),
        ({"doi": "no doi"}, "is not a DOI; one looks like 10.1186"),
        ({"CELL-0": "4 in 21"}, "is not a count. Write events and total as 10/20."),
        ({"CELL-0": "22/21"}, "22 of 21 people cannot have had the event."),
        ({"CELL-1": "13/25"}, "25 people were analysed, but only 24 were randomised to this arm."),
        ({"CELL-2": "1/2"}, "Name this arm above, or leave the cell empty."),
        ({"arms-1-role": "experimental"}, "Name at least one experimental arm and one control arm."),
        ({"arms-1-label": "vesicles"}, "Give each arm a name of its own."),
        ({"arms-0-randomised": "0"}, "Ensure this value is greater than or equal to 1."),
        ({"year": "20224"}, "Ensure this value is less than or equal to 2100."),
    ],
)
def test_what_cannot_be_right_comes_back_with_its_message_and_all_that_was_typed(
    living, page, enter, trial, said, says
):
    response = enter(living.extractor).post(page("new"), trial(**said))
    assert response.status_code == 422
    shown = words(response).replace("&quot;", '"').replace("&#x27;", "'")
    assert says in shown
    assert 'value="Zamanian et al. 2024"' in shown
    assert 'value="Abstract"' in shown
    assert not Study.objects.exists()


def test_a_label_that_is_taken_is_said_beside_it(living, page, enter, trial):
    living.add("Zamanian 2024")
    response = enter(living.extractor).post(page("new"), trial())
    assert response.status_code == 422
    assert "The library has a study called Zamanian 2024 already." in words(response)
    assert response.context["form"].errors["label"]


def test_a_message_stands_beside_its_field_for_a_screen_reader_too(living, page, enter, trial):
    shown = words(enter(living.extractor).post(page("new"), trial(doi="no doi")))
    assert 'aria-invalid="true"' in shown
    assert "id_doi_error" in shown


@pytest.mark.parametrize("name", ["new"])
def test_readers_and_owners_do_not_add_trials(living, page, enter, reader, trial, name):
    for person in (reader, living.owner):
        assert enter(person).get(page(name)).status_code == 403
        assert enter(person).post(page(name), trial()).status_code == 403
    assert not Study.objects.exists()


# --- One trial ------------------------------------------------------------------------------------------------------


def test_a_reader_sees_numbers_and_no_button(living, page, enter, reader):
    study = living.add(confirmed=False)
    shown = words(enter(reader).get(page("study", study.pk)))
    assert "17/20" in shown
    assert "I read the source and agree" not in shown
    assert page("correct", study.arms.first().pk, living.timepoint.pk) not in shown


def test_who_entered_numbers_is_told_that_somebody_else_confirms_them(living, page, enter):
    study = living.add(confirmed=False)
    shown = words(enter(living.extractor).get(page("study", study.pk)))
    assert "I read the source and agree" not in shown
    assert "You entered these numbers; somebody else confirms them." in shown
    assert "I read the source and agree" in words(enter(living.second_extractor).get(page("study", study.pk)))


def test_a_study_of_another_review_is_not_found(living, page, enter):
    other = InclusionFactory().study
    for name in ("study", "exclude"):
        assert enter(living.extractor).get(page(name, other.pk)).status_code == 404


# --- Confirming -----------------------------------------------------------------------------------------------------


def agreed(living, study):
    seen = ",".join(str(value.pk) for value in queries.awaiting_confirmation(study))
    return {"outcome": living.outcome.pk, "timepoint": living.timepoint.pk, "seen": seen}


def test_confirming_works_without_javascript(living, page, enter):
    study = living.add(confirmed=False)
    response = enter(living.second_extractor).post(page("confirm", study.pk), agreed(living, study), follow=True)
    assert response.redirect_chain == [(page("study", study.pk), 302)]
    assert "Confirmed. The results are being recomputed." in words(response)
    assert not queries.awaiting_confirmation(study).exists()


def test_confirming_with_htmx_answers_with_the_part_that_changed(living, page, enter):
    study = living.add(confirmed=False)
    response = enter(living.second_extractor).post(page("confirm", study.pk), agreed(living, study), headers=HTMX)
    assert response.status_code == 200
    assert words(response).lstrip().startswith("<section")
    assert 'id="results"' in words(response)
    assert "<html" not in words(response)
    assert "waits for a second person" not in words(response)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_number_that_changed_meanwhile_is_not_confirmed_unseen(living, page, enter, headers):
    study = living.add(confirmed=False)
    seen = agreed(living, study)
    living.enter(study, "Control", "16/20")
    response = enter(living.second_extractor).post(page("confirm", study.pk), seen, headers=headers)
    assert response.status_code == 422
    assert "Somebody entered another number here" in words(response)
    assert "16/20" in words(response)
    assert ("<html" in words(response)) is not bool(headers)
    assert queries.awaiting_confirmation(study).exists()


@pytest.mark.parametrize("said", [{"seen": "1,two"}, {"seen": ""}, {"outcome": "x"}])
def test_a_confirmation_that_cannot_be_read_is_refused(living, page, enter, said):
    study = living.add(confirmed=False)
    response = enter(living.second_extractor).post(page("confirm", study.pk), agreed(living, study) | said)
    assert response.status_code == 422
    assert queries.awaiting_confirmation(study).exists()


def test_nobody_confirms_their_own_numbers_by_hand_either(living, page, enter):
    study = living.add(confirmed=False)
    assert enter(living.extractor).post(page("confirm", study.pk), agreed(living, study)).status_code == 403
    assert enter(living.owner).post(page("confirm", study.pk), agreed(living, study)).status_code == 403
    assert queries.awaiting_confirmation(study).exists()


def test_an_outcome_of_another_team_is_not_found(living, page, enter):
    study, elsewhere = living.add(confirmed=False), TimepointFactory()
    sent = agreed(living, study) | {"outcome": elsewhere.outcome.pk, "timepoint": elsewhere.pk}
    assert enter(living.second_extractor).post(page("confirm", study.pk), sent).status_code == 404


# --- Correcting -----------------------------------------------------------------------------------------------------


@pytest.fixture
def correction(living, page):
    def sent(study, **said):
        arm = study.arms.get(label="Control")
        cell = queries.cell(arm, living.timepoint)
        fields = {
            "count": "16/20",
            "source": "The abstract",
            "method": "calculated",
            "reason": "Four survived.",
            "seen": cell.seen,
        }
        return page("correct", arm.pk, living.timepoint.pk), fields | said

    return sent


def test_a_correction_shows_what_stands_and_keeps_both(living, page, enter, correction):
    study = living.add()
    address, sent = correction(study)
    client = enter(living.extractor)
    assert "Correct 17/20" in words(client.get(address))
    response = client.post(address, sent, follow=True)
    assert response.redirect_chain == [(page("study", study.pk), 302)]
    shown = words(response)
    assert "16/20" in shown
    assert "17/20" in shown


@pytest.mark.parametrize(
    ("said", "says"),
    [
        ({"reason": ""}, "This field is required."),
        ({"source": ""}, "This field is required."),
        ({"count": "21/20"}, "21 of 20 people cannot have had the event."),
        ({"count": ""}, "This field is required."),
        ({"method": "guessed"}, "Select a valid choice."),
    ],
)
def test_a_correction_that_lacks_something_comes_back(living, enter, correction, said, says):
    address, sent = correction(living.add(), **said)
    response = enter(living.extractor).post(address, sent)
    assert response.status_code == 422
    assert says in words(response)
    assert Value.objects.count() == 4


def test_who_was_too_slow_sees_the_new_number_and_may_then_disagree(living, enter, correction):
    study = living.add()
    address, sent = correction(study, count="15/20")
    living.enter(study, "Control", "16/20", actor=living.second_extractor)
    client = enter(living.extractor)
    response = client.post(address, sent)
    assert response.status_code == 422
    assert "Somebody entered another number here while you were typing." in words(response)
    assert "Correct 16/20" in words(response)
    again = sent | {"seen": response.context["form"]["seen"].value()}
    assert client.post(address, again).status_code == 302
    assert queries.cell(study.arms.get(label="Control"), living.timepoint).text == "15/20"


def test_a_reader_corrects_nothing(living, enter, correction, reader):
    address, sent = correction(living.add())
    for person in (reader, living.owner):
        assert enter(person).get(address).status_code == 403
        assert enter(person).post(address, sent).status_code == 403


# --- Excluding ------------------------------------------------------------------------------------------------------


def test_an_excluded_study_leaves_the_review_with_its_reason(living, page, enter):
    study = living.add()
    client = enter(living.extractor)
    assert client.get(page("exclude", study.pk)).status_code == 200
    response = client.post(page("exclude", study.pk), {"reason": "Retracted."}, follow=True)
    assert "is excluded; its numbers stay in the library." in words(response)
    assert Inclusion.objects.get(is_current=True).reason == "Retracted."
    assert Value.objects.count() == 4


def test_an_exclusion_without_a_reason_comes_back(living, page, enter):
    study = living.add()
    response = enter(living.extractor).post(page("exclude", study.pk), {"reason": " "})
    assert response.status_code == 422
    assert "This field is required." in words(response)
    assert Inclusion.objects.count() == 1


# --- Strangers ------------------------------------------------------------------------------------------------------


def test_strangers_find_nothing_and_visitors_are_asked_to_sign_in(living, page, enter, outsider, administrator):
    study = living.add(confirmed=False)
    arm = study.arms.first()
    for name, *arguments in (
        ("studies",),
        ("new",),
        ("study", study.pk),
        ("exclude", study.pk),
        ("correct", arm.pk, living.timepoint.pk),
    ):
        address = page(name, *arguments)
        assert enter(outsider).get(address).status_code == 404
        assert enter(administrator).get(address).status_code == 404
        assert Client().get(address)["Location"].startswith("/accounts/login/?next=")
    assert enter(outsider).post(page("confirm", study.pk), agreed(living, study)).status_code == 404
