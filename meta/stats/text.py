"""A result in plain words, as a plain-text table and as HTML."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from .results import Interval, NotEstimable, Pooled

if TYPE_CHECKING:
    from .pairwise import Pairwise


def number(x: float, digits: int = 2) -> str:
    """Fixed decimals, but never so few that a small number reads as zero; true minus sign left to the page."""
    if x != 0 and abs(x) < 0.5 * 10**-digits:
        return f"{x:.{digits}g}"
    if abs(x) >= 1e7:
        return f"{x:.3g}"
    return f"{x:.{digits}f}"


def p_text(p: float) -> str:
    """A p-value as it is printed in reviews."""
    return "P < 0.001" if p < 0.001 else f"P = {p:.3f}" if p < 0.1 else f"P = {p:.2f}"


def interval_text(result: Pairwise, value: Pooled) -> str:
    """ "0.18 (0.06 to 0.52)" on the scale that people read."""
    shown = [number(result.display(x)) for x in (value.estimate, value.lower, value.upper)]
    return f"{shown[0]} ({shown[1]} to {shown[2]})"


def summary(result: Pairwise) -> str:
    """Two or three sentences: the effect, the spread between studies, the prediction."""
    studies = f"{result.k} {'study' if result.k == 1 else 'studies'}"
    model = "random-effects" if result.plan.model == "random" else "common-effect"
    value = result.pooled
    if isinstance(value, NotEstimable):
        return f"The pooled {result.measure.name} cannot be estimated from {studies}: {value.reason}"
    percent = number(100 * value.level, 0)
    head = (
        f"Pooled {result.measure.name} {interval_text(result, value)}, {percent} % confidence interval, "
        f"{model} model, {studies}"
    )
    head += f", {p_text(value.p_value)}." if value.p_value is not None and result.measure.null is not None else "."
    sentences = [head]
    spread = result.heterogeneity
    if spread.i2 is not None:
        tail = "" if spread.tau2 is None else f", tau² {number(spread.tau2, 3)} ({spread.tau2_method})"
        sentences.append(
            f"Heterogeneity: Q {number(spread.q)} with {spread.df} degrees of freedom, {p_text(spread.p_value)}, "
            f"I² {spread.i2:.0f} %{tail}."
        )
    if isinstance(result.prediction, Interval):
        low, high = (number(result.display(x)) for x in (result.prediction.lower, result.prediction.upper))
        sentences.append(f"The true effect of a new, similar study is expected between {low} and {high}.")
    return " ".join(sentences)


def table(result: Pairwise) -> list[tuple[str, str, str]]:
    """Rows of label, effect with interval, weight; the last one is the pooled effect."""
    rows = []
    for study in result.studies:
        if study.estimate is None or study.lower is None or study.upper is None:
            rows.append((study.label, f"not estimable: {study.not_estimable}", ""))
            continue
        low, mid, high = (number(result.display(x)) for x in (study.lower, study.estimate, study.upper))
        weight = "" if study.weight_percent is None else f"{study.weight_percent:.1f} %"
        rows.append((study.label, f"{mid} ({low} to {high})", weight))
    value = result.pooled
    answer = f"not estimable: {value.reason}" if isinstance(value, NotEstimable) else interval_text(result, value)
    rows.append(("Pooled", answer, "" if isinstance(value, NotEstimable) else "100 %"))
    return rows


def text_table(result: Pairwise) -> str:
    """The table in aligned columns."""
    rows = [("Study", f"{result.measure.name} ({100 * result.plan.level:.0f} % CI)", "Weight"), *table(result)]
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    return "\n".join(f"{row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}".rstrip() for row in rows)


def html_table(result: Pairwise) -> str:
    """The table and the summary as HTML, for notebooks."""
    cells = "".join(
        f"<tr><th scope='row'>{escape(label)}</th><td>{escape(effect)}</td><td>{escape(weight)}</td></tr>"
        for label, effect, weight in table(result)
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in result.notes)
    head = f"<thead><tr><th>Study</th><th>{escape(result.measure.name)}</th><th>Weight</th></tr></thead>"
    return f"<table>{head}<tbody>{cells}</tbody></table><p>{escape(result.summary())}</p>" + (
        f"<ul>{notes}</ul>" if notes else ""
    )
