"""A trial's numbers as somebody types them: a row for each outcome, a cell for each arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from reviews.extraction import rules
from reviews.extraction.entry.rules import Entry, Printed, read_cell
from reviews.extraction.queries import Cell, ResultRow, text_of
from reviews.extraction.rules import Count, Method, Quantity, Unreadable
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome, Timepoint
from reviews.protocol.rules import OutcomeType

METHODS = [
    (Method.REPORTED.value, _("reported")),
    (Method.CALCULATED.value, _("calculated")),
    (Method.CONVERTED.value, _("converted")),
    (Method.ESTIMATED.value, _("estimated")),
    (Method.BACK_CALCULATED.value, _("worked back")),
    (Method.AUTHOR_CONTACT.value, _("from the authors")),
]
PRINTED = [
    (Printed.AS_WRITTEN.value, _("as written: mean (SD) or median (quartiles)")),
    (Printed.MEAN_SD.value, _("mean (SD)")),
    (Printed.MEAN_SE.value, _("mean (standard error)")),
    (Printed.MEAN_CI.value, _("mean (95% interval)")),
    (Printed.MEDIAN_IQR.value, _("median (quartiles)")),
    (Printed.MEDIAN_IQR_TABLE.value, _("median (quartiles), by Wan's table")),
    (Printed.MEDIAN_RANGE.value, _("median (range)")),
]
MOST_SIGNS = 80


class CellField(forms.CharField):
    """The text of a cell; what it says depends on its row and its arm, so the form reads it."""

    def __init__(self, *, is_count: bool, **kwargs: Any) -> None:
        signs = {"placeholder": "10/20" if is_count else "11 (8–14)", "autocomplete": "off", "size": 8}
        super().__init__(max_length=MOST_SIGNS, widget=forms.TextInput(attrs=signs), **kwargs)


class SeenField(forms.CharField):
    """The values that a page showed, as `events:12,total:13`."""

    def __init__(self) -> None:
        super().__init__(required=False, widget=forms.HiddenInput, max_length=400)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            pairs = [part.split(":") for part in text.split(",") if part]
            return {Quantity(quantity): int(number) for quantity, number in pairs}
        except ValueError as error:
            raise ValidationError(_("This page is out of date. Load it again.")) from error


def is_count(outcome: Outcome) -> bool:
    return outcome.type == OutcomeType.DICHOTOMOUS


@dataclass(frozen=True, slots=True)
class CellOnForm:
    """One cell: its field, what the page showed there, and what stands there now where that is another thing."""

    field: BoundField
    seen: BoundField | None
    now: Cell | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    """One outcome of the form: its cells in the order of the arms, and where the numbers come from."""

    outcome: Outcome
    timepoint: Timepoint
    cells: list[CellOnForm]
    source: BoundField
    place: BoundField
    method: BoundField
    measured_at: BoundField
    printed: BoundField | None
    excludes: str

    @property
    def is_count(self) -> bool:
        return is_count(self.outcome)


class NumbersForm(forms.Form):
    """A row for each outcome and time, a cell for each arm; fields are named by the timepoint, which has one outcome.

    Args:
        asked: the rows.
        arms: how many cells a row has.
        standing: the trial's table where it exists already; then each cell remembers what the page showed.
    """

    def __init__(
        self,
        *args: Any,
        asked: Sequence[tuple[Outcome, Timepoint]],
        arms: int,
        standing: Sequence[ResultRow] | None = None,
        **kwargs: Any,
    ) -> None:
        self.asked, self.arms = list(asked), arms
        self.excludes = protocol.excluded_by([outcome for outcome, _ in self.asked])
        self.stands = {
            (row.timepoint.pk, place): cell for row in standing or () for place, cell in enumerate(row.cells)
        }
        super().__init__(*args, **kwargs)
        self.entries: dict[tuple[int, int], Entry | None] = {}
        for outcome, timepoint in self.asked:
            self._add_row(outcome, timepoint, has_seen=standing is not None)
        if standing is not None:
            self.fields["reason"] = forms.CharField(
                label=_("Reason for the correction"),
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 2}),
                help_text=_("Needed where a number stands already; it stays readable beside the new one."),
            )

    def _add_row(self, outcome: Outcome, timepoint: Timepoint, *, has_seen: bool) -> None:
        key = timepoint.pk
        first = next(
            (cell for place in range(self.arms) if (cell := self.stands.get((key, place))) and cell.values), None
        )
        value = first.values[0] if first else None
        for place in range(self.arms):
            stands = self.stands.get((key, place))
            self.fields[f"cell-{key}-{place}"] = CellField(
                is_count=is_count(outcome),
                required=False,
                label=stands.arm.label if stands else _("Arm %(number)d") % {"number": place + 1},
                initial=stands.text if stands else "",
            )
            if has_seen:
                self.fields[f"seen-{key}-{place}"] = seen = SeenField()
                seen.initial = stands.seen if stands else ""
        self.fields[f"source-{key}"] = forms.CharField(
            label=_("Source"),
            required=False,
            max_length=400,
            help_text="" if has_seen else _("Empty: the report above."),
            initial=value.source if value else "",
        )
        self.fields[f"place-{key}"] = forms.CharField(
            label=_("Place"),
            required=False,
            max_length=120,
            help_text=_("Page, table or figure."),
            initial=value.place if value else "",
        )
        self.fields[f"method-{key}"] = forms.ChoiceField(
            label=_("How"), choices=METHODS, initial=value.method if value else Method.REPORTED.value
        )
        self.fields[f"measured-{key}"] = forms.CharField(
            label=_("Time of measurement"), required=False, max_length=120, initial=value.measured_at if value else ""
        )
        if not is_count(outcome):
            summary = first.summary if first else None
            self.fields[f"printed-{key}"] = forms.ChoiceField(
                label=_("The numbers are"),
                choices=PRINTED,
                required=False,
                initial=Printed.of(summary).value if summary else "",
            )

    def rows(self) -> list[FormRow]:
        return [
            FormRow(
                outcome=outcome,
                timepoint=timepoint,
                cells=[self._cell(timepoint.pk, place) for place in range(self.arms)],
                source=self[f"source-{timepoint.pk}"],
                place=self[f"place-{timepoint.pk}"],
                method=self[f"method-{timepoint.pk}"],
                measured_at=self[f"measured-{timepoint.pk}"],
                printed=None if is_count(outcome) else self[f"printed-{timepoint.pk}"],
                excludes=" ".join(str(other.pk) for other in self._excluded_by(outcome, timepoint)),
            )
            for outcome, timepoint in self.asked
        ]

    def _cell(self, key: int, place: int) -> CellOnForm:
        seen = f"seen-{key}-{place}"
        if seen not in self.fields:
            return CellOnForm(self[f"cell-{key}-{place}"], None)
        stands = self.stands.get((key, place))
        is_stale = self.is_bound and stands is not None and self[seen].value() != stands.seen
        return CellOnForm(self[f"cell-{key}-{place}"], self[seen], stands if is_stale else None)

    def _excluded_by(self, outcome: Outcome, timepoint: Timepoint) -> list[Timepoint]:
        """The rows of this form, over the same time, that nobody can have besides this outcome."""
        excluded = self.excludes[outcome.pk] if is_count(outcome) else set()
        return [time for other, time in self.asked if other.pk in excluded and time.label == timepoint.label]

    def read(self, randomised: Mapping[int, int | None], *, gently: bool = False) -> None:
        """Read every cell, and say under it what cannot be true.

        Args:
            randomised: people in each arm that has a name, by the arm's place.
            gently: say nothing and leave out what cannot be read, for a preview while somebody types.
        """
        for outcome, timepoint in self.asked:
            printed = Printed(self.cleaned_data.get(f"printed-{timepoint.pk}") or "")
            for place in range(self.arms):
                name = f"cell-{timepoint.pk}-{place}"
                text = self.cleaned_data.get(name) or ""
                try:
                    if text and place not in randomised:
                        raise Unreadable(str(_("Name this arm above, or leave the cell empty.")))
                    self.entries[timepoint.pk, place] = read_cell(
                        text, is_count=is_count(outcome), printed=printed, randomised=randomised.get(place)
                    )
                except Unreadable as refusal:
                    if not gently:
                        self.add_error(name, str(refusal))
        if not gently:
            self._check_together()

    def _check_together(self) -> None:
        for outcome, timepoint in self.asked:
            for other in self._excluded_by(outcome, timepoint):
                for place in range(self.arms):
                    counts = {
                        self._words(key): entry
                        for key in sorted((timepoint.pk, other.pk))
                        if isinstance(entry := self.entries.get((key, place)), Count)
                    }
                    for problem in rules.exclusive_problems(counts):
                        self.add_error(f"cell-{timepoint.pk}-{place}", problem)

    def _words(self, key: int) -> str:
        [outcome] = [outcome for outcome, timepoint in self.asked if timepoint.pk == key]
        return outcome.happened or outcome.name

    def entry(self, timepoint: Timepoint, place: int) -> Entry | None:
        return self.entries.get((timepoint.pk, place))

    def changed(self, timepoint: Timepoint, place: int) -> bool:
        """Whether somebody wrote something else than the page showed them; what a colleague wrote since is no change."""
        key = timepoint.pk
        stands = self.stands.get((key, place))
        ids = set((self.cleaned_data.get(f"seen-{key}-{place}") or {}).values())
        showed = text_of([value for value in stands.history if value.pk in ids]) if stands else ""
        is_read_anew = f"printed-{key}" in self.changed_data and bool(ids)
        return bool(self.cleaned_data[f"cell-{key}-{place}"].strip() != showed or is_read_anew)
