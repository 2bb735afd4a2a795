from reviews.screening.rules import Verdict


def test_verdicts_are_words_that_a_reviewer_reads():
    assert [verdict.value for verdict in Verdict] == ["include", "exclude"]
