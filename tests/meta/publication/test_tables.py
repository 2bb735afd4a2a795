"""The downloads of a version hold what its page shows, and no text in them is a formula."""

import csv
import io

import pytest

from meta.publication.tables import TABLES, as_csv
from meta.releases.models import Release
from tests.meta.publication.pages import SLUG, get, text

pytestmark = pytest.mark.django_db


def rows(name, version="1.7.0", slug=SLUG):
    return list(csv.DictReader(io.StringIO(text(get(f"/r/{slug}/v/{version}/{name}.csv")))))


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_a_file_for_every_version(demo, name):
    for version in ("1.0.0", "1.7.0"):
        answer = get(f"/r/{SLUG}/v/{version}/{name}.csv")
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert f'filename="{SLUG}-{version}-{name}.csv"' in answer["Content-Disposition"]
        assert {row["version"] for row in rows(name, version)} == {version}
        assert {row["review"] for row in rows(name, version)} == {SLUG}


@pytest.mark.parametrize("name", TABLES)
def test_the_api_gives_the_same_file(demo, name):
    public, program = get(f"/r/{SLUG}/v/1.7.0/{name}.csv"), get(f"/api/v1/published/{SLUG}/1.7.0/{name}.csv")
    assert public.content == program.content
    assert program["Cache-Control"] == public["Cache-Control"]
    assert get(f"/api/v1/published/{SLUG}/1.7.0/everything.csv").status_code == 404


def test_results_hold_both_models_and_each_subgroup(demo):
    found = [row for row in rows("results", "1.0.0") if row["analysis"] == "death-chen-2022"]
    assert [(row["group"], row["model"], row["text"]) for row in found] == [
        ("", "common", "0.18 (0.06 to 0.52)"),
        ("", "random", "0.18 (0.06 to 0.50)"),
        ("Critical", "common", "0.16 (0.05 to 0.53)"),
        ("Severe", "common", "0.24 (0.03 to 2.09)"),
    ]
    assert float(found[2]["upper"]) == pytest.approx(0.5308, abs=0.0001)
    assert (found[0]["k"], found[0]["participants"]) == ("6", "293")


def test_values_say_what_is_unknown_and_leave_its_number_empty(demo):
    found = [row for row in rows("values") if row["state"] != "given"]
    assert {row["state"] for row in found} == {"missing", "not_reported", "not_applicable"}
    assert {row["number"] for row in found} == {""}


def test_published_results_stand_beside_the_recomputed_ones(demo):
    found = {row["label"]: row["verdict"] for row in rows("published")}
    assert len(found) == 11
    assert sorted(label for label, verdict in found.items() if verdict == "not_reproduced") == [
        "Adverse events",
        "Time to clinical improvement",
    ]


def test_studies_have_a_column_for_each_characteristic(demo):
    (zhu,) = [row for row in rows("studies") if row["study"] == "Zhu 2021"]
    assert (zhu["Country"], zhu["doi"], zhu["participants"]) == ("China", "10.1038/s41422-021-00573-y", "58")


def test_statements_are_what_the_earlier_review_printed(demo):
    found = rows("statements")
    assert sum(int(row["number"]) for row in found if row["kind"] == "search") == 462
    assert {row["kind"] for row in found} == {"search", "flow", "risk_of_bias"}


def test_no_cell_of_any_table_is_a_formula(demo):
    document = Release.objects.get(review__slug=SLUG, minor=0).page
    evil = "=HYPERLINK(1)"
    document["review"]["slug"] = evil
    for study in document["studies"]:
        study |= {"label": f"+{study['label']}"}
        study["characteristics"].append({"name": "@evil", "text": "-1+1"})
        for value in study["values"]:
            value |= {"note": evil, "source": "\tx"}
    for group in document["earlier"].values():
        for one in group:
            one |= {"says": evil}
    for outcome in document["outcomes"]:
        outcome |= {"title": evil}
    for name in TABLES:
        for line in csv.reader(io.StringIO(as_csv(name, document))):
            for cell in line:
                assert not cell.startswith(("=", "+", "@", "\t")), (name, cell)
                if cell.startswith("-"):
                    float(cell)  # a number, and no text
