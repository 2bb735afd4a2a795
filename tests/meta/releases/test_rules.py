import pytest
from hypothesis import given
from hypothesis import strategies as st

from meta.releases.rules import (
    FIRST,
    NoticeKind,
    Step,
    Version,
    difference,
    is_empty,
    is_partial_date,
    proposed_step,
)


def document(
    *studies,
    version="1.0.0",
    text="0.18 (0.06 to 0.52)",
    direction="benefit",
    key="death",
    plan=1,
    protocol=1,
    question="?",
):
    outcome = {"key": key, "title": "Death", "measure": "OR", "text": text, "direction": direction}
    return {
        "version": version,
        "protocol": {"number": protocol, "question": question, "amendment_reason": "Vesicles count."},
        "outcomes": [outcome | {"plan": {"number": plan, "reason": "Trials differ."}}],
        "studies": list(studies),
    }


def study(label="Dilogo 2021", participants=40, **values):
    return {"label": label, "participants": participants, "values": [value(*one) for one in values.items()]}


def value(quantity, printed):
    return {
        "outcome": "Death",
        "timepoint": "28 days",
        "arm": "Control",
        "quantity": quantity,
        "as_printed": printed,
        "reason": "The report says so.",
        "source": "Abstract",
    }


@pytest.mark.parametrize(
    ("step", "next_version"), [(Step.MAJOR, "2.0.0"), (Step.MINOR, "1.3.0"), (Step.PATCH, "1.2.4")]
)
def test_a_version_steps_on(step, next_version):
    assert str(Version(1, 2, 3).after(step)) == next_version


def test_the_first_version_is_one():
    assert str(FIRST) == "1.0.0"


@pytest.mark.parametrize(
    "text",
    ["", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.0.0\n", " 1.0.0", "-1.0.0", "1.0.x", "１.0.0", "1234567.0.0"],
)
def test_what_is_no_version_is_refused(text):
    with pytest.raises(ValueError, match="is not a version"):
        Version.read(text)


numbers = st.integers(0, 999_999)
versions = st.builds(Version, numbers, numbers, numbers)


@given(versions)
def test_a_version_that_is_printed_reads_back_as_itself(version):
    assert Version.read(str(version)) == version


@given(versions, st.sampled_from(Step))
def test_every_step_leads_to_a_later_version(version, step):
    assert version.after(step) > version


@given(st.lists(versions, max_size=6))
def test_versions_are_ordered_by_number_and_not_by_spelling(found):
    assert [(one.major, one.minor, one.patch) for one in sorted(found)] == sorted(
        (one.major, one.minor, one.patch) for one in found
    )


def test_version_ten_comes_after_version_nine():
    assert Version.read("1.10.0") > Version.read("1.9.0")


@pytest.mark.parametrize("text", ["", "2023", "2023-02", "2023-02-21", "2024-02-29"])
def test_a_date_may_be_known_in_part(text):
    assert is_partial_date(text)


@pytest.mark.parametrize(
    "text", ["23", "2023-2", "2023-13", "2023-02-30", "2023-02-29", "0000", "2023-02-21 ", "May 2023", "２０２３"]
)
def test_what_is_no_date_is_refused(text):
    assert not is_partial_date(text)


def test_a_new_study_is_named_with_its_people():
    changes = difference(
        document(study("Dilogo 2021")),
        document(study("Dilogo 2021"), study("Adas 2021", 20), text="0.23 (0.09 to 0.55)"),
    )
    assert changes["since"] == "1.0.0"
    assert changes["studies_in"] == [{"label": "Adas 2021", "participants": 20}]
    assert changes["studies_out"] == []
    assert changes["corrected"] == []
    assert not is_empty(changes)


def test_a_study_that_left_is_named():
    changes = difference(document(study("Dilogo 2021"), study("Adas 2021", 20)), document(study("Dilogo 2021")))
    assert changes["studies_out"] == [{"label": "Adas 2021", "participants": 20}]
    assert not is_empty(changes)


def test_a_correction_says_what_it_was_what_it_is_and_why():
    changes = difference(document(study(events="17", total="20")), document(study(events="16", total="20")))
    assert changes["corrected"] == [
        {
            "study": "Dilogo 2021",
            "what": "Control: events, Death, 28 days",
            "old": "17",
            "new": "16",
            "reason": "The report says so.",
            "source": "Abstract",
        }
    ]
    assert not is_empty(changes)


def test_an_amendment_says_of_what_and_why():
    changes = difference(document(), document(plan=3, protocol=2))
    assert [(one["what"], one["old"], one["new"], one["reason"]) for one in changes["amended"]] == [
        ("Protocol", 1, 2, "Vesicles count."),
        ("Plan of Death", 1, 3, "Trials differ."),
    ]
    assert not is_empty(changes)


def test_a_result_without_a_protocol_is_compared_too():
    nothing_yet = document() | {"protocol": None}
    assert is_empty(difference(document(), nothing_yet))
    assert is_empty(difference(nothing_yet, document()))


def test_a_number_that_was_not_there_before_corrects_nothing():
    assert difference(document(study()), document(study(events="16")))["corrected"] == []


@pytest.mark.parametrize(
    ("old", "new", "verdict", "step"),
    [
        (document(), document(), "no change", Step.PATCH),
        (document(), document(text="0.21 (0.08 to 0.58)"), "same conclusion", Step.MINOR),
        (document(), document(text="0.72 (0.47 to 1.12)", direction="unsure"), "conclusion changed", Step.MAJOR),
        (document(), document(key="recovery"), "new outcome", Step.MINOR),
        (document(study()), document(study(), study("Adas 2021")), "no change", Step.MINOR),
        (document(study()), document(), "no change", Step.MINOR),
        (document(study(events="17")), document(study(events="16")), "no change", Step.PATCH),
        (document(), document(plan=2), "no change", Step.MINOR),
        (document(), document(protocol=2), "no change", Step.MINOR),
        (document(), document(protocol=2, question="Another?"), "no change", Step.MAJOR),
    ],
)
def test_the_step_that_is_proposed_fits_the_change(old, new, verdict, step):
    changes = difference(old, new)
    assert changes["outcomes"][0]["verdict"] == verdict
    assert proposed_step(changes) is step


words = st.text("ab 12", min_size=1, max_size=4)
values_of_a_study = st.lists(
    st.builds(value, st.sampled_from(["events", "total"]), words), max_size=2, unique_by=lambda one: one["quantity"]
)
studies = st.lists(
    st.fixed_dictionaries(
        {"label": words, "participants": st.none() | st.integers(1, 99), "values": values_of_a_study}
    ),
    max_size=4,
    unique_by=lambda one: one["label"],
)
outcomes = st.lists(
    st.fixed_dictionaries(
        {
            "key": words,
            "title": words,
            "measure": st.just("OR"),
            "text": words,
            "direction": st.sampled_from(["benefit", "harm", "unsure"]),
            "plan": st.fixed_dictionaries({"number": st.integers(1, 3), "reason": words}),
        }
    ),
    max_size=3,
    unique_by=lambda one: one["key"],
)
protocols = st.fixed_dictionaries({"number": st.integers(1, 3), "question": words, "amendment_reason": words})
documents = st.fixed_dictionaries(
    {
        "version": st.just("1.0.0"),
        "protocol": st.none() | protocols,
        "outcomes": outcomes,
        "studies": studies,
    }
)


@given(documents)
def test_nothing_differs_between_a_document_and_itself(found):
    changes = difference(found, found)
    assert is_empty(changes)
    assert proposed_step(changes) is Step.PATCH
    assert all(outcome["verdict"] == "no change" for outcome in changes["outcomes"])


@given(documents, documents)
def test_who_came_in_one_way_went_out_the_other(old, new):
    assert difference(old, new)["studies_in"] == difference(new, old)["studies_out"]


def test_notices_have_names_that_readers_are_told():
    assert [kind.value for kind in NoticeKind] == ["searched", "pending", "correction", "withdrawn"]


def stated(says="", number=None, study=None, subject="PubMed"):
    return {"subject": subject, "study": study, "says": says, "number": number, "source": "Chen 2022"}


def test_what_an_earlier_review_states_is_compared_too():
    old = document() | {"earlier": {"searches": [stated(number=358)], "directions": [stated("Up", subject="CRP")]}}
    new = document() | {"earlier": {"searches": [stated("hits", 385)], "risk_of_bias": [stated("high", study="A")]}}
    changes = difference(old, new)
    assert [(one["what"], one["old"], one["new"]) for one in changes["stated"]] == [
        ("PubMed (Chen 2022)", "358", "385 hits"),
        ("A, PubMed (Chen 2022)", None, "high"),
        ("CRP (Chen 2022)", "Up", None),
    ]
    assert proposed_step(changes) is Step.MINOR


def test_the_first_numbers_of_a_study_that_was_there_are_named_by_their_outcome():
    new = study() | {"values": [value("events", "3") | {"outcome": "Recovery"}, value("total", "20")]}
    changes = difference(document(study()), document(new))
    assert changes["entered"] == [
        {"study": "Dilogo 2021", "what": "Recovery, 28 days"},
        {"study": "Dilogo 2021", "what": "Death, 28 days"},
    ]
    assert changes["corrected"] == []
    assert proposed_step(changes) is Step.MINOR


def test_a_number_that_is_gone_says_why():
    gone = value("events", "") | {"state": "not_reported", "number": None}
    [change] = difference(document(study(events="3")), document(study() | {"values": [gone]}))["corrected"]
    assert (change["old"], change["new"]) == ("3", "not reported")


def test_a_characteristic_that_is_read_otherwise_is_named():
    def described(*texts):
        return study() | {"characteristics": [{"name": name, "text": text} for name, text in texts]}

    changes = difference(
        document(described(("Country", "Iran"))), document(described(("Country", "Iraq"), ("Dose", "once")))
    )
    assert [(one["what"], one["old"], one["new"]) for one in changes["described"]] == [
        ("Country", "Iran", "Iraq"),
        ("Dose", None, "once"),
    ]
    assert proposed_step(changes) is Step.PATCH


def test_an_outcome_that_is_gone_is_named_last():
    changes = difference(document(), document(key="recovery"))
    assert [(one["verdict"], one["old"], one["new"]) for one in changes["outcomes"]] == [
        ("new outcome", None, "0.18 (0.06 to 0.52)"),
        ("no longer reported", "0.18 (0.06 to 0.52)", None),
    ]


@pytest.mark.parametrize(
    "part",
    [
        {"alternatives": [{"text": "0.18 (0.06 to 0.51)"}]},
        {"heterogeneity": {"text": "I² = 1%"}},
        {"absolute": {"sentence": "Of 1,000 people"}},
        {"subgroups": {"groups": [{"name": "Severe", "text": "0.24"}]}},
        {"published": [{"label": "28 days", "printed": "0.18", "verdict": "exact"}]},
        {"k": 7},
    ],
)
def test_any_displayed_text_that_changes_makes_more_than_a_patch(part):
    new = document()
    new["outcomes"][0] |= part
    changes = difference(document(), new)
    assert changes["outcomes"][0]["verdict"] == "same conclusion"
    assert proposed_step(changes) is Step.MINOR
