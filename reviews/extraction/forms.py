"""The shape of a trial as somebody types it, and what is said when it cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reviews.extraction import rules
from reviews.extraction.entry.forms import METHODS, PRINTED, CellField, NumbersForm, SeenField, is_count
from reviews.extraction.entry.rules import Printed, read_cell, result_of
from reviews.extraction.models import Arm, ArmChoice
from reviews.extraction.queries import ArmEvidence, Cell, StudyEvidence
from reviews.extraction.rules import ArmHandling, ArmRole, Method
from reviews.library.models import Study
from reviews.protocol import queries as protocol
from reviews.protocol.models import Outcome, Timepoint
from reviews.screening import queries as screening
from reviews.team.models import Review

MOST_ARMS = 6
ARMS_SHOWN = 3

ROLES = [(ArmRole.EXPERIMENTAL.value, _("experimental")), (ArmRole.CONTROL.value, _("control"))]
CHARACTERISTICS = ("country", "design", "severity", "product", "route", "dose", "comparator")


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


class CorrectionForm(forms.Form):
    """One cell: its numbers, where they come from, and why they differ from what stood there."""

    source = forms.CharField(label=_("Source"), max_length=400)
    place = forms.CharField(label=_("Place"), required=False, max_length=120, help_text=_("Page, table or figure."))
    method = forms.ChoiceField(label=_("How the number came about"), choices=METHODS)
    measured_at = forms.CharField(label=_("Time of measurement"), required=False, max_length=120)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(
        label=_("Reason for the correction"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = SeenField()

    def __init__(self, *args: Any, cell: Cell, outcome: Outcome, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.arm, self.outcome = cell.arm, outcome
        counts = is_count(outcome)
        label = _("Events / total") if counts else _("Mean or median")
        self.fields["count"] = CellField(is_count=counts, label=label)
        if not counts:
            summary = cell.summary
            self.fields["printed"] = forms.ChoiceField(
                label=_("The numbers are"),
                choices=PRINTED,
                required=False,
                initial=Printed.of(summary).value if summary else "",
            )
        if cell.values:
            self.fields["reason"].required = True
        else:
            del self.fields["reason"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        try:
            given["result"] = read_cell(
                given.get("count", ""),
                is_count=is_count(self.outcome),
                printed=Printed(given.get("printed") or ""),
                randomised=self.arm.randomised,
            )
        except rules.Unreadable as refusal:
            self.add_error("count", str(refusal))
        return given


class ConfirmForm(forms.Form):
    outcome = forms.IntegerField()
    timepoint = forms.IntegerField()
    seen = forms.CharField(max_length=2000)

    def clean_seen(self) -> list[int]:
        text: str = self.cleaned_data["seen"]
        if not all(part.isdecimal() for part in text.split(",")):
            raise ValidationError(_("This page is out of date. Load it again."))
        return [int(part) for part in text.split(",")]


HANDLINGS = [
    (ArmHandling.COMBINE.value, _("together, as one group")),
    (ArmHandling.SPLIT.value, _("each by itself, against its share of the control group")),
    (ArmHandling.CHOOSE.value, _("only those chosen here")),
]


class ArmChoiceForm(forms.Form):
    """How this review pools a trial with several experimental arms."""

    handling = forms.ChoiceField(
        label=_("The experimental arms enter the results"), choices=HANDLINGS, widget=forms.RadioSelect
    )
    arms = forms.ModelMultipleChoiceField(
        label=_("Arms"), queryset=Arm.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    reason = forms.CharField(label=_("Why"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, study: Study, choice: ArmChoice | None, **kwargs: Any) -> None:
        begins = {
            "handling": choice.handling if choice else ArmHandling.COMBINE.value,
            "arms": [arm.pk for arm in choice.arms.all()] if choice else [],
        }
        super().__init__(*args, initial=begins, **kwargs)
        arms = self.fields["arms"]
        assert isinstance(arms, forms.ModelMultipleChoiceField)  # noqa: S101  # for the type checker
        arms.queryset = study.arms.filter(role=ArmRole.EXPERIMENTAL)


class ExcludeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why the study is excluded"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )


# What somebody is typing, as evidence


@dataclass(frozen=True, slots=True)
class Draft:
    """What a trial would contribute to one outcome at one time if the form were entered and confirmed as it is."""

    outcome: Outcome
    timepoint: Timepoint
    evidence: StudyEvidence


def drafts(review: Review, data: Mapping[str, Any]) -> list[Draft]:
    """The form of a trial, new or stored (its field `study` says which), as evidence that nobody stores.

    Cells that cannot be read yet are left out, so that a preview can follow while somebody types. Pass the evidence of
    the wanted outcome to ``queries.evidence(..., drafts=[...])``.
    """
    asked = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)]
    found = str(data.get("study", ""))
    study = screening.included(review).filter(pk=found).first() if found.isdecimal() else None
    if study is not None:
        arms = {place: (arm.pk, arm.label, arm.role, arm.randomised) for place, arm in enumerate(study.arms.all())}
    else:
        groups = ArmFormSet(data, prefix="arms")
        groups.is_valid()
        arms = {
            place: (0, given["label"], given["role"], given.get("randomised"))
            for place, form in enumerate(groups.forms)
            if (given := getattr(form, "cleaned_data", {})).get("label") and given.get("role")
        }
    numbers = NumbersForm(data, asked=asked, arms=max(arms, default=-1) + 1)
    numbers.is_valid()
    numbers.read({place: randomised for place, (*_rest, randomised) in arms.items()}, gently=True)
    year = str(data.get("year", ""))
    made = []
    for outcome, timepoint in asked:
        evidence = []
        for place, (arm_id, label, role, _randomised) in arms.items():
            entry = numbers.entry(timepoint, place)
            read = result_of(entry) if entry is not None else None
            if read is not None:
                result, methods = read
                said = Method(numbers.cleaned_data.get(f"method-{timepoint.pk}") or Method.REPORTED)
                evidence.append(ArmEvidence(arm_id, label, ArmRole(role), result, methods | {said}, ()))
        if evidence:
            made.append(
                Draft(
                    outcome,
                    timepoint,
                    StudyEvidence(
                        study_id=study.pk if study else 0,
                        label=study.label if study else str(data.get("label", "")).strip() or str(_("This trial")),
                        year=study.year if study else int(year) if year.isdecimal() and len(year) == 4 else None,
                        arms=tuple(evidence),
                    ),
                )
            )
    return made
