"""The shape of an upload."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FileForm(forms.Form):
    file = forms.FileField(label=_("File"), help_text=_("A PDF, or a PNG or JPEG picture of a page."), max_length=250)
