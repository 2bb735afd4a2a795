"""What people type about people."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import password_validation
from django.utils.translation import gettext_lazy as _

from reviews.team.rules import Role, email_key

ROLE_CHOICES = [
    (Role.OWNER.value, _("owner: decides about people, protocol and releases")),
    (Role.REVIEWER.value, _("reviewer: screens")),
    (Role.ADJUDICATOR.value, _("adjudicator: settles conflicts")),
    (Role.EXTRACTOR.value, _("extractor: adds and confirms trials")),
    (Role.READER.value, _("reader: sees everything, changes nothing")),
]


class RolesForm(forms.Form):
    roles = forms.TypedMultipleChoiceField(
        label=_("Roles"),
        choices=ROLE_CHOICES,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role, or take the person out of the review.")},
    )


class InvitationForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address"))
    roles = forms.TypedMultipleChoiceField(
        label=_("Roles"),
        choices=ROLE_CHOICES,
        coerce=Role,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )

    def clean_email(self) -> str:
        return email_key(self.cleaned_data["email"])


class NewPersonForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password1 = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validation.password_validators_help_text_html,
    )
    password2 = forms.CharField(
        label=_("Password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, second = given.get("password1"), given.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("The two passwords differ. Type both again."))
        return given


class TeamForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class LeadForm(forms.Form):
    email = forms.EmailField(label=_("E-mail address of an account"))
    is_lead = forms.BooleanField(label=_("May begin reviews"), required=False, initial=True)

    def clean_email(self) -> str:
        return email_key(self.cleaned_data["email"])


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=500, required=False)


ROLE_WORDS = {
    Role.OWNER: _("owner"),
    Role.REVIEWER: _("reviewer"),
    Role.ADJUDICATOR: _("adjudicator"),
    Role.EXTRACTOR: _("extractor"),
    Role.READER: _("reader"),
}


def role_words(roles: Iterable[Role]) -> list[str]:
    """Roles as words for a page."""
    return [str(ROLE_WORDS[role]) for role in roles]
