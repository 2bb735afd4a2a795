"""The shape of a search as somebody writes it down, of files, and of what is asked of the records."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from reviews.library.models import Record
from reviews.library.rules import CORRECTABLE
from reviews.search import queries, reading
from reviews.search.models import Search
from reviews.search.rules import SourceKind

KINDS = [
    (SourceKind.DATABASE.value, _("Database")),
    (SourceKind.REGISTER.value, _("Register of trials")),
    (SourceKind.OTHER.value, _("Another method: websites, organisations, citations")),
]
USUAL_SOURCES = (
    "PubMed",
    "Embase",
    "Ovid MEDLINE",
    "Cochrane CENTRAL",
    "Web of Science",
    "Scopus",
    "ClinicalTrials.gov",
    "WHO ICTRP",
    "medRxiv",
    "Europe PMC",
)
LONG = frozenset({"title", "authors", "abstract", "journal", "keywords", "registrations"})


class SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One file or many; the cleaned value is a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        if not given:
            super().clean(None, initial)
            return []
        return [forms.FileField.clean(self, each, initial) for each in given]


class FilesForm(forms.Form):
    files = FilesField(  # type: ignore[assignment]  # a field, which the form takes out of its class
        label=_("Files"),
        help_text=_(
            "RIS, PubMed, EndNote, BibTeX, Web of Science, Ovid, CSV, Excel, ClinicalTrials.gov, or a zip of them."
        ),
    )


class SearchForm(forms.Form):
    """A search as it was run. What is written here is what a reader will run again."""

    source = forms.CharField(label=_("Source"), max_length=120, widget=forms.TextInput(attrs={"list": "sources"}))
    kind = forms.ChoiceField(label=_("Kind of source"), choices=KINDS)
    ran_on = forms.DateField(label=_("Run on"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    ran_by = forms.CharField(label=_("Run by"), max_length=120)
    update = forms.TypedChoiceField(label=_("Part of"), coerce=int)
    query = forms.CharField(
        label=_("Query"),
        required=False,
        max_length=60_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false", "class": "query"}),
        help_text=_("Letter for letter, line by line, as the source was asked."),
    )
    platform = forms.CharField(
        label=_("Platform"), required=False, max_length=120, help_text=_("For example Ovid or embase.com.")
    )
    limits = forms.CharField(
        label=_("Limits"), required=False, max_length=300, help_text=_("Years, languages, filters.")
    )
    hits = forms.IntegerField(
        label=_("Hits"),
        required=False,
        min_value=0,
        max_value=50_000_000,
        help_text=_("As many as the source reported."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, newest: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        numbers = range((-1 if newest is None else newest) + 2)
        self.fields["update"].choices = [(number, update_words(number, newest)) for number in reversed(numbers)]  # type: ignore[attr-defined]

    @staticmethod
    def beginning(person: str, newest: int | None) -> dict[str, Any]:
        return {"ran_on": timezone.localdate(), "ran_by": person, "update": newest or 0, "kind": SourceKind.DATABASE}


class SearchCorrectionForm(SearchForm):
    reason = forms.CharField(label=_("Why it is corrected"), max_length=300)

    def __init__(self, *args: Any, search: Search, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                name: getattr(search, name)
                for name in ("update", "query", "platform", "limits", "note", "ran_by", "ran_on", "hits")
            },
        )
        super().__init__(*args, **kwargs)
        del self.fields["source"], self.fields["kind"]


def update_words(number: int, newest: int | None) -> str:
    if number == 0:
        return str(_("The first search"))
    if newest is None or number > newest:
        return str(_("A new update, number %(number)d") % {"number": number})
    return str(_("Update %(number)d") % {"number": number})


class LookForm(forms.Form):
    """What a file is, where it was taken for something else."""

    format = forms.ChoiceField(label=_("Format"), choices=())
    encoding = forms.ChoiceField(label=_("Encoding"), choices=())

    def __init__(
        self,
        *args: Any,
        columns: Sequence[str] = (),
        mapping: dict[str, str] | None = None,
        encoding: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.columns = columns
        self.fields["format"].choices = reading.formats_to_choose()  # type: ignore[attr-defined]
        known = list(reading.ENCODINGS)
        found = [] if encoding in known or not encoding else [encoding]
        self.fields["encoding"].choices = [(each, each) for each in found + known]  # type: ignore[attr-defined]
        for number, column in enumerate(columns):
            self.fields[f"column-{number}"] = forms.ChoiceField(
                label=column or _("(no name)"),
                required=False,
                choices=[("", _("keep, but do not show")), *reading.COLUMNS],
                initial=(mapping or {}).get(column, ""),
            )

    def mapping(self) -> dict[str, str]:
        """Which column is what, by the names of the columns."""
        return {column: self.cleaned_data.get(f"column-{number}", "") for number, column in enumerate(self.columns)}

    def column_fields(self) -> list[Any]:
        return [self[f"column-{number}"] for number in range(len(self.columns))]


class ReasonForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


STAGES = [
    ("", _("Any")),
    ("waiting", _("To be screened")),
    ("duplicate", _("Copy of another record")),
    ("linked", _("In a report")),
    ("retired", _("Taken out")),
    ("undone", _("Import undone")),
]
FLAGS = [
    ("", _("Any")),
    ("retracted", _("Retracted")),
    ("preprint", _("Preprint")),
    ("correction", _("Correction or notice")),
    ("registration", _("Registration of a trial")),
    ("abstract", _("Conference abstract")),
    ("no-title", _("Without a title")),
]
ORDERS = [
    ("", _("Newest first")),
    ("oldest", _("Oldest first")),
    ("year", _("Latest year")),
    ("first-year", _("Earliest year")),
]


class WantedForm(forms.Form):
    """What is asked of the records; it lives in the address, and what cannot be read there asks for nothing."""

    words = forms.CharField(
        label=_("Words of title, abstract or authors"),
        required=False,
        max_length=300,
        widget=forms.TextInput(
            attrs={"type": "search", "autocomplete": "off", "placeholder": _("Words in title, abstract, authors")}
        ),
    )
    source = forms.CharField(label=_("Source"), required=False, max_length=120)
    run = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)
    file = forms.IntegerField(required=False, min_value=1, max_value=10**15, widget=forms.HiddenInput)
    first_year = forms.IntegerField(label=_("From year"), required=False, min_value=1500, max_value=2199)
    last_year = forms.IntegerField(label=_("To year"), required=False, min_value=1500, max_value=2199)
    stage = forms.ChoiceField(label=_("Stage"), required=False, choices=STAGES)
    flag = forms.ChoiceField(label=_("Marked as"), required=False, choices=FLAGS)
    order = forms.ChoiceField(label=_("Order"), required=False, choices=ORDERS)

    def __init__(self, *args: Any, sources: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].widget = forms.Select(choices=[("", _("Any")), *((name, name) for name in sources)])

    def wanted(self) -> queries.Wanted:
        self.is_valid()
        return queries.Wanted(**{name: value for name, value in self.cleaned_data.items() if value not in {None, ""}})


class CorrectRecordForm(forms.Form):
    """What a record says, as a person corrects it."""

    reason = forms.CharField(label=_("Why"), max_length=300, help_text=_("For example: as the article's page says."))

    def __init__(self, *args: Any, record: Record, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {"reason": self.fields.pop("reason")}
        for name in CORRECTABLE:
            field = Record._meta.get_field(name)
            value = getattr(record, name)
            several = name in {"authors", "keywords", "registrations"}
            rows = 12 if name == "abstract" else 4 if several else 2
            self.fields[name] = forms.CharField(
                label=str(field.verbose_name)[:1].upper() + str(field.verbose_name)[1:],  # type: ignore[union-attr]
                required=False,
                initial="" if value is None else value,
                max_length=getattr(field, "max_length", None) or 100_000,
                help_text=_("One on each line.") if several else "",
                widget=forms.Textarea(attrs={"rows": rows}) if name in LONG else forms.TextInput(),
            )
        self.fields |= own

    def changes(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in self.fields if name != "reason" and name in self.changed_data}
