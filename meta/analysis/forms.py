"""The shape of an analysis plan, and of a printed result beside it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from meta.analysis import options
from meta.analysis.options import Option
from meta.analysis.published.rules import Claim
from meta.analysis.rules import CHECKS, PRESETS, REVMAN_5, Check, Grouped, LeftOut, Model, Settings, usual_method
from reviews.protocol.models import Outcome, OutcomeOfInterest
from reviews.protocol.rules import OutcomeType

Choices = list[tuple[str, Any]]


def choices(offered: Sequence[Option]) -> Choices:
    return [(option.code, option.name) for option in offered]


MODELS: Choices = choices(options.models())
MEASURES: Choices = choices(options.measures())
METHODS: Choices = choices(options.methods())
ESTIMATORS: Choices = choices(options.estimators())
INTERVALS: Choices = choices(options.intervals())
PREDICTIONS: Choices = choices(options.predictions())
ZERO_CELLS: Choices = choices(options.zero_cells())
LEVELS: Choices = [("0.9", "90%"), ("0.95", "95%"), ("0.99", "99%")]
CHECK_CHOICES: Choices = [(check.value, sentence) for check, sentence in CHECKS.items()]

AS_PROTOCOL = ("", _("As the protocol says"))
USUAL = ("", _("The usual one for the measure"))

WHEN: Mapping[str, Sequence[Option]] = {
    "measure": options.measures(),
    "method": options.methods(),
    "model": options.models(),
    "tau2": options.estimators(),
    "interval": options.intervals(),
    "prediction": options.predictions(),
    "zero_cells": options.zero_cells(),
    "variant": options.variants(),
}
"""By field: every choice with one sentence on when it is right."""


class SettingsForm(forms.Form):
    """How an analysis is computed; every choice of the engine, each left at its usual value unless somebody chooses."""

    measure = forms.ChoiceField(label=_("Measure"), required=False)
    method = forms.ChoiceField(label=_("Method"), required=False)
    model = forms.ChoiceField(label=_("Model"), choices=MODELS, initial=REVMAN_5.model)
    tau2 = forms.ChoiceField(
        label=_("Between-trial variance"), choices=ESTIMATORS, initial=REVMAN_5.tau2, required=False
    )
    interval = forms.ChoiceField(
        label=_("Confidence interval"), choices=INTERVALS, initial=REVMAN_5.interval, required=False
    )
    level = forms.ChoiceField(label=_("Confidence level"), choices=LEVELS, initial="0.95", required=False)
    prediction = forms.ChoiceField(label=_("Prediction interval"), choices=PREDICTIONS, required=False)
    zero_cells = forms.ChoiceField(
        label=_("Empty cells"), choices=ZERO_CELLS, initial=REVMAN_5.zero_cells, required=False
    )
    variant = forms.ChoiceField(label=_("Formula of the measure"), choices=choices(options.variants()), required=False)
    subgroups_by = forms.ChoiceField(
        label=_("Subgroups by"),
        required=False,
        help_text=_("A characteristic of the trials. A group that is typed for a trial below goes before it."),
    )
    checks = forms.MultipleChoiceField(
        label=_("Computed beside it"),
        choices=CHECK_CHOICES,
        initial=[check.value for check in Check],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    first = ("measure", "method", "model")
    further = ("tau2", "interval", "level", "prediction", "zero_cells", "variant")

    def __init__(
        self,
        *args: Any,
        studies: Sequence[tuple[int, str]] = (),
        characteristics: Sequence[str] = (),
        kind: OutcomeType | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.studies = studies
        self._choose("measure", [AS_PROTOCOL, *choices(options.measures(kind))])
        self._choose("method", [USUAL, *choices(options.methods(kind))])
        self._choose("subgroups_by", [("", _("No subgroups")), *((name, name) for name in characteristics)])
        for study, label in studies:
            self.fields[f"group_{study}"] = forms.CharField(
                label=_("Subgroup of %(study)s") % {"study": label}, max_length=60, required=False
            )
            self.fields[f"left_out_{study}"] = forms.CharField(
                label=_("Why %(study)s is left out") % {"study": label}, max_length=300, required=False
            )

    def _choose(self, name: str, offered: Choices) -> None:
        self.fields[name].choices = offered  # type: ignore[attr-defined]

    @staticmethod
    def initial_of(settings: Settings) -> dict[str, Any]:
        """What the form shows for settings that stand."""
        plain = settings.to_dict()
        shown = {
            name: plain.get(name, getattr(settings, name)) for name in (*SettingsForm.first, *SettingsForm.further)
        }
        return (
            shown
            | {"level": f"{settings.level:g}", "subgroups_by": settings.subgroups_by, "checks": list(settings.checks)}
            | {f"group_{one.study_id}": one.group for one in settings.groups}
            | {f"left_out_{one.study_id}": one.reason for one in settings.left_out}
        )

    def usual(self) -> Iterator[dict[str, Any]]:
        yield from (self._choice(name) for name in self.first)

    def others(self) -> Iterator[dict[str, Any]]:
        yield from (self._choice(name) for name in self.further)

    def rows(self) -> Iterator[dict[str, Any]]:
        """A line for each study: its subgroup, and why it is left out if it is."""
        for study, label in self.studies:
            yield {"label": label, "group": self[f"group_{study}"], "left_out": self[f"left_out_{study}"]}

    @property
    def presets(self) -> list[dict[str, str]]:
        return [{"key": one.key, "name": one.name, "sentence": one.sentence} for one in PRESETS.values()]

    @property
    def says_more(self) -> bool:
        """Whether a further choice is not the usual one, or was refused: then it is not folded away."""
        usual = self.initial_of(REVMAN_5)
        return any(self.errors.get(name) for name in self.further if self.is_bound) or any(
            (self[name].value() or usual[name]) != usual[name] for name in self.further
        )

    def settings(self, *, protocol_measure: str) -> Settings:
        """The settings as they were chosen.

        Args:
            protocol_measure: what the protocol names for the outcome, where the form leaves it to that.
        """
        said = self.cleaned_data
        measure = said["measure"] or protocol_measure
        return Settings(
            measure=measure,
            method=said["method"] or usual_method(measure),
            model=said["model"],
            tau2=said["tau2"] or REVMAN_5.tau2,
            zero_cells=said["zero_cells"] or REVMAN_5.zero_cells,
            level=float(Decimal(said["level"] or "0.95")),
            interval=said["interval"] or REVMAN_5.interval,
            prediction=said["prediction"],
            variant=said["variant"],
            subgroups_by=said["subgroups_by"],
            groups=tuple(Grouped(study, said[f"group_{study}"]) for study, _ in self.studies if said[f"group_{study}"]),
            left_out=tuple(
                LeftOut(study, said[f"left_out_{study}"]) for study, _ in self.studies if said[f"left_out_{study}"]
            ),
            checks=tuple(said["checks"]),
        )

    def _choice(self, name: str) -> dict[str, Any]:
        field: BoundField = self[name]
        offered = {code for code, _ in self.fields[name].choices}  # type: ignore[attr-defined]
        return {"field": field, "when": [option for option in WHEN.get(name, ()) if option.code in offered]}


class PlanForm(SettingsForm):
    wanted = forms.ModelChoiceField(label=_("Outcome"), queryset=OutcomeOfInterest.objects.none())
    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("As readers will see it: Death within 28 days.")
    )
    experimental = forms.CharField(label=_("Name of the experimental group"), max_length=60)
    control = forms.CharField(label=_("Name of the control group"), max_length=60, initial=_("control"))

    opening = ("wanted", "title", "experimental", "control")

    def __init__(self, *args: Any, wanted: list[OutcomeOfInterest], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        queryset = OutcomeOfInterest.objects.filter(pk__in=[one.pk for one in wanted])
        self.fields["wanted"].queryset = queryset.select_related("outcome", "timepoint")  # type: ignore[attr-defined]

    def head(self) -> Iterator[BoundField]:
        yield from (self[name] for name in self.opening)


class AmendForm(SettingsForm):
    reason = forms.CharField(
        label=_("Reason for the amendment"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)


def preset_for(key: str, outcome: Outcome | None) -> dict[str, Any] | None:
    """What a preset puts into the form for an outcome (None: events); None where there is no such preset."""
    preset = PRESETS.get(key)
    if preset is None:
        return None
    continuous = outcome is not None and outcome.type == OutcomeType.CONTINUOUS
    settings = preset.settings(continuous=continuous)
    shown = SettingsForm.initial_of(settings)
    return {name: shown[name] for name in (*SettingsForm.first, *SettingsForm.further)}


class PublishedForm(forms.Form):
    """A printed result, digit for digit."""

    label = forms.CharField(label=_("Name of the result"), max_length=120, help_text=_("As the publication names it."))
    estimate = forms.CharField(label=_("Estimate"), max_length=20, help_text=_("As printed: 0.50 is not 0.5."))
    lower = forms.CharField(label=_("Lower limit"), max_length=20, required=False)
    upper = forms.CharField(label=_("Upper limit"), max_length=20, required=False)
    i2 = forms.CharField(label=_("I² in per cent"), max_length=10, required=False)
    experimental = forms.CharField(
        label=_("Experimental side"), max_length=21, required=False, help_text=_("12/158, or 158 people.")
    )
    control = forms.CharField(label=_("Control side"), max_length=21, required=False)
    subgroup = forms.ChoiceField(label=_("Of"), required=False)
    model = forms.ChoiceField(
        label=_("Model"),
        required=False,
        choices=[
            ("", _("the one that the plan takes")),
            (Model.COMMON.value, _("common effect")),
            (Model.RANDOM.value, _("random effects")),
        ],
    )
    source = forms.CharField(label=_("Publication"), max_length=300)
    url = forms.URLField(label=_("Address"), max_length=300, required=False, assume_scheme="https")
    place = forms.CharField(label=_("Place"), max_length=160, required=False, help_text=_("Figure 2, or page 5."))
    note = forms.CharField(label=_("Our remark"), max_length=2000, required=False)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=2000,
        required=False,
        help_text=_("Only where you correct a result that stands already."),
    )

    def __init__(self, *args: Any, subgroups: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [("", _("all trials")), *((name, name) for name in subgroups)]
        self.fields["subgroup"].choices = offered  # type: ignore[attr-defined]

    def claim(self) -> Claim:
        said = self.cleaned_data
        return Claim(**{name: said[name] for name in ("estimate", "lower", "upper", "i2", "experimental", "control")})

    def others(self) -> dict[str, str]:
        names = ("label", "subgroup", "model", "source", "url", "place", "note", "reason")
        return {name: self.cleaned_data[name] for name in names}


class TakeBackForm(forms.Form):
    reason = forms.CharField(label=_("Why it is taken back"), max_length=2000)
