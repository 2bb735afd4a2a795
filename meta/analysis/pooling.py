"""From the inputs of an analysis and its settings to the result, as JSON. Pure: a preview and a worker call the same."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from meta import stats
from meta.analysis.rules import SWITCH, Check, Model, Settings, is_heterogeneous
from meta.stats.inputs import Table
from meta.stats.pairwise import analyse
from meta.stats.sensitivity.subsets import evaluate
from meta.stats.subgroups import subgroups_of

UNGROUPED = "Not assigned"
"""Where studies stand that the plan's subgroups do not speak of; a group beside the others, so that none is lost."""

CONTINUOUS = "continuous"

LEAST_TO_COMPARE = 2
"""With one trial there is nothing to leave out and nothing to add."""

Studies = Sequence[Mapping[str, Any]]


def arms_of(inputs: Mapping[str, Any], studies: Studies | None = None) -> Table:
    """The engine's table of the studies (all that are pooled, or those given)."""
    rows: Studies = inputs["studies"] if studies is None else studies
    labels = [study["label"] for study in rows]

    def column(side: str, name: str) -> list[float | None]:
        return [study[side][name] for study in rows]

    if inputs.get("data") == CONTINUOUS:
        return stats.ContinuousArms(
            labels, *(column(side, name) for side in ("experimental", "control") for name in ("mean", "sd", "total"))
        )
    return stats.BinaryArms(
        labels, *(column(side, name) for side in ("experimental", "control") for name in ("events", "total"))
    )


def pool(inputs: Mapping[str, Any], settings: Settings, *, checks: bool = True) -> dict[str, Any]:
    """Both models of the same data; `primary` names the one that the plan, or its rule, chose.

    Args:
        checks: False leaves out what stands beside the result, for a preview.
    """
    arms = arms_of(inputs)
    models = {model: one_model(arms, settings, model) for model in Model}
    primary, chosen_by = _chosen(models, settings)
    result: dict[str, Any] = {"primary": primary.value}
    result |= {model.value: found.to_dict() for model, found in models.items()}
    if chosen_by:
        result["chosen_by"] = chosen_by
    if settings.has_subgroups and inputs["studies"]:
        groups = [study.get("group", UNGROUPED) for study in inputs["studies"]]
        result["subgroups"] = {model.value: _subgroups(found, groups, settings) for model, found in models.items()}
    if checks:
        result["checks"] = _checks(inputs, settings, models[primary])
    return result


def one_model(arms: Table, settings: Settings, model: Model) -> stats.Pairwise:
    """One model of the plan. The plan's interval belongs to the model that the plan is about; the other one stands
    beside it with Wald's, as in print."""
    is_planned = settings.model in (model, SWITCH) and not (settings.model == SWITCH and model is Model.COMMON)
    return stats.pairwise(
        arms,
        measure=settings.measure,
        method=settings.method,
        model=model.value,
        tau2=settings.tau2,
        continuity=settings.zero_cells,
        interval=settings.interval if is_planned else "wald",
        prediction=settings.prediction or "t_km1",
        level=settings.level,
        variant=settings.variant or None,
    )


def _chosen(models: Mapping[Model, stats.Pairwise], settings: Settings) -> tuple[Model, dict[str, Any] | None]:
    if settings.model != SWITCH:
        return Model(settings.model), None
    spread = models[Model.COMMON].heterogeneity
    heterogeneous = is_heterogeneous(p_value=spread.p_value, i2=spread.i2)
    said = {"rule": SWITCH, "heterogeneous": heterogeneous, "p_value": spread.p_value, "i2": spread.i2}
    return (Model.RANDOM if heterogeneous else Model.COMMON), said


def _subgroups(overall: stats.Pairwise, groups: Sequence[str], settings: Settings) -> dict[str, Any]:
    """Groups in the plan's order, then in that of their first study; those that nothing was said of stand last."""
    found = subgroups_of(overall, groups).to_dict()
    wanted = list(dict.fromkeys([*(one.group for one in settings.groups), *groups]))
    ordered = sorted((name for name in wanted if name in found["groups"]), key=lambda name: name == UNGROUPED)
    return {
        "groups": [{"name": name, **found["groups"][name]} for name in ordered],
        "difference": found[f"difference_{overall.plan.model}"],
    }


def _checks(inputs: Mapping[str, Any], settings: Settings, primary: stats.Pairwise) -> dict[str, Any]:
    makers: Mapping[str, Callable[[], Any]] = {
        Check.LEAVE_ONE_OUT: lambda: _leave_one_out(inputs, primary),
        Check.CUMULATIVE: lambda: _cumulative(inputs, primary),
        Check.WITHOUT_ESTIMATED: lambda: _without_estimated(inputs, primary),
        Check.ALTERNATIVES: lambda: _alternatives(primary),
        Check.EVERY_STUDY: lambda: _every_study(inputs, primary),
    }
    made = {str(check): makers[check]() for check in settings.checks}
    return {name: found for name, found in made.items() if found is not None}


def _leave_one_out(inputs: Mapping[str, Any], primary: stats.Pairwise) -> list[dict[str, Any]] | None:
    """Without each study in turn. The parts of a trial that was split go together, for they are one trial."""
    whole = whole_studies(inputs)
    if primary.k < LEAST_TO_COMPARE or len(whole) < LEAST_TO_COMPARE:
        return None
    masks = np.ones((len(whole), len(inputs["studies"])))
    for row, (_, places) in enumerate(whole):
        masks[row, places] = 0.0
    return _selected(primary, masks, [f"without {label}" for label, _ in whole], "leave one out")


def _cumulative(inputs: Mapping[str, Any], primary: stats.Pairwise) -> list[dict[str, Any]] | None:
    """As study after study came, in the order of the inputs: oldest first."""
    whole = whole_studies(inputs)
    if primary.k < LEAST_TO_COMPARE or len(whole) < LEAST_TO_COMPARE:
        return None
    masks = np.zeros((len(whole), len(inputs["studies"])))
    for row, (_, places) in enumerate(whole):
        masks[row:, places] = 1.0
    return _selected(primary, masks, [f"+ {label}" for label, _ in whole], "cumulative")


def whole_studies(inputs: Mapping[str, Any]) -> list[tuple[str, list[int]]]:
    """Each trial's name with the places of its rows."""
    places: dict[Any, list[int]] = {}
    for place, study in enumerate(inputs["studies"]):
        places.setdefault(study.get("study_id", f"row {place}"), []).append(place)
    return [(_name(inputs["studies"][rows[0]]), rows) for rows in places.values()]


def _name(study: Mapping[str, Any]) -> str:
    return str(study["label"]).removesuffix(f": {study['part']}") if "part" in study else str(study["label"])


def _selected(
    primary: stats.Pairwise, masks: npt.NDArray[np.float64], labels: Sequence[str], kind: str
) -> list[dict[str, Any]]:
    found = evaluate(primary.arms, primary.plan, masks, labels, kind)
    return [{"label": row.label, "k": row.k, "i2": row.i2, **_shown(row.pooled, found.display)} for row in found.rows]


def _shown(pooled: stats.Pooled | stats.NotEstimable, display: Callable[[float], float]) -> dict[str, Any]:
    if isinstance(pooled, stats.NotEstimable):
        return {"not_estimable": pooled.reason}
    return {name: display(getattr(pooled, name)) for name in ("estimate", "lower", "upper")}


def _one(found: stats.Pairwise, **said: Any) -> dict[str, Any]:
    return {
        **said,
        "measure": found.measure.code,
        "k": found.k,
        "i2": found.heterogeneity.i2,
        **_shown(found.pooled, found.display),
    }


def _without_estimated(inputs: Mapping[str, Any], primary: stats.Pairwise) -> dict[str, Any] | None:
    kept = [study for study in inputs["studies"] if not study.get("estimated")]
    if len(kept) == len(inputs["studies"]):
        return None
    out = [study["label"] for study in inputs["studies"] if study.get("estimated")]
    return _one(analyse(arms_of(inputs, kept), primary.plan), without=out)


def _every_study(inputs: Mapping[str, Any], primary: stats.Pairwise) -> dict[str, Any] | None:
    usable = [study for study in inputs.get("left_out", ()) if "experimental" in study]
    if not usable:
        return None
    found = analyse(arms_of(inputs, [*inputs["studies"], *usable]), primary.plan)
    return _one(found, added=[study["label"] for study in usable])


def _alternatives(primary: stats.Pairwise) -> list[dict[str, Any]] | None:
    if primary.k == 0:
        return None
    plan = primary.plan
    found = stats.alternatives(primary.arms, level=plan.level, continuity=plan.continuity.name)
    return [_one(other.result, label=other.label) for other in found if other.result.plan != plan]
