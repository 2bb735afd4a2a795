"""Every number that the 2022 review printed, and every step since, as a reader finds it on the loaded demo's pages."""

import html
import re

import pytest

from meta.analysis import services as analysis
from meta.analysis.models import Analysis
from meta.demo import evidence
from meta.demo.evidence import Catalogue
from meta.demo.people import Cast
from meta.releases import services as releasing
from meta.releases.models import Release
from meta.releases.rules import Step
from reviews.models import Review, User
from reviews.team.rules import Role
from tests.meta.publication.pages import get

pytestmark = pytest.mark.django_db

PUBLISHED = [
    # analysis, result, as printed (J Infect Public Health 2022, PMC9259515), recomputed, verdict
    ("death-chen-2022", "28-day mortality, fixed", "0.18 (0.06 to 0.52), I² 0%", "0.18 (0.06 to 0.52), I² 0%", "exact"),
    ("death-chen-2022", "28-day mortality, random", "0.18 (0.06 to 0.50), I² 0%", "0.18 (0.06 to 0.50), I² 0%", "exact"),
    ("death-chen-2022", "Critical subgroup", "0.16 (0.05 to 0.53), I² 0%", "0.16 (0.05 to 0.53), I² 0%", "exact"),
    ("death-chen-2022", "Severe subgroup", "0.24 (0.03 to 2.09), I² 0%", "0.24 (0.03 to 2.09), I² 0%", "exact"),
    ("death-14-days", "14-day mortality", "0.24 (0.08 to 0.74), I² 0%", "0.24 (0.08 to 0.74), I² 0%", "exact"),
    ("clinical-improvement", "Clinical improvement", "6.05 (2.31 to 15.83), I² 0%", "6.05 (2.31 to 15.83), I² 0%", "exact"),
    ("mechanical-ventilation", "Mechanical ventilation",
     "0.21 (0.12 to 1.79), I² 0%", "0.21 (0.02 to 1.79), I² 0%", "misprint"),
    ("serious-adverse-events", "Serious adverse events",
     "0.30 (0.02 to 4.41), I² 53%", "0.30 (0.02 to 4.41), I² 53%", "exact"),
    ("length-of-stay", "Length of hospital stay", "-3.84 (-6.19 to -1.50), I² 0%", "-3.84 (-6.19 to -1.50), I² 0%", "exact"),
    ("adverse-events", "Adverse events", "0.33 (0.09 to 1.18), I² 59%", "0.34 (0.09 to 1.34), I² 64%", "not reproduced"),
    ("time-to-improvement", "Time to clinical improvement",
     "-4.02 (-6.42 to -1.63), I² 0%", "-4.13 (-6.44 to -1.81), I² 0%", "not reproduced"),
]  # fmt: skip

STEPS = [
    # address, deaths, Mantel-Haenszel (fixed), DerSimonian-Laird, I²
    ("msc-covid-19/v/1.0.0", "12/158 v 29/135", "0.18 (0.06 to 0.52)", "0.18 (0.06 to 0.50)", 0),
    ("msc-covid-19/v/1.1.0", "12/158 v 28/135", "0.21 (0.08 to 0.58)", "0.21 (0.08 to 0.58)", 0),
    ("msc-covid-19/v/1.2.0", "15/168 v 34/145", "0.23 (0.09 to 0.55)", "0.23 (0.09 to 0.55)", 0),
    ("msc-covid-19/v/1.3.0", "20/189 v 38/169", "0.38 (0.18 to 0.77)", "0.37 (0.17 to 0.82)", 4),
    ("msc-covid-19/v/1.4.0", "25/200 v 39/175", "0.48 (0.25 to 0.93)", "0.46 (0.19 to 1.14)", 30),
    ("msc-covid-19/v/1.5.0", "31/214 v 50/190", "0.44 (0.24 to 0.81)", "0.42 (0.20 to 0.91)", 22),
    ("msc-covid-19/v/1.6.0", "73/326 v 97/300", "0.61 (0.41 to 0.92)", "0.52 (0.28 to 0.97)", 28),
    ("msc-covid-19/v/1.7.0", "76/345 v 105/324", "0.59 (0.40 to 0.87)", "0.52 (0.30 to 0.89)", 22),
    ("msc-cells-only/v/1.0.0", "70/303 v 94/299", "0.66 (0.44 to 0.98)", "0.60 (0.34 to 1.06)", 20),
    ("msc-placebo-controlled/v/1.0.0", "64/241 v 75/207", "0.72 (0.47 to 1.12)", "0.66 (0.28 to 1.59)", 51),
]


def words(path):
    """The text of a public page, as a reader sees it: one space between words."""
    response = get(path)
    assert response.status_code == 200, path
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(text)).replace(" ,", ",")


def section(path, key):
    """The part of a page about one outcome."""
    page = get(path).content.decode()
    begin = page.index(f'id="outcome-{key}"')
    end = page.find("</section>", begin)
    text = re.sub(r"<[^>]+>", " ", page[begin:end])
    return re.sub(r"\s+", " ", html.unescape(text)).replace(" ,", ",")


def totals(text):
    """People with the event and people, as the numbers of the forest plot print them."""
    events = re.search(r"Total events: (\d+) (\d+)", text)
    people = re.search(r"Total \(95% CI\) (\d+) (\d+)", text)
    return f"{events[1]}/{people[1]} v {events[2]}/{people[2]}"


@pytest.mark.parametrize(("key", "label", "printed", "recomputed", "verdict"), PUBLISHED)
@pytest.mark.parametrize("version", ["1.0.0", "1.7.0"])
def test_a_printed_result_stands_beside_the_recomputed_one(demo, version, key, label, printed, recomputed, verdict):
    text = section(f"/r/msc-covid-19/v/{version}/", key)
    said = text[text.index(f"{label} Chen") :]
    assert printed in said
    assert recomputed in said[said.index(printed) + len(printed) :]
    assert verdict in said


def test_eleven_results_were_printed_and_two_are_not_reproduced(demo):
    text = words("/r/msc-covid-19/")
    assert text.count(" exact ") >= 8
    assert text.count("Not reproduced from the stored numbers") == 2
    assert text.count("A misprint: the printed numbers contradict each other") == 1


@pytest.mark.parametrize(("address", "deaths", "fixed", "random", "i2"), STEPS)
def test_each_step_of_the_living_review_has_a_page(demo, address, deaths, fixed, random, i2):
    slug = address.split("/")[0]
    key = "death-28-days" if slug == "msc-covid-19" else "death"
    page = words(f"/r/{address}/")
    assert f"OR {fixed}" in page
    assert f"random: {random}" in page
    figure = section(f"/r/{address}/", key)
    assert f"I² = {i2}%" in figure
    assert totals(figure) == deaths


def test_the_visitors_trial_leads_to_the_last_step(demo):
    """README's tour: Zamanian 2024, entered and confirmed by the two extractors, released by the owner."""
    people = {role: User.objects.filter(memberships__role=role).distinct() for role in Role}
    first, second = people[Role.EXTRACTOR].order_by("pk")
    [owner] = people[Role.OWNER]
    review = Review.objects.get(slug="msc-covid-19")
    fact = {
        "label": "Zamanian 2024",
        "year": 2024,
        "reports": [{"citation": "Zamanian et al. 2024", "published_on": "2024", "identifiers": {}}],
        "characteristics": {},
        "characteristics_source": "",
        "arms": [
            {"label": "MSC vesicles", "role": "experimental", "randomised": 21},
            {"label": "Placebo", "role": "control", "randomised": 24},
        ],
        "results": [
            {
                "outcome": "death",
                "timepoint": "latest",
                "cells": ["4/21", "13/24"],
                "source": "Abstract",
                "place": "Deaths",
                "method": "reported",
                "measured_at": "In hospital",
                "note": "",
            }
        ],
    }
    planned = Analysis.objects.get(review=review, key="death-28-days")
    catalogue = Catalogue({"death": planned.outcome}, {("death", "latest"): planned.timepoint})
    evidence.add(fact, review, Cast(owner, first, second, {}), catalogue)
    for one in Analysis.objects.filter(review=review):
        analysis.recompute(analysis_id=one.pk)
    releasing.make_release(review=review, actor=owner, step=Step.MINOR, note="Zamanian 2024.", evidence_date="2024")
    page = words("/r/msc-covid-19/")
    assert "OR 0.54 (0.38 to 0.79)" in page
    assert "random: 0.46 (0.27 to 0.78)" in page
    assert totals(section("/r/msc-covid-19/", "death-28-days")) == "80/366 v 118/348"
    assert Release.objects.filter(review=review).count() == 9


def test_the_three_claims_of_the_preprint_are_shown_without_numbers(demo):
    page = words("/r/msc-placebo-controlled/")
    assert page.count("direction only, no numbers published") >= 3
    for subject in ("Short-term mortality:", "CRP and IL-6:", "Serious adverse events related to treatment:"):
        assert subject in page
    assert "10.21203/rs.3.rs-8714718/v1" in get("/r/msc-placebo-controlled/").content.decode()


def test_the_searches_stand_with_their_hits_and_with_what_does_not_add_up(demo):
    page = words("/r/msc-covid-19/")
    for source, hits in (("PubMed", 358), ("Embase", 35), ("Ovid MEDLINE", 38), ("Cochrane Library", 24)):
        assert f"{source} {hits} " in page
    assert "add up to 462" in page


def test_risks_of_bias_are_those_that_the_review_states_and_no_others(demo):
    release = Release.objects.get(review__slug="msc-covid-19", minor=0)
    stated = {(one["subject"], one["study"]): one["says"] for one in release.document["earlier"]["risk_of_bias"]}
    assert stated == {
        ("Performance bias", "Zhu 2021"): "high risk",
        ("Performance bias", "Shu 2020"): "high risk",
        ("Detection bias", "Lanzoni 2021"): "unknown risk",
        ("Detection bias", "Zhu 2021"): "unknown risk",
        ("Detection bias", "Shu 2020"): "unknown risk",
        ("Selection bias", "Shi 2021"): "unknown risk",
        ("Selection bias", "Shu 2020"): "unknown risk",
    }
    page = words("/r/msc-covid-19/v/1.0.0/")
    assert "This team has not judged the risk of bias yet." in page
    assert "Unjudged, and nothing stated: Dinasty 2020, Dilogo 2021." in page


def test_each_number_leads_to_its_source(demo):
    page = get("/r/msc-covid-19/v/1.0.0/studies/dilogo-2021/").content.decode()
    assert 'href="https://pmc.ncbi.nlm.nih.gov/articles/PMC9259515/"' in page
    assert 'href="https://doi.org/10.1002/sctm.21-0046"' in page
    corrected = words("/r/msc-covid-19/v/1.1.0/studies/dilogo-2021/")
    assert "Corrected: The trial reports 4 survivors of 20" in corrected
