"""Documents of every format stay readable: completed for the page, never rewritten."""

import json
from pathlib import Path

import pytest

from meta.releases import formats
from meta.releases.rules import difference, is_empty

FIRST = json.loads(Path(__file__).with_name("format_1.json").read_text(encoding="utf-8"))
"""A version of the demonstration as the first format froze it, with two of its studies and without its drawings."""


def test_a_document_of_the_first_format_is_completed_and_not_touched():
    before = json.dumps(FIRST)
    page = formats.present(FIRST)
    assert json.dumps(FIRST) == before
    assert page["schema"] == formats.SCHEMA
    assert [study["key"] for study in page["studies"]] == ["dilogo-2021", "lanzoni-2021"]
    assert page["outcomes"][0]["published"] == []
    assert page["earlier"] == {"searches": [], "flow": [], "risk_of_bias": [], "directions": []}
    assert page["changes"]["stated"] == []
    assert page["changes"]["outcomes"][0]["is_changed"]
    (finding,) = page["summary"]["rows"]
    assert finding["relative"] == "OR 0.21 (0.08 to 0.58)"
    assert finding["without"].endswith("per 1,000")


def test_a_number_of_the_first_format_leads_to_its_source():
    study = formats.present(FIRST)["studies"][0]
    corrected = next(value for value in study["values"] if value["as_printed"] == "16")
    assert corrected["source_url"] == "https://doi.org/10.1002/sctm.21-0046"
    assert (corrected["state"], corrected["number"]) == ("given", None)


def test_what_a_format_did_not_have_is_no_change():
    page = formats.present(FIRST)
    assert is_empty(difference(page, page))


def test_the_first_version_has_no_changes_in_any_format():
    assert formats.present(FIRST | {"changes": None})["changes"] is None


def test_a_document_of_the_present_format_is_as_it_was_frozen():
    frozen = {"schema": formats.SCHEMA, "anything": [1]}
    assert formats.present(frozen) == frozen


def test_a_document_of_a_later_format_is_refused_in_words():
    with pytest.raises(formats.UnknownFormat, match="format 99"):
        formats.present({"schema": 99})


@pytest.mark.parametrize(
    ("labels", "keys"),
    [
        (["Dilogo 2021"], ["dilogo-2021"]),
        (["Martínez-Muñoz 2024"], ["martinez-munoz-2024"]),
        (["A b", "A-B", "a  b"], ["a-b", "a-b-2", "a-b-3"]),
        (["張 2021", "李"], ["2021", "study"]),
        (["X", "X 2", "x"], ["x", "x-2", "x-3"]),
    ],
)
def test_every_study_has_an_address_of_its_own(labels, keys):
    assert formats.addresses(labels) == keys


@pytest.mark.parametrize(
    ("source", "address"),
    [
        ("Zhu et al. 2021, 10.1038/s41422-021-00573-y", "https://doi.org/10.1038/s41422-021-00573-y"),
        ("Abstract, 10.1186/s13287-023-03402-8.", "https://doi.org/10.1186/s13287-023-03402-8"),
        ("Table 4 of PMC10140776", "https://pmc.ncbi.nlm.nih.gov/articles/PMC10140776/"),
        ("10.1164/rccm.202311-2046CP (PMC10995569)", "https://doi.org/10.1164/rccm.202311-2046CP"),
        ("Registry results record NCT04491240", "https://clinicaltrials.gov/study/NCT04491240"),
        ("A letter of the authors", ""),
    ],
)
def test_a_source_that_names_an_identifier_leads_there(source, address):
    assert formats.address_in(source) == address


def outcome(**said):
    return {
        "key": "stay",
        "title": "Length of stay",
        "timepoint": "until discharge",
        "measure": "MD",
        "text": "−3.84 (−6.19 to −1.50)",
        "absolute": None,
        "pooled": {"estimate": -3.8426, "lower": -6.1888, "upper": -1.4964},
        "unit": "days",
        "participants": 99,
        "k": 2,
        "headline": "It was shorter.",
    } | said


REVIEW = {"population": "People", "intervention": "Cells", "comparator": "None"}


@pytest.mark.parametrize(
    ("said", "with_it"),
    [
        ({}, "3.84 days lower (6.19 lower to 1.50 lower)"),
        ({"unit": ""}, "3.84 lower (6.19 lower to 1.50 lower)"),
        (
            {"pooled": {"estimate": 0.5, "lower": -0.001, "upper": 1.0}},
            "0.50 days higher (no difference to 1.00 higher)",
        ),
        ({"pooled": {"estimate": 0.001, "lower": -1.0, "upper": 1.0}}, "no difference (1.00 lower to 1.00 higher)"),
        ({"pooled": None, "text": "Not estimable"}, ""),
        ({"measure": "SMD"}, ""),
    ],
)
def test_a_difference_of_means_is_said_in_its_unit_and_in_words(said, with_it):
    (row,) = formats.summary(REVIEW, [outcome(**said)])["rows"]
    assert row["with"] == with_it
    assert row["without"] == ""


def test_a_relative_effect_stands_beside_the_risks_and_an_empty_result_says_so():
    absolute = {"per": 1000, "without": 324, "with": 222, "lower": 162, "upper": 295}
    row, empty = formats.summary(
        REVIEW,
        [
            outcome(measure="OR", text="0.59 (0.40 to 0.87)", absolute=absolute),
            outcome(measure="OR", text="Not estimable", pooled=None),
        ],
    )["rows"]
    assert (row["without"], row["with"]) == ("324 per 1,000", "222 per 1,000 (162 to 295)")
    assert row["relative"] == row["result"] == "OR 0.59 (0.40 to 0.87)"
    assert (empty["relative"], empty["result"], empty["certainty"]) == ("", "Not estimable", None)
