"""The shape of a statement of an earlier review."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meta.earlier.rules import Kind
from reviews.models import Review, Study
from reviews.screening import queries as screening

KINDS = [
    (Kind.SEARCH.value, _("hits of a search")),
    (Kind.FLOW.value, _("records in its flow of studies")),
    (Kind.RISK_OF_BIAS.value, _("risk of bias of a trial")),
    (Kind.DIRECTION.value, _("a result without numbers")),
]


class StatementForm(forms.Form):
    kind = forms.ChoiceField(label=_("What is stated"), choices=KINDS)
    subject = forms.CharField(
        label=_("Of what"), max_length=160, help_text=_("A database, a domain of bias, or an outcome.")
    )
    study = forms.ModelChoiceField(
        label=_("Trial"),
        queryset=Study.objects.none(),
        required=False,
        empty_label=_("none"),
        help_text=_("For a risk of bias."),
    )
    number = forms.IntegerField(
        label=_("Number"), required=False, min_value=0, max_value=2_000_000_000, help_text=_("For hits and records.")
    )
    says = forms.CharField(
        label=_("What it says"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    source = forms.CharField(label=_("Stated by"), max_length=300)
    url = forms.URLField(label=_("Its address"), required=False, max_length=300, assume_scheme="https")
    place = forms.CharField(label=_("Place"), required=False, max_length=160, help_text=_("Page, section or table."))
    note = forms.CharField(
        label=_("Our remark"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
    reason = forms.CharField(
        label=_("Why it is corrected"), required=False, max_length=1000, help_text=_("Where it is stated already.")
    )

    def __init__(self, review: Review, *args: Any, **said: Any) -> None:
        super().__init__(*args, **said)
        self.fields["study"].queryset = screening.included(review)  # type: ignore[attr-defined]  # a field of choices

    def clean_kind(self) -> Kind:
        return Kind(self.cleaned_data["kind"])


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), max_length=1000)
