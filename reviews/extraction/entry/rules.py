"""What somebody types into a cell of a trial's table, read once for pages, files and programs."""

from enum import StrEnum

from reviews.extraction import rules
from reviews.extraction.rules import (
    Count,
    Measurement,
    MedianRule,
    Method,
    Result,
    Summary,
    SummaryForm,
    Unreadable,
    ValueState,
)

Entry = Count | Summary | ValueState
"""What can stand in a cell: a count, a mean or a median, or the statement that there is none."""

STATE_WORDS: dict[str, ValueState] = {
    "missing": ValueState.MISSING,
    "not reported": ValueState.NOT_REPORTED,
    "nr": ValueState.NOT_REPORTED,
    "not applicable": ValueState.NOT_APPLICABLE,
    "n/a": ValueState.NOT_APPLICABLE,
}
"""How people write that there is no number. A dash is none of them: papers use it for all three, and for zero."""


class Printed(StrEnum):
    """What the numbers of a continuous outcome are, as a person chooses it; AS_WRITTEN goes by how many there are."""

    AS_WRITTEN = ""
    MEAN_SD = "mean_sd"
    MEAN_SE = "mean_se"
    MEAN_CI = "mean_ci"
    MEDIAN_IQR = "median_iqr"
    MEDIAN_IQR_TABLE = "median_iqr_table"
    MEDIAN_RANGE = "median_range"

    @property
    def form(self) -> SummaryForm | None:
        match self:
            case Printed.AS_WRITTEN:
                return None
            case Printed.MEDIAN_IQR_TABLE:
                return SummaryForm.MEDIAN_IQR
            case _:
                return SummaryForm(self.value)

    @property
    def median_rule(self) -> MedianRule:
        return MedianRule.TABLE if self is Printed.MEDIAN_IQR_TABLE else MedianRule.CLOSED

    @classmethod
    def of(cls, summary: Summary) -> "Printed":
        """The choice under which a summary was read."""
        if summary.form is SummaryForm.MEDIAN_IQR and summary.median_rule is MedianRule.TABLE:
            return cls.MEDIAN_IQR_TABLE
        return cls(summary.form.value)


def read_cell(
    text: str, *, is_count: bool, printed: Printed = Printed.AS_WRITTEN, randomised: int | None = None
) -> Entry | None:
    """A cell's text as what it says; None for an empty cell, where nobody has looked yet.

    Args:
        is_count: the outcome is dichotomous.
        printed: what the numbers of a continuous outcome are.
        randomised: people in the arm, taken as those measured where a mean or a median does not say.

    Raises:
        Unreadable: it is something else, or cannot be true.
    """
    if not text.strip():
        return None
    return read_entry(text, is_count=is_count, printed=printed, randomised=randomised)


def read_entry(
    text: str, *, is_count: bool, printed: Printed = Printed.AS_WRITTEN, randomised: int | None = None
) -> Entry:
    """The same for a cell that is not empty.

    Raises:
        Unreadable: it is something else, or cannot be true.
    """
    words = " ".join(text.split()).casefold()
    if words in STATE_WORDS:
        return STATE_WORDS[words]
    if is_count:
        count = rules.read_count(text)
        problems = rules.count_problems(count, randomised=randomised)
        if problems:
            raise Unreadable(problems[0])
        return count
    summary = rules.read_summary(text, form=printed.form, people=randomised, median_rule=printed.median_rule)
    problems = rules.summary_problems(summary, randomised=randomised)
    if problems:
        raise Unreadable(problems[0])
    return summary


def result_of(entry: Entry) -> tuple[Result, frozenset[Method]] | None:
    """What an analysis would read of an entry, and the methods by which it was worked out here; None for no number."""
    if isinstance(entry, Count):
        return entry, frozenset()
    if isinstance(entry, ValueState):
        return None
    numbers = entry.numbers()
    worked_out = rules.derived(entry)
    if worked_out is not None:
        return Measurement(worked_out.mean, worked_out.sd, entry.total), frozenset({worked_out.method})
    mean, sd = numbers.values()
    return Measurement(float(mean), float(sd), entry.total), frozenset()
