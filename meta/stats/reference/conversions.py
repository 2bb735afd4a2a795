"""Answers on conversions: one function a kind of case, found by the case's name or by what it asks for."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from meta.stats import conversions as c
from meta.stats.errors import StatsError
from meta.stats.results import NotEstimable

from .data import Columns

Answer = dict[str, Any]
Row = dict[str, Any]


def rows(columns: Columns) -> Iterator[Row]:
    """The studies of a data set, one mapping of numbers each."""
    names = [name for name, values in columns.items() if isinstance(values, Sequence)]
    for values in zip(*(columns[name] for name in names), strict=True):
        yield {name: value for name, value in zip(names, values, strict=True) if value is not None}


def table(columns: Columns, one: Callable[[Row], Mapping[str, Any]]) -> Answer:
    """Columns of answers from rows of numbers; a row that is refused or lacks a number is None in every column."""
    found: list[Mapping[str, Any] | None] = []
    for row in rows(columns):
        try:
            found.append(one(row))
        except (StatsError, KeyError, ZeroDivisionError):
            found.append(None)
    names = dict.fromkeys(name for answer in found if answer is not None for name in answer)
    return {name: [None if answer is None else answer.get(name) for answer in found] for name in names}


NAMES = {"min": "minimum", "max": "maximum", "q1": "q1", "median": "median", "q3": "q3", "n": "n"}


def _five(row: Row, options: Mapping[str, Any]) -> Row:
    wanted = [name.strip() for name in str(options.get("inputs", "min, q1, median, q3, max, n")).split(",")]
    return {NAMES[name]: row[name] for name in wanted}


def _normal(five: Row, method: str) -> c.Conversion:
    """metafor's method names: a mean's and an SD's author and year, or the recommended ones."""
    both = "q1" in five and "minimum" in five
    mean = next(
        (ours for theirs, ours in (("hozo", "hozo"), ("bland", "wan"), ("wan2014 mean", "wan")) if theirs in method),
        "luo",
    )
    sd = "wan" if "wan" in method or not both else "shi"
    return c.mean_sd_from_median(**five, mean=mean, sd=sd)


def five_numbers(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """metafor's conv.fivenum without its test."""

    def one(row: Row) -> Mapping[str, float]:
        five = _five(row, options)
        if options.get("dist") == "lnorm":
            return c.mean_sd_if_lognormal(**five).values
        return _normal(five, str(options.get("method", "default"))).values

    return table(columns, one)


def skewness(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """The test of conv.fivenum."""

    def one(row: Row) -> Mapping[str, Any]:
        test = c.skewness_test(**_five(row, options))
        return {"tval": test.statistic, "crit": test.critical, "sig": test.is_skewed}

    return table(columns, one)


def written_out(columns: Columns, options: Mapping[str, Any]) -> Answer:
    """The published formulas under their authors' names."""

    def one(row: Row) -> Mapping[str, float]:
        five = _five(row, options)
        luo = c.mean_sd_from_median(**five)
        found = {
            "mean_luo": luo["mean"],
            "sd_wan": luo["sd"],
            "mean_wan": c.mean_sd_from_median(**five, mean="wan").value,
        }
        if "q1" in five and "minimum" in five:
            found["sd_shi"] = c.mean_sd_from_median(**five, sd="shi")["sd"]
        return found

    return table(columns, one)


def skewed(function: Callable[..., c.Conversion]) -> Callable[[Columns, Mapping[str, Any]], Answer]:
    """McGrath's and Cai's conversions."""
    return lambda columns, options: table(
        columns, lambda row: {name: function(**_five(row, options))[name] for name in ("mean", "sd")}
    )


def _sd_from_ci(row: Row) -> Mapping[str, float]:
    half, n, level = row["ci_half"], row["n1"], row.get("level", 0.95)
    return {f"sd_{d}": c.sd_from_ci(-half, half, n, level=level, distribution=d).value for d in "tz"}


def _md_from_ci(row: Row) -> Mapping[str, float]:
    half, level = row["ci_half"], row.get("level", 0.95)
    found: dict[str, float] = {}
    for d in "tz":
        one = c.se_from_difference_ci(-half, half, row["n1"], row["n2"], level=level, distribution=d)
        found |= {f"se_{d}": one["se"], f"common_sd_{d}": one["sd"]}
    return found


def _md_from_p(row: Row) -> Mapping[str, float]:
    md = row["md"] if "md" in row else row["m1"] - row["m2"]
    t, z = (c.se_from_difference_p(md, row["p"], row["n1"], row["n2"], distribution=d) for d in "tz")
    return {"t": t["t"], "se_t": t["se"], "sd_t": t["sd"], "z": z["t"], "se_z": z["se"], "sd_z": z["sd"]}


def _smd_from_t(row: Row) -> Mapping[str, float]:
    return c.smd_from_t(row["t"], row["n1"], row["n2"]).values


def _correlations(row: Row) -> Mapping[str, float]:
    back = c.correlation_from_smd(row["d"], row["n1"], row["n2"]).value
    return {"d_from_r": c.smd_from_correlation(row["r"]).value, "r_from_d": back}


def _risks(row: Row) -> Mapping[str, float]:
    ratio = row["or"] if "or" in row else math.exp(row["lor"])
    found = c.risks_from_odds_ratio(ratio, row["p0"])
    back = c.odds_ratio_from_risk_ratio(found["rr"], row["p0"]).value
    return {"OR": ratio, "RR": found["rr"], "RD": found["rd"], "NNT_signed": found["nnt"], "OR_back_from_RR": back}


def _cluster(row: Row) -> Mapping[str, float]:
    found = c.design_effect(row["m"], row["icc"])
    sizes = {f"eff_{name}": c.effective_size(row[name], found.value)["n"] for name in ("n1", "n2") if name in row}
    return {"design_effect": found.value, "se_factor": found["se_factor"], **sizes}


def _tierney(row: Row) -> Mapping[str, float]:
    total, ratio = row["e1"] + row["e2"], row["n1"] / row["n2"]
    by_allocation = c.logrank_variance(events=total, ratio=ratio).value
    by_arm = c.logrank_variance(events1=row["e1"], events2=row["e2"]).value
    from_p = c.hazard_from_p_and_events(row["p"], "harm", events1=row["e1"], events2=row["e2"])
    return {
        "V_alloc": by_allocation,
        "V_quarter": c.logrank_variance(events=total).value,
        "V_events": by_arm,
        "loghr_se_alloc": 1 / math.sqrt(by_allocation),
        "OmE_from_hr": math.log(row["hr"]) * by_arm,
        "abs_OmE_from_p": from_p["o_minus_e"],
    }


def _two_by_two(row: Row) -> Mapping[str, float]:
    margins = (row["ni"], row["n1i"], row["n2i"])
    found = c.cells_from_odds_ratio(row["ori"], *margins) if "ori" in row else c.cells_from_phi(row["ri"], *margins)
    return {f"{name}i": value for name, value in found.values.items()}


def _wald(columns: Columns, options: Mapping[str, Any]) -> Answer:
    def one(row: Row) -> Mapping[str, float]:
        level = row.get("level", options.get("level", 0.95))
        found = c.log_ratio_from_ci(row["lo"], row["hi"], estimate=row.get("est"), level=level)
        return {"yi": found["estimate"], "se": found["se"], "vi": found["se"] ** 2}

    return table(columns, one)


def _paired(row: Row) -> float:
    return c.change_sd(row["sd_base"], row["sd_final"], row["rho"]).value


def _by_row(one: Callable[[Row], Mapping[str, Any]]) -> Callable[[Columns, Mapping[str, Any]], Answer]:
    return lambda columns, _: table(columns, one)


Run = Callable[[Columns, Mapping[str, Any]], Answer]
FORMULAS: dict[str, tuple[frozenset[str], Run]] = {
    "sd-from-se": (frozenset({"sd"}), _by_row(lambda r: c.sd_from_se(r["se1"], r["n1"]).values)),
    "sd-from-ci": (frozenset({"sd_t", "sd_z"}), _by_row(_sd_from_ci)),
    "se-from-md-ci": (frozenset({"se_t", "se_z", "common_sd_t", "common_sd_z"}), _by_row(_md_from_ci)),
    "se-from-md-p": (frozenset({"t", "se_t", "sd_t", "se_z"}), _by_row(_md_from_p)),
    "ratio-ci-to-log": (frozenset({"yi", "se"}), _wald),
    "ratio-p-to-se": (
        frozenset({"se"}), _by_row(lambda r: {"se": c.log_ratio_from_p(r["est"], r["p"])["se"]})
    ),
    "lor-to-smd": (
        frozenset({"d", "se"}),
        _by_row(lambda r: {"d": (found := c.smd_from_log_odds_ratio(r["lor"], r["lor_se"]))["smd"], "se": found["se"]}),
    ),
    "smd-to-lor": (frozenset({"lor"}), _by_row(lambda r: {"lor": c.log_odds_ratio_from_smd(r["d"]).value})),
    "r-to-d": (frozenset({"d_from_r", "r_from_d"}), _by_row(_correlations)),
    "t-to-d": (frozenset({"d", "J", "g"}), _by_row(_smd_from_t)),
    "or-rr-rd": (frozenset({"OR", "RR", "RD", "NNT_signed", "OR_back_from_RR"}), _by_row(_risks)),
    "change-sd": (frozenset({"sd_change"}), _by_row(lambda r: {"sd_change": _paired(r)})),
    "cluster-design-effect": (frozenset({"design_effect", "eff_n1", "se_factor"}), _by_row(_cluster)),
    "crossover-se": (frozenset({"se"}), _by_row(lambda r: {"se": _paired(r) / r["n1"] ** 0.5})),
    "tierney": (frozenset({"V_alloc", "V_quarter", "V_events"}), _by_row(_tierney)),
}  # fmt: skip
CASES: dict[str, Run] = {
    "conv.fivenum": five_numbers,
    "conv.fivenum(test)": skewness,
    "conv.wald": _wald,
    "conv.2x2": _by_row(_two_by_two),
    "estmeansd::qe.mean.sd": skewed(c.mean_sd_by_quantile_fit),
    "estmeansd::bc.mean.sd": skewed(c.mean_sd_by_box_cox),
    "estmeansd::mln.mean.sd": skewed(c.mean_sd_by_likelihood),
}


def formula(case: Mapping[str, Any], columns: Columns) -> Run | None:
    """The conversion that a formula case is about: by its name, else by the keys that it holds."""
    if case.get("method") != "formula":
        return CASES.get(str(case.get("method")))
    if "inputs" in case.get("options", {}):
        return written_out
    named = [run for name, (_, run) in FORMULAS.items() if str(case["id"]).startswith(name)]
    asked = set(case.get("results", {}))
    fitting = [run for keys, run in FORMULAS.values() if asked and keys <= asked and table_has(run, columns)]
    return next(iter([*named, *fitting]), None)


def table_has(run: Run, columns: Columns) -> bool:
    """Whether a data set holds what a conversion needs."""
    return any(value is not None for column in run(columns, {}).values() for value in column)


def answer(case: Mapping[str, Any], columns: Columns, options: Mapping[str, Any]) -> Answer | NotEstimable | None:
    """The answer to a case on conversions, or None if it is about something else."""
    run = formula(case, columns)
    return None if run is None else run(columns, options)
