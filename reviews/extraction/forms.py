"""The shape of a trial as somebody types it, and what is said when it cannot be read."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _

from reviews.extraction import queries, rules
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


LEADS_ON = {"data-enter": "next"}
"""A field from which Enter leads to the next of its kind (js/cells.js); what most trials need stands on this path."""


class TrialForm(forms.Form):
    """A trial and its report; the arms and the numbers have forms of their own."""

    label = forms.CharField(
        label=_("Study"),
        max_length=120,
        widget=forms.TextInput(attrs=LEADS_ON),
        help_text=_("As it is cited: Monsel 2022."),
    )
    year = forms.IntegerField(
        label=_("Year"), required=False, min_value=1900, max_value=2100, widget=forms.NumberInput(attrs=LEADS_ON)
    )
    citation = forms.CharField(
        label=_("Report"),
        max_length=500,
        widget=forms.TextInput(attrs=LEADS_ON),
        help_text=_("Authors, year, journal."),
    )
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
    label = forms.CharField(label=_("Name"), max_length=120, widget=forms.TextInput(attrs={"data-enter": "arm"}))
    role = forms.ChoiceField(label=_("Role"), choices=ROLES)
    randomised = forms.IntegerField(
        label=_("Randomised"),
        required=False,
        min_value=1,
        max_value=rules.MOST_PEOPLE,
        widget=forms.NumberInput(attrs=LEADS_ON),
    )


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
        super().__init__(*args, **{**kwargs, "initial": begins})
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


def drafts(review: Review, data: Any) -> list[Draft]:
    """The form of a trial, new or stored (its field `study` says which), as evidence that nobody stores.

    What cannot be read yet is left out, so that a preview can follow while somebody types; an outcome appears as soon as
    both sides have numbers. Arms of a stored trial whose cells are empty keep what is confirmed.

    Raises:
        Http404: `study` is none of the review's.
    """
    asked = [(one.outcome, one.timepoint) for one in protocol.wanted_outcomes(review)]
    study = _study(review, str(data["study"])) if data.get("study") else None
    arms = _arms_of(study) if study is not None else _arms_typed(data)
    numbers = NumbersForm(data, asked=asked, arms=max(arms, default=-1) + 1)
    numbers.is_valid()
    numbers.read({place: arm.randomised for place, arm in arms.items()}, gently=True)
    year = str(data.get("year", ""))
    label = study.label if study else str(data.get("label", "")).strip() or str(_("This trial"))
    since = study.year if study else int(year) if re.fullmatch("[0-9]{4}", year) else None
    made = []
    for outcome, timepoint in asked:
        typed = {
            place: found
            for place, arm in arms.items()
            if (found := _drafted(numbers, outcome, timepoint, place, arm)) is not None
        }
        evidence = StudyEvidence(
            study_id=study.pk if study else 0,
            label=label,
            year=since,
            arms=tuple(typed[place] for place in sorted(typed)),
        )
        is_typed = any(numbers.entry(timepoint, place) is not None for place in arms)
        if is_typed and all(evidence.side(role) is not None for role in ArmRole):
            made.append(Draft(outcome, timepoint, evidence))
    return made


def _drafted(numbers: NumbersForm, outcome: Outcome, timepoint: Timepoint, place: int, arm: Arm) -> ArmEvidence | None:
    entry = numbers.entry(timepoint, place)
    methods: frozenset[Method] = frozenset()
    if entry is not None:
        read = result_of(entry)
        if read is None:
            return None
        result, methods = read
        methods |= {Method(numbers.cleaned_data.get(f"method-{timepoint.pk}") or Method.REPORTED)}
        return ArmEvidence(arm.pk or 0, arm.label, ArmRole(arm.role), result, methods, ())
    stands = queries.evidence_result(arm, outcome, timepoint) if arm.pk else None
    return ArmEvidence(arm.pk, arm.label, ArmRole(arm.role), stands, methods, ()) if stands is not None else None


def _study(review: Review, text: str) -> Study:
    if not re.fullmatch("[0-9]{1,15}", text):
        raise Http404("No such study.")
    return get_object_or_404(screening.included(review), pk=text)


def _arms_of(study: Study) -> dict[int, Arm]:
    return dict(enumerate(study.arms.all()))


def _arms_typed(data: Any) -> dict[int, Arm]:
    """Arms that are being typed, not stored: by their place in the form, where their role can be read."""
    groups = ArmFormSet(data, prefix="arms")
    groups.is_valid()
    return {
        place: Arm(
            label=given.get("label") or str(_("Arm %(number)d") % {"number": place + 1}),
            role=given["role"],
            randomised=given.get("randomised"),
        )
        for place, form in enumerate(groups.forms)
        if (given := getattr(form, "cleaned_data", {})).get("role")
    }
