"""What people type about a review's question and rules."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.text import capfirst, slugify
from django.utils.translation import gettext_lazy as _

from reviews.protocol.models import Criterion, Outcome, OutcomeOfInterest, Protocol, Timepoint
from reviews.protocol.rules import (
    TEXTS,
    Benefit,
    Content,
    CriterionKind,
    Importance,
    Measure,
    OutcomeType,
    Schedule,
    UpdateModel,
    WantedCriterion,
    WantedOutcome,
    as_plain,
)
from reviews.team.models import Review, Team, User
from reviews.team.queries import teams_to_begin_in

KINDS = [(CriterionKind.INCLUDE, _("include if")), (CriterionKind.EXCLUDE, _("exclude if"))]
TYPES = [
    (OutcomeType.DICHOTOMOUS, _("events: it happened or not")),
    (OutcomeType.CONTINUOUS, _("a measured number")),
]
MEASURES = [
    (Measure.ODDS_RATIO, _("odds ratio")),
    (Measure.RISK_RATIO, _("risk ratio")),
    (Measure.RISK_DIFFERENCE, _("risk difference")),
    (Measure.MEAN_DIFFERENCE, _("mean difference")),
    (Measure.STANDARDISED_MEAN_DIFFERENCE, _("standardised mean difference")),
]
BENEFITS = [(Benefit.LOWER, _("lower")), (Benefit.HIGHER, _("higher"))]
IMPORTANCES = [
    (Importance.CRITICAL, _("critical")),
    (Importance.IMPORTANT, _("important")),
    (Importance.LIMITED, _("of limited importance")),
]
UPDATE_MODELS = [
    (UpdateModel.IMPACT, _("when new evidence is likely to change a conclusion")),
    (UpdateModel.INTERVAL, _("at fixed intervals, whatever was found")),
]


def label(model: Any, name: str) -> Any:
    return capfirst(model._meta.get_field(name).verbose_name)


def text(name: str, *, rows: int = 3, required: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label(Protocol, name), required=required, widget=forms.Textarea(attrs={"rows": rows}), max_length=10_000
    )


class NewReviewForm(forms.Form):
    """Enough to begin; the rest of the protocol follows on the next page."""

    title = forms.CharField(label=label(Review, "title"), max_length=200)
    slug = forms.SlugField(
        label=label(Review, "slug"),
        max_length=60,
        required=False,
        help_text=_("The last word of its web address, such as msc-covid-19. Left empty, it is made of the title."),
    )
    question = text("question", rows=2, required=True)
    population = text("population", rows=2)
    intervention = text("intervention", rows=2)
    comparator = text("comparator", rows=2)
    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=None)

    def __init__(self, *args: Any, user: User, **options: Any) -> None:
        super().__init__(*args, **options)
        team = self.fields["team"]
        assert isinstance(team, forms.ModelChoiceField)  # noqa: S101  # for the type checker
        team.queryset = teams_to_begin_in(user)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("title") and "slug" not in self.errors and not given.get("slug"):
            given["slug"] = slugify(given["title"])[:60].strip("-")
            if not given["slug"]:
                self.add_error("slug", _("The title gives no web address. Write one of letters, figures and hyphens."))
        return given

    def content(self) -> Content:
        given = self.cleaned_data
        return Content(**{part: given[part] for part in ("question", "population", "intervention", "comparator")})


class ExclusiveForm(forms.Form):
    """Outcomes of which a person can have only one."""

    outcomes = forms.ModelMultipleChoiceField(
        label=_("Nobody can have more than one of"),
        queryset=Outcome.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    compatible = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, events: Sequence[Outcome], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen = self.fields["outcomes"]
        assert isinstance(chosen, forms.ModelMultipleChoiceField)  # noqa: S101  # for the type checker
        chosen.queryset = Outcome.objects.filter(pk__in=[event.pk for event in events]).order_by("name")


class ProtocolForm(forms.Form):
    """All of a protocol but its lists."""

    question = text("question", required=True)
    population = text("population")
    intervention = text("intervention")
    comparator = text("comparator")
    designs = text("designs")
    registration = forms.CharField(
        label=label(Protocol, "registration"),
        max_length=200,
        required=False,
        help_text=_("For example PROSPERO CRD42021288552."),
    )
    update_model = forms.TypedChoiceField(
        label=_("Publish a new version"), choices=UPDATE_MODELS, coerce=UpdateModel, initial=UpdateModel.IMPACT
    )
    retirement = text("retirement", rows=2)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class CriterionForm(forms.Form):
    kind = forms.TypedChoiceField(label=_("Kind"), choices=KINDS, coerce=CriterionKind, initial=CriterionKind.INCLUDE)
    text = forms.CharField(
        label=_("Criterion"), max_length=Criterion._meta.get_field("text").max_length, required=False
    )


class OutcomeForm(forms.Form):
    name = forms.CharField(label=label(Outcome, "name"), max_length=120, required=False)
    happened = forms.CharField(
        label=label(Outcome, "happened"),
        max_length=60,
        required=False,
        help_text=_("For events: “217 of 1,000 died” needs the word died."),
    )
    type = forms.TypedChoiceField(label=label(Outcome, "type"), choices=TYPES, coerce=OutcomeType)
    measure = forms.TypedChoiceField(label=label(OutcomeOfInterest, "measure"), choices=MEASURES, coerce=Measure)
    benefit_is = forms.TypedChoiceField(label=_("Better is"), choices=BENEFITS, coerce=Benefit)
    timepoint = forms.CharField(label=label(Timepoint, "label"), max_length=80, required=False)
    from_day = forms.IntegerField(label=label(Timepoint, "from_day"), min_value=0, max_value=100_000, required=False)
    to_day = forms.IntegerField(label=label(Timepoint, "to_day"), min_value=0, max_value=100_000, required=False)
    unit = forms.CharField(label=label(Outcome, "unit"), max_length=40, required=False)
    importance = forms.TypedChoiceField(
        label=label(OutcomeOfInterest, "importance"), choices=IMPORTANCES, coerce=Importance
    )
    important_difference = forms.DecimalField(
        label=label(OutcomeOfInterest, "important_difference"),
        max_digits=12,
        decimal_places=4,
        required=False,
        help_text=_("For events: per 1000 people. For means: in the outcome's unit."),
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        for one, other in (("name", "timepoint"), ("timepoint", "name")):
            if given.get(other) and not given.get(one) and one not in self.errors:
                self.add_error(one, _("An outcome needs a name and a timepoint."))
        return given


class ScheduleForm(forms.Form):
    source = forms.CharField(label=_("Source"), max_length=200, required=False)
    every_days = forms.IntegerField(label=_("Every … days"), min_value=1, max_value=3650, required=False)
    late_after_days = forms.IntegerField(label=_("Late after … days"), min_value=1, max_value=3650, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("source"):
            for name in ("every_days", "late_after_days"):
                if given.get(name) is None and name not in self.errors:
                    self.add_error(name, _("Give a number of days."))
        return given


class Rows(forms.BaseFormSet):  # type: ignore[type-arg]  # the class cannot be subscripted when it runs
    """Rows with our words for what Django calls order and delete."""

    def add_fields(self, form: Any, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Leave out")
        if self.can_order:
            form.fields["ORDER"].label = _("Place")


BLANK_ROWS = 2
MOST_ROWS = 100

CriterionFormSet = forms.formset_factory(
    CriterionForm, formset=Rows, extra=BLANK_ROWS, can_order=True, can_delete=True, max_num=MOST_ROWS
)
OutcomeFormSet = forms.formset_factory(
    OutcomeForm, formset=Rows, extra=BLANK_ROWS, can_order=True, can_delete=True, max_num=MOST_ROWS
)
ScheduleFormSet = forms.formset_factory(ScheduleForm, formset=Rows, extra=1, can_delete=True, max_num=MOST_ROWS)


class AmendForm(forms.Form):
    amendment_reason = forms.CharField(
        label=_("Reason for the amendment"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        error_messages={"required": _("Say why the protocol changes; readers will see it.")},
    )


class Draft:
    """The form and the lists of one protocol page, read and shown together."""

    def __init__(self, data: Any = None, *, content: Content | None = None, seen: str = "") -> None:
        plain = as_plain(content) if content else {}
        self.form = ProtocolForm(data, initial={**plain, "seen": seen})
        self.criteria = CriterionFormSet(data, prefix="criteria", initial=plain.get("criteria"))
        self.outcomes = OutcomeFormSet(data, prefix="outcomes", initial=plain.get("outcomes"))
        self.schedules = ScheduleFormSet(data, prefix="schedules", initial=plain.get("schedules"))

    def is_valid(self) -> bool:
        found = [part.is_valid() for part in (self.form, self.criteria, self.outcomes, self.schedules)]
        return all(found)  # every part was asked, so that each says what is wrong with it

    def content(self) -> Content:
        """What was typed; rows left empty are left out."""
        given = self.form.cleaned_data
        return Content(
            **{part: given[part] for part in TEXTS},
            update_model=given["update_model"],
            criteria=tuple(WantedCriterion(row["kind"], row["text"]) for row in _rows(self.criteria) if row["text"]),
            outcomes=tuple(
                WantedOutcome(**{name: row[name] for name in OutcomeForm.base_fields})
                for row in _rows(self.outcomes)
                if row["name"]
            ),
            schedules=tuple(
                Schedule(**{name: row[name] for name in ScheduleForm.base_fields})
                for row in _rows(self.schedules)
                if row["source"]
            ),
        )


def _rows(formset: Any) -> list[dict[str, Any]]:
    """The rows that were filled in and not taken out, in the order that was asked for."""
    if formset.can_order:
        return [row.cleaned_data for row in formset.ordered_forms]
    return [row.cleaned_data for row in formset.forms if row.cleaned_data and not row.cleaned_data["DELETE"]]
