"""What of the figure is asked for; it lives in the address."""

import datetime as dt

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.flow.rules import Box
from reviews.search.rules import SourceKind


class WhenForm(forms.Form):
    """The day at whose end the numbers are counted; today where none is said."""

    on = forms.DateField(
        label=_("As it was on"), required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )

    def instant(self) -> dt.datetime:
        """The end of the day, or now."""
        now = timezone.now()
        day = self.cleaned_data.get("on") if self.is_valid() else None
        if day is None or day >= timezone.localdate():
            return now
        return timezone.make_aware(dt.datetime.combine(day, dt.time.max))


class BehindForm(WhenForm):
    box = forms.ChoiceField(required=False, choices=[(box.value, box.value) for box in Box])
    update = forms.IntegerField(required=False, min_value=0, max_value=30_000)
    source = forms.CharField(required=False, max_length=120)
    kind = forms.ChoiceField(required=False, choices=[(kind.value, kind.value) for kind in SourceKind])
