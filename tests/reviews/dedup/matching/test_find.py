"""Which records are one, which are asked about, which only belong together. Every record here is invented."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.dedup.matching import Citation, Findings, Relation, find

ARTICLE = Citation(
    id="article",
    title="Invented trial of evening walks for restless legs in retired sailors",
    authors="Marlow, J.; Ostrander, P. Q.; Vint, A.",
    year="2014",
    journal="Journal of Imaginary Medicine",
    volume="12",
    issue="3",
    pages="144-150",
    doi="10.5555/walks.1",
)


def other(**changes: object) -> Citation:
    return dataclasses.replace(ARTICLE, **{"id": "other", **changes})


def merged(*citations: Citation) -> bool:
    return bool(find(citations).clusters)


def relation(*citations: Citation) -> tuple[object, object, Relation | None]:
    findings = find(citations)
    assert not findings.clusters
    (pair,) = findings.related
    return pair.left, pair.right, pair.relation


@pytest.mark.parametrize(
    "copy",
    [
        other(title=ARTICLE.title.upper() + ".", authors="Marlow J; Ostrander PQ; Vint A", pages="144-50", doi=""),
        other(journal="J Imaginary Med", doi="https://doi.org/10.5555/WALKS.1"),
        other(authors="Marlow, Jane and Ostrander, Peter and Vint, Ada", doi="NA", issue=""),
        other(authors="Marlow J.Ostrander P. Q.Vint A."),
        other(title="Invented trial of evening walks for restless legs in retired sialors"),
        other(title="<i>Invented</i> trial of evening walks for restless legs in retired sailors [Article in English]"),
        other(title="RETRACTED: " + ARTICLE.title),
        other(year="2013", volume="", issue="", pages=""),
        other(year="2013", volume="", issue="", pages="1-7", doi=""),
        other(volume="2)", issue="", pages="144-150", doi=""),
        other(authors=""),
        other(year=""),
        other(title=ARTICLE.title + ": a pilot", doi=""),
    ],
)
def test_what_databases_do_to_a_record_does_not_make_it_another(copy):
    assert merged(ARTICLE, copy)


@pytest.mark.parametrize(
    ("near", "expected"),
    [
        (other(title="Erratum: " + ARTICLE.title, pages="301", doi="10.5555/walks.9"), Relation.ERRATUM_OF),
        (other(title="Retraction: " + ARTICLE.title, year="2016", pages="9", doi=""), Relation.RETRACTION_OF),
        (other(title="Reply to: " + ARTICLE.title, authors="Quill, B.", pages="300", doi=""), Relation.COMMENT_ON),
        (other(title=ARTICLE.title + ": Part II", pages="160-166", doi="10.5555/walks.2"), Relation.PART_OF),
        (
            other(
                title=ARTICLE.title + ": study protocol",
                journal="Imaginary Protocols",
                volume="2",
                pages="1-9",
                year="2012",
                doi="",
            ),
            Relation.PROTOCOL_OF,
        ),
        (
            other(journal="medRxiv", volume="", issue="", pages="", year="2013", doi="10.1101/2013.1.1"),
            Relation.PREPRINT_OF,
        ),
        (
            other(
                authors="", journal="ClinicalTrials.gov", volume="", issue="", pages="NCT00000000", year="2010", doi=""
            ),
            Relation.REGISTRATION_OF,
        ),
        (
            other(
                journal="Imaginary Heart Journal",
                volume="30",
                issue="Suppl 1",
                pages="S44",
                year="2013",
                doi="",
                kind="Conference Abstract",
            ),
            Relation.ABSTRACT_OF,
        ),
        (
            other(year="2017", volume="", issue="", pages="", doi="10.5555/walks.1.pub2", kind="Review update"),
            Relation.VERSION_OF,
        ),
        (
            other(
                title=ARTICLE.title + ": a secondary analysis",
                volume="14",
                pages="8-14",
                year="2016",
                doi="10.5555/walks.3",
            ),
            Relation.SECONDARY_ANALYSIS_OF,
        ),
    ],
)
def test_what_only_belongs_to_it_is_related_and_never_merged(near, expected):
    assert relation(ARTICLE, near) == ("other", "article", expected)
    assert relation(near, ARTICLE) == ("other", "article", expected)


@pytest.mark.parametrize(
    "stranger",
    [
        other(title="Poster 7: Quite another matter of the heart", authors="Novik, I.", pages="P7"),
        other(title="Invented trial of evening walks for restless legs in female sailors", pages="151-157", doi=""),
        other(doi="10.5555/walks.77"),
        other(pmid="2"),
    ],
)
def test_one_number_in_common_or_in_conflict_decides_nothing_alone(stranger):
    assert not merged(dataclasses.replace(ARTICLE, pmid="1"), stranger)


def test_a_column_that_every_issue_prints_is_never_merged_without_its_place():
    column = Citation(
        id=1,
        title="Editor's Comments",
        authors="Marlow, J.",
        year="2001",
        journal="Imaginary Letters",
        volume="4",
        issue="1",
    )
    assert not merged(column, dataclasses.replace(column, id=2, issue="2"))
    assert not merged(column, dataclasses.replace(column, id=2))


def test_a_record_that_fits_two_works_is_asked_about_and_merged_with_neither():
    bare = other(journal="", volume="", issue="", pages="", doi="")
    twin = other(id="twin", journal="Annals of Invention", volume="90", issue="1", pages="7-13", doi="")
    findings = find([ARTICLE, twin, bare])
    assert findings.clusters == ()
    assert {frozenset((pair.left, pair.right)) for pair in findings.pairs} == {
        frozenset(("article", "other")),
        frozenset(("twin", "other")),
    }


def test_what_a_person_told_apart_stays_apart_and_is_not_asked_again():
    copy = other(doi="")
    findings = find([ARTICLE, copy], apart=[("article", "other")])
    assert (findings.clusters, findings.pairs) == ((), ())


def test_only_new_records_are_compared():
    copies = [dataclasses.replace(ARTICLE, id=number) for number in range(4)]
    aside = [
        dataclasses.replace(
            ARTICLE,
            id=f"aside {n}",
            title="Another invented study of seagulls and their naps",
            doi="10.5555/gulls",
            pages="1-9",
        )
        for n in range(2)
    ]
    findings = find([*copies, *aside], new={3})
    assert findings.clusters == ((0, 1, 2, 3),)


def test_a_pair_says_why_it_was_made_and_what_differs():
    (pair,) = find([ARTICLE, other(doi="10.5555/walks.77")]).pairs
    assert "same title" in pair.reasons
    assert pair.differs == ("doi",)


def test_two_records_with_one_id_are_refused():
    with pytest.raises(ValueError, match="same id"):
        find([ARTICLE, ARTICLE])


WORDS = st.sampled_from(
    [
        "amber",
        "basket",
        "cinder",
        "dapple",
        "ember",
        "fennel",
        "garnet",
        "hollow",
        "indigo",
        "juniper",
        "kestrel",
        "lantern",
    ]
)
SOME = st.builds(
    Citation,
    id=st.just(0),
    title=st.lists(WORDS, min_size=1, max_size=7).map(" ".join),
    authors=st.sampled_from(["Marlow, J.; Vint, A.", "Marlow J", "Quill, B.; Novik, I.", "", "Ostrander, P."]),
    year=st.sampled_from(["2011", "2012", "", "NA"]),
    journal=st.sampled_from(["Journal of Imaginary Medicine", "J Imaginary Med", "Annals of Invention", "medRxiv", ""]),
    volume=st.sampled_from(["1", "2", ""]),
    pages=st.sampled_from(["1-9", "10-12", "S4", ""]),
    doi=st.sampled_from(["", "10.5555/a", "10.5555/b"]),
)
SETS = st.lists(SOME, max_size=14).map(lambda some: [dataclasses.replace(one, id=at) for at, one in enumerate(some)])


def as_sets(findings: Findings) -> tuple[set[frozenset[object]], set[frozenset[object]]]:
    return {frozenset(one) for one in findings.clusters}, {
        frozenset((pair.left, pair.right)) for pair in findings.pairs
    }


@given(SETS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(records, chance):
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert find(records) == find(shuffled)


@given(SETS)
def test_what_is_certain_is_not_asked_and_each_record_is_in_one_cluster_at_most(records):
    clusters, pairs = as_sets(find(records))
    assert sum(map(len, clusters)) == len(frozenset().union(*clusters))
    assert not any(pair <= cluster for pair in pairs for cluster in clusters)


@given(SETS, SOME)
def test_adding_a_record_never_splits_identical_records(records, added):
    twins = [ARTICLE, other()]
    before, _ = as_sets(find([*records, *twins]))
    after, _ = as_sets(find([*records, *twins, dataclasses.replace(added, id="added")]))
    assert any({"article", "other"} <= cluster for cluster in before)
    assert any({"article", "other"} <= cluster for cluster in after)


@given(SETS)
def test_a_doubled_set_finds_each_cluster_again_with_its_copies(records):
    doubled = [*records, *(dataclasses.replace(one, id=one.id + 100) for one in records)]
    once, _ = as_sets(find(records))
    twice, _ = as_sets(find(doubled))
    assert all(any(cluster <= larger for larger in twice) for cluster in once)


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_read(one, two):
    find(
        [
            Citation(id=1, title=one, authors=two, pages=one, doi=two, volume=two),
            Citation(id=2, title=two, authors=one, year=one, journal=two),
        ]
    )
