"""A file of arm data as somebody brings it, and the same again after its preview."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from reviews.extraction.sheets.rules import MOST_BYTES, decoded

MOST_NAME = 120


class SheetForm(forms.Form):
    """The file, for a preview."""

    file = forms.FileField(label=_("CSV file"), help_text=_("Up to 10,000 rows, in UTF-8."))

    def clean_file(self) -> Any:
        """The file's name and its text."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise ValidationError(_("The file has more than 4 MB. Bring it in two parts."))
        text = decoded(sent.read())
        if text is None:
            raise ValidationError(_("The file is not in UTF-8. Save it as “CSV UTF-8” and choose it again."))
        return sent.name[:MOST_NAME], text


class AgreedSheetForm(forms.Form):
    """What the preview showed, sent back by somebody who agrees with it."""

    name = forms.CharField(max_length=MOST_NAME, widget=forms.HiddenInput)
    text = forms.CharField(max_length=MOST_BYTES, strip=False, widget=forms.HiddenInput)
    seal = forms.CharField(max_length=64, widget=forms.HiddenInput)
