import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.library.rules import Scheme, Unrecognised, canonical, web_address


@pytest.mark.parametrize(
    ("scheme", "typed", "kept"),
    [
        (Scheme.DOI, "10.1186/s13054-022-03930-4", "10.1186/s13054-022-03930-4"),
        (Scheme.DOI, " https://doi.org/10.1186/S13054-022-03930-4 ", "10.1186/s13054-022-03930-4"),
        (Scheme.DOI, "http://dx.doi.org/10.1002/sctm.21-0046", "10.1002/sctm.21-0046"),
        (Scheme.DOI, "doi:10.1002/SCTM.21-0046.", "10.1002/sctm.21-0046"),
        (Scheme.DOI, "DOI 10.1016/S0140-6736(20)30183-5;", "10.1016/s0140-6736(20)30183-5"),
        (Scheme.DOI, "(10.1002/sctm.21-0046)", "10.1002/sctm.21-0046"),
        (Scheme.PMID, "PMID: 33568628", "33568628"),
        (Scheme.PMID, "pmid33568628", "33568628"),
        (Scheme.PMID, "033568628", "33568628"),
        (Scheme.PMCID, "PMC9259515", "PMC9259515"),
        (Scheme.PMCID, "pmc09259515", "PMC9259515"),
        (Scheme.PMCID, "9259515", "PMC9259515"),
        (Scheme.REGISTRY, " nct04371393 ", "NCT04371393"),
        (Scheme.REGISTRY, "ISRCTN12345678", "ISRCTN12345678"),
        (Scheme.REGISTRY, "IRCT20200325046860N2", "IRCT20200325046860N2"),
        (Scheme.REGISTRY, "EUCTR2020-001505-22-ES", "EUCTR2020-001505-22-ES"),
        (Scheme.REGISTRY, "2020-001505-22", "2020-001505-22"),
        (Scheme.REGISTRY, "ChiCTR2000029990", "CHICTR2000029990"),
        (Scheme.REGISTRY, "CTRI/2020/04/024622", "CTRI/2020/04/024622"),
        (Scheme.REGISTRY, "jRCT2053200153", "JRCT2053200153"),
    ],
)
def test_an_identifier_has_one_spelling(scheme, typed, kept):
    assert canonical(scheme, typed) == kept
    assert canonical(scheme, kept) == kept


@pytest.mark.parametrize(
    ("scheme", "typed", "says"),
    [
        (Scheme.DOI, "PMC9259515", "“PMC9259515” is not a DOI"),
        (Scheme.DOI, "10.1186", "is not a DOI"),
        (Scheme.DOI, "10.12/x", "is not a DOI"),
        (Scheme.PMID, "PMC9259515", "is not a PubMed number; one looks like 33568628."),
        (Scheme.PMID, "1234567890", "is not a PubMed number"),
        (Scheme.PMCID, "33568628x", "is not a PubMed Central number; one looks like PMC9259515."),
        (Scheme.REGISTRY, "the registry", "is not a registration number; one looks like NCT04371393."),
        (Scheme.REGISTRY, "NCT0437139", "is not a registration number"),
        (Scheme.REGISTRY, "isrctn1234567", "is not a registration number"),
        (Scheme.REGISTRY, "", "is not a registration number"),
    ],
)
def test_what_is_no_identifier_is_refused_with_an_example(scheme, typed, says):
    with pytest.raises(Unrecognised, match=says):
        canonical(scheme, typed)


@given(st.sampled_from(Scheme), st.text(max_size=30))
def test_whatever_is_accepted_is_already_its_own_spelling(scheme, typed):
    try:
        kept = canonical(scheme, typed)
    except Unrecognised:
        return
    assert canonical(scheme, kept) == kept


@pytest.mark.parametrize(
    ("scheme", "value", "address"),
    [
        (Scheme.DOI, "10.1002/sctm.21-0046", "https://doi.org/10.1002/sctm.21-0046"),
        (Scheme.PMID, "33568628", "https://pubmed.ncbi.nlm.nih.gov/33568628/"),
        (Scheme.PMCID, "PMC9259515", "https://pmc.ncbi.nlm.nih.gov/articles/PMC9259515/"),
        (Scheme.REGISTRY, "NCT04371393", "https://clinicaltrials.gov/study/NCT04371393"),
        (Scheme.REGISTRY, "CHICTR2000029990", ""),
    ],
)
def test_readers_are_sent_where_we_know_the_address_for_certain(scheme, value, address):
    assert web_address(scheme, value) == address
