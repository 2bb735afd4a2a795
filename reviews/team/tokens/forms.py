"""What somebody says of a token that they want."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.team.tokens.rules import LIFETIMES, Scope

SCOPES = [
    (Scope.READ.value, _("read: sees what you see")),
    (Scope.WRITE.value, _("read and write: does what you may do")),
]
DAYS = [(days, _("%(days)d days") % {"days": days}) for days in LIFETIMES]


class TokenForm(forms.Form):
    name = forms.CharField(
        label=_("What uses it"), max_length=60, help_text=_("So that you know later which one to withdraw.")
    )
    scope = forms.TypedChoiceField(label=_("What it may do"), choices=SCOPES, coerce=Scope)
    days = forms.TypedChoiceField(label=_("How long it lasts"), choices=DAYS, coerce=int, initial=LIFETIMES[1])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
