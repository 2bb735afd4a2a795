"""The shape of a trial as somebody types it, and what is said when it cannot be read."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from reviews.extraction import rules
from reviews.extraction.models import Value
from reviews.extraction.rules import ArmRole, Count, Method, Quantity
from reviews.protocol.models import OutcomeOfInterest

MOST_ARMS = 6
ARMS_SHOWN = 3

METHODS = [
    (Method.REPORTED.value, _("reported")),
    (Method.CALCULATED.value, _("calculated")),
    (Method.CONVERTED.value, _("converted")),
    (Method.ESTIMATED.value, _("estimated")),
    (Method.BACK_CALCULATED.value, _("worked back")),
    (Method.AUTHOR_CONTACT.value, _("from the authors")),
]
ROLES = [(ArmRole.EXPERIMENTAL.value, _("experimental")), (ArmRole.CONTROL.value, _("control"))]
CHARACTERISTICS = ("country", "design", "severity", "product", "route", "dose", "comparator")


class CountField(forms.CharField):
    """`10/20`: people with the event, of people analysed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            max_length=40,
            widget=forms.TextInput(
                attrs={"placeholder": "10/20", "inputmode": "text", "autocomplete": "off", "size": 8}
            ),
            **kwargs,
        )

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return rules.read_count(text)
        except rules.Unreadable as refusal:
            raise ValidationError(str(refusal)) from refusal


class TrialForm(forms.Form):
    """A trial and its report; the arms and the numbers have forms of their own."""

    label = forms.CharField(label=_("Study"), max_length=120, help_text=_("As it is cited: Monsel 2022."))
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2100)
    citation = forms.CharField(label=_("Report"), max_length=500, help_text=_("Authors, year, journal."))
    doi = forms.CharField(label=_("DOI"), required=False, max_length=200)
    registry = forms.CharField(label=_("Registration number"), required=False, max_length=60)
    country = forms.CharField(label=_("Country"), required=False, max_length=300)
    design = forms.CharField(label=_("Design"), required=False, max_length=300)
    severity = forms.CharField(label=_("Severity"), required=False, max_length=300)
    product = forms.CharField(label=_("Product"), required=False, max_length=300)
    route = forms.CharField(label=_("Route"), required=False, max_length=300)
    dose = forms.CharField(label=_("Dose"), required=False, max_length=300)
    comparator = forms.CharField(label=_("Comparator"), required=False, max_length=300)

    def characteristics(self) -> dict[str, str]:
        """What was filled in, under the names that tables show."""
        return {name.capitalize(): text for name in CHARACTERISTICS if (text := self.cleaned_data[name].strip())}


class ArmForm(forms.Form):
    label = forms.CharField(label=_("Name"), max_length=120)
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    randomised = forms.IntegerField(label=_("Randomised"), required=False, min_value=1, max_value=rules.MOST_PEOPLE)


if TYPE_CHECKING:
    ArmFormsBase = forms.BaseFormSet[ArmForm]
else:
    ArmFormsBase = forms.BaseFormSet


class ArmForms(ArmFormsBase):
    """Arms in the order of the report. A third that stays empty is left out."""

    def clean(self) -> None:
        if any(self.errors):
            return
        filled = [form.cleaned_data for form in self.forms if form.cleaned_data]
        if {arm["role"] for arm in filled} != {role.value for role in ArmRole}:
            raise ValidationError(_("Name at least one experimental arm and one control arm."))
        names = [arm["label"].strip().casefold() for arm in filled]
        if len(set(names)) < len(names):
            raise ValidationError(_("Give each arm a name of its own."))


ArmFormSet = forms.formset_factory(
    ArmForm, formset=ArmForms, extra=0, max_num=MOST_ARMS, validate_max=True, absolute_max=MOST_ARMS
)
ARMS_AT_FIRST = [
    {"role": ArmRole.EXPERIMENTAL.value},
    {"role": ArmRole.CONTROL.value},
    {"role": ArmRole.EXPERIMENTAL.value},
]


@dataclass(frozen=True, slots=True)
class FormRow:
    """One outcome of the form: its cells in the order of the arms, and where the numbers come from."""

    wanted: OutcomeOfInterest
    cells: list[BoundField]
    source: BoundField
    place: BoundField
    method: BoundField
    measured_at: BoundField

    @property
    def outcome(self) -> str:
        return self.wanted.outcome.name

    @property
    def timepoint(self) -> str:
        return self.wanted.timepoint.label


class NumbersForm(forms.Form):
    """A row for each outcome that the protocol asks for, a cell for each arm."""

    def __init__(self, *args: Any, wanted: list[OutcomeOfInterest], arms: int, **kwargs: Any) -> None:
        self.wanted, self.arms = wanted, arms
        super().__init__(*args, **kwargs)
        for one in wanted:
            for place in range(arms):
                self.fields[f"cell-{one.pk}-{place}"] = CountField(
                    required=False, label=_("Arm %(number)d") % {"number": place + 1}
                )
            self.fields[f"source-{one.pk}"] = forms.CharField(
                label=_("Source"), required=False, max_length=400, help_text=_("Empty: the report above.")
            )
            self.fields[f"place-{one.pk}"] = forms.CharField(
                label=_("Place"), required=False, max_length=120, help_text=_("Page, table or figure.")
            )
            self.fields[f"method-{one.pk}"] = forms.ChoiceField(label=_("How"), choices=METHODS)
            self.fields[f"measured-{one.pk}"] = forms.CharField(
                label=_("Time of measurement"), required=False, max_length=120
            )

    def rows(self) -> list[FormRow]:
        return [
            FormRow(
                wanted=one,
                cells=[self[f"cell-{one.pk}-{place}"] for place in range(self.arms)],
                source=self[f"source-{one.pk}"],
                place=self[f"place-{one.pk}"],
                method=self[f"method-{one.pk}"],
                measured_at=self[f"measured-{one.pk}"],
            )
            for one in self.wanted
        ]

    def count(self, one: OutcomeOfInterest, place: int) -> Count | None:
        found: Count | None = self.cleaned_data.get(f"cell-{one.pk}-{place}")
        return found

    def check_arms(self, randomised: dict[int, int | None]) -> None:
        """Complain in the cell where more people were analysed than randomised, or where an arm has no name."""
        for one in self.wanted:
            for place in range(self.arms):
                count = self.count(one, place)
                if count is None:
                    continue
                if place not in randomised:
                    self.add_error(f"cell-{one.pk}-{place}", _("Name this arm above, or leave the cell empty."))
                    continue
                for problem in rules.count_problems(count, randomised=randomised[place]):
                    self.add_error(f"cell-{one.pk}-{place}", problem)


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


class CorrectionForm(forms.Form):
    """One cell: its count, where it comes from, and why it differs from what stood there."""

    count = CountField(label=_("Events / total"))
    source = forms.CharField(label=_("Source"), max_length=400)
    place = forms.CharField(label=_("Place"), required=False, max_length=120, help_text=_("Page, table or figure."))
    method = forms.ChoiceField(label=_("How the number came about"), choices=METHODS)
    measured_at = forms.CharField(label=_("Time of measurement"), required=False, max_length=120)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(
        label=_("Reason for the correction"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = SeenField()

    def __init__(self, *args: Any, standing: tuple[Value, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if standing:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]


class ConfirmForm(forms.Form):
    outcome = forms.IntegerField()
    timepoint = forms.IntegerField()
    seen = forms.CharField(max_length=2000)

    def clean_seen(self) -> list[int]:
        text: str = self.cleaned_data["seen"]
        if not all(part.isdecimal() for part in text.split(",")):
            raise ValidationError(_("This page is out of date. Load it again."))
        return [int(part) for part in text.split(",")]


class ExcludeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the study is excluded"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
