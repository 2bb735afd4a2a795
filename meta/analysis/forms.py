"""The shape of an analysis plan."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from meta.analysis.rules import REVMAN_5, Model, Settings
from reviews.protocol.models import OutcomeOfInterest

MODELS = [
    (Model.COMMON.value, _("Common effect: every trial estimates the same effect")),
    (Model.RANDOM.value, _("Random effects: the effect differs from trial to trial")),
]
MEASURES = [("OR", _("Odds ratio")), ("RR", _("Risk ratio")), ("RD", _("Risk difference"))]
METHODS = [("MH", _("Mantel-Haenszel")), ("IV", _("Inverse variance"))]


class SettingsForm(forms.Form):
    measure = forms.ChoiceField(label=_("Measure"), choices=MEASURES, initial=REVMAN_5.measure)
    method = forms.ChoiceField(label=_("Method"), choices=METHODS, initial=REVMAN_5.method)
    model = forms.ChoiceField(label=_("Model"), choices=MODELS, initial=REVMAN_5.model)

    def settings(self) -> Settings:
        return Settings(
            measure=self.cleaned_data["measure"],
            method=self.cleaned_data["method"],
            model=self.cleaned_data["model"],
        )


class PlanForm(SettingsForm):
    wanted = forms.ModelChoiceField(label=_("Outcome"), queryset=OutcomeOfInterest.objects.none())
    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("As readers will see it: Death within 28 days.")
    )
    experimental = forms.CharField(label=_("Name of the experimental group"), max_length=60)
    control = forms.CharField(label=_("Name of the control group"), max_length=60, initial=_("control"))

    field_order = ("wanted", "title", "experimental", "control", "measure", "method", "model")

    def __init__(self, *args: Any, wanted: list[OutcomeOfInterest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = OutcomeOfInterest.objects.filter(pk__in=[one.pk for one in wanted])
        self.fields["wanted"].queryset = choices.select_related("outcome", "timepoint")  # type: ignore[attr-defined]


class AmendForm(SettingsForm):
    reason = forms.CharField(
        label=_("Reason for the amendment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
