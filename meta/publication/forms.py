"""The shape of a release and of a notice."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from meta.releases.rules import NoticeKind, Step

STEPS = [
    (Step.MAJOR.value, _("conclusions changed")),
    (Step.MINOR.value, _("new studies or numbers, same conclusions")),
    (Step.PATCH.value, _("a correction that changes no displayed number")),
]


class ReleaseForm(forms.Form):
    note = forms.CharField(
        label=_("What changed, in a sentence"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )
    step = forms.ChoiceField(label=_("What it means to a reader"), choices=STEPS)
    evidence_date = forms.CharField(
        label=_("Evidence as of"), required=False, max_length=10, help_text=_("As far as it is known: 2024 or 2024-05.")
    )
    seen = forms.CharField(widget=forms.HiddenInput, max_length=20_000)

    def clean_seen(self) -> dict[str, str]:
        """The digests of the results that the page showed."""
        try:
            seen: Any = json.loads(self.cleaned_data["seen"])
        except ValueError as error:
            raise ValidationError(_("This page is out of date. Load it again.")) from error
        if not isinstance(seen, dict):
            raise ValidationError(_("This page is out of date. Load it again."))
        return {str(key): str(digest) for key, digest in seen.items()}


class NoticeForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=[
            (NoticeKind.SEARCHED.value, _("last searched")),
            (NoticeKind.PENDING.value, _("new evidence is pending")),
            (NoticeKind.CORRECTION.value, _("correction")),
        ],
    )
    text = forms.CharField(label=_("Notice"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2}))


class WithdrawForm(forms.Form):
    reason = forms.CharField(
        label=_("Why readers should no longer rely on it"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )
