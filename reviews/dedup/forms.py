"""The shape of an answer about two records."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.dedup.models import RELATIONS
from reviews.dedup.rules import Answered

LEFT, RIGHT = "left", "right"


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[(one.value, one.value) for one in Answered if one is not Answered.UNDONE])
    subject = forms.ChoiceField(
        label=_("Which one"), choices=[(LEFT, _("The left record")), (RIGHT, _("The right record"))], required=False
    )
    relation = forms.ChoiceField(label=_("is the … of the other"), choices=[("", "—"), *RELATIONS], required=False)
    back = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1)
    """The record from whose page the answer came, where it is not the queue's."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == Answered.RELATED and not cleaned.get("relation"):
            self.add_error("relation", _("Say how the two belong together."))
        return cleaned
